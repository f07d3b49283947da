import Testing

@Suite struct LwM2MSeedCoverageTests {
    @Test func `every test that the table of standard LwM2M names is there`() throws {
        try SeedTable.expectTests(of: LwM2MSeedCoverage.rows, in: ["LwM2M"])
    }

    @Test func `nothing of the note of standard LwM2M is missing from the table`() {
        let rows = LwM2MSeedCoverage.rows
        SeedTable.expectUnique(LwM2MSeedCoverage.rows)
        #expect(rows.filter { $0.section == "6" }.count == 11)
        #expect(Set(rows.filter { $0.item.hasPrefix("+QLAURC") }.map(\.section)).count == 13)
        #expect(rows.filter { $0.section == "2.14" && $0.item.hasPrefix("status") }.count == 8)
        #expect(
            Set(rows.map(\.section)).isSuperset(
                of: (1...14).map { "2.\($0)" } + (1...13).map { "3.\($0)" } + (1...5).map { "4.3.\($0)" }))
    }
}
