import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

@Suite struct WebActionTests {
    private static let token = "0123456789abcdef"

    @Test func `with the token uplinks are sent and commands run`() async throws {
        try await withWebRig(token: Self.token + "\n") { rig, web in
            let sent = try await web.post("/modules/m0/up", #"{"id":"w","text":"by hand"}"#, token: Self.token)
            #expect(sent.status == 202, "\(sent.text)")
            try await rig.outcome("w", "sent")
            #expect(await rig.received() == ["by hand"])
            let refused = try await web.post("/modules/m0/up", #"{"hex":"abc"}"#, token: Self.token)
            #expect(refused.status == 422)
            #expect(refused.text.contains("3 digits"))
            let command = try await web.post("/modules/m0/command/refresh", "", token: Self.token)
            #expect(command.status == 202)
            try await rig.json(on: "nb/m0/command/refresh/result") { $0["ok"]?.bool == true }
            #expect(try await web.post("/modules/nobody/up", #"{"text":"x"}"#, token: Self.token).status == 404)
            let long = String(repeating: "x", count: 20_000)
            #expect(try await web.post("/modules/m0/up", long, token: Self.token).status == 413)
        }
    }

    @Test func `without the right token nothing happens`() async throws {
        try await withWebRig(token: Self.token) { rig, web in
            for wrong in ["", "0123456789abcdeg", "0123456789abcde", Self.token + "0"] {
                let answer = try await web.post("/modules/m0/up", #"{"text":"x"}"#, token: wrong)
                #expect(answer.status == 401)
                #expect(answer.headers["www-authenticate"] == "Bearer")
            }
            #expect(try await web.client.ask("POST /modules/m0/up", body: #"{"text":"x"}"#).status == 401)
            #expect(await rig.received() == [])
            #expect(!rig.bridge.log.contains(Self.token))
        }
    }

    @Test func `a page without a token only shows, and only to those who call the bridge by its name`() async throws {
        try await withWebRig { _, web in
            #expect(try await web.post("/modules/m0/up", #"{"text":"x"}"#, token: "").status == 403)
            let stranger = PlainClient(port: web.port, host: "rebound.example")
            for path in ["/", "/events", "/metrics", "/page.js"] {
                #expect(try await stranger.ask("GET \(path)").status == 421)
            }
            #expect(try await stranger.ask("POST /modules/m0/up", body: "{}").status == 421)
            #expect(try await stranger.ask("GET /healthz").status == 200)
            let page = try await web.get("/")
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'; script-src 'self'") == true)
            #expect(page.headers["access-control-allow-origin"] == nil)
            #expect(!page.text.contains("<script>") && !page.text.contains("//"), "everything is from here")
        }
    }

    @Test func `pages that take nothing hold nobody up, and there are only so many`() async throws {
        try await withWebRig { rig, web in
            var idle: [Int32] = []
            defer { for descriptor in idle { close(descriptor) } }
            let request = Array("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
            for _ in 0..<20 {
                let descriptor = try LocalSocket.connect(port: web.port)
                _ = unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
                idle.append(descriptor)
            }
            try await web.wait(metric: "narrowbridge_page_watchers", 20)
            #expect(try await web.get("/events").status == 503)
            for text in 0..<50 { try await rig.up("\(text)") }
            try await rig.client.record.wait("the outcomes") { record in
                record.messages.count { $0.topic == "nb/m0/up/result" } >= 100
            }
            #expect(try await web.get("/healthz").status == 200)
            for descriptor in idle { close(descriptor) }
            idle = []
            // Who has gone is noticed at the next word to them.
            try await rig.up("last")
            try await web.wait(metric: "narrowbridge_page_watchers", 0)
            let events = try await web.client.ask("GET /events", reading: 1500)
            #expect(events.headers["content-type"] == "text/event-stream")
            #expect(events.text.contains("event: bridge\ndata: {\"version\":"), "\(events.text)")
            #expect(events.text.contains("event: module\ndata: {\"name\":\"m0\","), "\(events.text)")
        }
    }
}
