import Glibc
import JSON
import TestSupport
import Testing
import VirtualModules

@Suite struct WebMetricsTests {
    @Test func `what happens is counted, and promtool finds nothing wrong`() async throws {
        try await withWebRig { rig, web in
            try await rig.up(json: #"{"id":"a","text":"one","confirm":true}"#)
            try await rig.outcome("a", "delivered")
            try await rig.up(json: #"{"id":"b","hex":"abc"}"#)
            try await rig.outcome("b", "rejected")
            await rig.module.send(downlink: Array("down".utf8))
            try await rig.client.message(on: "nb/m0/down")
            try await rig.order("refresh")
            try await rig.json(on: "nb/m0/command/refresh/result") { $0["ok"]?.bool == true }
            let name = "narrowbridge_module_"
            for (outcome, count) in [("accepted", 1.0), ("sent", 1), ("delivered", 1), ("rejected", 1), ("failed", 0)] {
                #expect(try await web.metric("\(name)uplinks_total{module=\"m0\",outcome=\"\(outcome)\"}") == count)
            }
            #expect(try await web.metric(name + "downlinks_total{module=\"m0\"}") == 1)
            #expect(try await web.metric(name + "commands_total{module=\"m0\",result=\"done\"}") == 1)
            try await web.wait(metric: name + "signal_dbm{module=\"m0\"}", -71)
            #expect(try await web.metric("narrowbridge_uplink_sent_seconds_count") == 1)
            #expect(try await web.metric("narrowbridge_uplink_delivered_seconds_count") == 1)
            let commands = try await web.metric(name + "at_commands_total{module=\"m0\",result=\"answered\"}") ?? 0
            #expect(commands > 5)
            #expect(try await web.metric("narrowbridge_mqtt_publish_duration_seconds_count") ?? 0 > 5)
            let metrics = try await web.get("/metrics")
            #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(try await run("promtool", "check", "metrics", input: metrics.body) == "")
            try checkDocument(metrics.text)
        }
    }

    /// Every metric has its line in the documentation, and the documentation knows no other.
    private func checkDocument(_ metrics: String) throws {
        let told = Set(
            metrics.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
                .compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) })
        let document = try projectFile("docs/monitoring.md")
        let rows = document.split(separator: "\n").filter {
            $0.hasPrefix("| `narrowbridge_") || $0.hasPrefix("| `process_")
        }
        let documented = Set(rows.compactMap { row in row.split(separator: "`").dropFirst().first.map(String.init) })
        #expect(told.subtracting(documented) == [], "not documented")
        #expect(documented.subtracting(told) == [], "documented and not there")
    }

    @Test func `the real Prometheus scrapes it, and its alerts are rules`() async throws {
        try await withWebRig { rig, web in
            let port = try LocalSocket.freePort()
            let file = try rig.directory.write(
                "prometheus.yml",
                """
                global: {scrape_interval: 1s, scrape_timeout: 1s}
                rule_files: [alerts.yml]
                scrape_configs:
                  - job_name: narrowbridge
                    static_configs: [{targets: ["127.0.0.1:\(web.port)"]}]

                """)
            try rig.directory.write("alerts.yml", try alerts())
            _ = try await run("promtool", "check", "config", file)
            let prometheus = try await ChildProcess(
                "prometheus",
                [
                    "--config.file=\(file)", "--storage.tsdb.path=\(rig.directory.file("tsdb"))",
                    "--web.listen-address=127.0.0.1:\(port)",
                ])
            defer { prometheus.end(SIGKILL) }
            try await prometheus.output.wait("Prometheus to run", limit: .seconds(60)) {
                $0.isComplete || $0.text.contains("Server is ready")
            }
            let asked = WebClient(port: port)
            let query = "/api/v1/query?query=narrowbridge_module_ready"
            try await asked.wait("the sample to be there", for: query) { answer in
                let result = try? JSONValue(parsing: answer.body)["data"]?["result"]?.array?.first
                return result?["metric"]?["module"]?.string == "m0" && result?["value"]?.array?.last?.string == "1"
            }
        }
    }

    /// Those of the documentation.
    private func alerts() throws -> String {
        let document = try projectFile("docs/monitoring.md")
        let start = try #require(document.firstRange(of: "```yaml\ngroups:"))
        let rest = document[start.lowerBound...].dropFirst("```yaml\n".count)
        let end = try #require(rest.firstRange(of: "```"))
        return String(rest[..<end.lowerBound])
    }
}
