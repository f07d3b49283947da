import AT
import Platforms
import Testing

/// The end of a registration (2.3.2), its renewal, and the settings before it (2.3.5 and 2.3.6).
@Suite struct DeregisterTests {
    @Test func `a connection is closed, and the module asked until it is`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(
            "AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"), .status("REGISTERED_AND_OBSERVED"),
            .status("REGISTERED_AND_OBSERVED"), .status("DEREGISTERED"))
        channel.script("AT+NCDPCLOSE", .ok)
        try await session.deregister()
        #expect(
            channel.commands == ["AT+NMSTATUS?", "AT+NCDPCLOSE", "AT+NMSTATUS?", "AT+NMSTATUS?", "AT+NMSTATUS?"])
        #expect(!session.maySend && session.registration == .deregistered)
    }

    @Test func `the questions come less and less often`() async {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"))
        channel.script("AT+NCDPCLOSE", .ok)
        let failure = await failure(of: { () throws(SessionFailure) in try await session.deregister() })
        #expect(failure?.name == "still_registered")
        let moments = channel.sent.dropFirst(2).map(\.at)
        let pauses = zip(moments, moments.dropFirst()).map { $1 - $0 }
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 + .milliseconds(40) })
        #expect(moments.count < 25)
        // The note's 124 s, and not without a last look.
        #expect(channel.sent.last.map { $0.at >= .seconds(124) } == true)
    }

    @Test func `an end in the last second is an end`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NCDPCLOSE", .ok)
        // 14 questions reach to 115 s.
        let still = Array(repeating: ScriptedChannel.Reply.status("REGISTERED_AND_OBSERVED"), count: 16)
        channel.scriptAll("AT+NMSTATUS?", still + [.status("DEREGISTERED")])
        try await session.deregister()
        #expect(channel.now > .seconds(115) && channel.now < .seconds(140))
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut, .status("NO_UE_IP")])
    func `a module that does not tell is believed`(reply: ScriptedChannel.Reply) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"), reply)
        channel.script("AT+NCDPCLOSE", .ok)
        try await session.deregister()
        #expect(channel.commands == ["AT+NMSTATUS?", "AT+NCDPCLOSE", "AT+NMSTATUS?"])
        #expect(!session.maySend)
    }

    @Test(arguments: ["DEREGISTERED", "UNINITIALISED"])
    func `what is not connected needs no closing`(state: String) async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status(state))
        try await session.deregister()
        #expect(channel.commands == ["AT+NMSTATUS?"])
    }

    @Test(arguments: ["+QLWEVTIND: 0", "+QLWEVTIND: 1"])
    func `a connection is never closed before the result of its opening`(result: String) async throws {
        let (session, channel) = makeSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERING"), .status("DEREGISTERED"))
        channel.script("AT+NCDPCLOSE", .ok)
        channel.report(result, after: .seconds(80))
        try await session.deregister()
        let close = try #require(channel.sent.first { $0.command == "AT+NCDPCLOSE" })
        #expect(close.at >= .seconds(80))
    }

    @Test func `an old result does not stand for the one that is awaited`() async throws {
        let (session, channel) = makeSession()
        _ = session.understand("+QLWEVTIND: 1")
        channel.script("AT+NMSTATUS?", .status("REGISTERING"), .status("DEREGISTERED"))
        channel.script("AT+NCDPCLOSE", .ok)
        channel.report("+QLWEVTIND: 0", after: .seconds(80))
        try await session.deregister()
        let close = try #require(channel.sent.first { $0.command == "AT+NCDPCLOSE" })
        #expect(close.at >= .seconds(80))
    }

    @Test func `a module that refuses to close says so`() async {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"))
        channel.script("AT+NCDPCLOSE", .code(955))
        #expect(
            await failure(of: { () throws(SessionFailure) in try await session.deregister() })
                == .failed(CTWingError.codes[955].published))
    }

    @Test func `an update is a new registration`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"), .status("DEREGISTERED"))
        channel.script("AT+NCDPCLOSE", .ok)
        channel.script(openCommand, .ok, after: [(.seconds(1), "+QLWEVTIND: 0"), (.seconds(2), "+QLWEVTIND: 3")])
        try await session.update(lifetime: nil)
        #expect(
            channel.commands == ["AT+NMSTATUS?", "AT+NCDPCLOSE", "AT+NMSTATUS?", "AT+NMSTATUS?", openCommand])
        #expect(session.maySend)
    }

    @Test func `an update with another lifetime asks for a restart`() async {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NCFG=0", .lines("+NCFG: 86400"))
        channel.script("AT+NCFG=0,7200", .ok)
        let failure = await failure(of: { () throws(SessionFailure) in try await session.update(lifetime: 7200) })
        #expect(failure == .needsRestart(reason: "the lifetime of 7200 s takes effect after a restart"))
    }

    @Test func `a lifetime that was asked for by an update outlives the restart that it needs`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NNMI=2", .ok)
        channel.script("AT+NCFG=0", .lines("+NCFG: 86400"), .lines("+NCFG: 7200"))
        channel.script("AT+NCFG=0,7200", .ok)
        _ = await failure(of: { () throws(SessionFailure) in try await session.update(lifetime: 7200) })
        session.moduleRestarted()
        try await session.prepare()
        #expect(channel.commands == ["AT+NCFG=0", "AT+NCFG=0,7200", "AT+NNMI=2", "AT+NCFG=0"])
    }

    @Test(arguments: [-1, 2_592_001, .max])
    func `a lifetime out of range reaches no module`(lifetime: Int) async {
        let (session, channel) = makeRegisteredSession()
        let failure = await failure(of: { () throws(SessionFailure) in try await session.update(lifetime: lifetime) })
        #expect(failure?.name == "bad_lifetime")
        #expect(channel.commands == [])
    }

    // MARK: prepare

    @Test(arguments: [
        (CTWingCommand.ReceiveMode.push, "AT+NNMI=1"), (.buffered, "AT+NNMI=2"), (.bufferedSilently, "AT+NNMI=0"),
    ])
    func `the receive mode is set`(mode: CTWingCommand.ReceiveMode, command: String) async throws {
        let (session, channel) = makeSession(mode: mode)
        channel.script(command, .ok)
        channel.script("AT+NCFG=0", .lines("+NCFG: 86400"))
        try await session.prepare()
        #expect(channel.commands == [command, "AT+NCFG=0"])
    }

    @Test(arguments: [(0, 0), (1, 900), (300, 900), (900, 900), (901, 901), (2_592_000, 2_592_000)])
    func `a lifetime that is set already is left alone`(wanted: Int, shown: Int) async throws {
        let (session, channel) = makeSession(lifetime: wanted)
        channel.script("AT+NNMI=2", .ok)
        channel.script("AT+NCFG=0", .lines("+NCFG: \(shown)"))
        try await session.prepare()
        #expect(channel.commands == ["AT+NNMI=2", "AT+NCFG=0"])
    }

    @Test func `a new lifetime asks for one restart and no more`() async throws {
        let (session, channel) = makeSession(lifetime: 7200)
        channel.script("AT+NNMI=2", .ok)
        channel.script("AT+NCFG=0", .lines("+NCFG: 0"))
        channel.script("AT+NCFG=0,7200", .ok)
        let first = await failure(of: { () throws(SessionFailure) in try await session.prepare() })
        #expect(first == .needsRestart(reason: "the lifetime of 7200 s takes effect after a restart"))
        session.moduleRestarted()
        // It never shows the new value: it is not restarted for ever.
        try await session.prepare()
        session.moduleRestarted()
        try await session.prepare()
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .ok, .timedOut, .lines("+NCFG: x")])
    func `a module that does not tell its lifetime is not restarted for it`(reply: ScriptedChannel.Reply) async throws {
        let (session, channel) = makeSession(lifetime: 7200)
        channel.script("AT+NNMI=2", .ok)
        channel.script("AT+NCFG=0", reply)
        channel.script("AT+NCFG=0,7200", .ok)
        try await session.prepare()
        #expect(channel.commands == ["AT+NNMI=2", "AT+NCFG=0", "AT+NCFG=0,7200"])
    }

    @Test func `a module that refuses a setting is not ready`() async {
        let (session, channel) = makeSession()
        channel.script("AT+NNMI=2", .code(3))
        #expect(
            await failure(of: { () throws(SessionFailure) in try await session.prepare() })
                == .failed(CTWingError.codes[3].published))
    }
}
