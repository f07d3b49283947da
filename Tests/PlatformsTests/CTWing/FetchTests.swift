import AT
import Platforms
import Testing

/// What the module has buffered (2.3.4), and what it has dropped (2.3.9).
@Suite struct FetchTests {
    private let none = "BUFFERED=0,RECEIVED=0,DROPPED=0"

    private func fetch(_ session: CTWingSession) async throws(SessionFailure) -> [[UInt8]] {
        var data: [[UInt8]] = []
        try await session.fetch { data.append($0) }
        return data
    }

    @Test func `messages are fetched until there are none, in order`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script(
            "AT+NMGR", .lines("+NMGR: 4,AAAA0000"), .lines("+NMGR:1,\"ff\""), .lines("+NMGR: 0,"), .ok)
        channel.script("AT+NQMGR", .lines(none))
        #expect(try await fetch(session) == [[0xAA, 0xAA, 0, 0], [0xFF], []])
        #expect(channel.commands == ["AT+NMGR", "AT+NMGR", "AT+NMGR", "AT+NMGR", "AT+NQMGR"])
    }

    @Test func `each message is handed over before the next is asked for`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .lines("+NMGR: 1,01"), .lines("+NMGR: 1,02"), .ok)
        channel.script("AT+NQMGR", .lines(none))
        var asked: [Int] = []
        try await session.fetch { _ in asked.append(channel.sent.count) }
        #expect(asked == [1, 2])
    }

    @Test(arguments: [ScriptedChannel.Reply.ok, .error, .code(801), .timedOut])
    func `an empty buffer ends it, however the module says so`(reply: ScriptedChannel.Reply) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .lines("+NMGR: 1,01"), reply)
        channel.script("AT+NQMGR", .error)
        #expect(try await fetch(session) == [[1]])
    }

    @Test func `a message that cannot be read does not hold up the next`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .lines("+NMGR: 5,AAAA0000"), .lines("+NMGR: 1,02"), .ok)
        channel.script("AT+NQMGR", .lines(none))
        #expect(try await fetch(session) == [[2]])
        // Nor does it vanish without a word.
        let event = SessionEvent.other(
            name: "malformed_report", detail: [Detail("line", .text("+NMGR: 5,AAAA0000"))])
        #expect(session.takeFindings() == [event])
        #expect(session.takeFindings() == [])
    }

    @Test func `a module that repeats what cannot be read is not asked for ever`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .lines("+NMGR: garbage"))
        channel.script("AT+NQMGR", .lines(none))
        #expect(try await fetch(session) == [])
        #expect(channel.commands.count < 20)
    }

    @Test func `two messages in one answer are two`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .lines("+NMGR: 1,01", "+NMGR: 1,02"), .ok)
        channel.script("AT+NQMGR", .lines(none))
        #expect(try await fetch(session) == [[1], [2]])
    }

    @Test func `an update that begins meanwhile leaves the rest for later`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .lines("+NMGR: 1,01"), .lines("+NMGR: 1,02"), .ok)
        channel.script("AT+NQMGR", .lines(none))
        var data: [[UInt8]] = []
        try await session.fetch {
            data.append($0)
            _ = session.understand(Line("+QIND: \"FOTA\",\"DOWNLOAD START\""))
        }
        #expect(data == [[1]] && channel.commands == ["AT+NMGR"])
        _ = session.understand(Line("+QIND: \"FOTA\",\"DOWNLOAD\",4"))
        #expect(try await fetch(session) == [[2]])
    }

    @Test func `a line that is lost ends it with what was handed over`() async {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .lines("+NMGR: 1,01"), .lost(.reset("RDY")))
        var data: [[UInt8]] = []
        let failure = await failure(of: { () throws(SessionFailure) in try await session.fetch { data.append($0) } })
        #expect(failure == .lost(.reset("RDY")))
        #expect(data == [[1]])
    }

    @Test func `dropped messages are counted as they come`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMGR", .ok)
        channel.script(
            "AT+NQMGR", .lines("BUFFERED=0,RECEIVED=34,DROPPED=2"), .lines("BUFFERED=0,RECEIVED=40,DROPPED=2"),
            .lines("BUFFERED=8,RECEIVED=50,DROPPED=5"))
        for expected in [2, 2, 5] {
            _ = try await fetch(session)
            #expect(session.droppedByModule == expected)
        }
    }

    @Test func `a counter that begins anew is added, whether the restart was seen or not`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"))
        channel.script(
            "AT+NQMGR", .lines("BUFFERED=0,RECEIVED=9,DROPPED=5"), .lines("BUFFERED=0,RECEIVED=3,DROPPED=1"),
            .lines("BUFFERED=0,RECEIVED=9,DROPPED=4"))
        try await session.refresh()
        #expect(session.droppedByModule == 5)
        try await session.refresh()
        #expect(session.droppedByModule == 6)
        session.moduleRestarted()
        try await session.refresh()
        #expect(session.droppedByModule == 10)
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut, .lines("BUFFERED=x"), .ok])
    func `a module that does not count changes nothing`(reply: ScriptedChannel.Reply) async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMSTATUS?", .status("REGISTERED_AND_OBSERVED"))
        channel.script("AT+NQMGR", reply)
        try await session.refresh()
        #expect(session.droppedByModule == 0 && session.maySend)
    }

    @Test func `refreshing asks for the registration`() async throws {
        let (session, channel) = makeRegisteredSession()
        channel.script("AT+NMSTATUS?", .status("TIMEOUT"))
        channel.script("AT+NQMGR", .lines(none))
        try await session.refresh()
        #expect(session.registration == .timeout && !session.maySend)
    }
}
