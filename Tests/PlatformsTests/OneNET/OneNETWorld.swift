import AT
import Testing

@testable import Platforms

/// A session of the China Mobile platform on a scripted channel, with the objects of the note's examples.
struct OneNETWorld {
    let session: OneNETSession
    let channel: ScriptedChannel
    let resources: ResourceModel

    static let objects = [
        ObjectDescription(
            id: 3311,
            resources: [
                .init(id: 5850, kind: .boolean), .init(id: 5851, kind: .integer), .init(id: 5706, kind: .string),
                .init(id: 5805, kind: .float), .init(id: 5823, kind: .executable),
            ]),
        ObjectDescription(
            id: 3200, resources: [.init(id: 5750, kind: .string), .init(id: 5751, kind: .opaque)]),
        // The module's own object is described too, and not added.
        ObjectDescription(id: 3, resources: [.init(id: 9, kind: .integer)]),
    ]

    static let data = ResourcePath(object: 3200, instance: 0, resource: 5750)
    static let opaque = ResourcePath(object: 3200, instance: 0, resource: 5751)

    init(
        objects: [ObjectDescription] = Self.objects, host: String? = "183.230.40.39", bootstrap: Bool = true,
        lifetime: Int = 86_400, dataUp: ResourcePath? = nil, firstAckID: Int = 255
    ) {
        channel = ScriptedChannel()
        resources = ResourceModel(objects: objects)
        session = OneNETSession(
            options: .init(host: host, bootstrap: bootstrap, lifetime: lifetime, dataUp: dataUp),
            resources: resources, channel: channel, firstAckID: firstAckID)
        channel.attach(session)
    }

    static let config = "AT+MIPLCONFIG=0,0,1,\"183.230.40.39\",5683,1"
    static let add3311 = "AT+MIPLADDOBJ=0,3311,1,\"1\",4,1"
    static let add3200 = "AT+MIPLADDOBJ=0,3200,1,\"1\",2,0"
    static let open = "AT+MIPLOPEN=0,86400,120"
    /// From an empty module to the request to register.
    static let beginning = [config, "AT+MIPLCREATE", add3311, add3200, open]
    /// Events 1, 2, 4 and 6.
    static let successes: [(Duration, String)] = [
        (.seconds(1), "+MIPLEVENT: 0,1"), (.seconds(2), "+MIPLEVENT: 0,2"), (.seconds(3), "+MIPLEVENT: 0,4"),
        (.seconds(4), "+MIPLEVENT: 0,6"),
    ]

    /// Everything goes well, on a module that is empty or on one that has an instance.
    func scriptSuccess() {
        for command in [Self.config, Self.add3311, Self.add3200] { channel.script(command, .ok) }
        channel.script("AT+MIPLCREATE", .lines("+MIPLCREATE: 0"))
        channel.script(Self.open, .ok, after: Self.successes)
        for id in [3311, 3200] { channel.script("AT+MIPLDELOBJ=0,\(id)", .ok) }
        channel.script("AT+MIPLCLOSE=0", .ok, after: [(.milliseconds(500), "+MIPLEVENT: 0,15")])
        channel.script("AT+MIPLDELETE=0", .ok)
    }

    /// A world whose module has just started and has registered since.
    static func registered(
        dataUp: ResourcePath? = nil, lifetime: Int = 86_400, firstAckID: Int = 255
    ) async throws -> OneNETWorld {
        let world = OneNETWorld(lifetime: lifetime, dataUp: dataUp, firstAckID: firstAckID)
        world.scriptSuccess()
        world.channel.script("AT+MIPLOPEN=0,\(lifetime),120", .ok, after: successes)
        world.session.moduleRestarted()
        try await world.session.register()
        world.channel.forget()
        return world
    }

    /// The platform observes a path; the bridge answers.
    func observe(_ object: UInt16, _ instance: UInt16? = nil, _ resource: UInt16? = nil, id: Int) async throws {
        let path = ObjectPath(object: object, instance: instance, resource: resource)
        let ids = [instance, resource].map { $0.map(String.init) ?? "-1" }.joined(separator: ",")
        let events = session.understand(Line(Array("+MIPLOBSERVE: 0,\(id),1,\(object),\(ids)".utf8)))
        let request = CloudRequest(messageID: id, path: path, action: .observe)
        #expect(events.first == .request(request))
        channel.script("AT+MIPLOBSERVERSP=0,\(id),1", .ok)
        let answer = try #require(resources.respond(to: request))
        #expect(try await session.answer(request, with: answer) == .taken)
        channel.forget()
    }

    func hear(_ line: String) -> [SessionEvent] { session.understand(Line(Array(line.utf8))) }

    /// What a report asks for, if it is a request alone.
    func request(_ line: String) -> CloudRequest? {
        guard case .request(let request)? = hear(line).first else { return nil }
        return request
    }
}

/// A bridge in small: what the platform asks for while the session waits is answered at once.
final class AnsweringChannel: CommandChannel {
    let scripted: ScriptedChannel
    private let resources: ResourceModel
    private var answered = 0
    weak var session: OneNETSession?

    var now: Duration { scripted.now }

    init(_ scripted: ScriptedChannel, _ resources: ResourceModel) {
        self.scripted = scripted
        self.resources = resources
    }

    func perform(_ command: Command, priority: CommandPriority) async throws(CommandFailure) -> Response {
        try await scripted.perform(command, priority: priority)
    }

    func pause(for duration: Duration) async throws(CommandFailure) { try await scripted.pause(for: duration) }

    func wait(for signal: Signal, atMost limit: Duration) async throws(CommandFailure) -> Bool {
        let end = scripted.now + limit
        repeat {
            if try await scripted.wait(for: signal, atMost: min(.seconds(1), end - scripted.now)) { return true }
            await answerWaiting()
        } while scripted.now < end
        return false
    }

    private func answerWaiting() async {
        let new = scripted.events[answered...]
        answered = scripted.events.count
        for case .request(let request) in new {
            guard let answer = resources.respond(to: request) else { continue }
            _ = try? await session?.answer(request, with: answer)
        }
    }
}
