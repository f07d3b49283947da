import Testing

@Suite struct AndlinkSeedCoverageTests {
    @Test func `every test that the table names is there`() throws {
        try SeedTable.expectTests(of: AndlinkSeedCoverage.rows, in: ["Andlink"])
    }

    @Test func `nothing of the note is missing from the table`() {
        let rows = AndlinkSeedCoverage.rows
        SeedTable.expectUnique(AndlinkSeedCoverage.rows)
        #expect(Set(rows.map(\.section)).isSuperset(of: (1...16).map { "3.\($0)" } + (1...4).map { "4.\($0)" }))
        func count(_ section: String, _ prefix: String) -> Int {
            rows.filter { $0.section == section && $0.item.hasPrefix(prefix) }.count
        }
        #expect(count("2", "FIRMWARE") == 7)
        #expect(count("3.5", "0x") == 5)
        #expect(count("3.6", "result") == 6)
        #expect(count("3.8", "AT+QLAFOTAIND=") == 6)
        #expect(count("3.10", "") - count("3.10", "AT+") == 14)
        #expect(count("4.3", "+QLAEVTIND:") == 8)
        #expect(count("5", "error") == AndlinkErrorTests.rows.count)
        #expect(count("7", "cause") == 24)
    }
}
