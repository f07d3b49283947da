extension ModuleSettings {
    /// Name and port are given back even where the rest is wrong, so that their repetition is told in the same go.
    static func read(_ table: TableReader) -> (name: String?, port: ModulePort?, settings: ModuleSettings?) {
        let name = name(table)
        let port = table.required("port", expected: "\"/dev/…\" or \"tcp://host:port\"") { value in
            if case .string(let text) = value { ModulePort(text) } else { nil }
        }
        let platform = table.requiredChoice("platform", Platform.self)
        var settings = ModuleSettings(
            name: name ?? "", port: port ?? .device(path: ""),
            options: platform.map { .read(table, platform: $0) } ?? .none)
        settings.readCommon(table)
        guard let platform else {
            // Which keys belong here is not known.
            table.refuseUnknownKeys(of: nil)
            return (name, port, nil)
        }
        settings.readServer(table, platform: platform)
        settings.readKey(table, platform: platform)
        table.refuseUnknownKeys(of: platform)
        guard name != nil, port != nil else { return (name, port, nil) }
        return (name, port, settings)
    }

    private static func name(_ table: TableReader) -> String? {
        let expected = "1 to 64 of a-z A-Z 0-9 _ -"
        let name: String? = table.required("name", expected: expected) { value in
            guard case .string(let text) = value, (1...64).contains(text.utf8.count),
                text.utf8.allSatisfy(\.isModuleNameCharacter)
            else { return nil }
            return text
        }
        if name == "bridge" {
            table.log.fault(
                at: table.position(of: "name"), found: "'name' is \"bridge\", whose topics are the bridge's own",
                expected: "another name")
        }
        return name
    }

    private mutating func readCommon(_ table: TableReader) {
        baud =
            table.optional("baud", expected: "one of " + Self.bauds.map(String.init).joined(separator: ", ")) { value in
                if case .integer(let number) = value { Self.bauds.first { $0 == number } } else { nil }
            } ?? baud
        power = table.choice("power") ?? power
        confirm = table.boolean("confirm") ?? confirm
        attempts = table.integer("attempts", in: 1...10) ?? attempts
        rai = table.integer("rai", in: 0...2) ?? rai
        queueLimit = table.integer("queue_limit", in: 1...1_000_000) ?? queueLimit
        queueFull = table.choice("queue_full") ?? queueFull
        ttl = table.integer("ttl", in: 1...31_536_000, unit: "seconds") ?? ttl
        allowAT = table.boolean("allow_at") ?? allowAT
        lifetime = lifetime(table) ?? lifetime
    }

    private static let bauds = [
        1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
    ]

    /// In seconds, by the platform's own range (S0:349, S2:342, S3:290).
    package var longestLifetime: Int {
        switch options {
        case .ctwing, .andlink, .none: 2_592_000
        case .lwm2m: 31_536_000
        case .onenet: 268_435_455
        }
    }

    private func lifetime(_ table: TableReader) -> Int? {
        let longest = longestLifetime
        return switch options {
        case .ctwing, .andlink, .none:
            table.integer("lifetime", in: 0...longest, unit: "seconds")
        case .lwm2m:
            table.integer("lifetime", in: 20...longest, unit: "seconds")
        case .onenet:
            table.optional("lifetime", expected: "a whole number of seconds from 15 to \(longest), or 0") { value in
                guard case .integer(let number) = value, number == 0 || (15...longest).contains(Int(number)) else {
                    return nil
                }
                return Int(number)
            }
        }
    }

    private mutating func readServer(_ table: TableReader, platform: Platform) {
        server = table.parsed("server", expected: serverExpected) { ServerAddress($0, defaultPort: 5683) }
        guard !table.has("server") else { return }
        switch options {
        case .ctwing, .lwm2m:
            table.missing("server", expected: serverExpected)
        case .onenet(let options) where !options.bootstrap:
            table.missing("server", expected: serverExpected + ", since there is no bootstrap")
        case .andlink where !table.has("bootstrap_server"):
            table.missing("server", expected: serverExpected + ", or 'bootstrap_server'")
        default: break
        }
    }

    /// Only encrypted platforms have a key, each in its own form (S0:242, S3:292, S4:327).
    private mutating func readKey(_ table: TableReader, platform: Platform) {
        switch platform {
        case .ctwing:
            psk = table.secret("psk", fileKey: "psk_file", expected: "2 to 256 hexadecimal digits, an even number") {
                (2...256).contains($0.utf8.count) && $0.hexBytes != nil
            }
        case .lwm2m:
            psk = table.secret("psk", fileKey: "psk_file", expected: "1 to 256 characters of ASCII without quotes") {
                (1...256).contains($0.utf8.count) && $0.fitsQuotes
            }
            pskID = table.plainText("psk_id", limit: 150)
            table.refuseAlone("psk_id", without: ["psk", "psk_file"])
            for key in ["psk", "psk_file"] { table.refuseAlone(key, without: ["psk_id"]) }
            for key in ["dtls_mode", "dtls_version"] { table.refuseAlone(key, without: ["psk", "psk_file"]) }
        case .andlink:
            psk = table.secret("psk", fileKey: "psk_file", expected: "32 hexadecimal digits") {
                $0.utf8.count == 32 && $0.hexBytes != nil
            }
            pskID = table.string("psk_id", expected: "15 digits: the module's IMEI") {
                $0.utf8.count == 15 && $0.utf8.allSatisfy(\.isASCIIDigit)
            }
            table.refuseAlone("psk_id", without: ["psk", "psk_file"])
        case .onenet, .none: break
        }
    }
}

let serverExpected = "\"host:port\" or \"host\" (port 5683)"

extension TableReader {
    func missing(_ key: String, expected: String) {
        log.fault(at: position, found: "\(title) has no '\(key)'", expected: expected)
    }

    /// Text that may stand between quotes in an AT command.
    func plainText(_ key: String, limit: Int) -> String? {
        string(key, expected: "1 to \(limit) characters of ASCII without quotes") {
            (1...limit).contains($0.utf8.count) && $0.fitsQuotes
        }
    }

    fileprivate func refuseAlone(_ key: String, without partners: [String]) {
        guard has(key), !partners.contains(where: has) else { return }
        log.fault(
            at: position(of: key), found: "'\(key)' stands without '\(partners[0])'", expected: "both or none")
    }
}
