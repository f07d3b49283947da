import Bridge
import Glibc
import MQTT
import Reactor

/// Where the bridge's topics are: from its configuration, or from what was typed.
struct WatchOptions {
    private var settings: MQTTSettings

    var base: String { settings.baseTopic }
    var brokers: Int { settings.brokers.count }

    init(_ arguments: Arguments) throws(Failure) {
        var arguments = arguments
        let host = try arguments.option("--host")
        let port = try arguments.number("--port", in: 1...65_535).map { UInt16($0) }
        let base = try arguments.option("--base")
        let user = try arguments.option("--user")
        let passwordFile = try arguments.option("--password-file")
        let tls = try Self.tls(&arguments)
        let isNamed = host == nil
        settings = try isNamed ? Self.configured(&arguments) : try Self.plain(&arguments)
        try arguments.end()
        if let tls { settings.tls = tls }
        if let host {
            guard let address = ServerAddress(host, defaultPort: settings.tls == nil ? 1883 : 8883) else {
                throw Failure(.wrongUsage, "--host is \(host); a host name or an address is expected")
            }
            settings.brokers = [address]
        }
        if let port { settings.brokers = settings.brokers.map { ServerAddress(host: $0.host, port: port) } }
        if let base {
            guard base.isTopicPrefix else {
                throw Failure(.wrongUsage, "--base is \(base); a topic without + and # is expected")
            }
            settings.baseTopic = base
        }
        if let user { settings.username = user }
        if let passwordFile { settings.password = try Self.password(passwordFile) }
        if settings.password != nil, settings.username == nil {
            throw Failure(.wrongUsage, "--password-file stands without --user; both or none is expected")
        }
    }

    func client(subscriptions: [String]) -> MQTTConfiguration {
        var configuration = settings.client(subscriptions: subscriptions)
        // Not the bridge's own: the broker would throw it out.
        configuration.clientID = "narrowbridge-watch-\(getpid())-\(UInt32.random(in: .min ... .max))"
        configuration.will = nil
        configuration.keepsSession = false
        return configuration
    }

    /// A file that was not asked for need not be there.
    private static func configured(_ arguments: inout Arguments) throws(Failure) -> MQTTSettings {
        if let path = try arguments.option("--config") { return try ConfigurationFile.read(path).mqtt }
        let usual = try ConfigurationFile.path(&arguments)
        guard unsafe access(usual, F_OK) == 0 else { return MQTTSettings() }
        return try ConfigurationFile.read(usual).mqtt
    }

    private static func plain(_ arguments: inout Arguments) throws(Failure) -> MQTTSettings {
        try arguments.option("--config").map { path throws(Failure) in try ConfigurationFile.read(path).mqtt }
            ?? MQTTSettings()
    }

    private static func tls(_ arguments: inout Arguments) throws(Failure) -> TLSSettings? {
        let isWanted = arguments.flag("--tls")
        let authorities = try arguments.option("--ca-file")
        let certificate = try arguments.option("--cert-file")
        let key = try arguments.option("--key-file")
        var identity: TLSSettings.Identity?
        switch (certificate, key) {
        case (let certificate?, let key?): identity = .init(certificateFile: certificate, keyFile: key)
        case (nil, nil): break
        default: throw Failure(.wrongUsage, "--cert-file and --key-file belong together; both or none is expected")
        }
        guard isWanted || authorities != nil || identity != nil else { return nil }
        return TLSSettings(caFile: authorities, identity: identity)
    }

    private static func password(_ path: String) throws(Failure) -> Secret {
        do throws(SystemError) {
            return try Secret(file: path)
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }
}
