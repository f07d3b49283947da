import Reactor
import Serial

/// The part of a module that all of them share: its line, one command at a time, and its ways to fail.
///
/// Unchecked: belongs to the reactor's thread.
final class ModuleBody: @unchecked Sendable {
    /// A command and its CR may be as long as the longest uplink needs, and not much longer.
    static let lineLimit = 2200
    /// What the host does not read is lost beyond this, as on a real line.
    private static let unreadLimit = 64 * 1024

    enum Segment {
        case bytes([UInt8])
        case pause(Duration)
        case mark(@Sendable () -> Void)
    }

    let options: ModuleOptions
    let reactor: Reactor
    let clock: ModuleClock
    let terminal: PseudoTerminal
    var log: ModuleLog
    var faults: [Fault] = []
    var spelling: Spelling
    /// Called after everything that a test or an observer may wait for.
    var changed: () -> Void = {}
    /// Set once, right after both are made.
    var personality: any Personality = NoPersonality()

    private var port: DescriptorPort?
    private lazy var input = Pacer(baud: options.baud, reactor: reactor) { [unowned self] in hear($0) }
    private lazy var output = Pacer(baud: options.baud, reactor: reactor) { [unowned self] in put($0) }
    /// The host's last bytes came at another rate than the module's.
    private(set) var hostIsOffRate = false

    // What comes in.
    private var line: [UInt8] = []
    /// 0 after data.
    var previousByte: UInt8 = 0x0A
    private var arrivedInLine = false
    private var unheardCommands = 0
    private var waiting: [[UInt8]] = []
    var bytesToIgnore = 0
    /// After a restart on an idle line the next command may have left the host before the banner reached it.
    var mayCrossBanner = false
    private var crossesBanner = false
    /// To deaf ears: without power, asleep, or while firmware is installed.
    private(set) var bytesLost = 0

    // The data that a prompt asked for.
    var data: [UInt8] = []
    var dataCount = 0
    var dataToArrive = 0
    var dataIsComplete: (([UInt8]) -> Void)?

    // The command that runs.
    var running: CommandLine?
    private(set) var commandNumber = 0
    private var lastEarlyNumber = -1

    // What goes out.
    private var segments: [Segment] = []
    private var isPaused = false
    var heldAnswer: [Segment]?
    /// Grows with every restart, so that what was under way before it is recognised.
    private(set) var epoch = 0
    /// The same for power, which outlives a dropped line.
    var powerEpoch = 0
    /// The module is off, or was, because power was lost, not by a restart.
    var powerWasCut = true

    init(options: ModuleOptions, path: String, reactor: Reactor) throws(SystemError) {
        self.options = options
        self.reactor = reactor
        clock = ModuleClock(time: options.time ?? reactor, scale: options.timeScale)
        terminal = try PseudoTerminal(link: path)
        log = ModuleLog(keepsEntries: options.keepsLog)
        spelling = options.spelling
    }

    // MARK: Cable and power

    func plugIn() throws(SystemError) {
        if port != nil { return }
        if terminal.isUnplugged { try terminal.reopen() }
        port = try terminal.open(
            on: reactor,
            handlers: PortHandlers(
                received: { [weak self] bytes in
                    let bytes = unsafe [UInt8](bytes)
                    self?.arrive(bytes)
                },
                closed: { [weak self] _ in self?.port = nil }))
        note("plugged in")
    }

    func unplug() {
        note("unplugged")
        terminal.hangUp()
        port = nil
        clear()
    }

    /// Forgets all that was under way on the line.
    func clear() {
        epoch += 1
        input.clear()
        output.clear()
        segments = []
        heldAnswer = nil
        isPaused = false
        line = []
        waiting = []
        unheardCommands = 0
        arrivedInLine = false
        running = nil
        (data, dataToArrive, dataIsComplete) = ([], 0, nil)
    }

    func note(_ text: String) {
        log.add(.note, text, at: clock.now)
        changed()
    }

    func breach(_ text: String) {
        // No host can know of a banner that it has not received yet.
        if crossesBanner { return note("crossed the banner: \(text)") }
        log.addBreach(text)
        note("breach: \(text)")
    }

    // MARK: What comes in

    private func arrive(_ bytes: [UInt8]) {
        if options.baud != 0 {
            hostIsOffRate = !terminal.runs(at: options.baud)
            if hostIsOffRate { return note("noise") }
        }
        let dataBytes = min(dataToArrive, bytes.count)
        dataToArrive -= dataBytes
        for byte in bytes.dropFirst(dataBytes) {
            if byte != 0x0D, byte != 0x0A, running != nil || unheardCommands > 0 {
                countEarly(commandNumber + waiting.count + unheardCommands)
            }
            if byte == 0x0D, arrivedInLine { unheardCommands += 1 }
            if byte != 0x0A { arrivedInLine = byte != 0x0D }
        }
        input.send(bytes)
    }

    /// A host is told once for each command that it did not wait for.
    private func countEarly(_ number: Int) {
        guard number > lastEarlyNumber, personality.isListening else { return }
        lastEarlyNumber = number
        let command = running.map { String($0.text.prefix(40)) } ?? "the last command"
        breach("a byte of a new command came before the answer to \(command) was complete")
    }

    private func hear(_ bytes: ArraySlice<UInt8>) {
        personality.lineWasUsed()
        let echo = personality.echoes && personality.isListening
        if echo { say(.bytes(bytes.filter { $0 != 0x0D && $0 != 0x0A })) }
        var rest = bytes
        while let byte = rest.first {
            if dataIsComplete != nil, bytesToIgnore == 0, personality.isListening {
                rest = takeData(rest)
                continue
            }
            if bytesToIgnore == 0, running == nil, personality.isListening {
                // Most bytes are the inside of a command.
                let text = rest.prefix { $0 != 0x0D && $0 != 0x0A }
                if let last = text.last {
                    line += text
                    previousByte = last
                    rest = rest[text.endIndex...]
                    continue
                }
            }
            hear(byte)
            previousByte = byte
            rest = rest.dropFirst()
        }
        changed()
    }

    private func hear(_ byte: UInt8) {
        if byte == 0x0D, previousByte != 0x0D, previousByte != 0x0A { unheardCommands = max(0, unheardCommands - 1) }
        if bytesToIgnore > 0 {
            bytesToIgnore -= 1
        } else if !personality.isListening {
            line = []
            if byte == 0x0D { mayCrossBanner = false }
            bytesLost += 1
            personality.stir()
        } else if byte == 0x0A {
            if previousByte == 0x0D { breach("a command was ended with more than a CR") }
        } else if byte == 0x0D {
            endLine()
        } else {
            if running != nil { countEarly(commandNumber) }
            line.append(byte)
        }
    }

    private func endLine() {
        let line = self.line
        self.line = []
        guard !line.isEmpty else {
            if previousByte == 0 { breach("a CR came after the announced data") }
            return
        }
        guard running == nil else {
            waiting.append(line)
            return
        }
        begin(line)
    }

    private func begin(_ line: [UInt8]) {
        commandNumber += 1
        log.add(.command, String(decoding: line, as: UTF8.self), at: clock.now)
        crossesBanner = mayCrossBanner
        mayCrossBanner = false
        guard let command = CommandLine(line) else {
            return breach("a line does not begin with AT: \(String(decoding: line.prefix(40), as: UTF8.self))")
        }
        running = command
        changed()
        if options.thinkTime > .zero {
            later(options.thinkTime) { $0.run(command) }
        } else {
            run(command)
        }
    }

    /// The running command's answer has left, or never will.
    func endCommand(afterwards: (() -> Void)? = nil) {
        running = nil
        crossesBanner = false
        afterwards?()
        changed()
        guard running == nil, !waiting.isEmpty else { return }
        begin(waiting.removeFirst())
    }

    func later(_ delay: Duration, _ action: @escaping @Sendable (ModuleBody) -> Void) {
        let epoch = self.epoch
        clock.after(delay) { [weak self] in
            guard let self, self.epoch == epoch else { return }
            action(self)
        }
    }

    // MARK: What goes out

    func say(_ segment: Segment) {
        segments.append(segment)
        pump()
    }

    /// The bytes are for what is no text.
    func report(_ text: String, bytes: [UInt8]? = nil) {
        log.add(.report, text, at: clock.now)
        let bytes = Array("\r\n".utf8) + (bytes ?? Array(text.utf8)) + Array("\r\n".utf8)
        say(.bytes(takeDouble(text) ? bytes + bytes : bytes))
        if let held = heldAnswer {
            heldAnswer = nil
            held.forEach(say)
        }
        changed()
    }

    private func pump() {
        while !isPaused, output.isEmpty, !segments.isEmpty {
            switch segments.removeFirst() {
            case .bytes(let bytes): output.send(bytes)
            case .mark(let action): action()
            case .pause(let delay):
                isPaused = true
                later(delay) { body in
                    body.isPaused = false
                    body.pump()
                }
            }
        }
    }

    private func put(_ bytes: ArraySlice<UInt8>) {
        personality.lineWasUsed()
        if let port, port.unsent < Self.unreadLimit {
            port.write(hostIsOffRate ? [UInt8](repeating: 0, count: bytes.count) : Array(bytes))
        }
        if output.isEmpty { pump() }
    }
}
