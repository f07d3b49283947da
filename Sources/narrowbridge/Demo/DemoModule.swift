import VirtualModules

/// One module of the demo: what it is, how it is configured, and what is said to it and for it.
struct DemoModule: Sendable {
    /// Something that a client or the cloud publishes; `~` is replaced by a number that changes.
    struct Line: Sendable {
        var topic: String
        var text: String

        func spoken(_ tick: Int) -> Line {
            Line(topic: topic, text: text.replacing("~", with: "\(20 + tick * 7 % 10).\(tick * 3 % 10)"))
        }
    }

    let name: String
    let what: String
    let platform: ModuleOptions.Platform
    let configuration: String
    /// In turn.
    let lines: [Line]

    static let all = [
        DemoModule(
            name: "meter-1", what: "BC260Y-CN R02, CTWing", platform: .ctwing,
            configuration: """
                platform = "ctwing"
                server = "221.229.214.202:5683"
                lifetime = 0
                """,
            lines: [
                Line(topic: "narrowbridge/meter-1/up/json", text: #"{"text":"water ~ m3","confirm":true}"#),
                Line(topic: "cloud/meter-1/down", text: "valve ~"),
            ]),
        DemoModule(
            name: "tank-1", what: "BC260Y-CN R01, LwM2M", platform: .lwm2m(.cuDMP),
            configuration: """
                platform = "lwm2m"
                service = "cu-dmp"
                server = "dmp-coap.cuiot.cn:5683"
                [[module.object]]
                id = 3303
                resources = [{ id = 5700, type = "float", value = 21.5 }, { id = 5601, type = "float" }]
                """,
            lines: [
                Line(topic: "narrowbridge/tank-1/object/3303/0/5700/set", text: "~"),
                Line(topic: "cloud/tank-1/request", text: #"{"kind":"write","path":"3303/0/5601","text":"~"}"#),
                Line(topic: "cloud/tank-1/request", text: #"{"kind":"read","path":"3303/0/5700"}"#),
            ]),
        DemoModule(
            name: "pump-1", what: "BC260Y-CN, OneNET", platform: .onenet,
            configuration: """
                platform = "onenet"
                server = "183.230.40.39:5683"
                data_up = "3200/0/5750"
                data_down = "3200/0/5750"
                """,
            lines: [
                Line(topic: "narrowbridge/pump-1/up/json", text: #"{"text":"pressure ~ bar","confirm":true}"#),
                Line(topic: "cloud/pump-1/down", text: "speed ~"),
            ]),
        DemoModule(
            name: "lamp-1", what: "BC28, Andlink", platform: .andlink,
            configuration: """
                platform = "andlink"
                bootstrap_server = "112.13.96.205:5783"
                device_type = "31301"
                """,
            lines: [
                Line(topic: "narrowbridge/lamp-1/up", text: "brightness ~"),
                Line(topic: "cloud/lamp-1/down", text: "dim ~"),
            ]),
    ]
}
