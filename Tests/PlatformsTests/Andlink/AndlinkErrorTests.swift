import Platforms
import Testing

/// The three tables of chapter 5, with the note's own English.
@Suite struct AndlinkErrorTests {
    static let rows: [(code: Int, text: String, remedy: ModuleError.Remedy)] = [
        // Table 3.
        (3, "Operation not allowed", .tryLater), (4, "Operation not supported", .giveUp),
        (23, "Memory failure", .tryLater), (30, "No network service", .tryLater),
        (50, "Incorrect parameters", .unknown), (51, "Command implemented but currently disabled", .tryLater),
        (52, "Command aborted by user", .unknown), (159, "Uplink busy", .tryLater),
        // Table 4.
        (300, "ME failure", .tryLater), (301, "SMS service of ME reserved", .unknown),
        (302, "Operation not allowed", .tryLater), (303, "Operation not supported", .giveUp),
        (304, "Invalid PDU mode parameter", .giveUp), (305, "Invalid text mode parameter", .giveUp),
        (310, "USIM not inserted", .tryLater), (311, "USIM PIN required", .tryLater),
        (312, "PH-USIM PIN required", .tryLater), (313, "USIM failure", .tryLater), (314, "USIM busy", .tryLater),
        (315, "USIM wrong", .tryLater), (316, "USIM PUK required", .tryLater), (317, "USIM PIN2 required", .tryLater),
        (318, "USIM PUK2 required", .tryLater), (320, "Memory failure", .tryLater),
        (321, "Invalid memory index", .unknown), (322, "Memory full", .tryLater),
        (330, "SMSC address unknown", .unknown), (331, "No network service", .tryLater),
        (332, "Network timeout", .tryLater), (340, "No +CNMA acknowledgement expected", .unknown),
        (500, "Unknown error", .unknown),
        // Table 5.
        (512, "Required parameter not configured", .register), (513, "TUP not registered", .register),
        (514, "AT internal error", .tryLater), (515, "CID is active", .unknown),
        (516, "Incorrect state for command", .tryLater), (517, "CID is invalid", .unknown),
        (518, "CID is not active", .tryLater), (520, "last active CID", .unknown),
        (521, "CID is not defined", .unknown), (522, "UART parity error", .unknown),
        (523, "UART frame error", .unknown),
        (524, "minimal function mode", .tryLater), (525, "AT command aborted: in processing", .unknown),
        (526, "AT command aborted: error", .unknown), (527, "Command interrupted", .unknown),
        (528, "Configuration conflicts", .unknown), (529, "FOTA updating", .tryLater),
        (530, "Not the AT allocated socket", .unknown), (531, "USIM PIN is blocked", .tryLater),
        (532, "USIM PUK is blocked", .tryLater), (533, "Not mipi module", .giveUp), (534, "File not found", .unknown),
        (535, "conditions of use not satisfied", .tryLater), (536, "at uart buffer error", .unknown),
        (537, "Back off timer is running", .tryLater),
    ]

    /// Letters and digits of both, so that small words may differ.
    private func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
            .filter { !["a", "the", "for", "of", "is"].contains($0) }
    }

    @Test(arguments: rows)
    func `a code has its name, its text and its remedy`(
        row: (code: Int, text: String, remedy: ModuleError.Remedy)
    ) {
        let error = AndlinkError.codes[row.code]
        let name = words(error.name)
        // Where the note uses an abbreviation, our text may spell it out.
        if row.code != 529 {
            #expect(words(row.text).allSatisfy { words(error.text).contains($0) || name.contains($0) }, "\(error)")
        }
        #expect(error.remedy == row.remedy)
        #expect(
            error.published
                == PlatformError(code: row.code, name: error.name, text: error.text, source: .module))
        #expect(error.name.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
        #expect(!error.text.isEmpty)
    }

    @Test func `the table has the note's codes, each once`() {
        #expect(AndlinkError.codes.all.map(\.code) == Self.rows.map(\.code))
        #expect(AndlinkError.codes.all.count == 8 + 23 + 25)
    }

    @Test(arguments: [0, 1, 519, 999, -1])
    func `an unknown code keeps its number`(code: Int) {
        let error = AndlinkError.codes[code]
        #expect(error.code == code && error.name == "CME_ERROR_\(code)" && error.remedy == .unknown)
        #expect(error.text.contains("\(code)"))
    }
}
