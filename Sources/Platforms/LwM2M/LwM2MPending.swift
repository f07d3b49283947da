/// A result that comes as a report of its own, before the command's OK or after it.
final class LwM2MPending {
    /// Whoever awaits results of this kind.
    let turn = LwM2MTurn()
    let signal = Signal()
    private(set) var code: Int?
    /// Otherwise it comes unasked.
    private(set) var isExpected = false
    private var isLastPart = true

    /// To be called before the command.
    func expect(lastPart: Bool = true) {
        signal.lower()
        code = nil
        isExpected = true
        isLastPart = lastPart
    }

    func end() { isExpected = false }

    func tell(_ code: Int) {
        // That of an earlier part, late.
        if code == LwM2MResult.continues, isLastPart { return }
        self.code = code
        signal.raise()
    }
}
