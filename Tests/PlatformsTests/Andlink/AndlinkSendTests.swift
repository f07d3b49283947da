import AT
import Platforms
import Testing

/// One attempt to send (3.5, 3.7, 4.4), and every way it may end.
@Suite struct AndlinkSendTests {
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

    @Test(arguments: [(UInt8(0), "0x0000"), (1, "0x0001"), (2, "0x0010")])
    func `an unconfirmed uplink ends with the module's OK`(rai: UInt8, mode: String) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=\(mode),7", .ok)
        let (result, taken) = try await send(world, rai: rai)
        #expect(result == .taken && taken == 1)
        #expect(world.channel.sent.map(\.priority) == [.uplink])
        #expect(world.recording.payload == Self.binary)
    }

    @Test(
        arguments: [(UInt8(0), "0x0100"), (1, "0x0101"), (2, "0x0101")], ["+QLADATASTATUS:4", "+QLAULDATASTATUS: 4"])
    func `a confirmed uplink ends with status 4`(row: (rai: UInt8, mode: String), report: String) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script(
            "AT+QLASENDDATA=\(row.mode),7", .ok, after: [(.seconds(1), "+QLADATASTATUS:1"), (.seconds(100), report)])
        let (result, taken) = try await send(world, confirm: true, rai: row.rai)
        #expect(result == .delivered && taken == 1)
        #expect(world.channel.now >= .seconds(100))
    }

    @Test(arguments: [1, 1023, 1024])
    func `1 to 1024 bytes go, all of them`(count: Int) async throws {
        let world = AndlinkWorld(isRegistered: true)
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        world.channel.script("AT+QLASENDDATA=0x0000,\(count)", .ok)
        #expect(try await send(world, payload).result == .taken)
        #expect(world.recording.payload == payload)
    }

    @Test(arguments: [0, 1025])
    func `no bytes and too many are refused and reach no module`(count: Int) async throws {
        let world = AndlinkWorld(isRegistered: true)
        guard case .refused(let error) = try await send(world, Array(repeating: 1, count: count)).result else {
            Issue.record("it is refused")
            return
        }
        #expect(error.name == "bad_length" && error.source == .bridge)
        #expect(world.channel.commands.isEmpty)
    }

    @Test(
        arguments: [
            (.opaque([1, 0, 2]), [1, 0, 2]), (.string("{\"a\":1}"), Array("{\"a\":1}".utf8)), (.integer(-5), [45, 53]),
            (.boolean(true), Array("true".utf8)),
        ] as [(ResourceValue, [UInt8])])
    func `a value goes as its bytes`(value: ResourceValue, bytes: [UInt8]) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0000,\(bytes.count)", .ok)
        let reading = ResourceReading(AndlinkSession.defaultDataDown, value)
        let uplink = UplinkData(payload: [], readings: [reading], confirm: false, rai: 0)
        #expect(try await world.session.send(uplink, taken: {}) == .taken)
        #expect(world.recording.payload == bytes)
        let two = UplinkData(payload: [], readings: [reading, reading], confirm: false, rai: 0)
        guard case .refused = try await world.session.send(two, taken: {}) else {
            Issue.record("two are refused")
            return
        }
    }

    // MARK: The direct form

    @Test(arguments: [ScriptedChannel.Reply.error, .code(4), .code(50), .code(303)])
    func `text goes within the command where the prompt is refused, and then at once`(
        reply: ScriptedChannel.Reply
    ) async throws {
        let world = AndlinkWorld(isRegistered: true)
        let prompted = "AT+QLASENDDATA=0x0000,4"
        let direct = "AT+QLASENDDATA=0x0000,4,v=20"
        world.channel.script(prompted, reply)
        world.channel.script(direct, .ok)
        #expect(try await send(world, Self.text).result == .taken)
        #expect(try await send(world, Self.text).result == .taken)
        #expect(world.channel.commands == [prompted, direct, direct])
        // After a restart the firmware may be another.
        world.session.moduleRestarted()
        world.channel.forget()
        world.channel.script(prompted, .ok)
        #expect(try await send(world, Self.text).result == .taken)
        #expect(world.channel.commands == [prompted])
    }

    @Test func `bytes never go within a command`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0000,7", .error)
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"))
        guard case .unclear(let error) = try await send(world).result else {
            Issue.record("it is unclear")
            return
        }
        #expect(error.name == "ERROR")
        #expect(world.channel.commands == ["AT+QLASENDDATA=0x0000,7", "AT+QLASTATUS?"])
    }

    @Test(arguments: [false, true])
    func `what the module has not asked for is sent again, within the command if it can be`(confirm: Bool) async throws
    {
        let world = AndlinkWorld(isRegistered: true)
        let mode = confirm ? "0x0100" : "0x0000"
        world.channel.script("AT+QLASENDDATA=\(mode),4", .unprompted)
        world.channel.script("AT+QLASENDDATA=\(mode),7", .unprompted)
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"))
        let (result, taken) = try await send(world, Self.text, confirm: confirm)
        guard case .unclear(let error) = result else {
            Issue.record("it is unclear")
            return
        }
        #expect(error.name == "no_prompt" && taken == 0)
        world.channel.forget()
        world.channel.script("AT+QLASENDDATA=\(mode),4,v=20", .ok, after: [(.seconds(1), "+QLADATASTATUS:4")])
        #expect(try await send(world, Self.text, confirm: confirm).result == (confirm ? .delivered : .taken))
        #expect(world.channel.commands == ["AT+QLASENDDATA=\(mode),4,v=20"])
        guard case .unclear = try await send(world, Self.binary, confirm: confirm).result else {
            Issue.record("bytes have no other way")
            return
        }
    }

    @Test func `a module that takes neither form says why with the first`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0000,4", .code(4))
        world.channel.script("AT+QLASENDDATA=0x0000,4,v=20", .error)
        #expect(try await send(world, Self.text).result == .refused(AndlinkError.codes[4].published))
    }

    @Test(arguments: [3, 30, 159, 513, 529])
    func `a refusal that has another reason tries no other form`(code: Int) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0000,4", .code(code))
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"))
        _ = try await send(world, Self.text)
        #expect(world.channel.commands.first == "AT+QLASENDDATA=0x0000,4")
        #expect(!world.channel.commands.contains("AT+QLASENDDATA=0x0000,4,v=20"))
    }

    // MARK: Refusals

    @Test(arguments: AndlinkErrorTests.rows)
    func `every code has its consequence`(row: (code: Int, text: String, remedy: ModuleError.Remedy)) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0000,7", .code(row.code))
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"))
        let result = try await send(world).result
        let error = AndlinkError.codes[row.code].published
        switch row.remedy {
        case .giveUp: #expect(result == .refused(error))
        case .tryLater: #expect(result == .later(error))
        case .register: #expect(result == .needsRegistration(error))
        case .restart, .unknown: #expect(result == .unclear(error))
        }
        #expect(world.session.maySend == (row.remedy != .register))
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .code(3), .code(516), .code(777), .refused(.text("odd"))])
    func `what an error means, the registration tells`(reply: ScriptedChannel.Reply) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0000,7", reply)
        world.channel.script("AT+QLASTATUS?", .state("DEREGISTERED"))
        guard case .needsRegistration = try await send(world).result else {
            Issue.record("a registration is needed")
            return
        }
    }

    @Test(arguments: [LineLoss.closed("gone"), .reset("Neul"), .unresponsive])
    func `a lost line is thrown`(loss: LineLoss) async {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .lost(loss))
        let first = await failure(of: { () throws(SessionFailure) in _ = try await send(world, confirm: true) })
        #expect(first == .lost(loss))
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok)
        world.channel.lose(loss, after: .seconds(10))
        let second = await failure(of: { () throws(SessionFailure) in _ = try await send(world, confirm: true) })
        #expect(second == .lost(loss))
    }

    // MARK: Encryption

    @Test func `after a failed negotiation the next uplink negotiates anew, once`() async throws {
        let world = AndlinkWorld(AndlinkWorld.encrypted, isRegistered: true)
        _ = world.hear("+QLADTLSSTAT:3")
        #expect(world.session.maySend)
        world.channel.script("AT+QLARESETDTLS", .ok)
        world.channel.script("AT+QLASENDDATA=0x0000,7", .ok)
        _ = try await send(world)
        _ = try await send(world)
        #expect(world.channel.commands == ["AT+QLARESETDTLS", "AT+QLASENDDATA=0x0000,7", "AT+QLASENDDATA=0x0000,7"])
    }

    @Test(arguments: [("+QLADTLSSTAT:3", true), ("+QLADTLSSTAT:0", false), ("+QLADTLSSTAT:2", false)])
    func `an encrypted uplink that is not acknowledged asks for the state of the encryption`(
        answer: String, resets: Bool
    ) async throws {
        let world = AndlinkWorld(AndlinkWorld.encrypted, isRegistered: true)
        world.channel.script("AT+QLASENDDATA=0x0100,7", .ok, after: [(.seconds(1), "+QLADATASTATUS:3")])
        world.channel.script("AT+QLADTLSSTAT?", .lines(answer))
        world.channel.script("AT+QLARESETDTLS", .ok)
        _ = try await send(world, confirm: true)
        _ = try await send(world, confirm: true)
        #expect(world.channel.commands.contains("AT+QLARESETDTLS") == resets)
    }
}
