import AT
import Platforms
import Testing

/// Keys and switches of encryption (3.2, 3.3, 3.15, 3.16).
@Suite struct AndlinkEncryptionTests {
    private let imei = AndlinkWorld.imei
    private let psk = AndlinkWorld.psk

    private func scriptEncrypted(_ world: AndlinkWorld, key: String, servers: Bool = true) {
        world.scriptSettings(servers: servers ? ["+QLASERVERIP:", "BS,lwm.home.komect.com,5684"] : [])
        world.channel.script("AT+QLASETBSPSK?", .lines("+QSETBSPSK:\(key),***"))
        world.channel.script("AT+QLASETPSK?", .lines("+QSETPSK:\(key),***"))
        world.channel.script("AT+QLABSSECSWT?", .lines("+QLABSSECSWT:1,0"))
        world.channel.script("AT+QLASECSWT?", .lines("+QLASECSWT:1,0"))
        for command in [
            "AT+QLASETBSPSK=\(imei),\(psk)", "AT+QLASETPSK=\(imei),\(psk)", "AT+QLABSSECSWT=1,0", "AT+QLASECSWT=1,0",
            "AT+QLASERVERIP=\"BS\",\"lwm.home.komect.com\",5684", "AT+QCFG=\"LWM2M/DeviceType\",\"31301\"",
        ] {
            world.channel.script(command, .ok)
        }
    }

    @Test func `the encrypted example of the note is set whole, and asks for one restart`() async throws {
        var options = AndlinkWorld.encrypted
        options.deviceType = "31301"
        let world = AndlinkWorld(options)
        scriptEncrypted(world, key: "", servers: false)
        world.channel.script("AT+QLABSSECSWT?", .lines("+QLABSSECSWT:0,0"), .lines("+QLABSSECSWT:1,0"))
        world.channel.script("AT+QLASECSWT?", .lines("+QLASECSWT:0,0"))
        world.channel.script("AT+QCFG=\"LWM2M/DeviceType\"", .error)
        let reason = await world.restartReason()
        for name in ["QLASERVERIP", "QLASETBSPSK", "QLASETPSK", "QLABSSECSWT", "QCFG"] {
            #expect(reason?.contains("AT+\(name)") == true, "\(name)")
        }
        #expect(reason?.contains("QLASECSWT") == false)
        #expect(reason?.contains(psk) == false)
        #expect(
            world.settings.filter { !$0.hasSuffix("\"LWM2M/DeviceType\"") } == [
                "AT+QLASERVERIP=\"BS\",\"lwm.home.komect.com\",5684",
                "AT+QLASETBSPSK=\(imei),\(psk)", "AT+QLABSSECSWT=1,0", "AT+QLASETPSK=\(imei),\(psk)",
                "AT+QLASECSWT=1,0", "AT+QCFG=\"LWM2M/DeviceType\",\"31301\"",
            ])
        // Afterwards the module shows all of it, but for the switch that is not kept (2.3, remark 1).
        world.session.moduleRestarted()
        world.channel.forget()
        scriptEncrypted(world, key: imei)
        world.channel.script("AT+QLASECSWT?", .lines("+QLASECSWT:0,0"))
        world.channel.script("AT+QCFG=\"LWM2M/DeviceType\"", .lines("+CQFG: \"LWM2M/DeviceType\",31301"))
        try await world.session.prepare()
        #expect(world.settings.filter { !$0.hasPrefix("AT+QCFG") } == ["AT+QLASECSWT=1,0", "AT+QLAFOTAIND=0"])
    }

    @Test(arguments: [
        "+QSETPSK:867724030000225,***", "+QLASETPSK:867724030000225,***", "+QSETPSK: 0,***",
        "+QSETPSK:867724030000225,E8E19CC16CE1F388E8E19CC16CE1F388",
        "+QSETPSK:867724030000225,e8e19cc16ce1f388e8e19cc16ce1f388",
    ])
    func `a key that the module shows under our id is not written again`(line: String) async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, psk: psk))
        scriptEncrypted(world, key: imei)
        world.channel.script("AT+QLASERVERIP?", .lines("+QLASERVERIP:", "LWM2M,180.101.147.115,5683"))
        world.channel.script("AT+QLASETPSK?", .ok([line]))
        try await world.session.prepare()
        #expect(world.settings == ["AT+QLAFOTAIND=0"])
        #expect(!world.channel.commands.contains { $0.contains("BS") })
    }

    @Test(arguments: [
        "+QSETPSK:867724030000226,***", "+QSETPSK:,", "+QSETPSK:867724030000225", "+QSETPSK:",
        "+QSETPSK:867724030000225,00000000000000000000000000000000",
    ])
    func `another key is replaced`(line: String) async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, psk: psk))
        scriptEncrypted(world, key: imei)
        world.channel.script("AT+QLASERVERIP?", .lines("+QLASERVERIP:", "LWM2M,180.101.147.115,5683"))
        world.channel.script("AT+QLASETPSK?", .ok([line]))
        #expect(await world.restartReason()?.contains("AT+QLASETPSK") == true)
        #expect(world.settings == ["AT+QLASETPSK=\(imei),\(psk)"])
    }

    @Test(
        arguments: [(nil, nil, "0"), (imeiOfWorld, nil, imeiOfWorld), (imeiOfWorld, "0", "0"), (nil, other, other)]
            as [(String?, String?, String)])
    func `the key's id is the configured one, else the IMEI, else 0`(
        imei: String?, configured: String?, id: String
    ) async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, psk: psk, pskID: configured))
        world.session.identified(as: Identity(imei: imei))
        scriptEncrypted(world, key: "")
        world.channel.script("AT+QLASERVERIP?", .lines("+QLASERVERIP:", "LWM2M,180.101.147.115,5683"))
        world.channel.script("AT+QLASETPSK=\(id),\(psk)", .ok)
        #expect(await world.restartReason() != nil)
        #expect(world.settings == ["AT+QLASETPSK=\(id),\(psk)"])
    }

    private static let imeiOfWorld = AndlinkWorld.imei
    private static let other = "201703230000024"

    @Test(arguments: ["abc", AndlinkWorld.psk + "00"])
    func `a key that does not fit is a fault of the configuration`(psk: String) async {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, psk: psk))
        world.scriptSettings()
        let failure = await failure(of: { () throws(SessionFailure) in try await world.session.prepare() })
        #expect(failure?.name == "bad_psk")
        #expect(world.settings.isEmpty)
    }

    @Test func `commands in development may be refused`() async throws {
        let world = AndlinkWorld(AndlinkWorld.encrypted)
        scriptEncrypted(world, key: imei)
        for command in [
            "AT+QLASETBSPSK?", "AT+QLABSSECSWT?", "AT+QLASETBSPSK=\(imei),\(psk)", "AT+QLABSSECSWT=1,0",
        ] {
            world.channel.script(command, .error)
        }
        try await world.session.prepare()
        #expect(world.channel.commands.last == "AT+QLAFOTAIND=0")
    }

    @Test func `keys that the module does not show are written once`() async throws {
        let world = AndlinkWorld(AndlinkWorld.encrypted)
        scriptEncrypted(world, key: imei)
        world.channel.script("AT+QLASETBSPSK?", .error)
        world.channel.script("AT+QLASETPSK?", .error)
        #expect(await world.restartReason() != nil)
        #expect(world.settings == ["AT+QLASETBSPSK=\(imei),\(psk)", "AT+QLASETPSK=\(imei),\(psk)"])
        world.session.moduleRestarted()
        world.channel.forget()
        try await world.session.prepare()
        #expect(world.settings == ["AT+QLAFOTAIND=0"])
    }

    @Test(
        arguments: [
            ("+QLASECSWT:1,0", false, "AT+QLASECSWT=0"), ("+QLASECSWT:1,1", false, "AT+QLASECSWT=0"),
            ("+QLASECSWT:1,1", true, "AT+QLASECSWT=1,0"), ("+QLASECSWT:0", true, "AT+QLASECSWT=1,0"),
            ("+QLASECSWT: 1,0", true, nil), ("+QLASECSWT:0", false, nil),
        ] as [(String, Bool, String?)])
    func `the switch of encryption is set where it is not as wished`(
        shown: String, isEncrypted: Bool, command: String?
    ) async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, psk: isEncrypted ? psk : nil))
        scriptEncrypted(world, key: imei)
        world.channel.script("AT+QLASERVERIP?", .lines("+QLASERVERIP:", "LWM2M,180.101.147.115,5683"))
        world.channel.script("AT+QLASECSWT?", .ok([shown]))
        world.channel.script("AT+QLASECSWT=0", .ok)
        // In effect at once: no restart.
        try await world.session.prepare()
        #expect(world.settings == [command, "AT+QLAFOTAIND=0"].compactMap { $0 })
    }

    @Test func `without NAT nothing is negotiated anew`() async throws {
        var options = AndlinkWorld.encrypted
        options.crossesNAT = false
        let world = AndlinkWorld(options)
        scriptEncrypted(world, key: imei)
        world.channel.script("AT+QLABSSECSWT=1,1", .ok)
        world.channel.script("AT+QLASECSWT=1,1", .ok)
        #expect(await world.restartReason()?.contains("AT+QLABSSECSWT") == true)
        #expect(world.settings == ["AT+QLABSSECSWT=1,1", "AT+QLASECSWT=1,1"])
    }

    @Test func `a bootstrap phase that was encrypted before is opened`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings()
        world.channel.script("AT+QLABSSECSWT?", .lines("+QBSSECSWT:1,0"))
        world.channel.script("AT+QLABSSECSWT=0", .ok)
        #expect(await world.restartReason()?.contains("AT+QLABSSECSWT") == true)
    }
}
