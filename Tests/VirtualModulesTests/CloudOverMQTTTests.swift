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
        (#"{"do":"reject"}"#, true), (#"{"do":"ack_never"}"#, true),
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

    private func withCloud(
        of broker: Broker, _ body: (VirtualModule, RawHost) async throws -> Void
    ) async throws {
        let reactor = Reactor(name: "virtual")
        defer { reactor.stop() }
        let module = try VirtualModule(path: temporaryPath(), reactor: reactor)
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
