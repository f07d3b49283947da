import Bridge
import Testing

@Suite struct TopicTests {
    @Test(
        arguments: [
            ("b/meter-1/up", .uplink(module: "meter-1")), ("b/meter-1/up/json", .uplinkJSON(module: "meter-1")),
            ("b/M/command/reboot", .command(module: "M", name: "reboot")),
            ("b/M/command/firmware/http", .command(module: "M", name: "firmware/http")),
            ("b/M/command/no such", .command(module: "M", name: "no such")),
            ("b/M/up/result", nil), ("b/M/down", nil), ("b/M/upper", nil), ("b/M/UP", nil), ("b/M", nil), ("b", nil),
            ("b/", nil), ("b/M/", nil), ("c/M/up", nil), ("bb/M/up", nil), ("B/M/up", nil), ("/b/M/up", nil), ("", nil),
            ("b/M/status", nil), ("b/bridge/state", nil), ("b/M/object/1/2/3", nil), ("b/M/object/1/2/3/write", nil),
            ("b/M/object/1/2/3/set", .object(module: "M", path: "1/2/3")),
            ("b/M/object/1/2/set", .object(module: "M", path: "1/2")), ("b/M/answer", .answer(module: "M")),
            // What the bridge itself says where it listens too.
            ("b/M/command/firmware/result", nil), ("b/M/command/reboot/result", nil),
        ] as [(String, InboundTopic?)])
    func `a topic is read as the contract writes it`(topic: String, expected: InboundTopic?) {
        #expect(InboundTopic(topic, base: "b") == expected)
    }

    @Test(arguments: ["b", "site/7/narrowbridge", "é"])
    func `any base topic may stand in front`(base: String) {
        #expect(InboundTopic("\(base)/m/up", base: base) == .uplink(module: "m"))
        let topics = Topics(base: base)
        #expect(topics.subscriptions.first == "\(base)/+/up")
        #expect(topics.isOwn(base) && topics.isOwn("\(base)/x") && !topics.isOwn("\(base)x") && !topics.isOwn("x"))
    }

    @Test(arguments: [
        ("b/m/up", "bridge"), ("b", "bridge"), ("$SYS/broker/x", "broker"), ("$SYS", "broker"), ("my/answers", nil),
        ("$SYSTEM", nil), ("$aws/things", nil), ("bb", nil),
    ])
    func `no reply goes to a topic of the bridge or of the broker`(topic: String, owner: String?) {
        #expect(Topics(base: "b").refusalOfReply(to: topic) == owner.map { "one of the \($0)'s own topics" })
    }

    @Test(arguments: ["", "a/+", "a/#", "#", "a\0b"])
    func `no reply goes to what is no topic`(topic: String) {
        #expect(Topics(base: "b").refusalOfReply(to: topic) != nil)
    }

    @Test func `a base that only looks the same is another one`() {
        // é in one scalar and in two.
        #expect(InboundTopic("e\u{301}/m/up", base: "\u{E9}") == nil)
    }

    @Test func `every topic is where the contract says`() {
        let topics = Topics(base: "narrowbridge")
        #expect(topics.bridgeState == "narrowbridge/bridge/state")
        #expect(topics.bridgeInfo == "narrowbridge/bridge/info")
        #expect(topics.availability("m") == "narrowbridge/m/availability")
        #expect(topics.status("m") == "narrowbridge/m/status")
        #expect(topics.firmware("m") == "narrowbridge/m/firmware")
        #expect(topics.result("m") == "narrowbridge/m/up/result")
        #expect(topics.down("m") == "narrowbridge/m/down")
        #expect(topics.downJSON("m") == "narrowbridge/m/down/json")
        #expect(topics.event("m") == "narrowbridge/m/event")
        #expect(topics.commandResult("m", "at") == "narrowbridge/m/command/at/result")
        #expect(
            topics.subscriptions == [
                "narrowbridge/+/up", "narrowbridge/+/up/json", "narrowbridge/+/object/+/+/+/set",
                "narrowbridge/+/object/+/+/set", "narrowbridge/+/answer", "narrowbridge/+/command/+",
                "narrowbridge/+/command/firmware/+",
            ])
    }
}
