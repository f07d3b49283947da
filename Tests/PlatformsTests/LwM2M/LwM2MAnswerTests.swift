import AT
import Platforms
import Testing

/// Answers to the cloud (2.8 to 2.11).
@Suite struct LwM2MAnswerTests {
    private static let objects = [
        ObjectDescription(
            id: 40,
            resources: [
                ResourceDescription(id: 0, kind: .executable), ResourceDescription(id: 1, kind: .string),
                ResourceDescription(id: 2, kind: .opaque), ResourceDescription(id: 3, kind: .integer),
            ])
    ]
    private static func path(_ resource: UInt16) -> ResourcePath {
        ResourcePath(object: 40, instance: 0, resource: resource)
    }
    private static let instance = ObjectPath(object: 40, instance: 0)

    private func answer(
        _ world: LwM2MWorld, _ action: CloudRequest.Action, _ path: ObjectPath, _ answer: RequestAnswer,
        _ commands: [String], reports: [String]? = nil
    ) async throws -> SendResult {
        for (place, command) in commands.enumerated() {
            let name = command.dropFirst(3).prefix { $0 != "=" }
            let last = place == commands.count - 1
            world.channel.script(
                command, .ok,
                after: (reports ?? ["+\(name): \(last ? 0 : 231)"]).map { (.milliseconds(100), $0) })
        }
        return try await world.session.answer(CloudRequest(messageID: 7, path: path, action: action), with: answer)
    }

    @Test(
        arguments: [
            (.read, path(1), .string("abcde"), "AT+QLARDRSP=7,1,40,0,1,1,5,\"abcde\",0"),
            (.read, path(2), .opaque([0, 255]), "AT+QLARDRSP=7,1,40,0,2,2,2,\"00FF\",0"),
            (.observe, path(3), .integer(-5), "AT+QLAOBSRSP=7,1,40,0,3,3,2,-5,0"),
            (.cancelObserve, path(3), .integer(-5), "AT+QLAOBSRSP=7,1,40,0,3,3,2,-5,0"),
        ] as [(CloudRequest.Action, ResourcePath, ResourceValue, String)])
    func `a value is answered with its type`(
        action: CloudRequest.Action, path: ResourcePath, value: ResourceValue, command: String
    ) async throws {
        let world = makeRegisteredLwM2M(objects: Self.objects)
        let content = RequestAnswer(.content, readings: [ResourceReading(path, value)])
        #expect(try await answer(world, action, ObjectPath(path), content, [command]) == .taken)
        #expect(world.channel.sent == [.init(command: command, priority: .answer, at: .zero)])
    }

    /// Resource −1 means all (5.5.2); the answers name each.
    @Test(arguments: [CloudRequest.Action.read, .observe])
    func `several values are answered in parts, the last with index 0`(action: CloudRequest.Action) async throws {
        let world = makeRegisteredLwM2M(objects: Self.objects)
        let head = action == .read ? "AT+QLARDRSP" : "AT+QLAOBSRSP"
        let commands = [
            "\(head)=7,1,40,0,1,1,1,\"a\",2", "\(head)=7,1,40,0,2,2,0,\"\",1", "\(head)=7,1,40,0,3,3,4,70000,0",
        ]
        let content = RequestAnswer(
            .content,
            readings: [
                ResourceReading(Self.path(1), .string("a")), ResourceReading(Self.path(2), .opaque([])),
                ResourceReading(Self.path(3), .integer(70_000)),
            ])
        #expect(try await answer(world, action, Self.instance, content, commands) == .taken)
        #expect(world.channel.commands == commands)
        // Also where the module says nothing of parts.
        world.channel.forget()
        for command in commands.dropLast() { world.channel.script(command, .ok) }
        let request = CloudRequest(messageID: 7, path: Self.instance, action: action)
        #expect(try await world.session.answer(request, with: content) == .taken)
    }

    @Test(
        arguments: [
            (ObjectPath(path(1)), "40,0,1,1,0,\"\""), (ObjectPath(path(2)), "40,0,2,2,0,\"\""),
            (ObjectPath(path(3)), "40,0,3,1,0,\"\""), (instance, "40,0,1,1,0,\"\""),
        ] as [(ObjectPath, String)])
    func `what has no value is answered with an empty one`(path: ObjectPath, value: String) async throws {
        let world = makeRegisteredLwM2M(objects: Self.objects)
        let result = try await answer(
            world, .observe, path, RequestAnswer(.content), ["AT+QLAOBSRSP=7,1,\(value),0"])
        #expect(result == .taken)
    }

    @Test(arguments: [
        (RequestAnswer.Code.content, 1, 2), (.changed, 1, 2), (.badRequest, 11, 11), (.unauthorized, 12, 12),
        (.notFound, 13, 13), (.methodNotAllowed, 14, 14), (.notAcceptable, 15, 11),
    ])
    func `every result has the number that the command knows`(
        code: RequestAnswer.Code, value: Int, plain: Int
    ) async throws {
        let rows: [(CloudRequest.Action, String)] = [
            (.read, "AT+QLARDRSP=7,\(value),40,0,1,1,0,\"\",0"),
            (.observe, "AT+QLAOBSRSP=7,\(value),40,0,1,1,0,\"\",0"),
            (.write([]), "AT+QLAWRRSP=7,\(plain)"), (.execute(arguments: nil), "AT+QLAEXERSP=7,\(plain)"),
        ]
        for (action, command) in rows {
            let world = makeRegisteredLwM2M(objects: Self.objects)
            #expect(
                try await answer(world, action, ObjectPath(Self.path(1)), RequestAnswer(code), [command]) == .taken)
        }
    }

    @Test func `a value that cannot be carried is not acceptable`() async throws {
        let world = makeRegisteredLwM2M(objects: Self.objects)
        let text = ResourceReading(Self.path(1), .string(String(repeating: "\"", count: 600)))
        let result = try await answer(
            world, .read, ObjectPath(Self.path(1)), RequestAnswer(.content, readings: [text]),
            ["AT+QLARDRSP=7,15,40,0,1,1,0,\"\",0"])
        #expect(result == .taken)
    }

    @Test(arguments: [CloudRequest.Action.discover, .writeAttributes("pmin=1")])
    func `what this client does not do is refused`(action: CloudRequest.Action) async throws {
        let world = makeRegisteredLwM2M(objects: Self.objects)
        let request = CloudRequest(messageID: 7, path: Self.instance, action: action)
        guard case .refused(let error) = try await world.session.answer(request, with: RequestAnswer(.content)) else {
            Issue.record("it should be refused")
            return
        }
        #expect(error.name == "not_supported" && world.channel.commands.isEmpty)
    }

    // MARK: Answers that do not arrive

    /// The module answers each message once (2.8, remark 2), and repeats a request until then.
    @Test(
        arguments: [
            ("\"read\",7,40,0,1", "AT+QLARDRSP=7,1,40,0,1,1,1,\"a\",0", true),
            ("\"observe\",7,0,40,0,1", "AT+QLAOBSRSP=7,1,40,0,1,1,1,\"a\",0", true),
            ("\"write\",7,40,0,1,1,1,\"b\",0", "AT+QLAWRRSP=7,2", true),
            ("\"execute\",7,40,0,0", "AT+QLAEXERSP=7,2", false),
        ], [ScriptedChannel.Reply.error, .timedOut, .ok])
    func `a request whose answer failed is answered again, but not carried out again`(
        row: (line: String, command: String, isRepeated: Bool), reply: ScriptedChannel.Reply
    ) async throws {
        let world = makeRegisteredLwM2M(objects: Self.objects)
        world.resources.set(.string("a"), at: Self.path(1))
        let line = Line(Array("+QLAURC: \(row.line)".utf8))
        guard case .request(let request)? = world.session.understand(line).first else {
            Issue.record("a request is expected")
            return
        }
        if case .request = world.session.understand(line).first { Issue.record("it is a repetition") }
        let name = row.command.dropFirst(3).prefix { $0 != "=" }
        world.channel.script(
            row.command, reply, after: { if case .ok = reply { [(.seconds(1), "+\(name): 900")] } else { [] } }())
        let content = world.resources.respond(to: request) ?? RequestAnswer(.changed)
        let result = try await world.session.answer(request, with: content)
        #expect(result != .taken)
        var isAsked = false
        if case .request = world.session.understand(line).first { isAsked = true }
        #expect(isAsked == row.isRepeated)
    }

    @Test func `an observation whose answer is refused is none`() async throws {
        let world = makeRegisteredLwM2M(observed: false)
        world.channel.script("AT+QLAOBSRSP=624,1,19,0,0,2,0,\"\",0", .error)
        let results = try await world.serve("+QLAURC: \"observe\",624,0,19,0,0").results
        guard case .refused = results.first else {
            Issue.record("it should be refused")
            return
        }
        #expect(world.resources.observations.isEmpty)
    }

    @Test func `a lost line is thrown to whoever answers`() async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLAWRRSP=7,2", .lost(.closed("gone")))
        let request = CloudRequest(messageID: 7, path: Self.instance, action: .write([]))
        do throws(SessionFailure) {
            _ = try await world.session.answer(request, with: RequestAnswer(.changed))
            Issue.record("it should be lost")
        } catch {
            #expect(error == .lost(.closed("gone")))
        }
    }

    // MARK: Observations that the module answers

    @Test func `with automatic answers the values are reported instead`() async throws {
        let world = makeRegisteredLwM2M(.cuDMP, objects: Self.objects, observed: false)
        world.resources.set(.string("a"), at: Self.path(1))
        world.resources.set(.integer(5), at: Self.path(3))
        let commands = ["AT+QLANOTIFY=40,0,1,1,1,\"a\",0,0", "AT+QLANOTIFY=40,0,3,3,2,5,0,0"]
        for command in commands { world.channel.script(command, .ok, after: [(.zero, "+QLANOTIFY: 0")]) }
        #expect(try await world.serve("+QLAURC: \"observe\",17015,0,40,0,-1").results == [.taken])
        #expect(world.channel.commands == commands)
        #expect(world.channel.sent.allSatisfy { $0.priority == .answer })
        // Whether it answers the end of one too, the note does not say.
        let ends = ["AT+QLAOBSRSP=17016,1,40,0,1,1,1,\"a\",1", "AT+QLAOBSRSP=17016,1,40,0,3,3,2,5,0"]
        for command in ends { world.channel.script(command, .ok, after: [(.zero, "+QLAOBSRSP: 0")]) }
        #expect(try await world.serve("+QLAURC: \"observe\",17016,1,40,0,-1").results == [.taken])
        #expect(world.channel.commands == commands + ends && world.resources.observations.isEmpty)
        world.channel.script("AT+QLAOBSRSP=17017,1,40,0,1,1,1,\"a\",1", .error)
        #expect(try await world.serve("+QLAURC: \"observe\",17017,1,40,0,-1").results == [.taken])
        // Of what there is not, too: a second answer it would refuse (2.11, remark 2).
        world.channel.forget()
        #expect(try await world.serve("+QLAURC: \"observe\",17018,0,41,0,0").results == [.taken])
        #expect(world.channel.commands.isEmpty && world.resources.observations.isEmpty)
    }

    @Test func `nobody waits for an answer after the registration has ended`() async throws {
        let world = makeRegisteredLwM2M(objects: Self.objects)
        world.channel.script("AT+QLADEREG", .ok, after: [(.seconds(1), "+QLADEREG: 0")])
        let events = world.session.understand("+QLAURC: \"read\",7,40,0,1")
        guard case .request(let request)? = events.first else {
            Issue.record("\(events)")
            return
        }
        try await world.session.deregister()
        world.channel.forget()
        let answer = try await world.session.answer(request, with: RequestAnswer(.notFound))
        guard case .refused(let error) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(error.name == "request_void" && world.channel.commands.isEmpty)
        // A new one may have its number.
        guard case .request? = world.session.understand("+QLAURC: \"read\",7,40,0,1").first else {
            Issue.record("it is new")
            return
        }
        world.channel.script("AT+QLARDRSP=7,13,40,0,1,1,0,\"\",0", .ok, after: [(.zero, "+QLARDRSP: 0")])
        #expect(try await world.session.answer(request, with: RequestAnswer(.notFound)) == .taken)
    }
}
