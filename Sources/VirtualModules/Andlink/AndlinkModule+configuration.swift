/// The settings: S4 3.1, 3.2, 3.3, 3.9, 3.13, 3.15 and 3.16.
extension AndlinkModule {
    // MARK: Servers, S4 3.1

    func setServer(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 2...3 ~= parameters.count else { return refuse(command, .parameters, "wrong number of parameters") }
        guard parameters[0].isQuoted, parameters[1].isQuoted, Self.isAddress(parameters[1].text) else {
            return refuse(command, .parameters, "no address")
        }
        var port: Int?
        if parameters.count == 3 {
            guard let number = parameters[2].number, number <= 65535 else {
                return refuse(command, .parameters, "wrong port")
            }
            port = number
        }
        let address = parameters[1].text
        switch parameters[0].text {
        case "BS": saved.bootstrap = Server(address: address, port: port ?? 5683)
        case "LWM2M": saved.server = Server(address: address, port: port ?? 5683)
        case "DEL":
            guard deleteServers(address, port) else {
                return refuse(command, .parameters, "no such server")
            }
        default: return refuse(command, .parameters, "wrong type of server")
        }
        return .ok
    }

    /// True when there was one. Without a port every one of this address.
    private func deleteServers(_ address: String, _ port: Int?) -> Bool {
        let fits = { (server: Server?) in
            server.map { $0.address == address && (port == nil || $0.port == port) } ?? false
        }
        let (bootstrapFits, serverFits) = (fits(saved.bootstrap), fits(saved.server))
        if bootstrapFits { saved.bootstrap = nil }
        if serverFits { saved.server = nil }
        return bootstrapFits || serverFits
    }

    func listServers() -> Answer {
        var lines = ["+QLASERVERIP:"]
        if let server = saved.bootstrap { lines.append("BS,\(server.address),\(server.port)") }
        if let server = saved.server { lines.append("LWM2M,\(server.address),\(server.port)") }
        return Answer(lines: lines, result: .ok)
    }

    /// A name, or an address in dots.
    private static func isAddress(_ text: String) -> Bool {
        1...255 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
                default: false
                }
            }
    }

    // MARK: Encryption, S4 3.2 and 3.16

    func setEncryption(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 1...2 ~= parameters.count else { return refuse(command, .parameters, "wrong number of parameters") }
        guard let type = parameters[0].number, type <= 1 else {
            return refuse(command, .parameters, "wrong encryption")
        }
        var encryption = Encryption(type: type)
        if parameters.count == 2 {
            guard let number = parameters[1].number, number <= 1 else {
                return refuse(command, .parameters, "wrong address translation")
            }
            encryption.addressTranslation = number
        }
        if command.name == "+QLABSSECSWT" {
            saved.bootstrapEncryption = encryption
        } else {
            session.encryption = encryption
            saved.encryption = encryption
        }
        return .ok
    }

    func tellEncryption(_ name: String, _ encryption: Encryption) -> Answer {
        .ok("\(name):\(encryption.type),\(encryption.addressTranslation)")
    }

    // MARK: Keys, S4 3.3 and 3.15

    func setKey(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard parameters.count == 2 else { return refuse(command, .parameters, "wrong number of parameters") }
        let identity = parameters[0].text
        guard !parameters[0].isQuoted, identity == "0" || identity == body.options.imei else {
            return refuse(command, .parameters, "the key's identity is neither 0 nor the IMEI")
        }
        guard let bytes = HexDigits.bytes(parameters[1].bytes), bytes.count == 16 else {
            return refuse(command, .parameters, "wrong key")
        }
        let key = Key(identity: body.options.imei, bytes: bytes)
        if command.name == "+QLASETPSK" { saved.key = key } else { saved.bootstrapKey = key }
        return .ok
    }

    /// A key is never told.
    func tellKey(_ name: String, _ shortName: String, _ key: Key?) -> Answer {
        guard let key else { return .error(Refusal.notConfigured.rawValue) }
        return .ok("\(spelling.shortensKeyNames ? shortName : name):\(key.identity),***")
    }

    // MARK: The rest

    func setRegistrationMode(_ command: CommandLine) -> Answer {
        guard let mode = command.onlyNumber, mode <= 1 else {
            return refuse(command, .parameters, "wrong registration mode")
        }
        saved.registersItself = mode == 1
        return .ok
    }

    /// The device type, S4 3.13.
    func configure(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 1...2 ~= parameters.count, parameters[0].isQuoted, parameters[0].text == "LWM2M/DeviceType" else {
            return refuse(command, .parameters, "no such configuration")
        }
        guard parameters.count == 2 else {
            let name = spelling.swapsConfiguration ? "+CQFG" : "+QCFG"
            return .ok("\(name): \"LWM2M/DeviceType\",\(saved.deviceType)")
        }
        guard parameters[1].isQuoted, 1...64 ~= parameters[1].bytes.count else {
            return refuse(command, .parameters, "wrong device type")
        }
        saved.deviceType = parameters[1].text
        return .ok
    }
}
