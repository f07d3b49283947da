import AT
import Platforms
import Testing

/// The dialogues of the note (chapter 5, and the examples of chapter 2), with both sides as it prints them. Queries are
/// left out, for the note asks none.
@Suite struct LwM2MDialogueTests {
    private static let value: [UInt8] = [2, 0, 1, 0, 4, 0, 2, 0x32, 0x38]
    private static let digits = "020001000400023238"

    private func script(_ world: LwM2MWorld, _ command: String, _ reports: String...) {
        world.channel.script(
            command, .ok, after: reports.enumerated().map { (.milliseconds(200 * ($0.offset + 1)), $0.element) })
    }

    private func raw(confirm: Bool, rai: UInt8 = 0) -> UplinkData {
        UplinkData(payload: Self.value, confirm: confirm, rai: rai)
    }

    /// What the module shows at first is another platform's setting.
    private func register(
        _ world: LwM2MWorld, _ service: LwM2MService, configure: String, changes: [String], add: [String]
    ) async throws {
        let shown = ScriptedChannel.settings(service).filter { line in
            !changes.contains { line.contains($0.split(separator: ",")[0]) }
        }
        world.channel.scriptFresh(settings: shown, service: service)
        for change in changes { world.channel.script("AT+QLACFG=\(change)", .ok) }
        world.channel.scriptRegistration(configure, objects: add)
        try await world.session.register()
        #expect(world.orders == changes.map { "AT+QLACFG=\($0)" } + [configure] + add + ["AT+QLAREG"])
        world.channel.script("AT+QLASTATUS?", .lwm2mStatus(2))
        world.channel.forget()
    }

    /// 5.2.2, with deep sleep and recovery.
    @Test func `the dialogue with China Telecom IoT`() async throws {
        let world = makeLwM2M(.ctIoT) { $0.lifetime = 300 }
        try await register(
            world, .ctIoT, configure: "AT+QLACONFIG=0,\"180.101.147.115\",5683,\"867724030023557\",300,3",
            changes: ["\"platform\",0"], add: lwm2mAddObjects)
        world.resources.set(.opaque(Self.value), at: lwm2mDataUp)
        script(world, "AT+QLAOBSRSP=23618,1,19,0,0,2,9,\"\(Self.digits)\",0", "+QLAOBSRSP: 0")
        #expect(try await world.serve("+QLAURC: \"observe\",23618,0,19,0,0").results == [.taken])
        script(world, "AT+QLANOTIFY=19,0,0,2,9,\"\(Self.digits)\",0,0", "+QLANOTIFY: 0")
        #expect(try await world.send(raw(confirm: false)).result == .taken)
        script(
            world, "AT+QLANOTIFY=19,0,0,2,9,\"\(Self.digits)\",0,1", "+QLAURC: \"report\",8563", "+QLANOTIFY: 0",
            "+QLAURC: \"report_ack\",0,8563")
        #expect(try await world.send(raw(confirm: true)).result == .delivered)
        script(world, "AT+QLAUPDATE=0,100", "+QLAUPDATE: 0,41760")
        try await world.session.update(lifetime: 100)
        #expect(
            world.session.understand("+QLAURC: \"recovered\",0").last == .registration(.registered))
        script(
            world, "AT+QLANOTIFY=19,0,0,2,9,\"\(Self.digits)\",0,1,2", "+QLAURC: \"report\",52157", "+QLANOTIFY: 0",
            "+QLAURC: \"report_ack\",0,52157")
        #expect(try await world.send(raw(confirm: true, rai: 2)).result == .delivered)
        script(world, "AT+QLADEREG", "+QLADEREG: 0")
        try await world.session.deregister()
        #expect(world.session.registration == .deregistered)
        #expect(world.orders.count == 6)
    }

    /// 5.3.2.
    @Test func `the dialogue with China Telecom AEP`() async throws {
        let world = makeLwM2M(.ctAEP, imei: "866971030603068", imsi: "460111174747875") { $0.host = "221.229.214.202" }
        try await register(
            world, .ctAEP,
            configure:
                "AT+QLACONFIG=0,\"221.229.214.202\",5683,\"urn:imei-imsi:866971030603068-460111174747875\",300,3",
            changes: ["\"platform\",1"], add: lwm2mAddObjects)
        world.resources.set(.opaque(Self.value), at: lwm2mDataUp)
        script(world, "AT+QLAOBSRSP=45419,1,19,0,0,2,9,\"\(Self.digits)\",0", "+QLAOBSRSP: 0")
        #expect(try await world.serve("+QLAURC: \"observe\",45419,0,19,0,0").results == [.taken])
        script(
            world, "AT+QLANOTIFY=19,0,0,2,9,\"\(Self.digits)\",0,1", "+QLAURC: \"report\",34218", "+QLANOTIFY: 0",
            "+QLAURC: \"report_ack\",0,34218")
        #expect(try await world.send(raw(confirm: true)).result == .delivered)
        script(world, "AT+QLAUPDATE=0,100", "+QLAUPDATE: 0,8601")
        try await world.session.update(lifetime: 100)
        script(world, "AT+QLADEREG", "+QLADEREG: 0")
        try await world.session.deregister()
    }

    /// 5.4.2, through a bootstrap server.
    @Test func `the dialogue with Andlink`() async throws {
        let objects = [ObjectDescription(id: 19, instance: 1, resources: [ResourceDescription(id: 0, kind: .string)])]
        let world = makeLwM2M(.andlink, objects: objects, imei: "866971031275899") {
            $0.host = "lwm.home.komect.com"
            $0.bootstrap = true
            $0.lifetime = 30
            $0.deviceType = "500677"
        }
        let configure = "AT+QLACONFIG=1,\"lwm.home.komect.com\",5683,\"866971031275899\",30,3"
        world.channel.report("+QLAURC: \"binding_changed\",U", after: .seconds(1))
        world.channel.report("+QLAURC: \"bs_finished\"", after: .seconds(2))
        try await register(
            world, .andlink, configure: configure, changes: ["\"platform\",2", "\"cfg_res\",3,0,17,\"500677\""],
            add: ["AT+QLAADDOBJ=19,1,1,0"])
        #expect(world.session.maySend)
        let path = ResourcePath(object: 19, instance: 1, resource: 0)
        let text = "{\"outletStatus\":\"1\",\"setTime\":\"1\",\"firmware\":\"1.0\",\"softVersion\":\"1.0\"}"
        world.resources.set(.string(text), at: path)
        // A text with quotes goes as bytes, as the note shows it.
        let digits = Hex.string(Array(text.utf8))
        script(world, "AT+QLARDRSP=8095,1,19,1,0,2,\(text.utf8.count),\"\(digits)\",0", "+QLARDRSP: 0")
        #expect(try await world.serve("+QLAURC: \"read\",8095,19,1,0").results == [.taken])
        script(world, "AT+QLAWRRSP=8096,2", "+QLAWRRSP: 0")
        let written = try await world.serve("+QLAURC: \"write\",8096,19,1,0,1,20,\"{\"outletStatus\":\"1\"}\",0")
        #expect(written.results == [.taken])
        #expect(world.resources.value(of: path) == .string("{\"outletStatus\":\"1\"}"))
        let data = Array("[{\"n\":\"/19/1/0\"}]".utf8)
        let sent = "AT+QLASENDDATA=2,\(data.count),\"\(Hex.string(data))\""
        script(world, "\(sent),0", "+QLASENDDATA: 0,5004")
        #expect(try await world.send(UplinkData(payload: data, confirm: false, rai: 0)).result == .taken)
        script(world, "\(sent),1", "+QLASENDDATA: 0,5005", "+QLAURC: \"send_ack\",0,5005")
        #expect(try await world.send(UplinkData(payload: data, confirm: true, rai: 0)).result == .delivered)
        script(world, "AT+QLAUPDATE=0,100", "+QLAUPDATE: 0,8601")
        try await world.session.update(lifetime: 100)
        script(world, "AT+QLADEREG", "+QLADEREG: 0")
        try await world.session.deregister()
    }

    /// 5.5.2: the module answers observations by itself.
    @Test func `the dialogue with China Unicom DMP`() async throws {
        let path = ObjectPath(object: 3311, instance: 0)
        let objects = [
            ObjectDescription(
                id: 3311,
                resources: [
                    ResourceDescription(id: 5850, kind: .boolean), ResourceDescription(id: 5851, kind: .integer),
                ])
        ]
        let world = makeLwM2M(.cuDMP, objects: objects, imei: "861428040064744") { $0.host = "dmp-coap.cuiot.cn" }
        try await register(
            world, .cuDMP, configure: "AT+QLACONFIG=0,\"dmp-coap.cuiot.cn\",5683,\"861428040064744\",300,3",
            changes: ["\"platform\",1", "\"auto_ack\",1"], add: ["AT+QLAADDOBJ=3311,0,2,5850,5851"])
        #expect(try await world.serve("+QLAURC: \"observe\",17015,0,3311,0,-1").results == [.taken])
        #expect(world.resources.observations[path] != nil && world.orders.isEmpty)
        let rows: [(UInt16, ResourceValue, String, Int)] = [
            (5850, .boolean(true), "5,1,1", 14_143),
            // The note announces 4 bytes for 500; 2 are enough, and allowed (2.12).
            (5851, .integer(500), "3,2,500", 14_144),
        ]
        for (resource, value, parameters, id) in rows {
            script(
                world, "AT+QLANOTIFY=3311,0,\(resource),\(parameters),0,1", "+QLAURC: \"report\",\(id)",
                "+QLANOTIFY: 0", "+QLAURC: \"report_ack\",0,\(id)")
            let reading = ResourceReading(ResourcePath(object: 3311, instance: 0, resource: resource), value)
            let uplink = UplinkData(payload: [], readings: [reading], confirm: true, rai: 0)
            #expect(try await world.send(uplink).result == .delivered)
        }
        script(world, "AT+QLADEREG", "+QLADEREG: 0")
        try await world.session.deregister()
    }

    /// 5.6.4 and 5.7.6.
    @Test func `the dialogue of a firmware update`() async throws {
        let world = makeRegisteredLwM2M()
        func hear(_ line: String) -> [SessionEvent] { world.session.understand(Line(Array(line.utf8))) }
        let update = "+QIND: \"FOTA\","
        let reports: [FirmwareReport] = [
            "\(update)\"COAPSTART\"", "\(update)\"COAPEND\",0", "+QLAURC: \"report\",50697",
            "+QLAURC: \"report\",50699", "\(update)\"START\"", "\(update)\"UPDATING\",20%,1,1",
            "\(update)\"UPDATING\",100%,1,1", "\(update)\"END\",0",
        ].flatMap { line in
            hear(line).compactMap { if case .firmware(let report) = $0 { report } else { nil } }
        }
        #expect(
            reports == [
                .downloadStarted, .downloaded, .updateStarted, .updating(percent: 20), .updating(percent: 100), .ended,
            ])
        // The module has restarted, and registers anew so that the platform learns the result.
        world.session.moduleRestarted()
        world.channel.scriptFresh(status: [0], objects: lwm2mShownObjects)
        world.channel.scriptRegistration(objects: [])
        try await world.session.register()
        #expect(hear("+QLAURC: \"report\",8030").count == 1)
        script(world, "AT+QLAOBSRSP=62640,1,19,0,0,2,0,\"\",0", "+QLAOBSRSP: 0")
        #expect(try await world.serve("+QLAURC: \"observe\",62640,0,19,0,0").results == [.taken])
        #expect(world.session.maySend)
    }

    /// 2.6 to 2.11.
    @Test func `the examples of the response commands`() async throws {
        let objects = [
            ObjectDescription(
                id: 19,
                resources: [
                    ResourceDescription(id: 0, kind: .string, value: .string("abcde")),
                    ResourceDescription(id: 5, kind: .executable),
                ])
        ]
        let world = makeRegisteredLwM2M(objects: objects, observed: false)
        script(world, "AT+QLARDRSP=62953,1,19,0,0,1,5,\"abcde\",0", "+QLARDRSP: 0")
        #expect(try await world.serve("+QLAURC: \"read\",62953,19,0,0").results == [.taken])
        script(world, "AT+QLAOBSRSP=624,1,19,0,0,1,5,\"abcde\",0", "+QLAOBSRSP: 0")
        #expect(try await world.serve("+QLAURC: \"observe\",624,0,19,0,0").results == [.taken])
        script(world, "AT+QLAWRRSP=36560,2", "+QLAWRRSP: 0")
        #expect(
            try await world.serve("+QLAURC: \"write\",36560,19,0,0,2,7,\"5155454354454C\",0").results == [.taken])
        #expect(world.resources.value(of: ResourcePath(object: 19, instance: 0, resource: 0)) == .string("QUECTEL"))
        guard case .request(let execute)? = try await world.serve("+QLAURC: \"execute\",39040,19,0,5").events.first
        else {
            Issue.record("a request is expected")
            return
        }
        script(world, "AT+QLAEXERSP=39040,2", "+QLAEXERSP: 0")
        #expect(try await world.session.answer(execute, with: RequestAnswer(.changed)) == .taken)
    }
}
