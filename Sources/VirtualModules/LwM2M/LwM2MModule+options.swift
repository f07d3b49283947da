/// AT+QLACFG, S3 2.2.
extension LwM2MModule {
    struct Options {
        var acknowledgementTimeout = 4
        var retransmissions = 4
        var acknowledgesObservations = false
        var platform = 0
        var resources: [(path: ObjectPath, value: String)] = []
        var updatesItself = true
        var handshakeMode = 0
        var handshakeVersion = 2
    }

    var optionLines: [String] {
        let options = settings.options
        return [optionLine("retransmit"), optionLine("auto_ack"), optionLine("platform")].compactMap(\.self)
            // The note has no space in this one line.
            + options.resources.map { "+QLACFG:\"cfg_res\",\($0.path.fields),\"\($0.value)\"" }
            + [optionLine("lifetime_enable"), optionLine("dtls_mode"), optionLine("dtls_version")].compactMap(\.self)
    }

    private func optionLine(_ name: String) -> String? {
        let options = settings.options
        let value: String? =
            switch name {
            case "retransmit": "\(options.acknowledgementTimeout),\(options.retransmissions)"
            case "auto_ack": options.acknowledgesObservations ? "1" : "0"
            case "platform": "\(options.platform)"
            case "lifetime_enable": options.updatesItself ? "1" : "0"
            case "dtls_mode": "\(options.handshakeMode)"
            case "dtls_version": "\(options.handshakeVersion)"
            default: nil
            }
        return value.map { "+QLACFG: \"\(name)\",\($0)" }
    }

    func setOption(_ command: CommandLine) -> Answer {
        guard let name = command.parameters.first, name.isQuoted else { return refuse(command, "no such option") }
        let values = Array(command.parameters.dropFirst())
        if name.text == "cfg_res" { return setResource(command, values) }
        if values.isEmpty {
            guard let line = optionLine(name.text) else { return refuse(command, "no such option") }
            return .ok(line)
        }
        switch name.text {
        case "retransmit":
            guard values.count == 2, let timeout = values[0].number, 2...20 ~= timeout, let count = values[1].number,
                count <= 8
            else { return refuse(command, "wrong value") }
            (settings.options.acknowledgementTimeout, settings.options.retransmissions) = (timeout, count)
            return .ok
        case "auto_ack": return setOption(command, values, 0...1) { $0.acknowledgesObservations = $1 == 1 }
        case "platform": return setOption(command, values, 0...2) { $0.platform = $1 }
        case "lifetime_enable":
            let answer = setOption(command, values, 0...1) { $0.updatesItself = $1 == 1 }
            watchLifetime()
            return answer
        case "dtls_mode", "dtls_version":
            // Only these two are bound to a state.
            guard session.status == .unregistered else { return refuse(command, "handshake while not unregistered") }
            return name.text == "dtls_mode"
                ? setOption(command, values, 0...1) { $0.handshakeMode = $1 }
                : setOption(command, values, 0...2) { $0.handshakeVersion = $1 }
        default: return refuse(command, "no such option")
        }
    }

    private func setOption(
        _ command: CommandLine, _ values: [CommandLine.Parameter], _ range: ClosedRange<Int>,
        _ keep: (inout Options, Int) -> Void
    ) -> Answer {
        guard values.count == 1, let value = values[0].number, range.contains(value) else {
            return refuse(command, "wrong value")
        }
        keep(&settings.options, value)
        return .ok
    }

    private func setResource(_ command: CommandLine, _ values: [CommandLine.Parameter]) -> Answer {
        if values.isEmpty {
            return .ok(settings.options.resources.map { "+QLACFG: \"cfg_res\",\($0.path.fields),\"\($0.value)\"" })
        }
        guard 3...4 ~= values.count, let path = ObjectPath(values[..<3]), path.isResource else {
            return refuse(command, "no resource")
        }
        guard values.count == 4 else {
            guard let resource = settings.options.resources.first(where: { $0.path == path }) else { return Self.error }
            return .ok("+QLACFG: \"cfg_res\",\(path.fields),\"\(resource.value)\"")
        }
        guard values[3].isQuoted else { return refuse(command, "wrong value") }
        settings.options.resources.removeAll { $0.path == path }
        settings.options.resources.append((path, values[3].text))
        return .ok
    }
}
