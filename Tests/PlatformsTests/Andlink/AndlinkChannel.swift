import AT
import Platforms
import Testing

/// A scripted channel that also keeps the commands as they were: their payloads, and what a log would show.
final class RecordingChannel: CommandChannel {
    let script = ScriptedChannel()
    private(set) var performed: [Command] = []

    var now: Duration { script.now }

    func perform(_ command: Command, priority: CommandPriority) async throws(CommandFailure) -> Response {
        performed.append(command)
        return try await script.perform(command, priority: priority)
    }

    func pause(for duration: Duration) async throws(CommandFailure) { try await script.pause(for: duration) }

    func wait(for signal: Signal, atMost limit: Duration) async throws(CommandFailure) -> Bool {
        try await script.wait(for: signal, atMost: limit)
    }

    /// The payload of the only command that had one.
    var payload: [UInt8]? {
        let payloads = performed.compactMap(\.payload)
        return payloads.count == 1 ? payloads[0] : nil
    }
}

/// A session with Andlink on a scripted channel.
struct AndlinkWorld {
    let session: AndlinkSession
    let recording: RecordingChannel
    var channel: ScriptedChannel { recording.script }

    static let imei = "867724030000225"
    static let psk = "E8E19CC16CE1F388E8E19CC16CE1F388"
    static let server = AndlinkSession.Options.Address(host: "180.101.147.115", port: 5683)
    static let bootstrap = AndlinkSession.Options.Address(host: "112.13.96.205", port: 5783)
    static let plain = AndlinkSession.Options(bootstrapServer: bootstrap)
    static let encrypted = AndlinkSession.Options(
        bootstrapServer: .init(host: "lwm.home.komect.com", port: 5684), psk: psk)

    init(_ options: AndlinkSession.Options = plain, isRegistered: Bool = false) {
        let recording = RecordingChannel()
        let resources = ResourceModel(objects: AndlinkSession.objects(dataDown: options.dataDown))
        let session = AndlinkSession(options: options, resources: resources, channel: recording)
        recording.script.attach(session)
        session.identified(as: Identity(imei: Self.imei))
        if isRegistered {
            _ = session.understand("+QLAEVTIND:0")
            _ = session.understand("+QLAEVTIND:3")
        }
        self.session = session
        self.recording = recording
    }

    /// The queries of a module that is set as `plain` wishes.
    func scriptSettings(
        status: String = "UNINITIALISED", servers: [String] = ["+QLASERVERIP:", "BS,112.13.96.205,5783"],
        mode: String = "0"
    ) {
        channel.script("AT+QLASTATUS?", .state(status))
        channel.script("AT+QLASERVERIP?", .ok(servers))
        channel.script("AT+QLABSSECSWT?", .lines("+QLABSSECSWT:0,0"))
        channel.script("AT+QLASECSWT?", .lines("+QLASECSWT:0,0"))
        channel.script("AT+QLAREGSWT?", .lines("+QLAREGSWT:\(mode)"))
        channel.script("AT+QLAREGSWT=0", .ok)
        channel.script("AT+QLAFOTAIND=0", .ok)
    }

    /// Those that set something.
    var settings: [String] { channel.commands.filter { $0.contains("=") } }

    /// Why a restart is asked for; nil where none is, or another failure.
    func restartReason() async -> String? {
        let failure = await failure(of: { () throws(SessionFailure) in try await session.prepare() })
        if case .needsRestart(let reason) = failure { return reason }
        return nil
    }

    func registerFailure() async -> SessionFailure? {
        await failure(of: { () throws(SessionFailure) in try await session.register() })
    }

    func hear(_ line: String) -> [SessionEvent] { session.understand(Line(Array(line.utf8))) }
}

extension ScriptedChannel.Reply {
    /// An answer to QLASTATUS.
    static func state(_ name: String) -> Self { .ok(["+QLASTATUS:\(name)"]) }
}
