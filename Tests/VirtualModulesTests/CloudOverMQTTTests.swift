import JSON
import MQTT
import Reactor
import TestSupport
import Testing
import VirtualModules

@Suite struct CloudOverMQTTTests {
    @Test func `the platform is seen and moved through topics`() async throws {
        try await withBroker { broker in
            try await withClient(of: broker, subscriptions: ["cloud/meter/#"]) { client in
                try await withCloud(of: broker) { module, host in
                    try await client.message(on: "cloud/meter/breaches") { $0.text == "0" }
                    #expect(await host.register())
                    #expect(await host.ok("AT+NNMI=1"))
                    #expect(await host.ok("AT+NMGS=2,6869,101"))
                    let up = try JSONValue(parsing: try await client.message(on: "cloud/meter/up").payload)
                    #expect(up["hex"]?.string == "6869")
                    #expect(up["text"]?.string == "hi")
                    #expect(up["confirm"]?.bool == true)
                    #expect(up["rai"]?.integer == 1)
                    try await client.publish("cloud/meter/down", "\u{1}\u{2}")
                    #expect(await host.until("+NNMI: 2,0102\r\n").hasSuffix("+NNMI: 2,0102\r\n"))
                    #expect(await host.command("AT+NONSENSE") == "\r\nERROR\r\n")
                    try await client.message(on: "cloud/meter/breaches") { $0.text == "1" }
                    try await client.publish("cloud/meter/control", #"{"do":"sleep"}"#)
                    await module.wait { $0.isAsleep }
                    #expect(await module.isAsleep)
                }
            }
        }
    }

    @Test(arguments: [
        (#"{"do":"reset"}"#, true), (#"{"do":"unplug"}"#, true), (#"{"do":"plug"}"#, true),
        (#"{"do":"reject"}"#, true), (#"{"do":"update_result","code":404}"#, true), (#"{"do":"ack_never"}"#, true),
        (#"{"do":"firmware","revision":"X"}"#, true),
        (#"{"do":"fault","effect":"drop_answer","on":"AT+NMGS"}"#, true),
        (#"{"do":"fault","effect":"magic"}"#, false), (#"{"do":"dance"}"#, false), ("reset", false), ("{}", false),
    ])
    func `every order is answered`(order: String, isObeyed: Bool) async throws {
        try await withBroker { broker in
            try await withClient(of: broker, subscriptions: ["cloud/meter/#"]) { client in
                try await withCloud(of: broker) { _, _ in
                    try await client.message(on: "cloud/meter/breaches")
                    try await client.publish("cloud/meter/control", order)
                    let message = try await client.message(on: "cloud/meter/control/result")
                    let result = try JSONValue(parsing: message.payload)
                    #expect(result["ok"]?.bool == isObeyed)
                    #expect((result["error"]?.string == nil) == isObeyed)
                }
            }
        }
    }

    @Test func `a cloud with objects asks and is answered through topics`() async throws {
        try await withBroker { broker in
            try await withClient(of: broker, subscriptions: ["cloud/meter/#"]) { client in
                try await withCloud(of: broker, .lwm2m(.cuDMP)) { module, host in
                    try await client.message(on: "cloud/meter/breaches") { $0.text == "0" }
                    #expect(await host.ok(#"AT+QLACFG="auto_ack",1"#))
                    #expect(await host.prepare(.cuDMP, objects: ["3303,0,2,5700,5701"]))
                    _ = await host.lines("AT+QLAREG", "OK", "+QLAREG: 0", #"+QLAURC: "observe",8095,0,3303,0,-1"#)
                    let observe = try JSONValue(parsing: try await client.message(on: "cloud/meter/answer").payload)
                    #expect(observe["kind"]?.string == "observe")
                    #expect(observe["id"]?.integer == 8095)

                    try await client.publish("cloud/meter/request", #"{"id":"q","kind":"read","path":"3303/0"}"#)
                    #expect(await host.lines([#"+QLAURC: "read",8096,3303,0,-1"#]))
                    #expect(await host.lines("AT+QLARDRSP=8096,1,3303,0,5700,4,4,1.5,1", "OK", "+QLARDRSP: 0"))
                    #expect(await host.lines(#"AT+QLARDRSP=8096,1,3303,0,5701,1,3,"Cel",0"#, "OK", "+QLARDRSP: 0"))
                    let answer = try await client.message(on: "cloud/meter/answer") { $0.text.contains("8096") }
                    let read = try JSONValue(parsing: answer.payload)
                    #expect(read["id"]?.string == "q")
                    #expect(read["message"]?.integer == 8096)
                    #expect(read["code"]?.integer == 1)
                    #expect(read["late"]?.bool == false && read["double"]?.bool == false)
                    let values = try #require(read["values"]?.array)
                    #expect(values.map { $0["path"]?.string } == ["3303/0/5700", "3303/0/5701"])
                    #expect(values.first?["value"]?.double == 1.5)
                    #expect(values.last?["value"]?.string == "Cel")

                    try await client.publish(
                        "cloud/meter/request", #"{"kind":"write","path":"3303/0/5700","hex":"01ff"}"#)
                    #expect(await host.lines([#"+QLAURC: "write",8097,3303,0,5700,2,2,"01FF",0"#]))

                    #expect(await host.lines("AT+QLANOTIFY=3303,0,5700,4,4,2.5,0", "OK", "+QLANOTIFY: 0"))
                    let up = try JSONValue(parsing: try await client.message(on: "cloud/meter/up").payload)
                    #expect(up["path"]?.string == "3303/0/5700")
                    #expect(up["type"]?.string == "float")
                    #expect(up["value"]?.double == 2.5)
                    #expect(await module.breaches.isEmpty)
                }
            }
        }
    }

    @Test(arguments: [
        #"{"id":7,"kind":"reed","path":"3303/0"}"#, #"{"id":7,"kind":"read"}"#,
        #"{"id":7,"kind":"write","path":"3303/0/1","hex":"0"}"#, #"{"id":7,"kind":"write","path":"1","parts":[{}]}"#,
    ])
    func `a wrong request is answered with its fault`(request: String) async throws {
        try await withBroker { broker in
            try await withClient(of: broker, subscriptions: ["cloud/meter/#"]) { client in
                try await withCloud(of: broker, .lwm2m()) { _, _ in
                    try await client.message(on: "cloud/meter/breaches")
                    try await client.publish("cloud/meter/request", request)
                    let answer = try JSONValue(parsing: try await client.message(on: "cloud/meter/answer").payload)
                    #expect(answer["id"]?.integer == 7)
                    #expect(answer["error"]?.string?.isEmpty == false)
                }
            }
        }
    }

    private func withCloud(
        of broker: Broker, _ options: ModuleOptions = ModuleOptions(),
        _ body: (VirtualModule, RawHost) async throws -> Void
    ) async throws {
        let reactor = Reactor(name: "virtual")
        defer { reactor.stop() }
        let module = try VirtualModule(options: options, path: temporaryPath(), reactor: reactor)
        try await module.start()
        let cloud = CloudOverMQTT(
            modules: ["meter": module], configuration: MQTTConfiguration(of: broker, id: "cloud"), reactor: reactor)
        await cloud.start()
        let host = RawHost()
        let result: Result<Void, any Error>
        do {
            try await host.open(module.path)
            result = .success(try await body(module, host))
        } catch {
            result = .failure(error)
        }
        await host.end()
        await cloud.stop()
        await module.stop()
        try result.get()
    }
}
