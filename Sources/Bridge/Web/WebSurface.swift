import HTTP
package import Reactor
import WebPage

/// The bridge's HTTP side: health, metrics, and the page.
package actor WebSurface {
    nonisolated let gateway: Gateway
    nonisolated let settings: BridgeSettings
    nonisolated let log: Log
    private let hosts: HostCheck
    private var server: ReactorHTTPServer?
    var feed: EventFeed
    var lastComplaint: Instant?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe gateway.reactor.asUnownedSerialExecutor()
    }

    nonisolated var reactor: Reactor { gateway.reactor }

    /// `socket` listens already, at the address of the configuration.
    package init(
        _ gateway: Gateway, settings: BridgeSettings, log: Log, socket: Int32
    ) async throws(SystemError) {
        self.gateway = gateway
        self.settings = settings
        self.log = log
        hosts = HostCheck(listening: settings.http?.host ?? "", others: settings.httpHosts)
        feed = EventFeed(gateway: gateway, mayAct: settings.httpToken != nil)
        try begin(socket)
    }

    private func begin(_ socket: Int32) throws(SystemError) {
        server = try ReactorHTTPServer(listening: socket, on: reactor) { [weak self] request, reply in
            guard let self else { return reply(.text(503, "stopping\n")) }
            self.assumeIsolated { $0.answer(request, reply) }
        }
        log.notice("bridge", "http://\(settings.http.map { "\($0)" } ?? "") shows health, metrics and the modules")
    }

    package func stop() {
        feed.stop()
        server?.stop()
        server = nil
    }

    private func answer(_ request: HTTPRequest, _ reply: @escaping ReactorHTTPServer.Reply) {
        let route = WebRoute(request)
        guard route.isProbe || hosts.admits(request["Host"]) else {
            let text = "this name is not known here; http_hosts in [bridge] names those of a proxy\n"
            return reply(.text(421, text).guarded)
        }
        switch route {
        case .health: health(reply)
        case .readiness: readiness(reply)
        case .metrics: metrics(reply)
        case .page: reply(.asset(WebPage.html, "text/html; charset=utf-8"))
        case .style: reply(.asset(WebPage.css, "text/css; charset=utf-8"))
        case .script: reply(.asset(WebPage.script, "text/javascript; charset=utf-8"))
        case .actions: reply(.asset(WebPage.actions, "text/javascript; charset=utf-8"))
        case .icon: reply(.asset(WebPage.icon, "image/svg+xml"))
        case .events: reply(feed.open() ?? .text(503, "too many pages are open\n"))
        case .uplink(let module):
            if let refusal = refusal(of: request) { return reply(refusal) }
            sendUplink(request.body, to: module, reply)
        case .command(let module, let name):
            if let refusal = refusal(of: request) { return reply(refusal) }
            giveCommand(name, request.body, to: module, reply)
        case .notFound: reply(.text(404, "there is nothing here\n").guarded)
        case .notAllowed(let allowed):
            var response = HTTPResponse.text(405, "\(allowed) is expected\n").guarded
            response.headers.append(("Allow", allowed))
            reply(response)
        }
    }
}

extension HTTPResponse {
    /// Nothing but what comes from here is loaded or run, whatever a payload contains; and no other page shows this one.
    var guarded: HTTPResponse {
        var response = self
        response.headers += [
            (
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"),
        ]
        return response
    }

    fileprivate static func asset(_ bytes: [UInt8], _ type: String) -> HTTPResponse {
        HTTPResponse(200, headers: [("Content-Type", type)], body: .bytes(bytes)).guarded
    }
}
