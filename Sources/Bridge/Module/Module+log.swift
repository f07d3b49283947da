import Platforms
import Store

/// What the page shows of a module's conversation.
extension Module {
    func note(_ kind: ModuleLog.Kind, _ label: String, _ text: [UInt8], sequence: Int64 = 0) {
        let board = services.board
        history.add(
            kind, label, text, sequence: sequence, at: now, id: board.nextID(), limit: board.entriesPerModule)
        board.changed(name)
    }

    /// What has become of an uplink.
    func note(_ uplink: UplinkRecord, _ state: Outcome.State, _ error: PlatformError? = nil) {
        let label = error.map { "\(state.rawValue): \($0.text)" } ?? state.rawValue
        if history.mark(uplink.sequence, label, change: services.board.nextID()) { services.board.changed(name) }
    }
}
