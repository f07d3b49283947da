import Modem
import Reactor
import Serial
import Store

/// Decides when a line's inbox may be emptied: when no half line or half answer is left in the modem, and every
/// downlink that was made of its bytes is in the store. Unchecked: belongs to the reactor's thread.
final class LineMemory: @unchecked Sendable {
    let inbox: LineInbox
    private let reactor: Reactor
    private let modem: Modem
    private let time: any TimeSource
    private let journal: Journal
    /// Downlinks on their way to the disk.
    private var unsettled = 0
    private var isLooking = false

    /// nil where the state directory allows none: then a crash may lose what was just read.
    init?(number: Int32, services: ModuleServices, modem: Modem) {
        do throws(SystemError) {
            inbox = try LineInbox(path: services.inboxPath, number: Int(number))
        } catch {
            services.log.warning("bridge", "no memory for lines: \(error)")
            return nil
        }
        reactor = services.reactor
        time = services.time
        journal = services.journal
        self.modem = modem
    }

    /// How long ago a process before this one has read what is to be replayed. Where it ended in the very moment, or
    /// the clock was set since, nobody knows.
    var age: Duration {
        guard inbox.lastHeard != 0 else { return .zero }
        return max(.zero, time.timestamp - Timestamp(milliseconds: inbox.lastHeard))
    }

    /// Hands on what a process before this one has read.
    func replay() {
        let bytes = inbox.recover()
        guard !bytes.isEmpty else { return }
        unsafe bytes.withUnsafeBytes { unsafe modem.hear($0) }
        lookAtEndOfTurn()
    }

    /// Bytes were handed to the modem. What they set in motion is done by the end of the turn.
    func heard() {
        inbox.lastHeard = time.timestamp.milliseconds
        lookAtEndOfTurn()
    }

    /// Nothing is expected for a while. What was just heard is looked at first.
    func rest() { reactor.atEndOfTurn { self.inbox.rest() } }

    private func lookAtEndOfTurn() {
        guard !isLooking else { return }
        isLooking = true
        reactor.atEndOfTurn { self.look() }
    }

    /// A downlink was made of what was heard; to be called with its commit's result.
    func hold() -> @Sendable (StoreError?) -> Void {
        unsettled += 1
        return { error in self.settle(error) }
    }

    private func settle(_ error: StoreError?) {
        guard error == nil else {
            // Not on disk yet: the journal tries again, and until then the bytes stay here. Not at once, for asking
            // makes it write.
            reactor.schedule(after: .seconds(5)) { self.journal.whenSettled { self.settle($0) } }
            return
        }
        unsettled -= 1
        look()
    }

    private func look() {
        isLooking = false
        guard unsettled == 0, !inbox.isEmpty, modem.assumeIsolated({ $0.holdsNothing }) else { return }
        inbox.clear()
    }
}
