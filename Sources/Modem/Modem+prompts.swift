import AT
import Reactor
import Serial

/// Prompts that come late or never, and modules that wait for data when nobody has any for them.
extension Modem {
    /// The line is in step again, or lost.
    func finishOverdue(_ loss: LineLoss? = nil) {
        guard let pending = overdue else { return }
        overdue = nil
        let isUnsent = dialogue.unprompted != nil
        pending.finish(.failure(loss.map { .lost($0) } ?? (isUnsent ? .unprompted : .timedOut)))
    }

    /// The module has just taken data of another time: what it says next may be of those.
    func distrustAnswer() {
        guard case .ready = state else { return }
        if current == nil { recover() } else { expire() }
    }

    /// A module that waits for the rest of a command's data takes every command for them. ESC ends that, where the module
    /// knows it; else it has to be given what it waits for. More of it is as good as nothing: empty command lines.
    func endData() async {
        guard openPayload.bytes > 0 else { return }
        guard openPayload.isEscaped else {
            openPayload.isEscaped = true
            port?.write([Byte.escape])
            return
        }
        let bytes = openPayload.bytes
        openPayload.bytes = 0
        port?.write(Array(repeating: Byte.carriageReturn, count: bytes))
        try? await time.sleep(for: lineTime(bytes: bytes))
    }
}
