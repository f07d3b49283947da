import Bridge
import Platforms
import Reactor
import Store

enum Queue: Subcommand {
    static let name = "queue"
    static let summary = "what waits in the store: list, drop, retry"
    static let help = """
        usage: narrowbridge queue list  [--module M] [--json]
               narrowbridge queue drop  --module M (--id ID… | --all)
               narrowbridge queue retry --module M (--id ID… | --all)

        list shows every uplink that waits, in the order of sending, and those that have ended but whose outcome the
        broker does not have yet. With --json each is one line of JSON.
        drop ends waiting uplinks: their outcome is "failed" with the error "dropped_by_operator".
        retry gives them all their attempts and their time to live anew.

        --config FILE names the configuration, whose state_dir holds the store (/etc/narrowbridge/bridge.conf, else
        ./bridge.conf). The bridge may run meanwhile: it is told of the change.
        """

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let path = try ConfigurationFile.path(&arguments)
        let module = try arguments.option("--module")
        let ids = try arguments.options("--id")
        let all = arguments.flag("--all")
        let json = arguments.flag("--json")
        let verb = try arguments.word()
        try arguments.end()
        switch verb {
        case "list":
            guard ids.isEmpty, !all else { throw Failure(.wrongUsage, "list takes no --id and no --all; see --help") }
            try list(try ConfigurationFile.read(path), module: module, json: json)
        case "drop", "retry":
            guard let module, ids.isEmpty == all, !json else {
                throw Failure(.wrongUsage, "--module and either --id or --all are expected; see --help")
            }
            let chosen = Chosen(module: module, ids: all ? nil : ids)
            let configuration = try ConfigurationFile.read(path)
            try verb == "drop" ? drop(configuration, chosen) : retry(configuration, chosen)
        case let word?: throw Failure(.wrongUsage, "\(word) is not expected; list, drop or retry is")
        case nil: throw Failure(.wrongUsage, "list, drop or retry is expected; see --help")
        }
    }

    /// Which uplinks of a module are meant; without ids all of them.
    private struct Chosen {
        let module: String
        let ids: [String]?

        var selection: StoreInspector.Selection { ids.map { .ids($0.map { Array($0.utf8) }) } ?? .all }
    }

    private static var now: Timestamp { Clock.now }

    private static func list(_ configuration: Configuration, module: String?, json: Bool) throws(Failure) {
        let list = QueueList(now: now)
        try use(configuration) { store throws(StoreError) in
            let names = if let module { [module] } else { try store.modules().map(\.name) }
            for name in names {
                try store.list(module: name) { json ? QueueList.printJSON($0) : list.add($0) }
            }
        }
        if !json { Terminal.say(list.text) }
    }

    private static func drop(_ configuration: Configuration, _ chosen: Chosen) throws(Failure) {
        let error = PlatformError(
            name: "dropped_by_operator", text: "an operator took it out of the queue", source: .bridge)
        let time = now
        let count = try use(configuration) { store throws(StoreError) in
            try store.drop(module: chosen.module, chosen.selection) { record in
                Outcome(
                    id: String(decoding: record.id, as: UTF8.self), state: .failed, time: time,
                    attempts: record.attempts, error: error
                ).json
            }
        }
        try finish("dropped", count, chosen, configuration)
    }

    private static func retry(_ configuration: Configuration, _ chosen: Chosen) throws(Failure) {
        let ttl = configuration.modules.first { $0.name == chosen.module }?.ttl ?? 86_400
        let until = now + .seconds(ttl)
        let count = try use(configuration) { store throws(StoreError) in
            try store.retry(module: chosen.module, chosen.selection, until: until)
        }
        try finish("to be tried anew", count, chosen, configuration)
    }

    private static func finish(
        _ what: String, _ count: Int, _ chosen: Chosen, _ configuration: Configuration
    ) throws(Failure) {
        Terminal.say("\(count) \(count == 1 ? "uplink" : "uplinks") \(what)")
        if count > 0 { try tellBridge(configuration.bridge.stateDirectory) }
        if let ids = chosen.ids, count < ids.count {
            throw Failure(.failed, "\(ids.count - count) of the \(ids.count) ids do not wait in \(chosen.module)")
        }
    }

    private static func tellBridge(_ directory: String) throws(Failure) {
        guard let bridge = RunningBridge(stateDirectory: directory) else {
            Terminal.say("no bridge runs here: its next start takes it up")
            return
        }
        try bridge.tell()
        Terminal.say("the bridge (process \(bridge.processID)) was told")
    }

    private static func use<R>(
        _ configuration: Configuration, _ body: (StoreInspector) throws(StoreError) -> R
    ) throws(Failure) -> R {
        do throws(StoreError) {
            return try body(try Store.openForInspection(directory: configuration.bridge.stateDirectory))
        } catch {
            if case .unknownModule = error { throw Failure(.wrongUsage, "\(error)") }
            throw Failure(.failed, "\(error)")
        }
    }
}
