/// AT+QLACONFIG, S3 2.1.
extension LwM2MModule {
    struct Server {
        var address: String
        var port: Int
        var endpoint: String
        var lifetime: Int
        /// Nil: not encrypted.
        var key: Key?
        /// 0: U, 1: UQ.
        var binding = 0
    }

    struct Key {
        let id: String
        let text: String

        /// The note says "string"; a cloud's key may be spelt as it is or in hex.
        func opens(_ psk: [UInt8]) -> Bool {
            Array(text.utf8) == psk || HexDigits.bytes(Array(text.utf8)[...]) == psk
        }
    }

    static let lifetimes = 20...31_536_000

    func configure(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard [6, 8, 9].contains(parameters.count) else { return refuse(command, "wrong number of parameters") }
        guard let flag = parameters[0].number, flag <= 1 else { return refuse(command, "wrong flag") }
        guard isText(parameters[1]) else { return refuse(command, "no address") }
        guard let port = parameters[2].number, port <= 65_535 else { return refuse(command, "wrong port") }
        guard isText(parameters[3]) else { return refuse(command, "no endpoint") }
        guard let lifetime = parameters[4].number, Self.lifetimes.contains(lifetime) else {
            return refuse(command, "wrong lifetime")
        }
        guard let security = parameters[5].number, security == 0 || security == 3 else {
            return refuse(command, "wrong security mode")
        }
        var server = Server(
            address: parameters[1].text, port: port, endpoint: parameters[3].text, lifetime: lifetime)
        if security == 0 {
            guard parameters.count > 6, isText(parameters[6]), isText(parameters[7], limit: 256) else {
                return refuse(command, "no key")
            }
            server.key = Key(id: parameters[6].text, text: parameters[7].text)
        }
        if parameters.count == 9 {
            guard let binding = parameters[8].number, binding <= 1 else { return refuse(command, "wrong binding mode") }
            server.binding = binding
        }
        // Word by word: "deregistered" is another state than "unregistered", and only a restart leads back.
        guard session.status == .unregistered else { return refuse(command, "QLACONFIG while not unregistered") }
        if flag == 1 {
            session.bootstrap = server
        } else {
            session.bootstrap = nil
            settings.server = server
        }
        return .ok
    }

    private func isText(_ parameter: CommandLine.Parameter, limit: Int = 150) -> Bool {
        parameter.isQuoted && 1...limit ~= parameter.bytes.count
    }

    /// The working server, if there is one by configuration or from the bootstrap server.
    var configurationLines: [String] {
        guard session.bootstrap == nil || cloud.isRegistered, let server = settings.server else { return [] }
        var fields = "0,\"\(server.address)\",\(server.port),\"\(server.endpoint)\",\(server.lifetime)"
        fields += server.key.map { ",0,\"\($0.id)\",\"\($0.text)\"" } ?? ",3"
        return ["+QLACONFIG: \(fields),\(server.binding)"]
    }
}

extension Answer {
    static func ok(_ lines: [String]) -> Answer { Answer(lines: lines, result: .ok) }
}
