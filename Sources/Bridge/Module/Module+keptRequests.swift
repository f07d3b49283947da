import Platforms
import Reactor
import Store

/// Requests that wait for a client outlive the bridge.
extension Module {
    func keep(_ entry: RequestJournal.Entry) {
        guard let change = RequestJournal.keep(entry, module: number) else { return }
        services.journal.record(change, .now)
    }

    /// At once: it would be answered again after a crash.
    func forget(_ id: String) {
        services.journal.record(RequestJournal.forget(id, module: number), .now)
    }

    /// What a bridge before this one has shown to clients is theirs to answer still, as long as there is time.
    func restoreRequests(_ journal: [String: [UInt8]]) {
        for entry in RequestJournal.entries(of: journal) {
            let patience = entry.deadline - now
            guard patience > .zero, patience <= Self.answerPatience else {
                remember(entry.id)
                forget(entry.id)
                continue
            }
            awaitClient(entry.request, id: entry.id, for: patience, isRestored: true)
        }
    }
}
