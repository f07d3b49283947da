import JSON
import Platforms
import Reactor
import Testing

@testable import Bridge

/// The update's state for the hub: always the same keys, and a newer version only while there is one.
@Suite struct HubUpdateTests {
    private static func firmware(
        _ state: Firmware.State, _ method: Firmware.Method? = .platform, progress: Int? = nil, awaits: Bool = false,
        error: PlatformError? = nil
    ) -> Firmware {
        var firmware = Firmware()
        firmware.state = state
        firmware.method = method
        firmware.progress = progress
        firmware.awaitsDecision = awaits
        firmware.error = error
        firmware.installedVersion = "BC28JAR01A03"
        firmware.startedAt = start
        return firmware
    }

    private static let newer = "new firmware of 2026-01-01T00:00"
    private static let failure = PlatformError(name: "n", text: "no \"room\"", source: .module)

    @Test(
        arguments: [
            // State, latest version, in progress, percentage, the begin of the summary.
            (firmware(.idle, nil), nil, false, "null", ""),
            (firmware(.downloading), newer, true, "null", ""),
            (firmware(.downloading, progress: 37), newer, true, "37", ""),
            (firmware(.updating, .http, progress: 101), newer, true, "100", ""),
            (firmware(.downloaded, progress: 100), newer, true, "100", ""),
            // Somebody must decide.
            (firmware(.downloading, awaits: true), newer, false, "null", "The platform offers"),
            (firmware(.downloaded, progress: 100, awaits: true), newer, false, "null", "An update has been downloaded"),
            // For the device behind the module.
            (firmware(.downloading, .file, progress: 5), nil, false, "null", ""),
            (firmware(.succeeded, progress: 100), nil, false, "null", ""),
            (
                firmware(.failed, progress: 3, error: failure), nil, false, "null",
                #"The last update has failed: no \"room\""#
            ),
        ] as [(Firmware, String?, Bool, String, String)])
    func `each state of an update`(
        _ firmware: Firmware, _ latest: String?, _ inProgress: Bool, _ percentage: String, _ summary: String
    ) throws {
        let text = String(decoding: try #require(firmware.hubUpdate(model: "BC28")), as: UTF8.self)
        let start =
            #"{"installed_version":"BC28JAR01A03","latest_version":"\#(latest ?? "BC28JAR01A03")","title":"BC28 firmware","#
            + #""release_summary":"\#(summary)"#
        #expect(text.hasPrefix(start), "\(text)")
        #expect(text.hasSuffix(#"","in_progress":\#(inProgress),"update_percentage":\#(percentage)}"#), "\(text)")
    }

    @Test func `nothing is said before the version is known`() {
        #expect(Firmware().hubUpdate(model: "BC28") == nil)
    }

    @Test func `a summary has at most 255 characters, and no model is no null`() throws {
        let long = PlatformError(name: "n", text: String(repeating: "長", count: 400), source: .module)
        let json = try JSONValue(parsing: try #require(Self.firmware(.failed, error: long).hubUpdate(model: nil)))
        #expect(json["release_summary"]?.string?.count == 255)
        #expect(json["title"]?.string == "Firmware")
    }
}

/// Who is told next.
@Suite struct HubQueueTests {
    private func hub() -> Hub {
        var settings = HomeAssistantSettings()
        settings.enabled = true
        return Hub(settings: settings)
    }

    @Test func `each waits once, in order, and one at a time`() throws {
        var hub = hub()
        for name in ["a", "b", "a", "c"] { hub.add(name, withStates: false) }
        // Asked for with states while it waited.
        hub.add("b", withStates: true)
        hub.add("b", withStates: false)
        var told: [String] = []
        while let next = hub.next() { told.append(next.name + (next.withStates ? "!" : "")) }
        #expect(told == ["a", "b!", "c"])
        hub.add("a", withStates: false)
        hub.isTelling = true
        let whileTelling = hub.next()
        #expect(whileTelling == nil)
        hub.isTelling = false
        let afterwards = hub.next()?.name
        #expect(afterwards == "a")
    }

    @Test func `only what differs is news`() {
        var hub = hub()
        let one = HubModule.Shown(model: "M", revision: nil, imei: nil, offer: nil)
        let other = HubModule.Shown(model: "M", revision: "R", imei: nil, offer: nil)
        var news: [Bool] = []
        for shown in [one, one, other, other, one] { news.append(hub.isNews(shown, of: "m")) }
        #expect(news == [true, false, true, false, true])
        var updates: [Bool] = []
        for update in ["a", "a", "b"] { updates.append(hub.isNews(Array(update.utf8), of: "m")) }
        #expect(updates == [true, false, true])
        hub.forget(["m"])
        let isNewsAgain = hub.isNews(one, of: "m")
        #expect(isNewsAgain)
    }

    @Test func `switched off, it keeps nothing and takes nothing`() {
        var hub = hub()
        hub.add("a", withStates: true)
        let hasChanged = hub.follow(HomeAssistantSettings())
        hub.add("b", withStates: true)
        let next = hub.next()
        #expect(hasChanged && next == nil && hub.subscriptions == [])
        let hasChangedAgain = hub.follow(HomeAssistantSettings())
        #expect(!hasChangedAgain)
    }

    @Test func `births are heard below the prefix and where hubs usually say them`() {
        var settings = HomeAssistantSettings()
        settings.enabled = true
        #expect(Hub(settings: settings).subscriptions == ["homeassistant/status"])
        settings.discoveryPrefix = "ha/disc"
        #expect(Hub(settings: settings).subscriptions == ["ha/disc/status", "homeassistant/status"])
    }
}
