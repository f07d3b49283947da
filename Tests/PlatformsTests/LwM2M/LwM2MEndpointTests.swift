import AT
import Platforms
import Testing

/// Who a module says it is at its cloud, and how it speaks with it (2.1 and 2.2).
@Suite struct LwM2MEndpointTests {
    private func failure(of world: LwM2MWorld) async -> SessionFailure? {
        await PlatformsTests.failure(of: { () throws(SessionFailure) in try await world.session.register() })
    }

    @Test(
        arguments: [
            (.ctIoT, nil, nil, lwm2mIMEI), (.cuDMP, nil, nil, lwm2mIMEI), (.andlink, nil, nil, lwm2mIMEI),
            (.ctAEP, nil, "460111174747875", "urn:imei-imsi:\(lwm2mIMEI)-460111174747875"),
            (.ctAEP, "mine", nil, "mine"),
        ] as [(LwM2MService, String?, String?, String)])
    func `the endpoint is the option, else what the module is`(
        service: LwM2MService, option: String?, imsi: String?, endpoint: String
    ) async throws {
        let world = makeLwM2M(service, imsi: imsi) { $0.endpoint = option }
        world.channel.scriptFresh(service: service)
        let configure = lwm2mConfigure.replacing("\"\(lwm2mIMEI)\"", with: "\"\(endpoint)\"")
        world.channel.scriptRegistration(configure)
        try await world.session.register()
        #expect(world.channel.commands.contains(configure))
    }

    @Test func `an IMSI that is not known yet is asked for`() async throws {
        let world = makeLwM2M(.ctAEP)
        world.channel.scriptFresh(service: .ctAEP)
        world.channel.script("AT+CIMI", .ok(["460111174747875"]))
        world.channel.scriptRegistration(
            lwm2mConfigure.replacing("\"\(lwm2mIMEI)\"", with: "\"urn:imei-imsi:\(lwm2mIMEI)-460111174747875\""))
        try await world.session.register()
        #expect(world.session.maySend)
    }

    @Test func `a module that does not tell who it is is not registered`() async {
        let world = makeLwM2M(.ctAEP)
        world.channel.scriptFresh(service: .ctAEP)
        world.channel.script("AT+CIMI", .error)
        #expect(await failure(of: world)?.name == "no_imsi")
        let other = makeLwM2M(imei: nil)
        other.channel.scriptFresh()
        other.channel.script("AT+CGSN=1", .timedOut)
        #expect(await failure(of: other)?.name == "no_imei")
    }

    @Test(arguments: [
        (LwM2MService.ctIoT, ["\"platform\",0", "\"auto_ack\",0", "\"lifetime_enable\",1"]),
        (.ctAEP, ["\"platform\",1", "\"auto_ack\",0", "\"lifetime_enable\",1"]),
        (.cuDMP, ["\"platform\",1", "\"auto_ack\",1", "\"lifetime_enable\",1"]),
        (.andlink, ["\"platform\",2", "\"auto_ack\",0", "\"lifetime_enable\",1", "\"cfg_res\",3,0,17,\"500677\""]),
    ])
    func `every setting is made where the module shows none`(service: LwM2MService, settings: [String]) async throws {
        let world = makeLwM2M(service) {
            $0.deviceType = "500677"
            $0.endpoint = lwm2mIMEI
            // Not without a key.
            $0.dtlsMode = 1
            $0.dtlsVersion = 1
        }
        world.channel.scriptFresh(settings: [], service: service)
        world.channel.scriptRegistration()
        for setting in settings { world.channel.script("AT+QLACFG=\(setting)", .ok) }
        try await world.session.register()
        #expect(world.orders.filter { $0.hasPrefix("AT+QLACFG") } == settings.map { "AT+QLACFG=\($0)" })
    }

    @Test func `with a key, the handshake is set too`() async throws {
        let world = makeLwM2M {
            $0.psk = "00aa"
            $0.pskID = "me"
            $0.dtlsMode = 1
            $0.dtlsVersion = 1
            $0.retransmission = LwM2MRetransmission(timeout: 2, times: 5)
            $0.binding = .udpWithQueue
        }
        world.channel.scriptFresh()
        let settings = ["\"retransmit\",2,5", "\"dtls_mode\",1", "\"dtls_version\",1"].map { "AT+QLACFG=\($0)" }
        for setting in settings { world.channel.script(setting, .ok) }
        let configure = lwm2mConfigure.dropLast() + "0,\"me\",\"00aa\",1"
        world.channel.scriptRegistration(String(configure))
        try await world.session.register()
        #expect(world.orders == settings + [String(configure)] + lwm2mAddObjects + ["AT+QLAREG"])
    }

    @Test func `the endpoint is the identity of a key without one`() async throws {
        let world = makeLwM2M { $0.psk = "00aa" }
        world.channel.scriptFresh()
        world.channel.scriptRegistration(lwm2mConfigure.dropLast() + "0,\"\(lwm2mIMEI)\",\"00aa\"")
        try await world.session.register()
        #expect(world.session.maySend)
    }

    @Test func `without a key the binding is told after the registration`() async throws {
        let world = makeLwM2M { $0.binding = .udpWithQueue }
        world.channel.scriptFresh()
        world.channel.scriptRegistration()
        world.channel.script(
            "AT+QLAUPDATE=1,1", .ok, before: ["+QLAUPDATE: 9"], after: [(.seconds(1), "+QLAUPDATE: 0,9")])
        try await world.session.register()
        #expect(world.orders.last == "AT+QLAUPDATE=1,1" && world.session.maySend)
    }

    @Test(
        arguments: [
            { $0.host = "" }, { $0.host = String(repeating: "h", count: 151) },
            { $0.endpoint = String(repeating: "e", count: 151) }, { $0.lifetime = 19 }, { $0.lifetime = 31_536_001 },
            { $0.psk = String(repeating: "k", count: 257) },
            {
                $0.psk = "k"
                $0.pskID = String(repeating: "i", count: 151)
            },
            { $0.endpoint = "a\"b" },
        ] as [@Sendable (inout LwM2MSession.Options) -> Void])
    func `what no module takes reaches none`(change: @Sendable (inout LwM2MSession.Options) -> Void) async {
        let world = makeLwM2M(.ctIoT, change)
        world.channel.scriptFresh()
        #expect(await failure(of: world)?.name == "bad_configuration")
        #expect(world.orders.isEmpty)
    }
}
