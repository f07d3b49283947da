/// The nine commands of the platform, seed 2.3.
extension CTWingModule {
    func answer(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("+NCDPOPEN", .test): .ok
        case ("+NCDPOPEN", .set): open(command)
        case ("+NCDPCLOSE", .execute): close()
        case ("+NMGS", .set): send(command)
        case ("+NMGR", .execute): readBuffer()
        case ("+NNMI", .read): .ok("+NNMI: \(session.receiveMode)")
        case ("+NNMI", .set): setReceiveMode(command)
        case ("+NCFG", .test): .ok("+NCFG: 0[(0-2592000)]")
        case ("+NCFG", .set): configure(command)
        case ("+NMSTATUS", .read): .ok("+NMSTATUS: \(session.status.rawValue)")
        case ("+QLWULDATASTATUS", .read): .ok("+QLWULDATASTATUS: \(session.confirmedStatus)")
        case ("+NQMGR", .execute):
            .ok("BUFFERED=\(session.buffer.count),RECEIVED=\(session.received),DROPPED=\(session.dropped)")
        case ("+NCDPOPEN", _), ("+NCDPCLOSE", _), ("+NMGS", _), ("+NMGR", _), ("+NNMI", _), ("+NCFG", _),
            ("+NMSTATUS", _), ("+QLWULDATASTATUS", _), ("+NQMGR", _):
            unknownForm(command)
        default: nil
        }
    }

    // MARK: Sending, seed 2.3.3

    private func send(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 2...3 ~= parameters.count else { return wrong(command, 2, "wrong number of parameters") }
        guard let length = parameters[0].number, length > 0 else { return wrong(command, 3, "wrong length") }
        let digits = parameters[1].bytes
        guard length <= 1024, digits.count <= 2048 else { return wrong(command, 14, "too long an uplink") }
        guard digits.count.isMultiple(of: 2) else { return wrong(command, 17, "odd number of digits") }
        guard let bytes = HexDigits.bytes(digits) else { return wrong(command, 3, "no hexadecimal data") }
        guard bytes.count == length else { return wrong(command, 3, "wrong length") }
        var type = 0
        if parameters.count == 3 {
            guard let number = parameters[2].number, [0, 1, 2, 100, 101, 102].contains(number) else {
                return wrong(command, 3, "wrong type of message")
            }
            type = number
        }
        if let refusal = refusal() { return refusal }
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self, type] in transmit(bytes, isConfirmed: type >= 100, rai: type % 100) })
    }

    /// Why the module cannot send now.
    private func refusal() -> Answer? {
        if memory.firmware != nil { return .error(957) }
        if session.confirmedStatus == 1 {
            body.breach("NMGS while a confirmed message is under way")
            return .error(50)
        }
        switch session.status {
        case .observed:
            if session.isLost {
                body.breach("NMGS after the platform's RST")
                return .error(958)
            }
            return memory.isAttached ? nil : .error(957)
        case .registering:
            body.breach("NMGS while registering")
            return .error(955)
        case .registered:
            body.breach("NMGS before the data object is observed")
            return .error(957)
        default:
            body.breach("NMGS without registration")
            return .error(954)
        }
    }

    // MARK: Receiving, seed 2.3.4 and 2.3.5

    private func readBuffer() -> Answer {
        guard !session.buffer.isEmpty else { return .ok }
        let message = session.buffer.removeFirst()
        return .ok("+NMGR: \(message.count),\(HexDigits.text(message))")
    }

    private func setReceiveMode(_ command: CommandLine) -> Answer {
        guard command.parameters.count == 1 else { return wrong(command, 2, "wrong number of parameters") }
        guard let mode = command.parameters[0].number, 0...2 ~= mode else { return wrong(command, 3, "wrong mode") }
        session.receiveMode = mode
        return .ok
    }

    /// A message from the platform.
    func receive(_ message: [UInt8]) {
        session.received += 1
        let isFull = bufferIsFull.once || bufferIsFull.always
        bufferIsFull.once = false
        guard session.receiveMode != 1 || isFull else {
            switch body.spelling.newMessage {
            case .plain: report("+NNMI: \(message.count),\(HexDigits.text(message))")
            case .quoted: report("+NNMI: \(message.count),\"\(HexDigits.text(message))\"")
            case .unspaced: report("+NNMI:\(message.count),\(HexDigits.text(message))")
            }
            return
        }
        let bytes = session.buffer.reduce(0) { $0 + $1.count }
        guard !isFull, session.buffer.count < 8, bytes + message.count <= 2560 else {
            session.dropped += 1
            return report(#"+NNMI: "recv",buff full"#)
        }
        session.buffer.append(message)
        if session.receiveMode == 2 { report("+NNMI") }
    }

    // MARK: Lifetime, seed 2.3.6

    private func configure(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 1...2 ~= parameters.count else { return wrong(command, 2, "wrong number of parameters") }
        guard parameters[0].number == 0 else { return wrong(command, 3, "wrong mode") }
        guard parameters.count == 2 else { return .ok("+NCFG: \(configuredLifetime)") }
        guard let seconds = parameters[1].number, seconds <= 2_592_000 else {
            return wrong(command, 3, "wrong lifetime")
        }
        configuredLifetime = 1..<900 ~= seconds ? 900 : seconds
        return .ok
    }
}
