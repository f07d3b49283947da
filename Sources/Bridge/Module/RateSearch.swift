/// At which rate a line is opened: the configured one, until no module can be heard at it. Then the usual ones in turn,
/// and the one that was trusted last, for the module may only have been dead for a while.
struct RateSearch {
    /// The usual ones of these families, the likeliest first.
    private static let usual = [9600, 115_200, 57_600, 460_800]
    /// How long a module has for its first answer at a rate that is only tried.
    static let patience = Duration.milliseconds(1500)

    let configured: Int
    private(set) var rate: Int
    /// What is still to be tried in this round; nil while the rate is trusted.
    private var rest: ArraySlice<Int>?
    /// The rate of the last module that was heard.
    private var trusted: Int

    init(configured: Int) {
        self.configured = configured
        rate = configured
        trusted = configured
    }

    var isSearching: Bool { rest != nil }

    /// At this rate nothing was understood. False when all were tried and it is time for a pause.
    mutating func nothingHeard() -> Bool {
        let goesOn = rest.map { !$0.isEmpty } ?? true
        var round = goesOn ? rest ?? fresh : fresh
        rate = round.removeFirst()
        rest = round
        return goesOn
    }

    /// A module was heard: this rate is the right one.
    mutating func found() {
        trusted = rate
        rest = nil
    }

    /// Another module may be plugged in by now.
    mutating func startOver() {
        rate = trusted
        rest = nil
    }

    private var fresh: ArraySlice<Int> { (Self.usual.filter { $0 != trusted } + [trusted])[...] }
}
