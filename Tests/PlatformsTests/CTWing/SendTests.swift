import AT
import Platforms
import Testing

/// One attempt to send (2.3.3), and every way it may end.
@Suite struct SendTests {
    private static let payload: [UInt8] = [1, 0xAB]
    private func command(_ type: Int) -> String { "AT+NMGS=2,01AB,\(type)" }

    private func uplink(confirm: Bool, rai: UInt8 = 0) -> UplinkData {
        UplinkData(payload: Self.payload, confirm: confirm, rai: rai)
    }

    private func send(
        _ session: CTWingSession, confirm: Bool, rai: UInt8 = 0
    ) async throws(SessionFailure) -> (result: SendResult, taken: Int) {
        var taken = 0
        let result = try await session.send(uplink(confirm: confirm, rai: rai)) { taken += 1 }
        return (result, taken)
    }

    @Test(arguments: [UInt8(0), 1, 2])
    func `an unconfirmed uplink ends with the module's OK`(rai: UInt8) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(Int(rai)), .ok)
        let (result, taken) = try await send(session, confirm: false, rai: rai)
        #expect(result == .taken && taken == 1)
        #expect(channel.sent.map(\.priority) == [.uplink])
    }

    @Test(arguments: [UInt8(0), 1, 2])
    func `a confirmed uplink ends with event 4`(rai: UInt8) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(100 + Int(rai)), .ok, after: [(.seconds(100), "+QLWEVTIND: 4")])
        let (result, taken) = try await send(session, confirm: true, rai: rai)
        #expect(result == .delivered && taken == 1)
        #expect(channel.commands == [command(100 + Int(rai))])
        #expect(channel.now >= .seconds(100))
    }

    @Test(arguments: [true, false])
    func `event 5 is no acknowledgement, before the OK and after it`(before: Bool) async throws {
        let (session, channel) = makeRegisteredSession()
        let line = "+QLWEVTIND: 5"
        channel.script(command(100), .ok, before: before ? [line] : [], after: before ? [] : [(.seconds(1), line)])
        let result = try await send(session, confirm: true).result
        #expect(
            result
                == .unacknowledged(
                    PlatformError(
                        code: 5, name: "uplink_not_acknowledged", text: "the platform did not acknowledge the uplink",
                        source: .cloud)))
        #expect(session.maySend)
    }

    @Test(arguments: [true, false])
    func `event 10 asks for a new connection, before the OK and after it`(before: Bool) async throws {
        let (session, channel) = makeRegisteredSession()
        let line = "+QLWEVTIND: 10"
        channel.script(command(100), .ok, before: before ? [line] : [], after: before ? [] : [(.seconds(1), line)])
        guard case .needsRegistration(let error) = try await send(session, confirm: true).result else {
            Issue.record("a registration is needed")
            return
        }
        #expect(error.code == 10 && error.name == "uplink_reset_by_platform" && error.source == .cloud)
        #expect(!session.maySend)
    }

    @Test func `an acknowledgement before the OK counts`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(100), .ok, before: ["+QLWEVTIND: 4"], after: [])
        #expect(try await send(session, confirm: true).result == .delivered)
    }

    @Test func `an acknowledgement of an earlier uplink does not count`() async throws {
        let (session, channel) = makeRegisteredSession()
        _ = session.understand("+QLWEVTIND: 4")
        channel.script(command(100), .ok, after: [(.seconds(30), "+QLWEVTIND: 5")])
        let result = try await send(session, confirm: true).result
        #expect(result != .delivered)
        #expect(channel.now >= .seconds(30))
    }

    @Test(
        arguments: [
            ("+QLWULDATASTATUS: 4", true, nil), ("+QLWULDATASTATUS:4", true, nil), ("+QLWULDATASTATUS: 0", false, 0),
            ("+QLWULDATASTATUS: 1", false, 1), ("+QLWULDATASTATUS: 2", false, 2), ("+QLWULDATASTATUS: 3", false, 3),
            ("+QLWULDATASTATUS: 9", false, 9), ("+QLWULDATASTATUS: x", false, nil),
        ] as [(String, Bool, Int?)])
    func `without an event the module is asked`(answer: String, isDelivered: Bool, code: Int?) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(100), .ok)
        channel.script("AT+QLWULDATASTATUS?", .lines(answer))
        let result = try await send(session, confirm: true).result
        if isDelivered {
            #expect(result == .delivered)
        } else {
            let error = PlatformError(
                code: code, name: "uplink_not_acknowledged",
                text: "the platform did not acknowledge the uplink in time", source: .cloud)
            #expect(result == .unacknowledged(error))
        }
        // Not before the module's own 124 s are over.
        #expect(channel.sent.last.map { $0.at > .seconds(124) } == true)
    }

    @Test func `without an event, a status of 5 asks for a new connection`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(100), .ok)
        channel.script("AT+QLWULDATASTATUS?", .lines("+QLWULDATASTATUS: 5"))
        guard case .needsRegistration = try await send(session, confirm: true).result else {
            Issue.record("a registration is needed")
            return
        }
        #expect(!session.maySend)
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut, .ok])
    func `a module that does not know either has not delivered`(reply: ScriptedChannel.Reply) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(100), .ok)
        channel.script("AT+QLWULDATASTATUS?", reply)
        guard case .unacknowledged(let error) = try await send(session, confirm: true).result else {
            Issue.record("it is not acknowledged")
            return
        }
        #expect(error.code == nil)
    }

    @Test func `an unconfirmed uplink without an answer may or may not have been sent`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(0), .timedOut)
        let (result, taken) = try await send(session, confirm: false)
        guard case .unknown(let error) = result else {
            Issue.record("its outcome is not known")
            return
        }
        #expect(error.name == "outcome_unknown" && taken == 0)
        #expect(channel.commands == [command(0)])
    }

    @Test(arguments: [
        (["+QLWEVTIND: 4"], "+QLWULDATASTATUS: 1", true), ([], "+QLWULDATASTATUS: 4", true),
        ([], "+QLWULDATASTATUS: 0", false),
    ])
    func `a confirmed uplink without an answer is asked for and not repeated blindly`(
        events: [String], status: String, isDelivered: Bool
    ) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(100), .timedOut, after: events.map { (.seconds(20), $0) })
        channel.script("AT+QLWULDATASTATUS?", .lines(status))
        let result = try await send(session, confirm: true).result
        #expect((result == .delivered) == isDelivered)
        #expect(channel.commands.filter { $0.hasPrefix("AT+NMGS") }.count == 1)
    }

    // MARK: Refusals

    @Test(arguments: ErrorTests.table.filter { $0.remedy == .giveUp }.map(\.code), [true, false])
    func `an uplink that is at fault is refused for good`(code: Int, confirm: Bool) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(confirm ? 100 : 0), .code(code))
        let (result, taken) = try await send(session, confirm: confirm)
        #expect(result == .refused(CTWingError.codes[code].published) && taken == 0)
    }

    @Test(arguments: ErrorTests.table.filter { $0.remedy == .tryLater }.map(\.code) + [50, 55, 302, 304, 308])
    func `a network or module that is busy is tried later`(code: Int) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(0), .code(code))
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"))
        #expect(try await send(session, confirm: false).result == .later(CTWingError.codes[code].published))
        #expect(session.maySend)
    }

    @Test(arguments: ErrorTests.table.filter { $0.remedy == .register }.map(\.code))
    func `without a session the module is registered anew, whatever it shows`(code: Int) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(0), .code(code))
        #expect(try await send(session, confirm: false).result == .needsRegistration(CTWingError.codes[code].published))
        #expect(!session.maySend)
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"), .status("DEREGISTERED"))
        channel.script("AT+NCDPCLOSE", .ok)
        channel.script(openCommand, .ok, after: [(.seconds(1), "+QLWEVTIND: 0"), (.seconds(2), "+QLWEVTIND: 3")])
        try await session.register()
        #expect(channel.commands.last == openCommand)
        #expect(session.maySend)
    }

    @Test func `an engine that wants a restart gets one, and no second before it has worked again`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(0), .code(953))
        let expected = SessionFailure.needsRestart(reason: "the module's engine has failed and wants a restart")
        let first = await failure(of: { () throws(SessionFailure) in _ = try await send(session, confirm: false) })
        #expect(first == expected)
        session.moduleRestarted()
        #expect(try await send(session, confirm: false).result == .later(CTWingError.codes[953].published))
        channel.script(command(0), .ok)
        #expect(try await send(session, confirm: false).result == .taken)
        channel.script(command(0), .code(953))
        let again = await failure(of: { () throws(SessionFailure) in _ = try await send(session, confirm: false) })
        #expect(again == expected)
    }

    @Test func `an engine that wants a restart gets one when it will not connect either`() async {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status("UNINITIALISED"))
        channel.script(openCommand, .code(953))
        let first = await failure(of: { () throws(SessionFailure) in try await session.register() })
        #expect(first == .needsRestart(reason: "the module's engine has failed and wants a restart"))
        session.moduleRestarted()
        let second = await failure(of: { () throws(SessionFailure) in try await session.register() })
        #expect(second == .failed(CTWingError.codes[953].published))
    }

    @Test(
        arguments: [
            (.error, "REGISTERED_AND_OBSERVED", true), (.code(1), "REGISTERED_AND_OBSERVED", true),
            (.code(801), "REGISTERED_AND_OBSERVED", true), (.code(7777), "REGISTERED_AND_OBSERVED", true),
            (.refused(.text("SIM busy")), "REGISTERED_AND_OBSERVED", true), (.error, "NO_UE_IP", true),
            (.error, "DEREGISTERED", false), (.code(1), "REGISTERED", false),
            (.code(7777), "REJECTED_BY_SERVER", false),
        ] as [(ScriptedChannel.Reply, String, Bool)])
    func `what an error that says nothing means, the registration tells`(
        reply: ScriptedChannel.Reply, state: String, isUnclear: Bool
    ) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(0), reply)
        channel.script("AT+NMSTATUS?", .status(state))
        let result = try await send(session, confirm: false).result
        switch result {
        case .unclear: #expect(isUnclear)
        case .needsRegistration: #expect(!isUnclear)
        default: Issue.record("\(result)")
        }
    }

    @Test(arguments: [LineLoss.closed("gone"), .reset("RDY"), .unresponsive])
    func `a lost line is thrown`(loss: LineLoss) async {
        let (session, channel) = makeRegisteredSession()
        channel.script(command(100), .lost(loss))
        let first = await failure(of: { () throws(SessionFailure) in _ = try await send(session, confirm: true) })
        #expect(first == .lost(loss))
        channel.script(command(100), .ok)
        channel.lose(loss, after: .seconds(10))
        let second = await failure(of: { () throws(SessionFailure) in _ = try await send(session, confirm: true) })
        #expect(second == .lost(loss))
    }
}
