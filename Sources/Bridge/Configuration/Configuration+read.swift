import Reactor

extension Configuration {
    /// Far more than ten thousand modules need.
    private static let sizeLimit = 16 << 20

    /// Reads and checks a file. All faults are told in one go, so that nobody mends them one start at a time.
    package static func load(path: String) throws(ConfigurationErrors) -> Configuration {
        let text: [UInt8]
        do throws(SystemError) {
            text = try readFile(path, limit: sizeLimit)
        } catch {
            let found = "the file cannot be read (\(error.reason))"
            throw ConfigurationErrors(faults: [
                .init(file: path, line: 1, column: 1, found: found, expected: "a file that can be read")
            ])
        }
        return try parse(text, file: path)
    }

    /// The same for a text; the file's name is for the faults, its folder for relative paths.
    package static func parse(_ text: [UInt8], file: String) throws(ConfigurationErrors) -> Configuration {
        let log = FaultLog(file: file)
        let root: TOMLNode
        do throws(TOMLError) {
            root = try TOMLNode(parsing: text)
        } catch {
            log.fault(at: error.position, found: error.reason, expected: "TOML 1.0")
            throw log.errors
        }
        guard case .table(let entries) = root.value else {
            throw ConfigurationErrors(faults: [])
        }
        let reader = TableReader(title: "the file", position: .start, entries: entries, log: log)
        let configuration = Configuration(reader)
        guard log.faults.isEmpty else { throw log.errors }
        return configuration
    }

    private init(_ reader: TableReader) {
        self.init()
        mqtt = MQTTSettings(reader.table("mqtt", title: "[mqtt]"), log: reader.log)
        if let table = reader.table("bridge", title: "[bridge]") { bridge = BridgeSettings(table) }
        if let table = reader.table("homeassistant", title: "[homeassistant]") {
            homeAssistant = HomeAssistantSettings(table)
        }
        modules = Self.modules(reader.tables("module", title: "[[module]]"))
        reader.refuseUnknownKeys()
    }

    private static func modules(_ tables: [TableReader]) -> [ModuleSettings] {
        var names: [String: TOMLPosition] = [:]
        var ports: [ModulePort: TOMLPosition] = [:]
        return tables.compactMap { table in
            let module = ModuleSettings.read(table)
            if let name = module.name {
                table.refuseRepetition(of: "name", name, in: &names, shown: name)
            }
            if let port = module.port {
                table.refuseRepetition(of: "port", port.plainest, in: &ports, shown: port.description)
            }
            return module.settings
        }
    }
}

extension TableReader {
    fileprivate func refuseRepetition<Value: Hashable>(
        of key: String, _ value: Value, in seen: inout [Value: TOMLPosition], shown: String
    ) {
        let place = position(of: key)
        if let first = seen[value] {
            log.fault(
                at: place, found: "the \(key) \"\(shown)\" is taken by the module of line \(first.line)",
                expected: "a \(key) of its own for each module")
        } else {
            seen[value] = place
        }
    }
}
