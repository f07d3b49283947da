import HTTP
import JSON
import Platforms
import Reactor
import Store

/// What a page with the token may do: the same as a client does by MQTT.
extension WebSurface {
    /// Nil for a request that bears the token.
    func refusal(of request: HTTPRequest) -> HTTPResponse? {
        guard let token = settings.httpToken else {
            return .text(403, "this page only shows; http_token_file in [bridge] lets it act\n").guarded
        }
        let given = request["Authorization"] ?? ""
        guard Self.isEqual(Array(given.utf8), Array("Bearer \(token.revealed)".utf8)) else {
            complain(of: request.peer)
            var response = HTTPResponse.text(401, "the token is wrong\n").guarded
            response.headers.append(("WWW-Authenticate", "Bearer"))
            return response
        }
        return nil
    }

    /// In a time that tells nothing of where they differ.
    private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    /// Nobody fills the log.
    private func complain(of peer: String) {
        if let lastComplaint, reactor.now - lastComplaint < .seconds(10) { return }
        lastComplaint = reactor.now
        log.warning("bridge", "http: a wrong token from \(peer)")
    }

    func sendUplink(_ body: [UInt8], to name: String, _ reply: @escaping ReactorHTTPServer.Reply) {
        guard let module = module(name, reply) else { return }
        do throws(Rejection) {
            let request = try UplinkRequest(json: body, properties: nil)
            try module.takeHere(request).get()
        } catch {
            return reply(.text(422, "\(error.text)\n").guarded)
        }
        gateway.assumeIsolated(\.journal).whenSettled { error in
            reply(error.map { .text(503, "\($0)\n").guarded } ?? .text(202, "accepted\n").guarded)
        }
    }

    func giveCommand(_ command: String, _ body: [UInt8], to name: String, _ reply: @escaping ReactorHTTPServer.Reply) {
        guard let module = module(name, reply) else { return }
        gateway.assumeIsolated { $0.order(module, command, body, nil) }
        gateway.assumeIsolated(\.journal).whenSettled { error in
            reply(error.map { .text(503, "\($0)\n").guarded } ?? .text(202, "accepted\n").guarded)
        }
    }

    private func module(_ name: String, _ reply: ReactorHTTPServer.Reply) -> Module? {
        if let module = gateway.assumeIsolated({ $0.modules[name] }) { return module }
        reply(.text(404, "there is no module \(name) in the configuration\n").guarded)
        return nil
    }
}

extension Module {
    /// For who wants to know at once why it is not taken.
    fileprivate nonisolated func takeHere(_ request: UplinkRequest) -> Result<Void, Rejection> {
        assumeIsolated { module in
            do throws(Rejection) {
                try module.take(request, reply: nil)
                return .success(())
            } catch {
                module.countRejection(error)
                return .failure(error)
            }
        }
    }
}
