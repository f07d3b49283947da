import AT
import Platforms
import Testing

/// A session of standard LwM2M on a scripted channel, and what it offers its cloud.
struct LwM2MWorld {
    let session: LwM2MSession
    let channel: ScriptedChannel
    let resources: ResourceModel

    /// As the bridge does it: what is asked for is carried out, and answered.
    @discardableResult
    func serve(_ line: String) async throws -> (events: [SessionEvent], results: [SendResult]) {
        let events = session.understand(Line(Array(line.utf8)))
        var results: [SendResult] = []
        for case .request(let request) in events {
            if let answer = resources.respond(to: request) {
                results.append(try await session.answer(request, with: answer))
            }
        }
        return (events, results)
    }

    func send(
        _ uplink: UplinkData
    ) async throws(SessionFailure) -> (result: SendResult, taken: Int) {
        var taken = 0
        let result = try await session.send(uplink) { taken += 1 }
        return (result, taken)
    }

    /// The commands that change something.
    var orders: [String] { channel.commands.filter { !$0.hasSuffix("?") } }
}

let lwm2mIMEI = "867724030023557"
let lwm2mObjects = [
    ObjectDescription(id: 19, instance: 0, resources: [ResourceDescription(id: 0, kind: .opaque)]),
    ObjectDescription(id: 19, instance: 1, resources: [ResourceDescription(id: 0, kind: .opaque)]),
]
let lwm2mDataUp = ResourcePath(object: 19, instance: 0, resource: 0)

func makeLwM2M(
    _ service: LwM2MService = .ctIoT, objects: [ObjectDescription] = lwm2mObjects, imei: String? = lwm2mIMEI,
    imsi: String? = nil, _ change: (inout LwM2MSession.Options) -> Void = { _ in }
) -> LwM2MWorld {
    var options = LwM2MSession.Options(service: service, host: "180.101.147.115", port: 5683, lifetime: 300)
    change(&options)
    let channel = ScriptedChannel()
    let resources = ResourceModel(objects: objects)
    let session = LwM2MSession(options: options, resources: resources, channel: channel)
    session.identified(as: Identity(imei: imei, imsi: imsi))
    channel.attach(session)
    return LwM2MWorld(session: session, channel: channel, resources: resources)
}

/// The same, registered; with its resource for raw data observed.
func makeRegisteredLwM2M(
    _ service: LwM2MService = .ctIoT, objects: [ObjectDescription] = lwm2mObjects, observed: Bool = true,
    _ change: (inout LwM2MSession.Options) -> Void = { _ in }
) -> LwM2MWorld {
    let world = makeLwM2M(service, objects: objects, change)
    _ = world.session.understand("+QLAREG: 0")
    if observed { world.resources.observe(ObjectPath(lwm2mDataUp), messageID: 1) }
    world.channel.script("AT+QLASTATUS?", .lwm2mStatus(2))
    return world
}

extension ScriptedChannel.Reply {
    /// An answer to QLASTATUS.
    static func lwm2mStatus(_ code: Int) -> Self { .ok(["+QLASTATUS: \(code)"]) }
}

extension ScriptedChannel {
    /// A module that is not registered and has nothing but what is wished; all that is left is to configure it.
    func scriptFresh(
        status: [Int] = [0], settings: [String]? = nil, service: LwM2MService = .ctIoT, objects: [String] = []
    ) {
        scriptAll("AT+QLASTATUS?", status.map { .lwm2mStatus($0) })
        script("AT+QLACFG?", .ok(settings ?? Self.settings(service)))
        script("AT+QLAADDOBJ?", .ok(objects.map { "+QLAADDOBJ: \($0)" }))
    }

    /// What QLACFG shows where nothing has to be changed.
    static func settings(_ service: LwM2MService) -> [String] {
        [
            "+QLACFG: \"retransmit\",4,4", "+QLACFG: \"auto_ack\",\(service == .cuDMP ? 1 : 0)",
            "+QLACFG: \"platform\",\(service.platform)", "+QLACFG:\"cfg_res\",3,0,17,\"500677\"",
            "+QLACFG: \"lifetime_enable\",1", "+QLACFG: \"dtls_mode\",0", "+QLACFG: \"dtls_version\",2",
        ]
    }

    /// The steps of a new registration, all well.
    func scriptRegistration(_ configuration: String = lwm2mConfigure, objects: [String] = lwm2mAddObjects) {
        script(configuration, .ok)
        for object in objects { script(object, .ok) }
        script("AT+QLAREG", .ok, after: [(.seconds(5), "+QLAREG: 0")])
    }
}

let lwm2mConfigure = "AT+QLACONFIG=0,\"180.101.147.115\",5683,\"\(lwm2mIMEI)\",300,3"
let lwm2mConfigured = "+QLACONFIG: 0,\"180.101.147.115\",5683,\"\(lwm2mIMEI)\",300,3,0"
let lwm2mAddObjects = ["AT+QLAADDOBJ=19,0,1,0", "AT+QLAADDOBJ=19,1,1,0"]
let lwm2mShownObjects = ["19,0,1,0", "19,1,1,0"]

/// An event with a result code.
func lwm2mEvent(_ name: String, _ code: Int, _ result: String, messageID: Int? = nil) -> SessionEvent {
    var detail = [Detail("code", .number(code)), Detail("result", .text(result))]
    if let messageID { detail.append(Detail("message_id", .number(messageID))) }
    return .other(name: name, detail: detail)
}

/// A channel on which procedures really wait for each other: commands are answered at once, with OK, and waits end when
/// their signal is raised, or with `endWaits`.
final class OpenChannel: CommandChannel {
    private(set) var commands: [String] = []
    /// How long each wait was to be at most.
    private(set) var limits: [Duration] = []
    private var waits: [Signal] = []
    let now = Duration.zero
    /// What the module does when a command comes, before its OK.
    var heard: (String) -> [String] = { _ in [] }
    var answers: [String: [String]] = [:]
    weak var session: LwM2MSession?

    func perform(_ command: Command, priority: CommandPriority) async throws(CommandFailure) -> Response {
        let text = command.description
        commands.append(text)
        await Task.yield()
        for line in heard(text) { _ = session?.understand(Line(Array(line.utf8))) }
        return Response(lines: (answers[text] ?? []).map { Line(Array($0.utf8)) }, final: .ok)
    }

    func pause(for duration: Duration) async throws(CommandFailure) {}

    func wait(for signal: Signal, atMost limit: Duration) async throws(CommandFailure) -> Bool {
        waits.append(signal)
        limits.append(limit)
        return await withCheckedContinuation { continuation in signal.await { continuation.resume(returning: $0) } }
    }

    func endWaits() {
        for signal in waits { signal.abandon() }
        waits = []
    }
}
