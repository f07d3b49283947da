import Bridge
import Platforms
import Testing

private func parse(_ text: String, file: String = "f") throws -> Configuration {
    try Configuration.parse(Array(text.utf8), file: file)
}

struct ConfigurationTests {
    @Test func `an empty file gives every default`() throws {
        let configuration = try parse("")
        #expect(configuration.mqtt.brokers == [ServerAddress(host: "127.0.0.1", port: 1883)])
        #expect(configuration.mqtt.version == .auto)
        #expect(configuration.mqtt.clientID.hasPrefix("narrowbridge-"))
        #expect(
            configuration.mqtt.username == nil && configuration.mqtt.password == nil && configuration.mqtt.tls == nil)
        #expect(configuration.mqtt.baseTopic == "narrowbridge")
        #expect(configuration.mqtt.keepalive == 60)
        #expect(configuration.bridge.stateDirectory == "/var/lib/narrowbridge")
        #expect(configuration.bridge.http == ServerAddress(host: "127.0.0.1", port: 9464))
        #expect(configuration.bridge.logLevel == .info && configuration.bridge.logFormat == .auto)
        #expect(!configuration.homeAssistant.enabled)
        #expect(configuration.homeAssistant.discoveryPrefix == "homeassistant")
        #expect(configuration.modules.isEmpty)
    }

    @Test func `comments and strings may be of any language`() throws {
        let text = "# é 電表、Ω\n[mqtt] # ß\nusername = \"電表、é\" # я\n"
        #expect(try parse(text).mqtt.username == "電表、é")
    }

    @Test func `a short module gives every default`() throws {
        let module = try #require(try parse(module("ctwing")).modules.first)
        var expected = ModuleSettings(
            name: "m", port: .device(path: "/dev/ttyUSB0"), options: .ctwing(CTWingOptions(receive: .push)),
            server: ServerAddress(host: "192.0.2.1", port: 5683))
        expected.baud = 115_200
        expected.lifetime = 86_400
        expected.power = .alwaysOn
        expected.confirm = false
        expected.attempts = 3
        expected.rai = 0
        expected.queueLimit = 10_000
        expected.queueFull = .reject
        expected.ttl = 86_400
        expected.allowAT = false
        #expect(module == expected)
        #expect(module.psk == nil && module.pskID == nil)
    }

    @Test func `every key of the bridge is read`() throws {
        let configuration = try parse(
            """
            [mqtt]
            host = ["a", "b:1", "[::1]:2", "::1"]
            port = 1884
            version = "3.1.1"
            client_id = "id"
            username = "u"
            base_topic = "a/b"
            keepalive = 5
            [mqtt.tls]
            [bridge]
            state_dir = "state"
            http = ""
            log_level = "debug"
            log_format = "json"
            [homeassistant]
            enabled = true
            discovery_prefix = "ha"
            """, file: "/etc/narrowbridge/bridge.conf")
        let mqtt = configuration.mqtt
        #expect(mqtt.brokers.map(\.description) == ["a:1884", "b:1", "[::1]:2", "[::1]:1884"])
        #expect(mqtt.version == .v311 && mqtt.clientID == "id" && mqtt.username == "u")
        #expect(mqtt.baseTopic == "a/b" && mqtt.keepalive == 5 && mqtt.tls == TLSSettings())
        #expect(configuration.bridge.stateDirectory == "/etc/narrowbridge/state" && configuration.bridge.http == nil)
        #expect(configuration.bridge.logLevel == .debug && configuration.bridge.logFormat == .json)
        #expect(configuration.homeAssistant.enabled && configuration.homeAssistant.discoveryPrefix == "ha")
    }

    @Test func `with TLS the port is the one for TLS`() throws {
        #expect(try parse("[mqtt.tls]").mqtt.brokers.first?.port == 8883)
        #expect(try parse("[mqtt]\nport = 1\n[mqtt.tls]").mqtt.brokers.first?.port == 1)
    }

    @Test func `every common key of a module is read`() throws {
        let text = """
            [[module]]
            name = "A_b-9"
            port = "tcp://10.0.0.5:2000"
            baud = 9600
            platform = "ctwing"
            server = "iot.example.org:5684"
            lifetime = 0
            power = "deep-sleep"
            confirm = true
            attempts = 1
            rai = 2
            queue_limit = 1
            queue_full = "drop-oldest"
            ttl = 1
            psk = "00FFaa"
            allow_at = true
            receive = "buffered"
            """
        var expected = ModuleSettings(
            name: "A_b-9", port: .tcp(host: "10.0.0.5", port: 2000),
            options: .ctwing(CTWingOptions(receive: .buffered)),
            server: ServerAddress(host: "iot.example.org", port: 5684))
        expected.baud = 9600
        expected.lifetime = 0
        expected.power = .deepSleep
        expected.confirm = true
        expected.attempts = 1
        expected.rai = 2
        expected.queueLimit = 1
        expected.queueFull = .dropOldest
        expected.ttl = 1
        expected.psk = Secret("00FFaa")
        expected.allowAT = true
        #expect(try parse(text).modules == [expected])
    }

    @Test func `every key of lwm2m is read`() throws {
        let text = module(
            "lwm2m", "service = \"ct-aep\"", "endpoint = \"urn:imei-imsi:1-2\"", "bootstrap = true",
            "psk = \"any thing\"",
            "psk_id = \"id\"", "data_up = \"3303/1/5700\"", "data_down = \"6/0/1\"", "device_type = \"500677\"",
            "retransmit = { timeout = 20, times = 0 }", "binding = \"udp-queue\"", "dtls_mode = \"resumption\"",
            "dtls_version = \"1.2\"",
            """
            [[module.object]]
            id = 3303
            instance = 1
            resources = [
                { id = 5700, type = "float", value = 25 },
                { id = 5701, type = "string", value = "Cel \\"°\\"" },
                { id = 5605, type = "executable" },
                { id = 1, type = "opaque", value = "00fF" },
                { id = 2, type = "integer", value = -7 },
                { id = 3, type = "boolean", value = true },
                { id = 4, type = "float", value = 0.5 },
            ]
            """)
        let settings = try #require(try parse(text).modules.first)
        var options = LwM2MOptions()
        options.service = .ctAEP
        options.endpoint = "urn:imei-imsi:1-2"
        options.bootstrap = true
        options.dataUp = ResourcePath(object: 3303, instance: 1, resource: 5700)
        options.dataDown = ResourcePath(object: 6, instance: 0, resource: 1)
        options.deviceType = "500677"
        options.retransmission = LwM2MRetransmission(timeout: 20, times: 0)
        options.binding = .udpWithQueue
        options.handshake = .resumption
        options.dtlsVersion = .newer
        options.objects = [
            ObjectDescription(
                id: 3303, instance: 1,
                resources: [
                    .init(id: 5700, kind: .float, value: .float(25)),
                    .init(id: 5701, kind: .string, value: .string("Cel \"°\"")),
                    .init(id: 5605, kind: .executable),
                    .init(id: 1, kind: .opaque, value: .opaque([0x00, 0xFF])),
                    .init(id: 2, kind: .integer, value: .integer(-7)),
                    .init(id: 3, kind: .boolean, value: .boolean(true)),
                    .init(id: 4, kind: .float, value: .float(0.5)),
                ])
        ]
        #expect(settings.options == .lwm2m(options))
        #expect(settings.psk == Secret("any thing") && settings.pskID == "id")
    }

    @Test func `the other platforms are read, and have their own defaults`() throws {
        #expect(try parse(module("lwm2m")).modules.first?.options == .lwm2m(LwM2MOptions()))
        #expect(LwM2MOptions().dataUp.description == "19/0/0" && LwM2MOptions().dataDown.description == "19/1/0")

        var oneNET = OneNETOptions()
        #expect(try parse(module("onenet", "lifetime = 0")).modules.first?.options == .onenet(oneNET))
        oneNET.bootstrap = false
        oneNET.dataUp = ResourcePath(object: 3200, instance: 0, resource: 5750)
        let text = module("onenet", "bootstrap = false", "data_up = \"3200/0/5750\"")
        #expect(try parse(text).modules.first?.options == .onenet(oneNET))

        var andlink = AndlinkOptions()
        #expect(try parse(module("andlink")).modules.first?.options == .andlink(andlink))
        andlink.bootstrapServer = ServerAddress(host: "lwm.example.org", port: 5683)
        andlink.deviceType = "31301"
        andlink.firmwareMode = .controlled
        let key = String(repeating: "0f", count: 16)
        let settings = try parse(
            """
            [[module]]
            name = "a"
            port = "/dev/x"
            platform = "andlink"
            bootstrap_server = "lwm.example.org"
            device_type = "31301"
            firmware_mode = "controlled"
            psk = "\(key)"
            psk_id = "867724030000225"
            """
        ).modules.first
        #expect(settings?.options == .andlink(andlink) && settings?.server == nil)
        #expect(settings?.psk == Secret(key) && settings?.pskID == "867724030000225")

        let none = try parse("[[module]]\nname = \"n\"\nport = \"/dev/x\"\nplatform = \"none\"").modules.first
        #expect(none == ModuleSettings(name: "n", port: .device(path: "/dev/x"), options: .none))
        for platform in Platform.allCases {
            #expect(try parse(module(platform.rawValue)).modules.first?.platform == platform)
        }
    }

    @Test func `a reload finds the modules whose entry changed and no others`() throws {
        let first = try parse(module("none") + "[[module]]\nname = \"n\"\nport = \"/dev/n\"\nplatform = \"none\"")
        let second = try parse(
            "# moved\n\n" + module("none") + "[[module]]\nname = \"n\"\nport = \"/dev/n\"\nrai = 1\nplatform = \"none\""
        )
        #expect(first.modules[0] == second.modules[0])
        #expect(first.modules[1] != second.modules[1])
        #expect(first.mqtt == second.mqtt)
    }

    @Test(
        arguments: [
            ("keep_alive", "keepalive"), ("hsot", "host"), ("pasword_file", "password_file"),
            ("password", "password_file"),
            ("zzz", nil), ("x", nil),
        ] as [(String, String?)])
    func `a word that is not known is guessed, if it is near enough`(word: String, guess: String?) {
        let fault = faults(in: "[mqtt]\n\(word) = 1").first
        #expect(fault?.contains("(did you mean this?)") == (guess != nil))
        if let guess { #expect(fault?.contains("expected '\(guess)'") == true) }
    }
}
