import AT
import Platforms
import Testing

/// From no registration to one that takes data (2.3.1 and 2.3.7).
@Suite struct RegisterTests {
    private let fresh = "UNINITIALISED"

    @Test(arguments: [
        "UNINITIALISED", "REJECTED_BY_SERVER", "TIMEOUT", "DEREGISTERED", "RESUMPTION_FAILED", "NO_UE_IP",
    ])
    func `a connection is opened, and ends with events 0 and 3`(state: String) async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(state))
        channel.script(openCommand, .ok, after: [(.seconds(5), "+QLWEVTIND: 0"), (.seconds(9), "+QLWEVTIND: 3")])
        try await session.register()
        #expect(channel.commands == ["AT+NMSTATUS?", openCommand])
        #expect(session.maySend && session.registration == .registeredAndObserved)
        #expect(channel.events.contains(.registration(.registered)))
        #expect(channel.events.last == .registration(.registeredAndObserved))
    }

    @Test func `events before the OK are not missed`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh))
        channel.script(openCommand, .ok, before: ["+QLWEVTIND: 0", "+QLWEVTIND: 3"], after: [])
        try await session.register()
        #expect(session.maySend)
        #expect(channel.now < .seconds(1))
    }

    @Test func `events of an earlier time are not taken for this one's`() async throws {
        let (session, channel) = makeRegisteredSession()
        _ = session.understand("+QLWEVTIND: 1")
        channel.script("AT+NMSTATUS?", .status("REJECTED_BY_SERVER"))
        channel.script(openCommand, .ok, after: [(.seconds(60), "+QLWEVTIND: 0"), (.seconds(70), "+QLWEVTIND: 3")])
        try await session.register()
        #expect(session.maySend)
        #expect(channel.now >= .seconds(70))
    }

    @Test(arguments: [
        ("REJECTED_BY_SERVER", "rejected_by_server"), ("TIMEOUT", "timeout"), ("UNINITIALISED", "registration_failed"),
        ("NO_UE_IP", "registration_failed"),
    ])
    func `event 1 is explained by the module's status`(state: String, name: String) async {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh), .status(state))
        channel.script(openCommand, .ok, after: [(.seconds(3), "+QLWEVTIND: 1")])
        let failure = await failure(of: { () throws(SessionFailure) in try await session.register() })
        #expect(failure?.name == name)
        if case .failed(let error) = failure { #expect(error.source == .cloud) }
        #expect(!session.maySend)
        #expect(channel.commands == ["AT+NMSTATUS?", openCommand, "AT+NMSTATUS?"])
    }

    @Test func `a result that does not come within 130 s is asked for, and found`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh), .status("REGISTERED_AND_OBSERVED"))
        channel.script(openCommand, .ok)
        try await session.register()
        #expect(session.maySend)
        // The note's 126 s are over.
        #expect(channel.sent.last?.command == "AT+NMSTATUS?")
        #expect(channel.sent.last.map { $0.at > .seconds(126) } == true)
        #expect(channel.now < .seconds(135))
    }

    @Test func `a result that never comes is a failure`() async {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh), .status("REGISTERING"))
        channel.script(openCommand, .ok)
        let failure = await failure(of: { () throws(SessionFailure) in try await session.register() })
        #expect(failure?.name == "registration_failed")
        #expect(!session.maySend)
        #expect(channel.now > .seconds(126))
    }

    @Test func `an encrypted connection may take longer`() async throws {
        let (session, channel) = makeSession(psk: "00112233")
        channel.script("AT+NMSTATUS?", .status(fresh))
        channel.script(
            openCommand + ",00112233", .ok, after: [(.seconds(250), "+QLWEVTIND: 0"), (.seconds(251), "+QLWEVTIND: 3")])
        try await session.register()
        #expect(session.maySend)
    }

    @Test func `connected but never observed is a failure that says so`() async {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh), .status("REGISTERED"))
        channel.script(openCommand, .ok, after: [(.seconds(3), "+QLWEVTIND: 0")])
        let failure = await failure(of: { () throws(SessionFailure) in try await session.register() })
        #expect(failure?.name == "not_observed")
        #expect(!session.maySend && session.registration == .registered)
    }

    @Test func `an observation whose report was lost is found by asking`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh), .status("REGISTERED_AND_OBSERVED"))
        channel.script(openCommand, .ok, after: [(.seconds(3), "+QLWEVTIND: 0")])
        try await session.register()
        #expect(session.maySend)
    }

    @Test func `a module that is registered already is left alone`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"))
        try await session.register()
        #expect(channel.commands == ["AT+NMSTATUS?"])
        #expect(session.maySend)
    }

    @Test func `a module that is connected and then observed needs no new connection`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED"))
        channel.report("+QLWEVTIND: 3", after: .seconds(20))
        try await session.register()
        #expect(channel.commands == ["AT+NMSTATUS?"])
        #expect(session.maySend)
    }

    @Test func `a module that is connected and not observed is disconnected first`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED"), .status("REGISTERED"), .status("DEREGISTERED"))
        channel.script("AT+NCDPCLOSE", .ok)
        channel.script(openCommand, .ok, after: [(.seconds(1), "+QLWEVTIND: 0"), (.seconds(2), "+QLWEVTIND: 3")])
        try await session.register()
        #expect(
            channel.commands == ["AT+NMSTATUS?", "AT+NMSTATUS?", "AT+NCDPCLOSE", "AT+NMSTATUS?", openCommand])
        #expect(session.maySend)
    }

    @Test func `a connection that is under way is awaited, not opened again`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERING"))
        channel.report("+QLWEVTIND: 0", after: .seconds(50))
        channel.report("+QLWEVTIND: 3", after: .seconds(60))
        try await session.register()
        #expect(channel.commands == ["AT+NMSTATUS?"])
        #expect(session.maySend)
    }

    @Test func `an old event 1 does not end the wait for a connection that is under way`() async throws {
        let (session, channel) = makeSession()
        _ = session.understand("+QLWEVTIND: 1")
        channel.script("AT+NMSTATUS?", .status("REGISTERING"))
        channel.report("+QLWEVTIND: 0", after: .seconds(50))
        channel.report("+QLWEVTIND: 3", after: .seconds(60))
        try await session.register()
        #expect(channel.commands == ["AT+NMSTATUS?"])
        #expect(session.maySend)
    }

    @Test func `a connection that was under way and failed is opened anew`() async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERING"))
        channel.report("+QLWEVTIND: 1", after: .seconds(50))
        channel.script(openCommand, .ok, after: [(.seconds(1), "+QLWEVTIND: 0"), (.seconds(2), "+QLWEVTIND: 3")])
        try await session.register()
        #expect(channel.commands == ["AT+NMSTATUS?", openCommand])
        #expect(session.maySend)
    }

    @Test(
        arguments: [
            (.code(951), .failed(CTWingError.codes[951].published)),
            (.code(7777), .failed(CTWingError.codes[7777].published)),
            (
                .error,
                .failed(
                    PlatformError(
                        name: "ERROR", text: "the module refused AT+NCDPOPEN=\"221.229.214.202\",5683 without a code",
                        source: .module))
            ),
            (
                .timedOut,
                .failed(
                    PlatformError(
                        name: "no_answer", text: "the module did not answer AT+NCDPOPEN=\"221.229.214.202\",5683",
                        source: .module))
            ),
            (.lost(.reset("RDY")), .lost(.reset("RDY"))),
        ] as [(ScriptedChannel.Reply, SessionFailure)])
    func `a connection that is refused says why`(reply: ScriptedChannel.Reply, expected: SessionFailure) async {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh))
        channel.script(openCommand, reply)
        #expect(await failure(of: { () throws(SessionFailure) in try await session.register() }) == expected)
        #expect(!session.maySend)
    }

    @Test func `a refusal does not show the key`() async {
        let (session, channel) = makeSession(psk: "00112233")
        channel.script("AT+NMSTATUS?", .status(fresh))
        channel.script(openCommand + ",00112233", .error)
        guard case .failed(let error) = await failure(of: { () throws(SessionFailure) in try await session.register() })
        else {
            Issue.record("it should fail")
            return
        }
        #expect(!error.text.contains("00112233"))
    }

    @Test func `a line that is lost while the result is awaited ends the wait`() async {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(fresh))
        channel.script(openCommand, .ok)
        channel.lose(.closed("gone"), after: .seconds(40))
        #expect(
            await failure(of: { () throws(SessionFailure) in try await session.register() }) == .lost(.closed("gone")))
    }

    /// The platform has broken the connection, but NMSTATUS may go on saying that it is there (3.1, event 10).
    @Test(arguments: [-1, 7, 10])
    func `a broken connection is opened anew though the module still shows it`(event: Int) async throws {
        let (session, channel) = makeRegisteredSession()
        _ = session.understand(Line(Array("+QLWEVTIND: \(event)".utf8)))
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"), .status("DEREGISTERED"))
        channel.script("AT+NCDPCLOSE", .ok)
        channel.script(openCommand, .ok, after: [(.seconds(1), "+QLWEVTIND: 0"), (.seconds(2), "+QLWEVTIND: 3")])
        try await session.refresh(counts: channel)
        #expect(!session.maySend)
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"), .status("DEREGISTERED"))
        try await session.register()
        #expect(channel.commands.suffix(2) == ["AT+NMSTATUS?", openCommand])
        #expect(session.maySend)
    }

    @Test func `a broken connection that the module cannot close is opened all the same`() async throws {
        let (session, channel) = makeRegisteredSession()
        _ = session.understand("+QLWEVTIND: 10")
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"))
        channel.script("AT+NCDPCLOSE", .error)
        channel.script(openCommand, .ok, after: [(.seconds(1), "+QLWEVTIND: 0"), (.seconds(2), "+QLWEVTIND: 3")])
        try await session.register()
        #expect(session.maySend)
    }
}

extension CTWingSession {
    /// Asks for the state, with a module that has dropped nothing.
    func refresh(counts channel: ScriptedChannel) async throws(SessionFailure) {
        channel.script("AT+NQMGR", .ok(["BUFFERED=0,RECEIVED=0,DROPPED=0"]))
        try await refresh()
    }
}
