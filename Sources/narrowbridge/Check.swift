import Bridge

enum Check: Subcommand {
    static let name = "check"
    static let summary = "validates a configuration and tells every fault in one go"
    static let help = """
        usage: narrowbridge check [--config FILE]

        Reads the configuration (/etc/narrowbridge/bridge.conf, else ./bridge.conf) and tells every fault of it, each
        with its place, what stands there and what is expected. Exit status 0 if there is none, else 78.
        """

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let path = try ConfigurationFile.path(&arguments)
        try arguments.end()
        let configuration = try ConfigurationFile.read(path)
        let count = configuration.modules.count
        Terminal.say("\(path): good, \(count) \(count == 1 ? "module" : "modules")")
    }
}
