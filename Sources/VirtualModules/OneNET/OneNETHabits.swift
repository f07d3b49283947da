/// How this module's firmware spells what the seed spells in several ways, and what else differs between builds.
package struct OneNETHabits: Sendable {
    package enum AcknowledgementField: Sendable { case third, fourth }
    package enum Percent: Sendable { case plain, sign, fields }

    /// Also seen: MIPLOBSEVE, MIPLOBERVE, MIPLOBSEIVE, MIPLOBSEVER (S2:410, 670, 730, 754, 1094).
    package var observeReport = "MIPLOBSERVE"
    /// A response command by any other name is an ERROR.
    package var observeResponse = "MIPLOBSERVERSP"
    package var discoverResponse = "MIPLDISCOVERRSP"
    package var parameterResponse = "MIPLPARAMETERRSP"

    /// False: every error is the bare ERROR.
    package var namesErrors = true
    /// Where events 25 and 26 have the ackId: S2:1349 has it in the third field, S2:735 in the fourth.
    package var acknowledgementField = AcknowledgementField.third
    /// The index of a write that has only one part; S2:1235 shows 2.
    package var loneWriteIndex = 0
    /// Events 20 and 21 after the answers to requests.
    package var tellsResponses = true
    /// `"UPDATING",3`, `"UPDATING",3%` or `"UPDATING",3%,1,1` (S2 5.9 and 7.10.6).
    package var percent = Percent.fields

    /// What the cloud writes to when it is only told to send data.
    package var dataPath = "3200/0/5750"
    /// False: the bootstrap is fine, and then the platform is not reached.
    package var connects = true
    /// False: the firmware that has been installed cannot be erased.
    package var erases = true
    /// For so long, in real time, a host is not blamed for not knowing what it has just been told.
    package var surprise = Duration.milliseconds(100)

    package init() {}

    /// All the names that the seed has for a response command: no host can know which one it is.
    static let spellings: Set<String> = [
        "MIPLOBSERVERSP", "MIPLOBSEVERSP", "MIPLOBSEIVERSP", "MIPLDISCOVERRSP", "MIPLDISCOVERERRSP",
        "MIPLPARAMETERRSP", "MIPLPARAMETERSP", "MIPLPARAMETERESP",
    ]
}
