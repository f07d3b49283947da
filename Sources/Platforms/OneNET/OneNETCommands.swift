package import AT

/// The commands of the China Mobile platform that configure, create and register (BC260Y-CN OneNET note, 3.3.1 to
/// 3.3.8 and 3.3.16), in every form that they have. `reference` is the instance of the suite; only 0 is supported.
package enum OneNETCommand {
    /// The first eight and the last of table 1, then the seven that answer and report.
    package static let names = [
        "MIPLCONFIG", "MIPLCREATE", "MIPLDELETE", "MIPLVER", "MIPLADDOBJ", "MIPLDELOBJ", "MIPLOPEN", "MIPLCLOSE",
        "MIPLDISCOVERRSP", "MIPLOBSERVERSP", "MIPLREADRSP", "MIPLWRITERSP", "MIPLEXECUTERSP", "MIPLPARAMETERRSP",
        "MIPLNOTIFY", "MIPLUPDATE",
    ]

    /// The test form; MIPLCREATE and MIPLVER have none.
    package static func syntax(of name: String) -> Command {
        Command("AT+\(name)=?", answer: .prefixed("+\(name)"))
    }

    /// How the module hands over what the cloud writes.
    package enum ReceiveFormat: Int, Sendable {
        case hex = 0
        case text = 1
    }

    /// Where to register, with or without the help of a bootstrap server.
    package struct Server: Equatable, Sendable {
        package var bootstrap: Bool
        package var host: String
        package var port: Int
        /// Nil leaves it to the module; older firmware does not know it.
        package var autoUpdate: Bool?

        package init(bootstrap: Bool, host: String, port: Int, autoUpdate: Bool? = nil) {
            self.bootstrap = bootstrap
            self.host = host
            self.port = port
            self.autoUpdate = autoUpdate
        }
    }

    /// MIPLCONFIG (3.3.1). Only before an instance is created (remark 1). The data mode has one value.
    package static func configure(_ format: ReceiveFormat, _ server: Server? = nil) throws(Quoted.Refusal) -> Command {
        var text = "AT+MIPLCONFIG=0,\(format.rawValue)"
        if let server {
            text += ",\(server.bootstrap ? 1 : 0),\(try Quoted.encode(server.host)),\(server.port)"
            if let autoUpdate = server.autoUpdate { text += ",\(autoUpdate ? 1 : 0)" }
        }
        return Command(text)
    }

    package static let configuration = Command("AT+MIPLCONFIG?", answer: .prefixed("+MIPLCONFIG"))

    /// `+MIPLCONFIG: <mode>,<recv_data_format>,<bsMode>,<ip>,<port>,<auto_update>`; nil where no server is named.
    package static func readConfiguration(_ line: Line) -> Server? {
        let fields = Fields(line)
        guard let mode = fields[2]?.int, let host = fields[3]?.text, !host.isEmpty, let port = fields[4]?.int,
            (1...65_535).contains(port)
        else { return nil }
        return Server(bootstrap: mode == 1, host: host, port: port, autoUpdate: fields[5]?.int.map { $0 == 1 })
    }

    /// MIPLCREATE (3.3.2).
    package static let create = Command("AT+MIPLCREATE", answer: .prefixed("+MIPLCREATE"))

    /// MIPLDELETE (3.3.3).
    package static func delete(_ reference: Int) -> Command { Command("AT+MIPLDELETE=\(reference)") }

    /// MIPLVER (3.3.4).
    package static let version = Command("AT+MIPLVER?", answer: .prefixed("+MIPLVER"))

    /// MIPLADDOBJ (3.3.5).
    package static func add(_ object: OneNETObject, to reference: Int) -> Command {
        Command(
            "AT+MIPLADDOBJ=\(reference),\(object.id),\(object.bitmap.utf8.count),\"\(object.bitmap)\","
                + "\(object.attributes),\(object.actions)")
    }

    /// MIPLDELOBJ (3.3.6).
    package static func remove(object: UInt16, from reference: Int) -> Command {
        Command("AT+MIPLDELOBJ=\(reference),\(object)")
    }

    /// MIPLOPEN (3.3.7). The result comes in events.
    package static func open(_ reference: Int, lifetime: Int, timeout: Int? = nil) -> Command {
        Command("AT+MIPLOPEN=\(reference),\(lifetime)" + (timeout.map { ",\($0)" } ?? ""))
    }

    /// 15 to 268435455 seconds; 0 means 3600 (3.3.7, 3.3.16).
    package static func isLifetime(_ seconds: Int) -> Bool { seconds == 0 || (15...268_435_455).contains(seconds) }

    /// MIPLCLOSE (3.3.8). The end comes as event 15.
    package static func close(_ reference: Int) -> Command { Command("AT+MIPLCLOSE=\(reference)") }

    /// MIPLUPDATE (3.3.16). The result comes as event 11, 12 or 13.
    package static func update(
        _ reference: Int, lifetime: Int, withObjects: Bool, rai: UInt8? = nil
    ) -> Command {
        Command("AT+MIPLUPDATE=\(reference),\(lifetime),\(withObjects ? 1 : 0)" + (rai.map { ",\($0)" } ?? ""))
    }
}

/// An object as MIPLADDOBJ describes it: all its instances together.
package struct OneNETObject: Equatable, Sendable {
    package var id: UInt16
    /// One digit for each instance from 0 to the last: instances 0 and 2 are `101`.
    package var bitmap: String
    /// Resources that can be read or written.
    package var attributes: Int
    /// Resources that can be executed.
    package var actions: Int

    /// Security, server, access control, device, connectivity, firmware and statistics are the module's own.
    package static let builtIn: Set<UInt16> = [0, 1, 2, 3, 4, 5, 7]

    /// A line of digits that modules surely take.
    package static let mostInstances = 1024

    package static func all(of descriptions: [ObjectDescription]) -> [OneNETObject] {
        var order: [UInt16] = []
        var instances: [UInt16: [ObjectDescription]] = [:]
        for description in descriptions where !builtIn.contains(description.id) {
            if instances[description.id] == nil { order.append(description.id) }
            instances[description.id, default: []].append(description)
        }
        return order.map { OneNETObject(id: $0, instances: instances[$0] ?? []) }
    }

    private init(id: UInt16, instances: [ObjectDescription]) {
        self.id = id
        let numbers = Set(instances.map(\.instance))
        bitmap = (0...(numbers.max() ?? 0)).map { numbers.contains($0) ? "1" : "0" }.joined()
        let resources = instances.flatMap(\.resources)
        attributes = Set(resources.filter { $0.kind != .executable }.map(\.id)).count
        actions = Set(resources.filter { $0.kind == .executable }.map(\.id)).count
    }
}
