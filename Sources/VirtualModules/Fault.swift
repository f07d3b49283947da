/// A way for the module or its line to fail, once or always, on the commands that begin with a prefix.
package struct Fault: Sendable {
    package enum Effect: Sendable {
        /// Executed, but the answer never comes.
        case dropAnswer
        /// Executed at once, answered late: beyond a host's time-out, if the test likes.
        case delayAnswer(Duration)
        /// Not executed: this final result instead, such as `ERROR` or `+CME ERROR: 951`.
        case answer(String)
        /// The answer comes in pieces of so many bytes.
        case split(every: Int, pause: Duration)
        /// Lines that come between the command and its answer.
        case reports([String])
        /// Bytes before the answer that mean nothing.
        case noise([UInt8])
        /// The answer's last LF is lost.
        case loseLineFeed
        /// The command is echoed though echo is off.
        case echo
        /// The answer waits for the next report.
        case reportFirst
        /// The module restarts instead of executing.
        case resetBefore
        /// The module restarts right after its answer.
        case resetAfter
        /// Power is lost instead of executing; it comes back after the time, or by `powerOn`.
        case powerCut(Duration?)
        /// The line drops instead of executing; it comes back after the time, or by `plugIn`.
        case hangUp(Duration?)
        /// A report that begins with the prefix comes twice.
        case doubleReport
        /// At once and whatever the prefix: the next bytes to the module are lost.
        case ignoreBytes(Int)
        /// At once and whatever the prefix: no downlink fits the buffer, the next one or any.
        case bufferFull
    }

    package var effect: Effect
    package var prefix: String
    package var always: Bool

    package init(_ effect: Effect, on prefix: String = "", always: Bool = false) {
        self.effect = effect
        self.prefix = prefix
        self.always = always
    }
}
