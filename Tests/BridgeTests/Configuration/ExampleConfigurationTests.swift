import Bridge
import Glibc
import Platforms
import Testing

/// The example that users begin with is right, and shows every key there is.
struct ExampleConfigurationTests {
    private static let path: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(4).joined(separator: "/") + "/bridge.conf"
    }()

    private func lines() throws -> [Substring] {
        let file = unsafe open(Self.path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe read(file, &bytes, bytes.count)
        try #require(count > 0)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func `the example is accepted, and its values are the defaults`() throws {
        let configuration = try Configuration.load(path: Self.path)
        var mqtt = MQTTSettings()
        mqtt.clientID = configuration.mqtt.clientID
        #expect(configuration.mqtt == mqtt)
        // It stands there, so it is meant.
        var bridge = BridgeSettings()
        bridge.isHTTPChosen = true
        #expect(configuration.bridge == bridge)
        #expect(configuration.homeAssistant == HomeAssistantSettings())
        let module = ModuleSettings(
            name: "meter-1", port: .device(path: "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"),
            options: .ctwing(CTWingOptions()), server: ServerAddress(host: "221.229.214.202", port: 5683))
        #expect(configuration.modules == [module])
    }

    @Test func `every key that stands behind a comment sign is accepted too`() throws {
        let secret = Array(String(repeating: "0f", count: 16).utf8)
        try withFolder(["secret": secret]) { folder in
            let text = uncommented(try lines(), secret: folder + "/secret")
            let configuration = try Configuration.parse(Array(text.utf8), file: "f")
            #expect(configuration.mqtt.brokers.count == 2 && configuration.mqtt.tls?.identity != nil)
            #expect(configuration.mqtt.password != nil)
            #expect(configuration.modules.map(\.platform) == Platform.allCases)
            #expect(configuration.modules.map { $0.psk == nil } == [false, false, true, false, true])
            guard case .lwm2m(let lwm2m) = configuration.modules[1].options else {
                Issue.record("the second module is \(configuration.modules[1].platform)")
                return
            }
            #expect(lwm2m.service == .ctAEP && lwm2m.objects.first?.resources.count == 2)
        }
    }

    /// Comments are "# text", keys that are turned off "#key". A key that stands there twice keeps its last value.
    private func uncommented(_ lines: [Substring], secret: String) -> String {
        var result: [String] = []
        var places: [Substring: Int] = [:]
        for line in lines {
            let isOff = line.first == "#" && line.dropFirst().first.map { $0 != " " } ?? false
            var text = String(isOff ? line.dropFirst() : line)
            if text.hasPrefix("[") { places = [:] }
            if !text.hasPrefix("#"), let key = text.split(separator: " ").first, text.contains(" = ") {
                if key.hasSuffix("_file") { text = "\(key) = \"\(secret)\"" }
                if let place = places.updateValue(result.count, forKey: key) { result[place] = "" }
            }
            result.append(text)
        }
        return result.joined(separator: "\n")
    }

    @Test(arguments: [
        "zzz = 1", "[mqtt]\nzzz = 1", "[mqtt.tls]\nzzz = 1", "[bridge]\nzzz = 1", "[homeassistant]\nzzz = 1",
        module("ctwing", "zzz = 1"), module("lwm2m", "zzz = 1"), module("onenet", "zzz = 1"),
        module("andlink", "zzz = 1"),
        module("none", "zzz = 1"), module("lwm2m", "retransmit = { zzz = 1 }"),
        module("lwm2m", "[[module.object]]\nid = 7\nresources = [{ id = 1, type = \"float\" }]\nzzz = 1"),
        module("lwm2m", "[[module.object]]\nid = 7\nresources = [{ id = 1, type = \"float\", zzz = 1 }]"),
    ])
    func `the example shows every key`(text: String) throws {
        // The fault of an unknown key lists all that are known in its table.
        let fault = try #require(faults(in: text).first)
        let list = try #require(fault.behind("expected one of "))
        let example = try lines()
        for key in list.split(separator: ", ") {
            let isShown = example.contains { line in
                let text = line.first == "#" ? line.dropFirst() : line
                return text.hasPrefix("\(key) = ") || text.hasPrefix("[\(key)") || text.hasPrefix("[[\(key)")
                    || text.contains(".\(key)]") || text.contains("{ \(key) = ") || text.contains(", \(key) = ")
            }
            #expect(isShown, "\(key)")
        }
    }
}

extension String {
    /// What stands behind the first occurrence of a part.
    fileprivate func behind(_ part: String) -> Substring? {
        indices.first { self[$0...].hasPrefix(part) }.map { self[$0...].dropFirst(part.count) }
    }
}
