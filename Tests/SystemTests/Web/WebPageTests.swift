import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// The page in a real browser.
@Suite(.enabled(if: Browser.isInstalled, "chromium is not installed; scripts/deps --browser installs it"))
struct WebPageTests {
    private static let token = "0123456789abcdef"
    private static let hostile =
        #"<img src=x onerror="document.title='taken over'"><script>document.title='taken over'</script>"#

    @Test func `modules, messages and events are shown as they come, and markup in them stays text`() async throws {
        try await withWebRig { rig, web in
            let browser = try await Browser()
            try await browser.open("http://127.0.0.1:\(web.port)/#module-m0")
            try await browser.wait(
                "the module", until: "document.querySelector('#module-m0 .state')?.textContent === 'ready'")
            // Asked for when nothing else is to be done.
            try await browser.wait(
                "the signal", until: "document.querySelector('#module-m0 .dbm').textContent === '-71 dBm'")
            await rig.module.send(downlink: Array(Self.hostile.utf8))
            try await browser.wait(
                "the message", until: "document.querySelector('#module-m0 .messages').textContent.includes('onerror')")
            #expect(
                try await browser.evaluate("document.querySelectorAll('#modules img, #modules script').length") == "0")
            #expect(try await browser.evaluate("document.title") == "narrowbridge")
            try await rig.up(json: #"{"id":"a","text":"counter 17","confirm":true}"#)
            try await browser.wait(
                "the outcome",
                until: "document.querySelector('#module-m0 .messages').textContent.includes('delivered counter 17')")
            #expect(try await browser.evaluate("document.querySelectorAll('.label.bad').length") == "0")
            try await rig.up(json: #"{"id":"b","hex":"abc"}"#)
            try await browser.wait(
                "the refusal",
                until:
                    "document.querySelector('#module-m0 .messages .label.bad')?.textContent.startsWith('rejected') === true"
            )
            #expect(try await browser.evaluate("document.querySelector('#module-m0 .actions').hidden") == "true")
            await rig.module.unplug()
            try await browser.wait(
                "the loss", until: "document.querySelector('#module-m0 .state').textContent === 'offline'")
            #expect(try await browser.evaluate("document.querySelector('#module-m0 .error').hidden") == "false")
            rig.broker.stop(SIGKILL)
            try await browser.wait(
                "the broker's end", until: "document.querySelector('#broker').textContent === 'broker not connected'")
            try await rig.broker.start()
        }
    }

    @Test(arguments: [390, 1280])
    func `nothing is wider than the window`(width: Int) async throws {
        try await withWebRig(token: Self.token) { rig, web in
            let browser = try await Browser()
            try await browser.resize(width: width, height: 800)
            try await browser.open("http://127.0.0.1:\(web.port)/")
            _ = try await browser.evaluate("sessionStorage.setItem('token', '\(Self.token)')")
            await rig.module.send(downlink: Array(String(repeating: "x", count: 200).utf8))
            try await browser.open("http://127.0.0.1:\(web.port)/?again#module-m0")
            try await browser.wait(
                "the forms", until: "document.querySelector('#module-m0 .actions')?.hidden === false")
            #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")
            let widest =
                "Math.max(...[...document.querySelectorAll('#modules *')].map((e) => e.getBoundingClientRect().right)) <= innerWidth"
            #expect(try await browser.evaluate(widest) == "true")
        }
    }

    @Test func `all is done by keyboard: the token, a module, an uplink`() async throws {
        try await withWebRig(token: Self.token) { rig, web in
            let browser = try await Browser()
            try await browser.open("http://127.0.0.1:\(web.port)/")
            try await browser.wait(
                "the module", until: "document.querySelector('#module-m0 .state')?.textContent === 'ready'")
            try await Self.tab(browser, to: "document.activeElement.id === 'token'")
            try await browser.type(Self.token)
            try await browser.press("Enter", text: "\r")
            try await Self.tab(browser, to: "document.activeElement.tagName === 'SUMMARY'")
            try await browser.press("Enter", text: "\r")
            try await browser.wait(
                "the forms", until: "document.querySelector('#module-m0 .actions')?.hidden === false")
            try await Self.tab(browser, to: "document.activeElement.name === 'payload'")
            try await browser.type("typed")
            try await Self.tab(browser, to: "document.activeElement.textContent === 'Send'")
            try await browser.press("Enter", text: "\r")
            try await rig.client.record.wait("the outcome") { record in
                record.messages.contains {
                    $0.topic == "nb/m0/up/result" && String(decoding: $0.payload, as: UTF8.self).contains("sent")
                }
            }
            #expect(await rig.received() == ["typed"])
            #expect(
                try await browser.evaluate(
                    "[...document.querySelectorAll('input, select, textarea')].every((e) => e.labels.length > 0)")
                    == "true")
        }
    }

    /// The keyboard alone gets there.
    private static func tab(_ browser: Browser, to goal: String) async throws {
        for _ in 0..<40 {
            if try await browser.evaluate(goal) == "true" { return }
            try await browser.press("Tab")
        }
        Issue.record("no way by the tab key to where \(goal)")
    }
}
