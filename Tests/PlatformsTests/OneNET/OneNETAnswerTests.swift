import AT
import Testing

@testable import Platforms

/// Answers to the platform (3.3.9 to 3.3.14), with the priority that gets them there in time.
@Suite struct OneNETAnswerTests {
    private func answer(
        _ world: OneNETWorld, _ report: String, _ code: RequestAnswer.Code, readings: [ResourceReading] = [],
        resources: [UInt16] = []
    ) async throws -> SendResult {
        let request = try #require(world.request(report))
        return try await world.session.answer(
            request, with: RequestAnswer(code, readings: readings, resources: resources))
    }

    private static let reports: [OneNETCommand.Response: String] = [
        .discover: "+MIPLDISCOVER: 0,7,3311", .observe: "+MIPLOBSERVE: 0,7,1,3311,0,-1",
        .write: "+MIPLWRITE: 0,7,3311,0,5706,2,1,41,0,0", .execute: "+MIPLEXECUTE: 0,7,3311,0,5823",
        .parameter: "+MIPLPARAMETER: 0,7,3311,0,5805,6,\"pmin=2\"",
    ]

    private static func command(_ response: OneNETCommand.Response, _ name: String, _ result: Int) -> String {
        "AT+\(name)=0,7,\(result)" + (response == .discover ? ",0,\"\"" : "")
    }

    /// The results that the note has for each response.
    @Test(
        arguments: OneNETCommand.Response.allCases,
        [
            (.content, 1, 2), (.changed, 1, 2), (.badRequest, 11, 11), (.unauthorized, 12, 12), (.notFound, 13, 13),
            (.methodNotAllowed, 14, 14), (.notAcceptable, 15, 11),
        ] as [(RequestAnswer.Code, Int, Int)])
    func `every result has its number`(
        response: OneNETCommand.Response, row: (code: RequestAnswer.Code, content: Int, change: Int)
    ) async throws {
        let world = try await OneNETWorld.registered()
        let tellsContent = response == .discover || response == .observe
        let command = Self.command(response, response.names[0], tellsContent ? row.content : row.change)
        world.channel.script(command, .ok)
        #expect(try await answer(world, Self.reports[response] ?? "", row.code) == .taken)
        #expect(world.channel.commands == [command])
        #expect(world.channel.sent.map(\.priority) == [.answer])
    }

    // MARK: Reads

    private static let values = [
        ResourceReading(ResourcePath(object: 3311, instance: 0, resource: 5851), .boolean(true)),
        ResourceReading(ResourcePath(object: 3311, instance: 0, resource: 5852), .integer(123)),
        ResourceReading(ResourcePath(object: 3311, instance: 0, resource: 5706), .string("1234567890")),
        ResourceReading(ResourcePath(object: 3311, instance: 0, resource: 5805), .float(1.88)),
    ]

    /// 7.3.1.
    @Test func `a read of a resource has one value`() async throws {
        let world = try await OneNETWorld.registered()
        let command = "AT+MIPLREADRSP=0,3123,1,3311,0,5805,4,4,1.88,0,0"
        world.channel.script(command, .ok)
        let result = try await answer(
            world, "+MIPLREAD: 0,3123,3311,0,5805", .content, readings: [Self.values[3]])
        #expect(result == .taken && world.channel.commands == [command])
        #expect(world.channel.sent.map(\.priority) == [.answer])
    }

    /// 7.3.2, byte by byte.
    @Test func `a read of an instance has all values, whose index counts down`() async throws {
        let world = try await OneNETWorld.registered()
        let commands = [
            "AT+MIPLREADRSP=0,25466,1,3311,0,5851,5,1,1,3,0", "AT+MIPLREADRSP=0,25466,1,3311,0,5852,3,2,123,2,0",
            "AT+MIPLREADRSP=0,25466,1,3311,0,5706,1,10,\"1234567890\",1,0",
            "AT+MIPLREADRSP=0,25466,1,3311,0,5805,4,4,1.88,0,0",
        ]
        for command in commands { world.channel.script(command, .ok) }
        let result = try await answer(world, "+MIPLREAD: 0,25466,3311,0,-1", .content, readings: Self.values)
        #expect(result == .taken && world.channel.commands == commands)
        #expect(world.channel.sent.allSatisfy { $0.priority == .answer })
    }

    /// 7.3.3, byte by byte.
    @Test func `a read of an object counts over its instances`() async throws {
        let world = try await OneNETWorld.registered()
        let commands = [
            "AT+MIPLREADRSP=0,39299,1,3311,0,5851,5,1,1,5,0", "AT+MIPLREADRSP=0,39299,1,3311,0,5852,3,2,123,4,0",
            "AT+MIPLREADRSP=0,39299,1,3311,1,5851,5,1,1,3,0", "AT+MIPLREADRSP=0,39299,1,3311,1,5852,3,2,123,2,0",
            "AT+MIPLREADRSP=0,39299,1,3311,1,5706,1,10,\"1234567890\",1,0",
            "AT+MIPLREADRSP=0,39299,1,3311,1,5805,4,4,1.88,0,0",
        ]
        for command in commands { world.channel.script(command, .ok) }
        let second = Self.values.map { reading in
            ResourceReading(ResourcePath(object: 3311, instance: 1, resource: reading.path.resource), reading.value)
        }
        let result = try await answer(
            world, "+MIPLREAD: 0,39299,3311,-1,-1", .content, readings: Array(Self.values.prefix(2)) + second)
        #expect(result == .taken && world.channel.commands == commands)
    }

    @Test(
        arguments: [
            (.content, 13), (.badRequest, 11), (.unauthorized, 12), (.notFound, 13), (.methodNotAllowed, 14),
            (.notAcceptable, 15),
        ] as [(RequestAnswer.Code, Int)],
        [("3311,0,5805", "3311,0,5805"), ("3311,2,-1", "3311,2,0"), ("3311,-1,-1", "3311,0,0")])
    func `a read without a value has a result and nothing else`(
        row: (code: RequestAnswer.Code, result: Int), path: (asked: String, answered: String)
    ) async throws {
        let world = try await OneNETWorld.registered()
        let command = "AT+MIPLREADRSP=0,7,\(row.result),\(path.answered),1,0,\"\",0,0"
        world.channel.script(command, .ok)
        #expect(try await answer(world, "+MIPLREAD: 0,7,\(path.asked)", row.code) == .taken)
        #expect(world.channel.commands == [command])
    }

    /// A string that must go as bytes, one of 1025 bytes, and an opaque one that the platform has written.
    @Test(arguments: [
        (ResourceValue.string(String(repeating: "\"", count: 513)), "bad_value"),
        (.string(String(repeating: "A", count: 1025)), "too_long"),
        (.opaque([UInt8](repeating: 0, count: 513)), "too_long"),
    ])
    func `a value that no command can carry is not acceptable`(value: ResourceValue, name: String) async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLREADRSP=0,7,15,3311,0,5706,1,0,\"\",0,0", .ok)
        let long = ResourceReading(Self.values[2].path, value)
        let result = try await answer(world, "+MIPLREAD: 0,7,3311,0,5706", .content, readings: [long])
        guard case .refused(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error.name == name && error.source == .bridge)
    }

    private static func flags(_ count: UInt16) -> [ResourceReading] {
        (0..<count).map { ResourceReading(ResourcePath(object: 3311, instance: 0, resource: $0), .boolean(true)) }
    }

    @Test func `an answer to a read has at most eleven values`() async throws {
        let world = try await OneNETWorld.registered()
        for index in 0...10 {
            world.channel.script("AT+MIPLREADRSP=0,7,1,3311,0,\(10 - index),5,1,1,\(index),0", .ok)
        }
        let result = try await answer(world, "+MIPLREAD: 0,7,3311,0,-1", .content, readings: Self.flags(11))
        #expect(result == .taken && world.channel.commands.count == 11)
    }

    @Test func `of twelve values none is told, for some would be taken for all`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLREADRSP=0,7,15,3311,0,0,1,0,\"\",0,0", .ok)
        let result = try await answer(world, "+MIPLREAD: 0,7,3311,0,-1", .content, readings: Self.flags(12))
        guard case .refused(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error.name == "too_many_values" && world.channel.commands.count == 1)
    }

    /// The platform does not wait for it any more, and the module refuses it.
    @Test(arguments: ["+MIPLEVENT: 0,9", "+MIPLEVENT: 0,10", "+MIPLEVENT: 0,15"])
    func `a request of a registration that has ended is not answered`(end: String) async throws {
        let world = try await OneNETWorld.registered()
        let request = try #require(world.request("+MIPLREAD: 0,7,3311,0,5805"))
        _ = world.hear(end)
        let result = try await world.session.answer(request, with: RequestAnswer(.notFound))
        guard case .refused(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error.name == "request_gone" && world.channel.commands == [])
    }

    // MARK: Discover

    @Test func `a discover names the resources of all instances once`() async throws {
        let world = try await OneNETWorld.registered()
        let command = "AT+MIPLDISCOVERRSP=0,7,1,24,\"5850;5851;5706;5805;5823\""
        world.channel.script(command, .ok)
        let request = try #require(world.request("+MIPLDISCOVER: 0,7,3311"))
        let answer = try #require(world.resources.respond(to: request))
        #expect(try await world.session.answer(request, with: answer) == .taken)
        #expect(world.channel.commands == [command])
    }

    // MARK: Spellings

    @Test(
        arguments: [OneNETCommand.Response.discover, .observe, .parameter],
        [ScriptedChannel.Reply.error, .code(100), .code(58)])
    func `a response is tried in every spelling, and the module's is remembered`(
        response: OneNETCommand.Response, refusal: ScriptedChannel.Reply
    ) async throws {
        let world = try await OneNETWorld.registered()
        let result = response == .parameter ? 2 : 1
        let commands = response.names.map { Self.command(response, $0, result) }
        for command in commands { world.channel.script(command, refusal) }
        world.channel.script(commands[commands.count - 1], .ok)
        let report = Self.reports[response] ?? ""
        let request = try #require(world.request(report))
        for _ in 0..<2 {
            #expect(try await world.session.answer(request, with: RequestAnswer(.content)) == .taken)
        }
        #expect(world.channel.commands == commands + [commands[commands.count - 1]])
    }

    @Test func `a code of the suite is no reason for another spelling`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLOBSERVERSP=0,7,1", .code(655))
        let result = try await answer(world, "+MIPLOBSERVE: 0,7,1,3311,0,-1", .content)
        #expect(result == .refused(OneNETError.codes[655].published))
        #expect(world.channel.commands == ["AT+MIPLOBSERVERSP=0,7,1"])
    }

    @Test func `a spelling that has worked is not doubted because of one refusal`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLOBSERVERSP=0,7,1", .ok, .error)
        #expect(try await answer(world, "+MIPLOBSERVE: 0,7,1,3311,0,-1", .content) == .taken)
        world.channel.script("AT+MIPLOBSERVERSP=0,8,1", .error)
        guard case .refused = try await answer(world, "+MIPLOBSERVE: 0,8,1,3200,0,-1", .content) else {
            Issue.record("refused")
            return
        }
        #expect(world.channel.commands.count == 2)
    }

    // MARK: Failures

    @Test func `a part that fails ends the answer`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLREADRSP=0,25466,1,3311,0,5851,5,1,1,3,0", .code(651))
        let result = try await answer(world, "+MIPLREAD: 0,25466,3311,0,-1", .content, readings: Self.values)
        #expect(result == .refused(OneNETError.codes[651].published))
        #expect(world.channel.commands.count == 1)
    }

    @Test(arguments: [
        ("+MIPLREAD: 0,7,3311,0,5805", "AT+MIPLREADRSP=0,7,13,3311,0,5805,1,0,\"\",0,0", true),
        ("+MIPLWRITE: 0,7,3311,0,5706,2,1,41,0,0", "AT+MIPLWRITERSP=0,7,13", true),
        ("+MIPLEXECUTE: 0,7,3311,0,5823", "AT+MIPLEXECUTERSP=0,7,13", false),
    ])
    func `a request whose answer got lost may come again, but nothing is executed twice`(
        report: String, command: String, comesAgain: Bool
    ) async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script(command, .timedOut)
        guard case .unknown(let error) = try await answer(world, report, .notFound) else {
            Issue.record("its outcome is not known")
            return
        }
        #expect(error.name == "no_answer")
        #expect((world.request(report) != nil) == comesAgain)
    }

    @Test func `an observation whose answer is refused is none`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLOBSERVERSP=0,7,1", .code(655))
        let request = try #require(world.request("+MIPLOBSERVE: 0,7,1,3311,0,-1"))
        let answer = try #require(world.resources.respond(to: request))
        #expect(!world.resources.observations.isEmpty)
        _ = try await world.session.answer(request, with: answer)
        #expect(world.resources.observations.isEmpty)
    }

    @Test func `what came under a registration that has ended is not answered`() async throws {
        let world = try await OneNETWorld.registered()
        let request = try #require(world.request("+MIPLEXECUTE: 0,7,3311,0,5823"))
        world.session.moduleRestarted()
        guard case .refused(let error) = try await world.session.answer(request, with: RequestAnswer(.changed)) else {
            Issue.record("refused")
            return
        }
        #expect(error.name == "request_gone" && world.channel.commands == [])
    }

    @Test func `a lost line is thrown`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLEXECUTERSP=0,7,2", .lost(.unresponsive))
        let request = try #require(world.request("+MIPLEXECUTE: 0,7,3311,0,5823"))
        let failure = await failure(of: { () throws(SessionFailure) in
            _ = try await world.session.answer(request, with: RequestAnswer(.changed))
        })
        #expect(failure == .lost(.unresponsive))
    }
}
