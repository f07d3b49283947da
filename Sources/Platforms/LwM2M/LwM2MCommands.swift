package import AT

/// The fourteen commands of the standard LwM2M client (BC260Y-CN R01 note, chapter 2), in every form that they have.
/// Strings and hexadecimal digits stand in quotes, numbers do not, as the note shows them.
package enum LwM2MCommand {
    /// QLACONFIG (2.1), before a registration only.
    package static func configure(_ configuration: LwM2MConfiguration) throws(Quoted.Refusal) -> Command {
        let host = try Quoted.encode(configuration.host)
        let endpoint = try Quoted.encode(configuration.endpoint)
        let head =
            "AT+QLACONFIG=\(configuration.isBootstrap ? 1 : 0),\(host),\(configuration.port),\(endpoint),"
            + "\(configuration.lifetime),"
        guard let key = configuration.key else { return Command(head + "3") }
        let id = try Quoted.encode(key.id)
        let secret = try Quoted.encode(key.key)
        let binding = configuration.binding.map { ",\($0.rawValue)" } ?? ""
        return Command("\(head)0,\(id),\(secret)\(binding)", redacted: "\(head)0,\(id),<psk>\(binding)")
    }

    package static let configuration = Command("AT+QLACONFIG?", answer: .prefixed("+QLACONFIG"))

    /// QLACFG (2.2).
    package static func set(_ setting: LwM2MSetting) throws(Quoted.Refusal) -> Command {
        Command("AT+QLACFG=\"\(setting.name)\",\(try setting.arguments())")
    }

    package static func setting(named name: String) -> Command {
        Command("AT+QLACFG=\"\(name)\"", answer: .prefixed("+QLACFG"))
    }

    package static let settings = Command("AT+QLACFG?", answer: .prefixed("+QLACFG"))

    /// QLAREG (2.3). The result comes as a report.
    package static let register = Command("AT+QLAREG")

    /// QLAUPDATE (2.4). Its reports are no answer: the message's number comes before OK, the result after it.
    package static func update(lifetime: Int, rai: UInt8? = nil) -> Command {
        Command("AT+QLAUPDATE=0,\(lifetime)\(optional(rai))")
    }

    package static func update(binding: LwM2MBinding, rai: UInt8? = nil) -> Command {
        Command("AT+QLAUPDATE=1,\(binding.rawValue)\(optional(rai))")
    }

    /// QLADEREG (2.5).
    package static let deregister = Command("AT+QLADEREG")

    /// QLAADDOBJ (2.6), not while registering.
    package static func add(_ object: LwM2MObject) -> Command {
        let resources = object.resources.map { ",\($0)" }.joined()
        return Command("AT+QLAADDOBJ=\(object.id),\(object.instance),\(object.resources.count)\(resources)")
    }

    /// Its answer looks like the result of adding, which is one number.
    package static let objects = Command(
        "AT+QLAADDOBJ?", answer: .prefixed("+QLAADDOBJ", where: { LwM2MObject($0) != nil }))

    /// QLADELOBJ (2.7): with all its instances.
    package static func delete(object: UInt16) -> Command { Command("AT+QLADELOBJ=\(object)") }

    /// QLARDRSP (2.8) and QLAOBSRSP (2.11): one value of an answer; the last one has index 0.
    package static func answer(
        _ kind: ValueAnswer, messageID: Int, result: Int, _ path: ResourcePath, _ value: ValueParameters, index: Int,
        rai: UInt8? = nil
    ) -> Command {
        Command(
            bytes: Array("AT+\(kind.rawValue)=\(messageID),\(result),".utf8) + located(path, value)
                + Array(",\(index)\(optional(rai))".utf8))
    }

    package enum ValueAnswer: String, Sendable {
        case read = "QLARDRSP"
        case observe = "QLAOBSRSP"
    }

    /// QLAWRRSP (2.9) and QLAEXERSP (2.10).
    package static func answer(
        _ kind: PlainAnswer, messageID: Int, result: Int, rai: UInt8? = nil
    ) -> Command {
        Command("AT+\(kind.rawValue)=\(messageID),\(result)\(optional(rai))")
    }

    package enum PlainAnswer: String, Sendable {
        case write = "QLAWRRSP"
        case execute = "QLAEXERSP"
    }

    /// QLANOTIFY (2.12): one value of a report; the last one has index 0.
    package static func notify(
        _ path: ResourcePath, _ value: ValueParameters, index: Int, confirm: Bool, rai: UInt8? = nil
    ) -> Command {
        Command(
            bytes: Array("AT+QLANOTIFY=".utf8) + located(path, value)
                + Array(",\(index),\(confirm ? 1 : 0)\(optional(rai))".utf8))
    }

    /// QLASENDDATA (2.13), on Andlink only: a string or bytes.
    package static func send(_ value: ValueParameters, confirm: Bool, rai: UInt8? = nil) -> Command {
        Command(
            bytes: Array("AT+QLASENDDATA=".utf8) + described(value)
                + Array(",\(confirm ? 1 : 0)\(optional(rai))".utf8))
    }

    /// QLASTATUS (2.14).
    package static let status = Command("AT+QLASTATUS?", answer: .prefixed("+QLASTATUS"))

    private static func optional(_ rai: UInt8?) -> String { rai.map { ",\($0)" } ?? "" }

    private static func located(_ path: ResourcePath, _ value: ValueParameters) -> [UInt8] {
        Array("\(path.object),\(path.instance),\(path.resource),".utf8) + described(value)
    }

    private static func described(_ value: ValueParameters) -> [UInt8] {
        let quote = value.type <= 2 ? [UInt8(ascii: "\"")] : []
        return Array("\(value.type),\(value.length),".utf8) + quote + value.text + quote
    }
}
