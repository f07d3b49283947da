import Reactor

/// Messages and their confirmation: S4 3.5, 3.7 and 4.4.
extension AndlinkModule {
    private struct Mode {
        let isConfirmed: Bool
        /// 1: release, 2: release after the reply.
        let release: Int
    }

    private static let modes = [
        "0x0000": Mode(isConfirmed: false, release: 0), "0x0001": Mode(isConfirmed: false, release: 1),
        "0x0010": Mode(isConfirmed: false, release: 2), "0x0100": Mode(isConfirmed: true, release: 0),
        "0x0101": Mode(isConfirmed: true, release: 2),
    ]

    func send(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard parameters.count >= 2 else { return refuse(command, .parameters, "wrong number of parameters") }
        guard !parameters[0].isQuoted, let mode = Self.modes[parameters[0].text.lowercased()] else {
            return refuse(command, .parameters, "wrong mode of message")
        }
        guard let length = parameters[1].number, 1...1024 ~= length else {
            return refuse(command, .parameters, "wrong length")
        }
        guard parameters.count > 2 else {
            if let refusal = refusal(command, mode) { return refusal }
            return prompt(for: length) { [self] bytes in
                // Much may have happened since the prompt.
                guard isRegistered, memory.firmware == nil else { return .error(Refusal.state.rawValue) }
                return take(bytes, mode)
            }
        }
        // It may contain commas, and ends with the line.
        let text = command.bytes[(parameters[1].bytes.endIndex + 1)...]
        guard let bytes = options.takesHexDirectly ? HexDigits.bytes(text) : Array(text), bytes.count == length else {
            return refuse(command, .parameters, "the data is not as long as announced")
        }
        return refusal(command, mode) ?? take(bytes, mode)
    }

    func prompt(for count: Int, _ answer: @escaping @Sendable ([UInt8]) -> Answer) -> Answer {
        var prompt = Answer.Prompt(text: spelling.prompt.rawValue, count: count, answer: answer)
        prompt.patience = options.dataPatience
        prompt.late = .error(Refusal.data.rawValue)
        return Answer(lines: [], result: .ok, prompt: prompt)
    }

    /// Why the module cannot send now.
    private func refusal(_ command: CommandLine, _ mode: Mode) -> Answer? {
        if memory.radio == 0 { return refuse(command, .minimalFunctions, "data without a radio") }
        if isRegistered, !memory.isAttached { return .error(Refusal.noNetwork.rawValue) }
        guard isRegistered, !session.isClosing else {
            return refuse(command, .notRegistered, "data before registration")
        }
        if options.needsObservation, !session.isObserved {
            return refuse(command, .state, "data before the data object is observed")
        }
        if session.dataStatus == 1, mode.isConfirmed || options.refusesPlainWhileBusy {
            return wrong(command, options.refusalWhileBusy, "data while a confirmed message is under way")
        }
        return nil
    }

    private func take(_ bytes: [UInt8], _ mode: Mode) -> Answer {
        if mode.isConfirmed {
            session.confirmed += 1
            session.dataStatus = 1
        }
        return Answer(lines: [], result: .ok, afterwards: { [self] in transmit(bytes, mode) })
    }

    private func transmit(_ bytes: [UInt8], _ mode: Mode) {
        wakeForRadio()
        guard isHandshakeDue else { return deliver(bytes, mode) }
        shakeHands(session.key, cloud.psk) { module, isDone in
            if isDone { module.deliver(bytes, mode) } else if mode.isConfirmed { module.finishConfirmed(2) }
        }
    }

    private func deliver(_ bytes: [UInt8], _ mode: Mode) {
        memory.isReachable = true
        session.lastTraffic = body.clock.now
        showSignalling(rai: mode.release)
        let acknowledgement = cloud.acknowledgement
        if case .lost = acknowledgement {
        } else {
            cloud.uplinks.append(
                ReceivedUplink(
                    bytes: bytes, isConfirmed: mode.isConfirmed, rai: mode.release, time: body.clock.time.timestamp))
            if let reply = cloud.reply { _ = cloud.add(CloudOrder(.write, Self.downPath, payload: reply)) }
        }
        let message = session.confirmed
        if mode.isConfirmed {
            switch acknowledgement {
            case .after(let delay): later(delay) { $0.finishConfirmed(4, message) }
            case .never, .lost: later(Self.patience) { $0.finishConfirmed(3, message) }
            case .reset: later(.milliseconds(50)) { $0.finishConfirmed(5, message) }
            }
        }
        body.changed()
        if case .after = acknowledgement { later(.milliseconds(20)) { $0.exchange() } }
    }

    /// 2: failed, 3: no answer, 4: confirmed, 5: RST.
    func finishConfirmed(_ status: Int, _ message: Int? = nil) {
        guard session.dataStatus == 1, message == nil || message == session.confirmed else { return }
        session.dataStatus = status
        tell("\(spelling.lengthensDataStatus ? "+QLAULDATASTATUS" : "+QLADATASTATUS"):\(status)")
    }

    /// What goes up ends PSM.
    func wakeForRadio() {
        guard power == .asleep else { return }
        power = .on
        lineWasUsed()
        if let wakeReport { tell(wakeReport) }
        body.note("awake")
        allowSleep()
    }
}
