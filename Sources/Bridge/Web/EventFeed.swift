import HTTP
import JSON
import MQTT
import Reactor

/// Tells open pages what has changed (server-sent events): all of it when one is opened, then the changes.
///
/// A module's news is written once for all pages, at most twice a second. Unchecked: belongs to the reactor's thread.
final class EventFeed: @unchecked Sendable {
    private static let mostPages = 20
    /// What a page that takes nothing may leave lying.
    private static let limit = 1 << 20
    private static let pause = Duration.milliseconds(500)
    private static let heartbeat = Duration.seconds(15)
    private static let modulesAtOnce = 20
    private static let modulesPerTick = 100

    private weak let gateway: Gateway?
    private let mayAct: Bool
    private let reactor: Reactor
    private var pages: [ObjectIdentifier: ResponseStream] = [:]
    private var tickTimer: Timer?
    private var heartbeatTimer: Timer?
    private var lastBridge: [UInt8] = []

    init(gateway: Gateway, mayAct: Bool) {
        self.gateway = gateway
        self.mayAct = mayAct
        reactor = gateway.reactor
    }

    var count: Int { pages.count }

    func stop() {
        for page in pages.values { page.end() }
        tickTimer?.cancel()
        heartbeatTimer?.cancel()
    }

    /// Nil when there are too many.
    func open() -> HTTPResponse? {
        guard pages.count < Self.mostPages, let gateway else { return nil }
        if pages.isEmpty { beginWatching(gateway) }
        let names = gateway.assumeIsolated { $0.configuration.modules.map(\.name) }
        var rest: ArraySlice<String>? = names[...]
        var isFirst = true
        let stream = ResponseStream(limit: Self.limit) { [weak self] in
            guard let self, let portion = rest?.prefix(Self.modulesAtOnce) else { return nil }
            rest = portion.isEmpty ? nil : rest?.dropFirst(portion.count)
            var text: [UInt8] = []
            if isFirst {
                isFirst = false
                text += Array("retry: 3000\n\n".utf8) + Self.event("bridge", self.bridge())
            }
            for name in portion { text += self.news(of: name, since: 0) }
            return text
        }
        let key = ObjectIdentifier(stream)
        pages[key] = stream
        stream.whenClosed = { [weak self] in self?.closed(key) }
        return HTTPResponse(200, headers: [("Content-Type", "text/event-stream")], body: .stream(stream)).guarded
    }

    private func closed(_ key: ObjectIdentifier) {
        pages[key] = nil
        guard pages.isEmpty else { return }
        gateway?.assumeIsolated { $0.board.isWatched = false }
        heartbeatTimer?.cancel()
        tickTimer?.cancel()
        tickTimer = nil
    }

    private func beginWatching(_ gateway: Gateway) {
        let board = gateway.assumeIsolated(\.board)
        board.isWatched = true
        board.whenChanged = { [weak self] in self?.tickSoon(Self.pause) }
        scheduleHeartbeat()
    }

    // MARK: Changes

    private func tickSoon(_ pause: Duration) {
        guard tickTimer == nil else { return }
        tickTimer = reactor.schedule(after: pause) { [weak self] in self?.tick() }
    }

    private func tick() {
        tickTimer = nil
        guard let gateway else { return }
        let board = gateway.assumeIsolated(\.board)
        var text: [UInt8] = []
        for (name, since) in board.take(Self.modulesPerTick) { text += news(of: name, since: since) }
        tell(bridgeNews() + text)
        // A thousand modules at once are told bit by bit.
        if !board.changed.isEmpty { tickSoon(.milliseconds(100)) }
    }

    /// Shows a page that has gone, and keeps proxies from giving up one that is there.
    private func scheduleHeartbeat() {
        heartbeatTimer = reactor.schedule(after: Self.heartbeat) { [weak self] in
            guard let self else { return }
            self.tell(self.bridgeNews() + Array(":\n\n".utf8))
            self.scheduleHeartbeat()
        }
    }

    private func tell(_ text: [UInt8]) {
        guard !text.isEmpty else { return }
        for page in pages.values { page.send(text) }
    }

    // MARK: What is told

    private func bridgeNews() -> [UInt8] {
        let json = bridge()
        guard json != lastBridge else { return [] }
        lastBridge = json
        return Self.event("bridge", json)
    }

    private func bridge() -> [UInt8] {
        guard let gateway else { return [] }
        return gateway.assumeIsolated { gateway in
            JSONText.object(capacity: 512) { json in
                json.member("version", Version.text)
                json.optional("broker", gateway.session.map { "\($0.broker)" })
                json.member("connected", gateway.link.isConnected)
                json.optional("store", gateway.storeFault)
                json.member("may_act", mayAct)
                json.member("modules", gateway.configuration.modules.map(\.name))
            }
        }
    }

    private func news(of name: String, since change: Int) -> [UInt8] {
        guard let module = gateway?.assumeIsolated({ $0.modules[name] }) else { return [] }
        return Self.event("module", module.assumeIsolated { $0.news(since: change) })
    }

    /// JSON has no line ends of its own.
    private static func event(_ name: String, _ json: [UInt8]) -> [UInt8] {
        Array("event: \(name)\ndata: ".utf8) + json + Array("\n\n".utf8)
    }
}

extension Module {
    /// Everything that the page shows of the module; of its log, what has changed since.
    func news(since change: Int) -> [UInt8] {
        JSONText.object(capacity: 2048) { json in
            json.member("name", name)
            json.member("allow_at", settings.allowAT)
            json.member("status", raw: status.json(now: now))
            json.member("firmware", raw: shownFirmware.json ?? firmware.json)
            history.write(to: &json, since: change)
        }
    }
}
