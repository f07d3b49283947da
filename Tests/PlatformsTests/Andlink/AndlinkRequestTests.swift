import AT
import Platforms
import Testing

/// Reads and writes of the platform (4.1, 4.2), and their answers (3.6).
@Suite struct AndlinkRequestTests {
    private static let path = AndlinkSession.defaultDataDown
    private static let token: [UInt8] = [0x6C, 0xBB, 0xD6, 0x86, 0x1B, 0xC4, 0x33, 0x59]
    private static let example = "+QLAREAD: 48767,\"6CBBD6861BC43359\""

    private func request(_ line: String) -> CloudRequest? {
        let events = AndlinkWorld().hear(line)
        guard case .request(let request)? = events.first, events.count == 1 else { return nil }
        return request
    }

    @Test(
        arguments: [
            (example, 48767, token, nil),
            (
                "+QLAREAD: 9415,\"6857D31A64CCBC95\",\"lwm2m=1.&ep=12345&name=123456\"", 9415,
                [0x68, 0x57, 0xD3, 0x1A, 0x64, 0xCC, 0xBC, 0x95], "lwm2m=1.&ep=12345&name=123456"
            ),
            ("+QLAREAD:1,ab", 1, [0xAB], nil), ("+QLAREAD=4294967295,\"aB\",a=1", 4_294_967_295, [0xAB], "a=1"),
            ("+QLAREAD: 0,\"\"", 0, [], nil), ("+QLAREAD: 7,\"AB\",\"a,b\"", 7, [0xAB], "a,b"),
        ] as [(String, Int, [UInt8], String?)])
    func `a read has id, token and perhaps a query`(line: String, id: Int, token: [UInt8], query: String?) {
        #expect(
            request(line)
                == CloudRequest(
                    messageID: id, token: token, path: ObjectPath(Self.path), action: .read, query: query))
    }

    @Test(
        arguments: [
            ("7B7D", Array("{}".utf8), .bytes, nil), ("\"7b7d\"", Array("{}".utf8), .bytes, nil),
            ("000DFF", [0, 0x0D, 0xFF], .bytes, nil), ("", [], .bytes, nil),
            ("7B7D,\"a=1&b=2\"", Array("{}".utf8), .bytes, "a=1&b=2"), (",\"a=1\"", [], .bytes, "a=1"),
            ("hello", Array("hello".utf8), .text, nil), ("\"hello\"", Array("hello".utf8), .text, nil),
            ("7B7", Array("7B7".utf8), .text, nil),
            ("{\"a\":1,\"b\":\"x\"}", Array("{\"a\":1,\"b\":\"x\"}".utf8), .text, nil),
            ("[1,\"x\"]", Array("[1,\"x\"]".utf8), .text, nil),
            (
                "{\"a\":1,\"b\":\"x\"},\"lwm2m=1.&ep=12\"", Array("{\"a\":1,\"b\":\"x\"}".utf8), .text,
                "lwm2m=1.&ep=12"
            ),
            ("one, two", Array("one, two".utf8), .text, nil),
        ] as [(String, [UInt8], WrittenValue.Form, String?)])
    func `a write has all that stands between the token and the query`(
        rest: String, data: [UInt8], form: WrittenValue.Form, query: String?
    ) {
        #expect(
            request("+QLAWRITE: 9415,\"6CBBD6861BC43359\",\(rest)")
                == CloudRequest(
                    messageID: 9415, token: Self.token, path: ObjectPath(Self.path),
                    action: .write([WrittenValue(Self.path, data, form)]), query: query))
    }

    @Test func `the path is the configured one`() {
        let path = ResourcePath(object: 20, instance: 3, resource: 7)
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, dataDown: path))
        guard case .request(let request)? = world.hear(Self.example).first else {
            Issue.record("it is a request")
            return
        }
        #expect(request.path == ObjectPath(path))
    }

    @Test(arguments: [
        "+QLAREAD", "+QLAREAD:", "+QLAREAD: x,\"AB\"", "+QLAREAD: 1", "+QLAREAD: 1,\"ABC\"", "+QLAREAD: 1,\"XY\"",
        "+QLAREAD: -1,\"AB\"", "+QLAWRITE", "+QLAWRITE: 1,\"AB\"", "+QLAWRITE: 1,\"A\",00", "+QLAWRITE: ,\"AB\",00",
        "+QLAWRITE: 99999999999999999999,\"AB\",00",
    ])
    func `a request that cannot be understood is shown as it is`(line: String) {
        #expect(
            AndlinkWorld().hear(line) == [.other(name: "malformed_report", detail: [Detail("line", .text(line))])])
    }

    @Test func `a request that the module repeats is one`() {
        let world = AndlinkWorld()
        #expect(world.hear(Self.example).count == 1)
        #expect(
            world.hear(Self.example) == [
                .other(
                    name: "request_repeated",
                    detail: [Detail("kind", .text("read")), Detail("message_id", .number(48767))])
            ])
        // Another token, another kind, and the same after a restart are requests of their own.
        func isRequest(_ line: String) -> Bool { if case .request? = world.hear(line).first { true } else { false } }
        #expect(isRequest("+QLAREAD: 48767,\"00\""))
        #expect(isRequest("+QLAWRITE: 48767,\"6CBBD6861BC43359\",00"))
        world.session.moduleRestarted()
        #expect(isRequest(Self.example))
    }

    @Test func `the same numbers are another request's after a while, and with other data`() async throws {
        let world = AndlinkWorld()
        func isRequest(_ line: String) -> Bool { if case .request? = world.hear(line).first { true } else { false } }
        #expect(isRequest(Self.example))
        for _ in 0..<3 {
            try await world.channel.pause(for: .seconds(24))
            #expect(!isRequest(Self.example))
        }
        try await world.channel.pause(for: .seconds(31))
        #expect(isRequest(Self.example))
        #expect(isRequest("+QLAWRITE: 1,\"AB\",00"))
        #expect(isRequest("+QLAWRITE: 1,\"AB\",01"))
        #expect(!isRequest("+QLAWRITE: 1,\"AB\",00"))
    }

    @Test func `the last 64 requests are remembered, and no more`() {
        let world = AndlinkWorld()
        func isRequest(_ id: Int) -> Bool {
            if case .request? = world.hear("+QLAREAD: \(id),\"AB\"").first { true } else { false }
        }
        for id in 0..<64 { #expect(isRequest(id)) }
        #expect(!isRequest(0) && !isRequest(63))
        #expect(isRequest(64))
        #expect(isRequest(0))
        #expect(!isRequest(2))
    }

    // MARK: Answers

    private let read = CloudRequest(
        messageID: 48767, token: token, path: ObjectPath(path), action: .read)

    @Test(
        arguments: [
            (.opaque([0x3E, 0x0D, 0x00, 0xFF]), [0x3E, 0x0D, 0x00, 0xFF]),
            (.string("{\"a\":1}"), Array("{\"a\":1}".utf8)),
            (.integer(20), Array("20".utf8)),
        ] as [(ResourceValue, [UInt8])])
    func `a read is answered with the value's bytes`(value: ResourceValue, bytes: [UInt8]) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASENDRSP=48767,6CBBD6861BC43359,1,\(bytes.count)", .ok)
        let answer = RequestAnswer(.content, readings: [ResourceReading(Self.path, value)])
        #expect(try await world.session.answer(read, with: answer) == .taken)
        #expect(world.recording.payload == bytes)
        #expect(world.channel.sent.map(\.priority) == [.answer])
    }

    @Test(
        arguments: [
            (.changed, 2), (.badRequest, 11), (.unauthorized, 12), (.notFound, 13), (.methodNotAllowed, 14),
            (.notAcceptable, 11), (.content, 1),
        ] as [(RequestAnswer.Code, Int)])
    func `any other answer has no data`(code: RequestAnswer.Code, number: Int) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASENDRSP=48767,6CBBD6861BC43359,\(number),0", .ok)
        let readings = code == .content ? [] : [ResourceReading(Self.path, .opaque([1]))]
        #expect(try await world.session.answer(read, with: RequestAnswer(code, readings: readings)) == .taken)
        #expect(world.recording.payload == nil)
    }

    @Test func `a value of 1024 bytes goes, a longer one does not`() async throws {
        let world = AndlinkWorld()
        func answer(_ count: Int) -> RequestAnswer {
            RequestAnswer(
                .content, readings: [ResourceReading(Self.path, .opaque(Array(repeating: 7, count: count)))])
        }
        world.channel.script("AT+QLASENDRSP=48767,6CBBD6861BC43359,1,1024", .ok)
        #expect(try await world.session.answer(read, with: answer(1024)) == .taken)
        guard case .refused(let error) = try await world.session.answer(read, with: answer(1025)) else {
            Issue.record("it is refused")
            return
        }
        #expect(error.name == "too_long" && world.channel.commands.count == 1)
    }

    @Test func `an answer that the module does not take says why`() async throws {
        let world = AndlinkWorld()
        let command = "AT+QLASENDRSP=48767,6CBBD6861BC43359,2,0"
        world.channel.script(command, .code(159), .error, .timedOut, .lost(.unresponsive))
        #expect(
            try await world.session.answer(read, with: RequestAnswer(.changed))
                == .refused(AndlinkError.codes[159].published)
        )
        guard case .refused(let error) = try await world.session.answer(read, with: RequestAnswer(.changed)) else {
            Issue.record("it is refused")
            return
        }
        #expect(error.name == "ERROR")
        guard case .unknown = try await world.session.answer(read, with: RequestAnswer(.changed)) else {
            Issue.record("it is unknown")
            return
        }
        let lost = await failure(of: { () throws(SessionFailure) in
            _ = try await world.session.answer(read, with: RequestAnswer(.changed))
        })
        #expect(lost == .lost(.unresponsive))
    }

    @Test func `a read of a written value gives it back, byte by byte`() async throws {
        let world = AndlinkWorld()
        let resources = ResourceModel(objects: AndlinkSession.objects())
        guard case .request(let write)? = world.hear("+QLAWRITE: 1,\"AB\",00FF0D3E").first,
            case .request(let read)? = world.hear("+QLAREAD: 2,\"CD\"").first,
            let changed = resources.respond(to: write), let content = resources.respond(to: read)
        else {
            Issue.record("both are answered")
            return
        }
        world.channel.script("AT+QLASENDRSP=1,AB,2,0", .ok)
        world.channel.script("AT+QLASENDRSP=2,CD,1,4", .ok)
        #expect(try await world.session.answer(write, with: changed) == .taken)
        #expect(try await world.session.answer(read, with: content) == .taken)
        #expect(world.recording.payload == [0x00, 0xFF, 0x0D, 0x3E])
    }
}
