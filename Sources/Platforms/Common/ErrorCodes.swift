/// One of the error codes of a module's note, and what follows from it.
package struct ModuleError: Hashable, Sendable {
    package enum Remedy: Sendable {
        /// The command is at fault: it will never succeed.
        case giveUp
        /// The network, the platform, the SIM or the module is busy or out of reach: try again after a while.
        case tryLater
        /// There is no session: register first.
        case register
        /// The module's engine must be restarted.
        case restart
        /// Says nothing by itself: the situation decides.
        case unknown
    }

    package let code: Int
    package let name: String
    package let text: String
    package let remedy: Remedy

    init(_ code: Int, _ name: String, _ text: String, _ remedy: Remedy) {
        self.code = code
        self.name = name
        self.text = text
        self.remedy = remedy
    }

    package var published: PlatformError { PlatformError(code: code, name: name, text: text, source: .module) }
}

/// The error codes of one note.
package struct ErrorCodes: Sendable {
    package let all: [ModuleError]
    private let byCode: [Int: ModuleError]
    private let prefix: String

    /// A code that is not among them is called by its number behind the prefix.
    init(prefix: String, _ all: [ModuleError]) {
        self.all = all
        self.prefix = prefix
        byCode = Dictionary(uniqueKeysWithValues: all.map { ($0.code, $0) })
    }

    package subscript(code: Int) -> ModuleError {
        byCode[code] ?? ModuleError(code, "\(prefix)\(code)", "the module answered with error \(code)", .unknown)
    }
}
