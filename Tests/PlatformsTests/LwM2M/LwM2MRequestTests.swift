import AT
import Platforms
import Testing

/// What the cloud asks for (3.2 to 3.5).
@Suite struct LwM2MRequestTests {
    private func understand(_ session: LwM2MSession, _ line: String) -> [SessionEvent] {
        session.understand(Line(Array("+QLAURC: \(line)".utf8)))
    }

    private static let path: ObjectPath = ObjectPath(object: 19, instance: 0, resource: 0)
    private static let single = ResourcePath(object: 19, instance: 0, resource: 0)

    private static func written(_ text: String, _ form: WrittenValue.Form) -> CloudRequest.Action {
        .write([WrittenValue(single, Array(text.utf8), form)])
    }

    @Test(
        arguments: [
            ("\"read\",62953,19,0,0", CloudRequest(messageID: 62_953, path: path, action: .read)),
            ("\"read\",62953,19,0,0,\"a=1\"", CloudRequest(messageID: 62_953, path: path, action: .read, query: "a=1")),
            (
                "\"read\",8095,19,1,-1",
                CloudRequest(messageID: 8095, path: ObjectPath(object: 19, instance: 1), action: .read)
            ),
            ("\"read\",8095,19", CloudRequest(messageID: 8095, path: ObjectPath(object: 19), action: .read)),
            ("\"read\", 90000, 19, 0, 0", CloudRequest(messageID: 90_000, path: path, action: .read)),
            (
                "\"execute\",39040,15,0,5",
                CloudRequest(
                    messageID: 39_040, path: ObjectPath(object: 15, instance: 0, resource: 5),
                    action: .execute(arguments: nil))
            ),
            (
                "\"execute\",39040,19,0,0,\"now\"",
                CloudRequest(messageID: 39_040, path: path, action: .execute(arguments: "now"))
            ),
            ("\"observe\",624,0,19,0,0", CloudRequest(messageID: 624, path: path, action: .observe)),
            (
                "\"observe\",17015,0,3311,0,-1",
                CloudRequest(messageID: 17_015, path: ObjectPath(object: 3311, instance: 0), action: .observe)
            ),
            (
                "\"write\",36560,19,0,0,2,7,\"5155454354454C\",0",
                CloudRequest(messageID: 36_560, path: path, action: written("QUECTEL", .bytes))
            ),
            (
                "\"write\",36560,19,0,0,2,7,5155454354454c,0",
                CloudRequest(messageID: 36_560, path: path, action: written("QUECTEL", .bytes))
            ),
            (
                "\"write\",8096,19,0,0,1,20,\"{\"outletStatus\":\"1\"}\",0",
                CloudRequest(messageID: 8096, path: path, action: written("{\"outletStatus\":\"1\"}", .text))
            ),
            (
                "\"write\",1,19,0,0,1,7,\"a\r\n\",0,\",0",
                CloudRequest(messageID: 1, path: path, action: written("a\r\n\",0,", .text))
            ),
            ("\"write\",1,19,0,0,1,0,\"\",0", CloudRequest(messageID: 1, path: path, action: written("", .text))),
            ("\"write\",1,19,0,0,3,3,500,0", CloudRequest(messageID: 1, path: path, action: written("500", .text))),
            ("\"write\",1,19,0,0,4,4,25.6,0", CloudRequest(messageID: 1, path: path, action: written("25.6", .text))),
            ("\"write\",1,19,0,0,5,,1,0", CloudRequest(messageID: 1, path: path, action: written("1", .text))),
            // Without a resource, the instance's only one.
            ("\"write\",1,19,0,-1,2,1,\"51\",0", CloudRequest(messageID: 1, path: path, action: written("Q", .bytes))),
        ] as [(String, CloudRequest)])
    func `a request is understood field by field`(line: String, request: CloudRequest) {
        let session = makeLwM2M().session
        #expect(understand(session, line) == [.request(request)])
        // The module repeats it until it is answered.
        let kind = line.dropFirst().prefix { $0 != "\"" }
        #expect(
            understand(session, line) == [
                .other(
                    name: "repeated_request",
                    detail: [Detail("kind", .text(String(kind))), Detail("message_id", .number(request.messageID))])
            ])
    }

    @Test func `a request is forgotten with the module's restart, and after 64 others`() {
        let session = makeLwM2M().session
        func isRequest(_ line: String) -> Bool {
            if case .request? = understand(session, line).first { true } else { false }
        }
        #expect(isRequest("\"read\",1,19,0,0") && !isRequest("\"read\",1,19,0,0"))
        for id in 2...64 { #expect(isRequest("\"read\",\(id),19,0,0")) }
        #expect(!isRequest("\"read\",1,19,0,0") && isRequest("\"read\",65,19,0,0") && isRequest("\"read\",1,19,0,0"))
        session.moduleRestarted()
        #expect(isRequest("\"read\",65,19,0,0"))
    }

    /// 0 observes, 1 cancels; firmware is known that has it the other way round.
    @Test(arguments: [(0, 1), (1, 0)])
    func `the observe flag is read as the module means it`(observe: Int, cancel: Int) {
        let world = makeLwM2M()
        var id = 0
        func action(_ flag: Int) -> CloudRequest.Action? {
            id += 1
            guard case .request(let request)? = understand(world.session, "\"observe\",\(id),\(flag),19,0,0").first
            else { return nil }
            _ = world.resources.respond(to: request)
            return request.action
        }
        #expect(action(observe) == .observe)
        // Again: the cloud has not seen the answer.
        #expect(action(observe) == .observe)
        #expect(action(cancel) == .cancelObserve && world.resources.observations.isEmpty)
        #expect(action(cancel) == .cancelObserve)
        #expect(action(observe) == .observe)
    }

    /// After a restart of the bridge, when it is not known which way the module has it.
    @Test(arguments: [(0, CloudRequest.Action.observe), (1, .cancelObserve)])
    func `the first flag for what is observed is read by the note`(flag: Int, action: CloudRequest.Action) {
        let world = makeLwM2M()
        world.resources.observe(Self.path, messageID: 1)
        guard case .request(let request)? = understand(world.session, "\"observe\",2,\(flag),19,0,0").first else {
            Issue.record("a request is expected")
            return
        }
        #expect(request.action == action)
    }

    // MARK: Parts

    private static func part(_ index: Int, id: Int = 5, resource: Int = 0) -> String {
        "\"write\",\(id),19,0,\(resource),2,1,\"0\(index)\",\(index)"
    }

    @Test func `a write in parts is one request`() {
        let session = makeLwM2M().session
        #expect(understand(session, Self.part(2)) == [.partsHeld])
        #expect(understand(session, Self.part(2)) == [.partsHeld])
        #expect(understand(session, Self.part(1, resource: 1)) == [.partsHeld])
        let events = understand(session, Self.part(0))
        guard case .request(let request)? = events.first, case .write(let values) = request.action else {
            Issue.record("\(events)")
            return
        }
        #expect(values.map(\.data) == [[2], [1], [0]] && request.path == ObjectPath(object: 19, instance: 0))
        #expect(session.settleParts().isEmpty)
        // Its repetition is none.
        guard case .other("repeated_request", _)? = understand(session, Self.part(2)).first else {
            Issue.record("it is a repetition")
            return
        }
    }

    @Test func `the parts of one resource are one value`() {
        let session = makeLwM2M().session
        for index in [3, 2, 1] { _ = understand(session, Self.part(index, resource: index == 3 ? 1 : 0)) }
        guard case .request(let request)? = understand(session, Self.part(0)).first else {
            Issue.record("a request is expected")
            return
        }
        let other = ResourcePath(object: 19, instance: 0, resource: 1)
        #expect(
            request.action
                == .write([WrittenValue(other, [3], .bytes), WrittenValue(Self.single, [2, 1, 0], .bytes)]))
    }

    @Test func `a lone part is a whole write after a second, several without an end are none`() {
        let session = makeLwM2M().session
        _ = understand(session, Self.part(2))
        guard case .request(let request)? = session.settleParts().first else {
            Issue.record("a request is expected")
            return
        }
        #expect(request.action == .write([WrittenValue(Self.single, [2], .bytes)]))
        _ = understand(session, Self.part(3, id: 6))
        _ = understand(session, Self.part(2, id: 6))
        #expect(
            session.settleParts() == [.other(name: "incomplete_write", detail: [Detail("message_id", .number(6))])])
    }

    @Test func `a part of another write ends the one that is held`() {
        let session = makeLwM2M().session
        _ = understand(session, Self.part(3))
        _ = understand(session, Self.part(2))
        #expect(
            understand(session, Self.part(1, id: 6)) == [
                .other(name: "incomplete_write", detail: [Detail("message_id", .number(5))]), .partsHeld,
            ])
        session.moduleRestarted()
        #expect(session.settleParts().isEmpty)
    }

    @Test func `a write to an instance of several resources names none, and is answered`() async throws {
        let objects = [
            ObjectDescription(id: 19, resources: [0, 1].map { ResourceDescription(id: $0, kind: .opaque) })
        ]
        let world = makeLwM2M(objects: objects)
        world.channel.script("AT+QLAWRRSP=1,11", .ok, after: [(.zero, "+QLAWRRSP: 0")])
        let (events, results) = try await world.serve("+QLAURC: \"write\",1,19,0,-1,2,1,\"51\",0")
        #expect(
            events.first
                == .other(
                    name: "unsupported_write",
                    detail: [
                        Detail("message_id", .number(1)), Detail("path", .text("19/0")), Detail("hex", .text("51")),
                    ]))
        #expect(results == [.taken] && world.channel.commands == ["AT+QLAWRRSP=1,11"])
    }
}
