import AT
import Platforms
import Testing

/// Settings: those that are not as wished are set, and a restart is asked for once (chapters 3 and 6).
@Suite struct AndlinkPrepareTests {
    @Test func `a module that is set as wished is left alone`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(status: "REGISTERED")
        try await world.session.prepare()
        // The firmware mode cannot be asked for.
        #expect(world.settings == ["AT+QLAFOTAIND=0"])
    }

    @Test(arguments: [
        ["+QLASERVERIP:", "BS,112.13.96.205,5783"], ["+QLASERVERIP:\"BS\",\"112.13.96.205\",5783"],
        ["+QLASERVERIP: BS,112.13.96.205,5783"],
    ])
    func `the list of servers is read in every spelling`(servers: [String]) async throws {
        let world = AndlinkWorld()
        world.scriptSettings(servers: servers)
        try await world.session.prepare()
        #expect(world.settings == ["AT+QLAFOTAIND=0"])
    }

    @Test(arguments: [[], ["+QLASERVERIP:"]])
    func `a server that is missing is set, and asks for one restart`(servers: [String]) async throws {
        let world = AndlinkWorld()
        world.scriptSettings(servers: servers)
        let set = "AT+QLASERVERIP=\"BS\",\"112.13.96.205\",5783"
        world.channel.script(set, .ok)
        #expect(await world.restartReason()?.contains("AT+QLASERVERIP") == true)
        #expect(world.settings == [set])
        // The module does not keep it (2.3, remark 1): it is set again, and no restart follows on it.
        world.session.moduleRestarted()
        world.channel.forget()
        try await world.session.prepare()
        #expect(world.settings == [set, "AT+QLAFOTAIND=0"])
    }

    @Test func `both servers are set where both are wished`() async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, bootstrapServer: AndlinkWorld.bootstrap))
        world.scriptSettings(servers: ["+QLASERVERIP:"])
        world.channel.script("AT+QLASERVERIP=\"BS\",\"112.13.96.205\",5783", .ok)
        world.channel.script("AT+QLASERVERIP=\"LWM2M\",\"180.101.147.115\",5683", .ok)
        #expect(await world.restartReason() != nil)
        #expect(world.settings.count == 2)
    }

    @Test func `servers of another configuration are deleted, and before ours are set`() async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server))
        world.scriptSettings(servers: ["+QLASERVERIP:", "BS,1.2.3.4,5683", "LWM2M,5.6.7.8,5684"])
        let commands = [
            "AT+QLASERVERIP=\"DEL\",\"1.2.3.4\",5683", "AT+QLASERVERIP=\"DEL\",\"5.6.7.8\",5684",
            "AT+QLASERVERIP=\"LWM2M\",\"180.101.147.115\",5683",
        ]
        for command in commands { world.channel.script(command, .ok) }
        #expect(await world.restartReason() != nil)
        #expect(world.settings == commands)
    }

    @Test func `what is deleted along with another at its address is set again`() async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server))
        world.scriptSettings(servers: ["+QLASERVERIP:", "BS,180.101.147.115,5683", "LWM2M,180.101.147.115,5683"])
        let commands = [
            "AT+QLASERVERIP=\"DEL\",\"180.101.147.115\",5683", "AT+QLASERVERIP=\"LWM2M\",\"180.101.147.115\",5683",
        ]
        for command in commands { world.channel.script(command, .ok) }
        #expect(await world.restartReason() != nil)
        #expect(world.settings == commands)
    }

    @Test func `a server beside our bootstrap server is deleted once, and belongs to it if it comes back`() async throws
    {
        let world = AndlinkWorld()
        world.scriptSettings(servers: ["+QLASERVERIP:", "BS,112.13.96.205,5783", "LWM2M,5.6.7.8,5684"])
        let deletion = "AT+QLASERVERIP=\"DEL\",\"5.6.7.8\",5684"
        world.channel.script(deletion, .ok)
        #expect(await world.restartReason() != nil)
        #expect(world.settings == [deletion])
        world.session.moduleRestarted()
        world.channel.forget()
        try await world.session.prepare()
        #expect(world.settings == ["AT+QLAFOTAIND=0"])
    }

    @Test func `a registered module keeps the server that our bootstrap server has named`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(
            status: "REGISTERED", servers: ["+QLASERVERIP:", "BS,112.13.96.205,5783", "LWM2M,5.6.7.8,5684"])
        try await world.session.prepare()
        #expect(world.settings == ["AT+QLAFOTAIND=0"])
    }

    @Test func `a registration of another configuration is ended before the settings change`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(status: "REGISTERED", servers: ["+QLASERVERIP:", "BS,1.2.3.4,5683"])
        let commands = [
            "AT+QLASREGIND=1", "AT+QLASERVERIP=\"DEL\",\"1.2.3.4\",5683",
            "AT+QLASERVERIP=\"BS\",\"112.13.96.205\",5783",
        ]
        world.channel.script(commands[0], .ok, after: [(.seconds(1), "+QLAEVTIND:1")])
        for command in commands[1...] { world.channel.script(command, .ok) }
        #expect(await world.restartReason() != nil)
        #expect(world.settings == commands)
    }

    @Test func `a module that refuses to delete goes on`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(servers: ["+QLASERVERIP:", "BS,112.13.96.205,5783", "LWM2M,5.6.7.8,5684"])
        world.channel.script("AT+QLASERVERIP=\"DEL\",\"5.6.7.8\",5684", .code(3))
        try await world.session.prepare()
        #expect(world.channel.commands.last == "AT+QLAFOTAIND=0")
    }

    @Test func `a server that is refused is a failure with the module's error`() async {
        let world = AndlinkWorld()
        world.scriptSettings(servers: [])
        world.channel.script("AT+QLASERVERIP=\"BS\",\"112.13.96.205\",5783", .code(50))
        let failure = await failure(of: { () throws(SessionFailure) in try await world.session.prepare() })
        #expect(failure == .failed(AndlinkError.codes[50].published))
    }

    // MARK: The rest

    @Test(
        arguments: [
            ("+QCFG: \"LWM2M/DeviceType\",\"31301\"", false), ("+CQFG: \"LWM2M/DeviceType\",31301", false),
            ("+QCFG: \"LWM2M/Lifetime\",31301", false), ("+QCFG:\"LWM2M/DeviceType\",31302", true),
            ("+QCFG: \"LWM2M/DeviceType\"", true), ("+QCFG:", true),
        ])
    func `the device type is set where it differs, and asks for a restart`(answer: String, differs: Bool) async throws {
        var options = AndlinkWorld.plain
        options.deviceType = "31301"
        let world = AndlinkWorld(options)
        world.scriptSettings()
        world.channel.script("AT+QCFG=\"LWM2M/DeviceType\"", .ok([answer]))
        world.channel.script("AT+QCFG=\"LWM2M/DeviceType\",\"31301\"", .ok)
        #expect(await world.restartReason().map { $0.contains("AT+QCFG") } == (differs ? true : nil))
        #expect(world.channel.commands.contains("AT+QCFG=\"LWM2M/DeviceType\",\"31301\"") == differs)
    }

    @Test func `a module in automatic mode is made manual, with one restart`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(mode: "1")
        #expect(await world.restartReason()?.contains("AT+QLAREGSWT") == true)
        #expect(world.settings == ["AT+QLAREGSWT=0"])
        world.session.moduleRestarted()
        // It does not obey: that is no reason to restart it for ever.
        try await world.session.prepare()
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut, .ok])
    func `a module that does not tell its mode is not restarted for it`(reply: ScriptedChannel.Reply) async throws {
        let world = AndlinkWorld()
        world.scriptSettings()
        world.channel.script("AT+QLAREGSWT?", reply)
        try await world.session.prepare()
        #expect(world.settings == ["AT+QLAREGSWT=0", "AT+QLAFOTAIND=0"])
    }

    @Test(arguments: [(AndlinkFirmware.Mode.automatic, 0), (.controlled, 1)])
    func `the firmware mode is set each time, refused or not`(mode: AndlinkFirmware.Mode, number: Int) async throws {
        var options = AndlinkWorld.plain
        options.firmwareMode = mode
        let world = AndlinkWorld(options)
        world.scriptSettings()
        world.channel.script("AT+QLAFOTAIND=\(number)", .code(529), .ok)
        try await world.session.prepare()
        try await world.session.prepare()
        #expect(world.settings == ["AT+QLAFOTAIND=\(number)", "AT+QLAFOTAIND=\(number)"])
    }

    @Test func `a setting that was kept and is lost one day asks for a restart again`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(servers: [])
        let set = "AT+QLASERVERIP=\"BS\",\"112.13.96.205\",5783"
        world.channel.script(set, .ok)
        #expect(await world.restartReason() != nil)
        world.scriptSettings()
        try await world.session.prepare()
        world.scriptSettings(servers: [])
        #expect(await world.restartReason() != nil)
    }

    @Test(arguments: [LineLoss.closed("gone"), .reset("Neul"), .unresponsive])
    func `a lost line is thrown`(loss: LineLoss) async {
        let world = AndlinkWorld()
        world.scriptSettings()
        for command in ["AT+QLASTATUS?", "AT+QLASERVERIP?", "AT+QLABSSECSWT?", "AT+QLAREGSWT?", "AT+QLAFOTAIND=0"] {
            world.scriptSettings()
            world.channel.script(command, .lost(loss))
            let failure = await failure(of: { () throws(SessionFailure) in try await world.session.prepare() })
            #expect(failure == .lost(loss), "\(command)")
        }
    }
}
