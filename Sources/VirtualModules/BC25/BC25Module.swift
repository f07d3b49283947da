/// A BC25 or BC32: no cloud of ours, but updates of its firmware and files for the device behind it (S1). A BC32 may be
/// in GSM instead of NB-IoT.
///
/// Unchecked: belongs to the reactor's thread.
final class BC25Module: StandardModule, @unchecked Sendable {
    enum Kind { case bc25, bc32 }

    private let kind: Kind

    init(body: ModuleBody, kind: Kind) {
        self.kind = kind
        super.init(body: body, revision: kind == .bc25 ? "BC25PAR01A03" : "BC32JAR01A03")
    }

    override var model: String { kind == .bc25 ? "Quectel_BC25" : "Quectel_BC32" }
    override var fetchesFirmware: Bool { true }
    override var isInGSM: Bool { kind == .bc32 && body.options.isInGSM }

    override func platformAnswer(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        // LTE's registration, which a module in GSM does not have.
        case ("+CEREG", .read) where isInGSM: .ok("+CEREG: \(nvram.networkReports),0")
        case ("+CGPADDR", .read) where !hasContext, ("+CGPADDR", .execute) where !hasContext: .ok("+CGPADDR: 0")
        default: nil
        }
    }

    /// China Telecom's platform may update a BC25 by itself (S1 3).
    override func exchange() {
        guard memory.firmware == nil, memory.isAttached, power == .on, let task = cloud.firmware else { return }
        beginFirmware(task)
    }

    override func installationGoesOn(_ percent: Int) { report(#"+QIND: "FOTA","UPDATING",\#(percent)%"#) }
    override func failsAtOnce(_ code: Int) -> Bool { code == 7 }

    override func networkReport(_ state: Int) -> String {
        isInGSM ? "+CEREG: 0" : super.networkReport(state)
    }
}
