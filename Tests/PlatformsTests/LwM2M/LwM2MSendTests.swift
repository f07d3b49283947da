import AT
import Platforms
import Testing

/// One attempt to report (2.12), and every way it may end.
@Suite struct LwM2MSendTests {
    private static let payload: [UInt8] = [2, 0, 1, 0, 4, 0, 2, 0x32, 0x38]

    private func command(confirm: Bool, rai: UInt8 = 0) -> String {
        "AT+QLANOTIFY=19,0,0,2,9,\"020001000400023238\",0,\(confirm ? 1 : 0)\(rai == 0 ? "" : ",\(rai)")"
    }

    private func uplink(confirm: Bool = false, rai: UInt8 = 0, readings: [ResourceReading] = []) -> UplinkData {
        UplinkData(payload: readings.isEmpty ? Self.payload : [], readings: readings, confirm: confirm, rai: rai)
    }

    private func name(of result: SendResult) -> String {
        switch result {
        case .taken: "taken"
        case .delivered: "delivered"
        case .unobserved: "unobserved"
        case .unacknowledged(let error): "unacknowledged \(error.name)"
        case .later(let error): "later \(error.name)"
        case .unclear(let error): "unclear \(error.name)"
        case .needsRegistration(let error): "needs registration \(error.name)"
        case .refused(let error): "refused \(error.name)"
        case .unknown(let error): "unknown \(error.name)"
        }
    }

    @Test(arguments: [UInt8(0), 1, 2], [true, false])
    func `an unconfirmed uplink ends with the module's result`(rai: UInt8, before: Bool) async throws {
        let world = makeRegisteredLwM2M()
        let line = "+QLANOTIFY: 0"
        world.channel.script(
            command(confirm: false, rai: rai), .ok, before: before ? [line] : [],
            after: before ? [] : [(.seconds(3), line)])
        let (result, taken) = try await world.send(uplink(rai: rai))
        #expect(result == .taken && taken == 1)
        #expect(world.channel.sent.map(\.priority) == [.uplink])
    }

    @Test(
        arguments: [
            ([], ["\"report\",34218", "0", "\"report_ack\",0,34218"]),
            ([], ["0", "\"report\",34218", "\"report_ack\",0,34218"]),
            (["\"report\",34218", "0", "\"report_ack\",0,34218"], []),
            ([], ["\"report_ack\",0,34218", "\"report\",34218", "0"]),
            ([], ["\"report\",34218", "\"report_ack\",0,34218", "0"]),
            (["\"report\",34218"], ["0", "\"report_ack\",0,34218"]),
            // The module's own report in between, a line twice, a line lost.
            ([], ["\"report\",1", "\"report\",34218", "0", "\"report_ack\",1,1", "\"report_ack\",0,34218"]),
            ([], ["\"report\",34218", "0", "0", "\"report_ack\",0,34218", "\"report_ack\",0,34218"]),
            ([], ["0", "\"report_ack\",0,34218"]), ([], ["\"report\",34218", "\"report_ack\",0,34218"]),
        ] as [([String], [String])])
    func `a confirmed uplink ends with its acknowledgement, in any order`(before: [String], after: [String])
        async throws
    {
        let world = makeRegisteredLwM2M()
        func line(_ text: String) -> String { text == "0" ? "+QLANOTIFY: 0" : "+QLAURC: \(text)" }
        world.channel.script(
            command(confirm: true, rai: 2), .ok, before: before.map(line),
            after: after.enumerated().map { (.seconds($0.offset), line($0.element)) })
        let (result, taken) = try await world.send(uplink(confirm: true, rai: 2))
        #expect(result == .delivered && taken == 1)
        #expect(world.session.maySend)
    }

    @Test func `an acknowledgement may take as long as the retransmissions`() async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script(
            command(confirm: true), .ok,
            after: [
                (.zero, "+QLAURC: \"report\",7"), (.zero, "+QLANOTIFY: 0"),
                (.seconds(124), "+QLAURC: \"report_ack\",0,7"),
            ])
        #expect(try await world.send(uplink(confirm: true)).result == .delivered)
    }

    @Test func `an acknowledgement that never comes is none`() async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script(
            command(confirm: true), .ok,
            after: [
                (.zero, "+QLAURC: \"report\",7"), (.zero, "+QLANOTIFY: 0"),
                (.seconds(5), "+QLAURC: \"report_ack\",0,6"),
            ])
        let (result, taken) = try await world.send(uplink(confirm: true))
        #expect(name(of: result) == "unacknowledged outcome_unknown" && taken == 1)
        #expect(world.channel.now > .seconds(124) && world.channel.now < .seconds(135))
        // It comes after all, while the next one is under way.
        world.channel.script(
            command(confirm: true), .ok,
            after: [
                (.zero, "+QLANOTIFY: 0"), (.seconds(1), "+QLAURC: \"report_ack\",0,7"),
                (.seconds(9), "+QLAURC: \"report\",8"), (.seconds(10), "+QLAURC: \"report_ack\",1,8"),
            ])
        let next = try await world.send(uplink(confirm: true)).result
        #expect(name(of: next) == "unacknowledged uplink_not_acknowledged")
    }

    @Test(
        arguments: [
            (1, "later timeout"), (2, "later not_sent"), (3, "needs registration recovery_failed"),
            (4, "later update_failed"), (5, "later reset"), (400, "refused bad_request"), (403, "unclear forbidden"),
            (404, "needs registration not_found"), (412, "unclear precondition_failed"), (900, "unclear other_error"),
            (321, "unclear result_321"),
        ])
    func `a result that is no success decides what follows`(code: Int, expected: String) async throws {
        for confirm in [false, true] {
            let world = makeRegisteredLwM2M()
            world.channel.script(command(confirm: confirm), .ok, after: [(.seconds(1), "+QLANOTIFY: \(code)")])
            let (result, taken) = try await world.send(uplink(confirm: confirm))
            #expect(name(of: result) == expected && taken == 0)
            #expect(world.session.maySend != expected.hasPrefix("needs"))
        }
    }

    @Test(
        arguments: [
            (1, "unacknowledged uplink_not_acknowledged"), (2, "unacknowledged uplink_not_acknowledged"),
            (5, "later reset"), (400, "refused bad_request"), (404, "needs registration not_found"),
            (900, "unclear other_error"),
        ])
    func `an acknowledgement that is no success decides what follows`(code: Int, expected: String) async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script(
            command(confirm: true), .ok,
            after: [
                (.zero, "+QLAURC: \"report\",7"), (.zero, "+QLANOTIFY: 0"),
                (.seconds(5), "+QLAURC: \"report_ack\",\(code),7"),
            ])
        let (result, taken) = try await world.send(uplink(confirm: true))
        #expect(name(of: result) == expected && taken == 1)
    }

    @Test(arguments: [1, 900])
    func `a module that has lost its registration must register first`(code: Int) async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLASTATUS?", .lwm2mStatus(0))
        world.channel.script(command(confirm: false), .ok, after: [(.seconds(1), "+QLANOTIFY: \(code)")])
        #expect(name(of: try await world.send(uplink()).result).hasPrefix("needs registration"))
        #expect(!world.session.maySend)
        // And it does not even try.
        world.channel.forget()
        #expect(name(of: try await world.send(uplink()).result) == "needs registration not_registered")
        #expect(world.channel.commands.isEmpty)
    }

    /// A module without power has forgotten what is observed, and refuses reports on a registration that it calls sound.
    @Test(arguments: [true, false])
    func `repeated refusals lead to one new registration, not to one after the other`(isError: Bool) async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script(
            command(confirm: false), isError ? .error : .ok,
            after: isError ? [] : [(.seconds(1), "+QLANOTIFY: 900")])
        var names: [String] = []
        for _ in 0..<4 {
            let result = try await world.send(uplink()).result
            names.append(name(of: result).split(separator: " ").dropLast().joined(separator: " "))
            if !world.session.maySend {
                _ = world.session.understand("+QLAREG: 0")
                #expect(!world.session.maySend)
                try await reregister(world)
            }
        }
        #expect(names == ["unclear", "needs registration", "unclear", "unclear"])
    }

    private func reregister(_ world: LwM2MWorld) async throws {
        world.channel.scriptFresh(status: [2], objects: lwm2mShownObjects)
        world.channel.script("AT+QLACONFIG?", .ok([lwm2mConfigured]))
        world.channel.script("AT+QLADEREG", .ok, after: [(.seconds(1), "+QLADEREG: 0")])
        world.channel.scriptRegistration(objects: [])
        try await world.session.register()
        world.resources.observe(ObjectPath(lwm2mDataUp), messageID: 2)
    }

    @Test(
        arguments: [
            (false, [], "unknown outcome_unknown"), (true, [], "unacknowledged outcome_unknown"),
            (false, ["+QLANOTIFY: 0"], "taken"), (false, ["+QLANOTIFY: 2"], "later not_sent"),
            (true, ["+QLAURC: \"report\",7", "+QLAURC: \"report_ack\",0,7"], "delivered"),
            (true, ["+QLAURC: \"report_ack\",0,7"], "delivered"),
        ] as [(Bool, [String], String)], [ScriptedChannel.Reply.timedOut, .ok])
    func `an uplink whose OK or result is lost is not believed sent`(
        row: (confirm: Bool, reports: [String], expected: String), reply: ScriptedChannel.Reply
    ) async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script(
            command(confirm: row.confirm), reply, after: row.reports.map { (.milliseconds(500), $0) })
        let (result, taken) = try await world.send(uplink(confirm: row.confirm))
        #expect(name(of: result) == row.expected)
        // Only its result, or the number of its message, says that the module has sent it.
        #expect((taken == 1) == row.reports.contains { $0.hasSuffix("NOTIFY: 0") || $0.contains("report\"") })
    }

    @Test func `a lost line is thrown`() async {
        let world = makeRegisteredLwM2M()
        world.channel.script(command(confirm: false), .lost(.reset("RDY")))
        do throws(SessionFailure) {
            _ = try await world.send(uplink())
            Issue.record("it should be lost")
        } catch {
            #expect(error == .lost(.reset("RDY")))
        }
    }

    // MARK: What is observed

    @Test func `raw data wait until their resource is observed`() async throws {
        let world = makeRegisteredLwM2M(observed: false)
        let result = try await world.send(uplink()).result
        #expect(
            result
                == .later(
                    PlatformError(
                        name: "not_observed", text: "the platform does not observe 19/0/0 yet", source: .cloud)))
        #expect(world.channel.commands.isEmpty)
    }

    @Test func `raw data of 512 bytes of every value pass, more do not`() async throws {
        let world = makeRegisteredLwM2M()
        let payload = (0..<512).map { UInt8(truncatingIfNeeded: $0) }
        let digits = Hex.string(payload)
        world.channel.script(
            "AT+QLANOTIFY=19,0,0,2,512,\"\(digits)\",0,0", .ok, after: [(.seconds(1), "+QLANOTIFY: 0")])
        #expect(try await world.send(UplinkData(payload: payload, confirm: false, rai: 0)).result == .taken)
        let long = UplinkData(payload: payload + [0], confirm: false, rai: 0)
        #expect(name(of: try await world.send(long).result) == "refused too_long")
        #expect(LwM2MSession.uplinkLimit == 512)
    }

    /// 1024 bytes of a text that can stand between quotes (2.12, 2.13), else 512.
    @Test(arguments: [(LwM2MService.ctIoT, "QLANOTIFY=19,0,0,"), (.andlink, "QLASENDDATA=")])
    func `a long text passes as one`(service: LwM2MService, command: String) async throws {
        let objects = [ObjectDescription(id: 19, resources: [ResourceDescription(id: 0, kind: .string)])]
        let world = makeRegisteredLwM2M(service, objects: objects)
        func send(_ text: String) async throws -> String {
            let uplink = UplinkData(payload: Array(text.utf8), confirm: false, rai: 0)
            return name(of: try await world.send(uplink).result)
        }
        let text = String(repeating: "é,>", count: 256)
        let end = service == .andlink ? ",0" : ",0,0"
        world.channel.script(
            "AT+\(command)1,1024,\"\(text)\"\(end)", .ok,
            after: [(.seconds(1), service == .andlink ? "+QLASENDDATA: 0,7" : "+QLANOTIFY: 0")])
        #expect(try await send(text) == "taken")
        #expect(try await send(text + "a") == "refused too_long")
        #expect(try await send(String(repeating: "\"", count: 513)) == "refused too_long")
    }

    @Test(arguments: [("abcde", "1,5,\"abcde\""), ("a\"b", "2,3,\"612262\""), ("a\r\n", "2,3,\"610D0A\"")])
    func `raw data for a resource of text go as text where they can`(text: String, parameters: String) async throws {
        let objects = [ObjectDescription(id: 19, resources: [ResourceDescription(id: 0, kind: .string)])]
        let world = makeRegisteredLwM2M(objects: objects)
        world.channel.script(
            "AT+QLANOTIFY=19,0,0,\(parameters),0,0", .ok, after: [(.seconds(1), "+QLANOTIFY: 0")])
        let uplink = UplinkData(payload: Array(text.utf8), confirm: false, rai: 0)
        #expect(try await world.send(uplink).result == .taken)
    }
}
