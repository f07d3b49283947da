import Reactor
import Testing
import VirtualModules

extension ModuleOptions {
    static func andlink(_ change: (inout ModuleOptions) -> Void = { _ in }) -> ModuleOptions {
        .with {
            ($0.platform, $0.bootTime, $0.attachTime) = (.andlink, .milliseconds(5), .milliseconds(5))
            change(&$0)
        }
    }
}

/// A BC28 and a host on its line.
func withBC28(
    _ options: ModuleOptions = .andlink(), _ body: (VirtualModule, RawHost) async throws -> Void
) async throws {
    try await withHost(options, body)
}

/// The same where protocol time stands still until the test moves it.
func withBC28AndTime(
    _ options: ModuleOptions = .andlink(),
    _ body: (VirtualModule, RawHost, ManualTime) async throws -> Void
) async throws {
    let reactor = Reactor(name: "virtual")
    defer { reactor.stop() }
    let time = ManualTime(reactor: reactor)
    var options = options
    options.time = time
    let module = try VirtualModule(options: options, path: temporaryPath(), reactor: reactor)
    try await module.start()
    let host = RawHost()
    let result: Result<Void, any Error>
    do {
        try await host.open(module.path)
        result = .success(try await body(module, host, time))
    } catch {
        result = .failure(error)
    }
    await host.end()
    await module.stop()
    try result.get()
}

extension RawHost {
    /// Up to the observation of the firmware object.
    func registerAndlink() async -> Bool {
        guard await ok("AT+CMEE=1"), await ok(#"AT+QLASERVERIP="LWM2M","180.101.147.115",5683"#),
            await ok("AT+QLASREGIND=0")
        else { return false }
        let events = "\r\n+QLAEVTIND:0\r\n\r\n+QLAEVTIND:3\r\n\r\n+QLAEVTIND:5\r\n"
        return await until("+QLAEVTIND:5\r\n") == events
    }

    func registerAndlink(_ time: ManualTime) async -> Bool {
        guard await ok("AT+CMEE=1"), await ok(#"AT+QLASERVERIP="LWM2M","180.101.147.115",5683"#),
            await ok("AT+QLASREGIND=0")
        else { return false }
        await time.advance(by: .seconds(1))
        return await until("+QLAEVTIND:5\r\n").hasSuffix("+QLAEVTIND:5\r\n")
    }

    /// A command with a prompt: what came up to the prompt, and what came after the data.
    func command(_ text: String, data: [UInt8]) async -> (prompt: String, answer: String) {
        write(text + "\r")
        let prompt = await until(">")
        write(data)
        return (prompt, await answer())
    }

    func sends(_ text: String, data: String) async -> Bool {
        await command(text, data: Array(data.utf8)) == ("\r\n>", "\r\nOK\r\n")
    }
}

/// The number and the token of a request.
struct Asked {
    let id: Int
    let token: String

    init?(_ report: String) {
        guard let fields = report.split(separator: ": ").last?.split(separator: ","), fields.count > 1,
            let id = Int(fields[0])
        else { return nil }
        self.id = id
        token = fields[1].filter(\.isHexDigit)
    }
}
