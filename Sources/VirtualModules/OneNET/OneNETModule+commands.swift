/// The sixteen commands of seed 3.3, by their real names.
enum OneNETCommand: String, CaseIterable {
    case config = "+MIPLCONFIG"
    case create = "+MIPLCREATE"
    case delete = "+MIPLDELETE"
    case version = "+MIPLVER"
    case addObject = "+MIPLADDOBJ"
    case deleteObject = "+MIPLDELOBJ"
    case open = "+MIPLOPEN"
    case close = "+MIPLCLOSE"
    case discovered = "+MIPLDISCOVERRSP"
    case observed = "+MIPLOBSERVERSP"
    case read = "+MIPLREADRSP"
    case written = "+MIPLWRITERSP"
    case executed = "+MIPLEXECUTERSP"
    case attributesWritten = "+MIPLPARAMETERRSP"
    case notify = "+MIPLNOTIFY"
    case update = "+MIPLUPDATE"

    /// What the test form says; nil where the seed has none.
    var ranges: String? {
        let answer = "(0),(0-268435455),(2,11,12,13,14),(0-2)"
        let value = "(0-65535),(0-65535),(0-65535),(1-5),(0-1024),<value>,(0-10),(0-2)"
        return switch self {
        case .create, .version: nil
        case .config: "(0),(0,1),(0,1),<ip>,<port>,(0,1)"
        case .delete, .close: "(0)"
        case .addObject: "(0),(0-65535),(0-65535),<insBitmap>,(0-65535),(0-65535)"
        case .deleteObject: "(0),(0-65535)"
        case .open: "(0),(0,15-268435455),(1-65535)"
        case .discovered: "(0),(0-268435455),(1,11,12,13,14,15),(0-255),<valuestring>,(0-2)"
        case .observed: "(0),(0-268435455),(1,11,12,13,14,15),(0-2)"
        case .read: "(0),(0-268435455),(1,11,12,13,14,15),\(value),(0-2)"
        case .written, .executed, .attributesWritten: answer
        case .notify: "(0),(0-268435455),\(value),(0-65535),(0-2)"
        case .update: "(0),(0,15-268435455),(0,1),(0-2)"
        }
    }
}

extension OneNETModule {
    func name(of command: OneNETCommand) -> String {
        switch command {
        case .observed: "+" + habits.observeResponse
        case .discovered: "+" + habits.discoverResponse
        case .attributesWritten: "+" + habits.parameterResponse
        default: command.rawValue
        }
    }

    func answer(_ line: CommandLine) -> Answer? {
        guard line.name.hasPrefix("+MIPL") else { return nil }
        guard let command = commands[line.name] else {
            let isOtherSpelling =
                OneNETCommand(rawValue: line.name) != nil
                && OneNETHabits.spellings.contains(String(line.name.dropFirst()))
            return isOtherSpelling ? Answer(lines: [], result: .line("ERROR")) : nil
        }
        do throws(OneNETRefusal) {
            if memory.firmware != nil, line.form == .set || line.form == .execute {
                // It has been counted already.
                throw OneNETRefusal(.suite, "firmware", isBreach: false)
            }
            let answer = try perform(command, line)
            if line.form == .set || line.form == .execute { questions = [] }
            return answer
        } catch {
            let isQuestion = questions.remove(command) != nil && error.code != .parameter
            if error.isBreach, !isQuestion { blame("\(error.why): \(line.text.prefix(60))") }
            return Answer(lines: [], result: .line(habits.namesErrors ? "+CIS ERROR: \(error.code.rawValue)" : "ERROR"))
        }
    }

    private func blame(_ text: String) {
        if isSurprised { body.note("not to blame: \(text)") } else { body.breach(text) }
    }

    private func perform(_ command: OneNETCommand, _ line: CommandLine) throws(OneNETRefusal) -> Answer {
        let parameters = OneNETParameters(list: line.parameters)
        switch (command, line.form) {
        case (.config, .read): return .ok("+MIPLCONFIG: \(configurationFields)")
        case (.version, .read): return .ok("+MIPLVER: 2.3.0")
        case (.create, .execute): return try create()
        case (_, .test):
            if let ranges = command.ranges { return .ok("\(name(of: command)): \(ranges)") }
        case (.create, .set), (.version, .set): break
        case (_, .set): return try set(command, parameters)
        default: break
        }
        throw OneNETRefusal(.unsupported, "no such form")
    }

    private func set(_ command: OneNETCommand, _ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        switch command {
        case .config: try configure(list)
        case .delete: try delete(list)
        case .addObject: try addObject(list)
        case .deleteObject: try deleteObject(list)
        case .open: try open(list)
        case .close: try close(list)
        case .discovered: try answerDiscovery(list)
        case .observed: try answerSimply(list, [1, 11, 12, 13, 14, 15], [.observe, .cancelObserve])
        case .read: try answerRead(list)
        case .written: try answerSimply(list, [2, 11, 12, 13, 14], [.write])
        case .executed: try answerSimply(list, [2, 11, 12, 13, 14], [.execute])
        case .attributesWritten: try answerSimply(list, [2, 11, 12, 13, 14], [.writeAttributes])
        case .notify: try notify(list)
        case .update: try update(list)
        case .create, .version: throw OneNETRefusal(.unsupported, "no such form")
        }
    }
}
