import Glibc
import Reactor
import TestSupport

/// A module that knows a few answers, on a pseudo-terminal, and hears nothing at another baud rate than its own.
actor ScriptedModule {
    nonisolated let path: String
    private let far: Int32
    private let near: Int32
    private let baud: speed_t
    private let answers: [String: String]
    private var line: [UInt8] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe Reactor.forTests.asUnownedSerialExecutor() }

    static let bc260y = [
        "AT": "OK", "ATI": "Quectel_Ltd\nQuectel_BC260Y-CN\nRevision: BC260YCNAAR02A01\n\nOK",
        "AT+CGMR": "Revision: BC260YCNAAR02A01\n\nOK", "AT+CGSN=1": "+CGSN: 866971030603068\n\nOK",
        "AT+CSQ": "+CSQ: 20,0\n\nOK",
    ]

    /// Commands that are not among the answers are refused; with no answers at all, the module is dead.
    init(_ answers: [String: String] = ScriptedModule.bc260y, baud: Int = 115_200) throws {
        self.answers = answers
        var ends: (far: Int32, near: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        guard unsafe openpty(&ends.far, &ends.near, &name, nil, nil) == 0 else {
            throw SystemError.last("make a pseudo-terminal")
        }
        // The near end stays open, or the module would see a hang-up between two hosts.
        (far, near) = ends
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        var settings = termios()
        unsafe tcgetattr(near, &settings)
        unsafe cfmakeraw(&settings)
        unsafe tcsetattr(near, TCSANOW, &settings)
        // The constant that stands for the rate.
        unsafe cfsetspeed(&settings, speed_t(baud))
        self.baud = unsafe cfgetospeed(&settings)
    }

    deinit {
        close(near)
        close(far)
    }

    func start() throws {
        try Reactor.forTests.watch(far, for: .readable) { [weak self] _ in self?.assumeIsolated { $0.read() } }
    }

    func stop() { Reactor.forTests.unwatch(far) }

    func say(_ text: String) {
        let bytes = Array("\r\n\(text.split(separator: "\n").joined(separator: "\r\n"))\r\n".utf8)
        unsafe _ = write(far, bytes, bytes.count)
    }

    private func read() {
        var chunk = [UInt8](repeating: 0, count: 1024)
        let count = unsafe Glibc.read(far, &chunk, chunk.count)
        guard count > 0 else { return }
        var settings = termios()
        unsafe tcgetattr(far, &settings)
        guard unsafe cfgetospeed(&settings) == baud else { return }
        for byte in chunk[..<count] {
            if byte != 0x0D {
                line.append(byte)
                continue
            }
            let command = String(decoding: line, as: UTF8.self)
            line.removeAll()
            if !answers.isEmpty { say(answers[command] ?? "ERROR") }
        }
    }
}

/// Runs the body with a module that is gone afterwards.
func withScriptedModule<R>(_ module: ScriptedModule, _ body: (ScriptedModule) async throws -> R) async throws -> R {
    try await module.start()
    do {
        let result = try await body(module)
        await module.stop()
        return result
    } catch {
        await module.stop()
        throw error
    }
}
