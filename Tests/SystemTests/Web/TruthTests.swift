import Glibc
import JSON
import TestSupport
import Testing
import VirtualModules

/// While something is broken, and when it is mended: what `/healthz`, `/readyz`, `/metrics`, an open page, the topics
/// and the log say is true, and all of them say the same.
@Suite struct TruthTests {
    private static let rejected = "narrowbridge_module_uplinks_total{module=\"m0\",outcome=\"rejected\"}"

    /// As everything says when nothing is wrong.
    private struct Said: Sendable {
        /// Words in the lines of `/readyz`; ready if there are none.
        var reasons: [String] = []
        var isConnected = true
        /// Words of what the page says is wrong with the store.
        var store: String?
        /// Of module m0; m1 is always ready.
        var state = "ready"
    }

    private func expect(_ said: Said, _ web: WebClient, _ page: PageStream) async throws {
        try await page.record.wait("the page to show it", limit: .seconds(60)) { page in
            let store = page.bridge?["store"]
            let showsStore = said.store.map { store?.string?.contains($0) == true } ?? (store?.isNull == true)
            return page.bridge?["connected"]?.bool == said.isConnected && showsStore
                && page.state(of: "m0") == said.state && page.state(of: "m1") == "ready"
        }
        try await web.wait("it to be told", for: "/readyz") { $0.status == (said.reasons.isEmpty ? 200 : 503) }
        let lines = try await web.get("/readyz").text.split(separator: "\n")
        #expect(lines.count == max(1, said.reasons.count))
        for (line, words) in zip(lines, said.reasons) { #expect(line.contains(words)) }
        let health = try await web.get("/healthz")
        #expect(health.status == 200 && health.text == "ok\n")
        for (sample, isTrue) in [
            ("narrowbridge_mqtt_connected", said.isConnected), ("narrowbridge_store_writable", said.store == nil),
            ("narrowbridge_module_available{module=\"m0\"}", said.state == "ready"),
            ("narrowbridge_module_ready{module=\"m0\"}", said.state == "ready"),
            ("narrowbridge_module_state{module=\"m0\",state=\"\(said.state)\"}", true),
            ("narrowbridge_module_available{module=\"m1\"}", true), ("narrowbridge_module_ready{module=\"m1\"}", true),
        ] {
            #expect(try await web.metric(sample) == (isTrue ? 1 : 0), "\(sample)")
        }
    }

    private func withPage(
        stateDisk: Int? = nil, _ body: (Rig, WebClient, PageStream) async throws -> Void
    ) async throws {
        var options = RigOptions()
        options.modules = 2
        options.stateDisk = stateDisk
        try await withWebRig(options) { rig, web in
            let page = try await PageStream(port: web.port)
            try await expect(Said(), web, page)
            try await body(rig, web, page)
            await page.stop()
        }
    }

    @Test(.enabled("this user may not mount a small disk") { await SmallDisk.isPossible() })
    func `a full disk`() async throws {
        try await withPage(stateDisk: 4 << 20) { rig, web, page in
            let full = "There is no space left for the store"
            try rig.bridge.fillDisk()
            // By this one it is found out; the line may have had it before the disk refuses it.
            try await rig.up(json: #"{"id":"first","text":"first"}"#)
            try await rig.json(on: "nb/bridge/info") { info in
                info["store"]?["writable"]?.bool == false && info["store"]?["error"]?.string?.contains(full) == true
            }
            try await rig.json(on: "nb/m0/up/result", since: rig.beginning) { outcome in
                outcome["id"]?.string == "first" && ["sent", "rejected"].contains(outcome["state"]?.string)
            }
            let before = try await web.metric(Self.rejected) ?? 0
            for index in 0..<5 {
                try await rig.up(json: #"{"id":"u\#(index)","text":"no room \#(index)"}"#)
                let outcome = try await rig.outcome("u\(index)", "rejected")
                #expect(outcome["error"]?["name"]?.string == "store")
                #expect(outcome["error"]?["text"]?.string?.contains(full) == true)
            }
            try await expect(Said(reasons: [full], store: full), web, page)
            // It answers, and is registered: nothing is wrong with it.
            try await rig.state("ready")
            #expect(try await web.metric("narrowbridge_store_commits_failed_total") ?? 0 > 0)
            #expect(try await web.metric(Self.rejected) == before + 5)
            await rig.module.send(downlink: Array("in the meantime".utf8))

            rig.bridge.emptyDisk()
            try await expect(Said(), web, page)
            try await rig.json(on: "nb/bridge/info") { $0["store"]?["writable"]?.bool == true }
            try await rig.client.message(on: "nb/m0/down") { $0.text == "in the meantime" }
            try await rig.up(json: #"{"id":"v","text":"room again"}"#)
            try await rig.outcome("v", "sent")
            #expect(await rig.received().filter { $0 != "first" } == ["room again"])
            let told = rig.bridge.log.split(separator: "\n").filter { $0.contains(" store: ") }
            #expect(told.count == 2, "\(told)")
            #expect(told.first?.contains("error store: \(full)") == true)
            #expect(told.last?.contains("notice store: what comes can be saved again") == true)
        }
    }

    @Test func `a broker that is killed, and a module that is lost meanwhile`() async throws {
        try await withPage { rig, web, page in
            rig.broker.stop(SIGKILL)
            try await expect(Said(reasons: ["the broker is not connected"], isConnected: false), web, page)
            await rig.module.unplug()
            try await expect(
                Said(reasons: ["the broker is not connected"], isConnected: false, state: "offline"), web, page)
            try await rig.broker.start()
            try await expect(Said(state: "offline"), web, page)
            #expect(try await web.metric("narrowbridge_mqtt_connections_total") == 2)
            // Who comes now sees it as it is: the broker kept what was true before.
            try await withClient(of: rig.broker, id: "later", subscriptions: ["nb/#"]) { later in
                for (topic, words) in [
                    ("nb/bridge/state", "online"), ("nb/m0/availability", "offline"), ("nb/m1/availability", "online"),
                    ("nb/m0/status", #""state":"offline""#), ("nb/m1/status", #""state":"ready""#),
                    ("nb/bridge/info", #""state":"offline""#),
                ] {
                    try await later.message(on: topic) { $0.text.contains(words) }
                }
            }
            try await rig.module.plugIn()
            try await rig.state("ready")
            try await expect(Said(), web, page)
        }
    }

    @Test func `a port that is unplugged`() async throws {
        try await withPage { rig, web, page in
            await rig.module.unplug()
            try await expect(Said(state: "offline"), web, page)
            try await rig.client.message(on: "nb/m0/availability") { $0.text == "offline" }
            let status = try await rig.state("offline")
            #expect(status["error"]?["text"]?.string?.isEmpty == false)
            try await rig.status { $0["error"]?["text"]?.string?.hasPrefix("There is no device") == true }
            #expect(rig.bridge.log.contains("notice m0: offline: There is no device"))
            try await rig.json(on: "nb/bridge/info") { info in
                info["modules"]?.array?.map { $0["state"]?.string } == ["offline", "ready"]
            }
            #expect(try await web.metric("narrowbridge_module_losses_total{module=\"m0\"}") == 1)
            #expect(try await web.metric("narrowbridge_modules{state=\"offline\"}") == 1)
            try await rig.module.plugIn()
            try await rig.state("ready")
            try await rig.client.message(on: "nb/m0/availability") { $0.text == "online" }
            try await rig.status { $0["error"]?.isNull == true }
            try await expect(Said(), web, page)
        }
    }
}
