/// What a module says to a command.
struct Answer {
    enum Result: Equatable {
        case ok
        /// `+CME ERROR: n` when that is enabled, else `ERROR`.
        case error(Int)
        case line(String)
    }

    /// The module says the prompt and takes exactly so many bytes, whatever they are, before it answers.
    struct Prompt {
        var text = "\r\n>"
        let count: Int
        let answer: @Sendable ([UInt8]) -> Answer
        /// How long the module waits for all of the data, and what it answers then.
        var patience: Duration?
        var late: Result = .line("ERROR")
    }

    var lines: [String]
    var result: Result
    /// How long the execution takes.
    var delay = Duration.zero
    /// To be done once the answer has left.
    var afterwards: (@Sendable () -> Void)?
    /// Instead of all the above.
    var prompt: Prompt?

    static let ok = Answer(lines: [], result: .ok)
    static func ok(_ lines: String...) -> Answer { Answer(lines: lines, result: .ok) }
    static func prompt(for count: Int, _ answer: @escaping @Sendable ([UInt8]) -> Answer) -> Answer {
        Answer(lines: [], result: .ok, prompt: Prompt(count: count, answer: answer))
    }
    static func error(_ code: Int) -> Answer { Answer(lines: [], result: .error(code)) }
}

/// The module behind the line. All calls are on the reactor's thread.
protocol Personality: AnyObject, Sendable {
    /// False while bytes to the module are lost.
    var isListening: Bool { get }
    var echoes: Bool { get }
    var namesErrors: Bool { get }
    /// A byte came while it was not listening: it may wake.
    func stir()
    func execute(_ command: CommandLine) -> Answer
    /// Power comes, or comes again.
    func powerOn()
    /// All that is not in NVRAM is gone, nothing is heard or said.
    func powerOff()
    /// A byte passed, either way.
    func lineWasUsed()
}

/// Nobody behind the line, until somebody is.
final class NoPersonality: Personality {
    let isListening = false
    let echoes = false
    let namesErrors = false
    func stir() {}
    func execute(_ command: CommandLine) -> Answer { .error(1) }
    func powerOn() {}
    func powerOff() {}
    func lineWasUsed() {}
}
