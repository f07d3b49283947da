import AT
import Platforms
import Testing

/// How a confirmed uplink ends (3.7, 4.4), and what a lost answer means.
@Suite struct AndlinkConfirmationTests {
    private static let binary: [UInt8] = [0, 0x0D, 0x0A, 0x22, 0x1B, 0x1A, 0xFF]
    private static let text = Array("v=20".utf8)

    private func send(
        _ world: AndlinkWorld, _ payload: [UInt8] = binary, confirm: Bool = false, rai: UInt8 = 0
    ) async throws(SessionFailure) -> (result: SendResult, taken: Int) {
        var taken = 0
        let uplink = UplinkData(payload: payload, confirm: confirm, rai: rai)
        let result = try await world.session.send(uplink) { taken += 1 }
        return (result, taken)
    }

    @Test(
        arguments: [(2, "uplink_failed"), (3, "uplink_timed_out")], [true, false])
    func `status 2 and 3 are no acknowledgement, before the OK and after it`(
        row: (code: Int, name: String), before: Bool
    ) async throws {
        let world = AndlinkWorld(isRegistered: true)
        let line = "+QLADATASTATUS:\(row.code)"
        world.channel.script(
            "AT+QLASENDDATA=0x0100,7", .ok, before: before ? [line] : [], after: before ? [] : [(.seconds(1), line)])
        guard case .unacknowledged(let error) = try await send(world, confirm: true).result else {
            Issue.record("it is not acknowledged")
            return
        }
        #expect(error.code == row.code && error.name == row.name && error.source == .cloud)
        #expect(world.session.maySend)
    }

    @Test(arguments: [true, false])
    func `status 5 asks for a new registration, before the OK and after it`(before: Bool) async throws {
        let world = AndlinkWorld(isRegistered: true)
        let line = "+QLADATASTATUS:5"
        world.channel.script(
            "AT+QLASENDDATA=0x0100,7", .ok, before: before ? [line] : [], after: before ? [] : [(.seconds(1), line)])
        guard case .needsRegistration(let error) = try await send(world, confirm: true).result else {
            Issue.record("a registration is needed")
            return
        }
        #expect(error.code == 5 && error.name == "uplink_reset_by_platform" && error.source == .cloud)
        #expect(!world.session.maySend)
    }

    @Test func `an acknowledgement of an earlier uplink does not count`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        _ = world.hear("+QLADATASTATUS:4")
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok, after: [(.seconds(30), "+QLADATASTATUS:3")])
        #expect(try await send(world, confirm: true).result != .delivered)
        #expect(world.channel.now >= .seconds(30))
    }

    @Test(
        arguments: [
            ("+QLADATASTATUS:4", true, nil), ("+QLAULDATASTATUS:4", true, nil), ("+QLADATASTATUS: 0", false, 0),
            ("+QLADATASTATUS:1", false, 1), ("+QLADATASTATUS:2", false, 2), ("+QLADATASTATUS:3", false, 3),
            ("+QLADATASTATUS:9", false, 9), ("+QLADATASTATUS:x", false, nil),
        ] as [(String, Bool, Int?)])
    func `without a report the module is asked`(answer: String, isDelivered: Bool, code: Int?) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok)
        world.channel.script("AT+QLADATASTATUS?", .lines(answer))
        let result = try await send(world, confirm: true).result
        if isDelivered {
            #expect(result == .delivered)
        } else if case .unacknowledged(let error) = result {
            #expect(error.code == code)
        } else {
            Issue.record("\(result)")
        }
        #expect(world.channel.sent.last.map { $0.at > .seconds(124) } == true)
    }

    @Test func `the name that the module knows for the status is remembered`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok)
        world.channel.script("AT+QLADATASTATUS?", .error)
        world.channel.script("AT+QLAULDATASTATUS?", .lines("+QLAULDATASTATUS:4"))
        #expect(try await send(world, confirm: true).result == .delivered)
        #expect(try await send(world, confirm: true).result == .delivered)
        #expect(
            world.channel.commands == [
                "AT+QLASENDDATA=0x0100,7", "AT+QLADATASTATUS?", "AT+QLAULDATASTATUS?", "AT+QLASENDDATA=0x0100,7",
                "AT+QLAULDATASTATUS?",
            ])
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut])
    func `a module that knows neither name has not acknowledged`(reply: ScriptedChannel.Reply) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok)
        world.channel.script("AT+QLADATASTATUS?", reply)
        world.channel.script("AT+QLAULDATASTATUS?", .error)
        guard case .unacknowledged(let error) = try await send(world, confirm: true).result else {
            Issue.record("it is not acknowledged")
            return
        }
        #expect(error.code == nil && error.name == "uplink_not_acknowledged")
    }

    @Test func `an answer is no report of the uplink after it`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok)
        // The same bytes reach both sides.
        world.channel.script("AT+QLADATASTATUS?", .lines("+QLADATASTATUS:5"), before: ["+QLADATASTATUS:5"], after: [])
        guard case .needsRegistration = try await send(world, confirm: true).result else {
            Issue.record("a registration is needed")
            return
        }
        #expect(!world.channel.events.contains { if case .registrationLost = $0 { true } else { false } })
    }

    @Test func `an uplink whose registration ends is not waited for any longer`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok, after: [(.seconds(5), "+QLAEVTIND:1")])
        world.channel.script("AT+QLADATASTATUS?", .lines("+QLADATASTATUS:1"))
        world.channel.script("AT+QLASTATUS?", .lines("+QLASTATUS:DEREGISTERED"))
        guard case .unacknowledged = try await send(world, confirm: true).result else {
            Issue.record("it is not acknowledged")
            return
        }
        #expect(world.channel.now < .seconds(6) && !world.session.maySend)
    }

    @Test func `an end of the registration that the module takes back ends no uplink`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script(
            "AT+QLASENDDATA=0x0100,7", .ok,
            after: [(.seconds(5), "+QLAEVTIND:1"), (.seconds(9), "+QLADATASTATUS:4")])
        world.channel.script("AT+QLADATASTATUS?", .lines("+QLADATASTATUS:1"))
        world.channel.script("AT+QLASTATUS?", .lines("+QLASTATUS:MO_DATA_ENABLED"))
        #expect(try await send(world, confirm: true).result == .delivered)
        #expect(world.channel.now >= .seconds(9) && world.session.maySend)
        #expect(world.channel.commands.filter { $0.hasPrefix("AT+QLASENDDATA") }.count == 1)
    }

    @Test(arguments: [("+QLADATASTATUS:1", true), ("+QLADATASTATUS:4", false), ("+QLADATASTATUS:0", false)])
    func `what a session before this one has sent is waited for first, once`(
        _ status: String, _ isUnderWay: Bool
    ) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .lines("+QLASTATUS:MO_DATA_ENABLED"))
        try await world.session.register()
        world.channel.script(
            "AT+QLADATASTATUS?", .lines(status), before: [],
            after: isUnderWay ? [(.seconds(3), "+QLADATASTATUS:4")] : [])
        let send = "AT+QLASENDDATA=0x0100,7"
        world.channel.script(send, .ok, after: [(.seconds(1), "+QLADATASTATUS:4")])
        #expect(try await self.send(world, confirm: true).result == .delivered)
        #expect(world.channel.now >= .seconds(isUnderWay ? 4 : 1))
        #expect(try await self.send(world, confirm: true).result == .delivered)
        #expect(world.channel.commands == ["AT+QLASTATUS?", "AT+QLADATASTATUS?", send, send])
    }

    // MARK: Lost answers

    @Test func `an unconfirmed uplink without an answer may or may not have gone`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0000,4", .timedOut)
        guard case .unknown(let error) = try await send(world, Self.text).result else {
            Issue.record("it is unknown")
            return
        }
        #expect(error.name == "outcome_unknown")
        // Nor is it sent in another form.
        #expect(world.channel.commands == ["AT+QLASENDDATA=0x0000,4"])
    }

    @Test(
        arguments: [
            ("+QLADATASTATUS:4", true), ("+QLADATASTATUS:0", false), ("+QLADATASTATUS:3", false),
            ("+QLADATASTATUS:5", false),
        ])
    func `a confirmed uplink without an answer is asked for`(answer: String, isDelivered: Bool) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .timedOut)
        world.channel.script("AT+QLADATASTATUS?", .lines(answer))
        let (result, taken) = try await send(world, confirm: true)
        #expect(taken == 0)
        if isDelivered {
            #expect(result == .delivered)
        } else if case .unacknowledged(let error) = result {
            #expect(error.name == "outcome_unknown")
        } else {
            Issue.record("\(result)")
        }
    }

    @Test func `a delivery of the uplink before proves nothing`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok, after: [(.seconds(1), "+QLADATASTATUS:4")])
        #expect(try await send(world, confirm: true).result == .delivered)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .timedOut)
        world.channel.script("AT+QLADATASTATUS?", .lines("+QLADATASTATUS:4"))
        guard case .unacknowledged = try await send(world, confirm: true).result else {
            Issue.record("it is sent again")
            return
        }
    }

    @Test func `a confirmed uplink that still waits is waited for`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .timedOut)
        world.channel.script(
            "AT+QLADATASTATUS?", .lines("+QLADATASTATUS:1"), after: [(.seconds(60), "+QLADATASTATUS:4")])
        #expect(try await send(world, confirm: true).result == .delivered)
    }
}
