import Testing

@testable import Bridge

/// In which order rates are tried.
@Suite struct RateSearchTests {
    @Test(arguments: [
        (115_200, [9600, 57_600, 460_800, 115_200]),
        (9600, [115_200, 57_600, 460_800, 9600]),
        // An unusual one is tried as well.
        (19_200, [9600, 115_200, 57_600, 460_800, 19_200]),
    ])
    func `all usual rates, then the trusted one, then a pause`(_ configured: Int, _ order: [Int]) {
        var search = RateSearch(configured: configured)
        #expect(search.rate == configured)
        #expect(!search.isSearching)
        for round in 0..<3 {
            for (index, rate) in order.enumerated() {
                let goesOn = search.nothingHeard()
                // The pause lies between two rounds.
                #expect(goesOn == (round == 0 || index > 0))
                #expect(search.rate == rate)
                #expect(search.isSearching)
            }
        }
    }

    @Test func `a rate that was found is kept, and trusted from then on`() {
        var search = RateSearch(configured: 115_200)
        _ = search.nothingHeard()
        search.found()
        #expect(search.rate == 9600)
        #expect(!search.isSearching)
        var tried: [Int] = []
        for _ in 0..<4 {
            _ = search.nothingHeard()
            tried.append(search.rate)
        }
        #expect(tried == [115_200, 57_600, 460_800, 9600])
    }

    @Test func `a line that was pulled begins with the trusted rate`() {
        var search = RateSearch(configured: 57_600)
        _ = search.nothingHeard()
        _ = search.nothingHeard()
        search.startOver()
        #expect(search.rate == 57_600)
        #expect(!search.isSearching)
    }
}
