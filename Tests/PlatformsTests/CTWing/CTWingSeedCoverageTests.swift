import Testing

@Suite struct CTWingSeedCoverageTests {
    @Test func `every test that the table names is there`() throws {
        try SeedTable.expectTests(of: CTWingSeedCoverage.rows, in: ["CTWing", "Common"])
    }

    @Test func `nothing of the note is missing from the table`() {
        SeedTable.expectUnique(CTWingSeedCoverage.rows)
        #expect(CTWingSeedCoverage.rows.filter { $0.section == "6" }.count == 20)
        #expect(CTWingSeedCoverage.rows.filter { $0.item.hasPrefix("+QLWEVTIND") }.count == 12)
        #expect(
            Set(CTWingSeedCoverage.rows.map(\.section)).isSuperset(of: (1...9).flatMap { ["2.3.\($0)", "3.\($0)"] }))
    }
}
