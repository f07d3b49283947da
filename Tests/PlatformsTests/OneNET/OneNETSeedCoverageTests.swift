import Testing

@Suite struct OneNETSeedCoverageTests {
    @Test func `every test that the table names is there`() throws {
        try SeedTable.expectTests(of: OneNETSeedCoverage.rows, in: ["OneNET"])
    }

    @Test func `nothing of the note is missing from the table`() {
        let rows = OneNETSeedCoverage.rows
        SeedTable.expectUnique(OneNETSeedCoverage.rows)
        #expect(rows.filter { $0.section == "4" && !$0.item.contains("compatible") }.count == 5)
        #expect(rows.filter { $0.section == "5.7" && $0.item.hasPrefix("event") && $0.item.count <= 8 }.count == 25)
        #expect(rows.filter { $0.item.hasSuffix("=?") }.count == 14)
        let sections = Set(rows.map(\.section))
        #expect(sections.isSuperset(of: (1...16).map { "3.3.\($0)" }))
        #expect(sections.isSuperset(of: (1...10).map { "5.\($0)" }))
        #expect(
            sections.isSuperset(of: ["7.2", "7.3.1", "7.3.2", "7.3.3", "7.4.1", "7.4.2", "7.5", "7.6", "7.7", "7.9"]))
        #expect(sections.isSuperset(of: (1...5).map { "7.8.\($0)" }))
    }
}
