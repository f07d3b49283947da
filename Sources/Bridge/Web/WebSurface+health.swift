import HTTP
import Store

/// What machines ask: whether the process gets on, whether messages can flow, and all numbers.
extension WebSurface {
    func health(_ reply: @escaping ReactorHTTPServer.Reply) {
        gateway.health.assumeIsolated { health in
            health.check { stuck in
                guard !stuck.isEmpty else { return reply(.text(200, "ok\n").guarded) }
                let names = stuck.map(\.rawValue).joined(separator: ", ")
                reply(.text(503, "no progress: \(names)\n").guarded)
            }
        }
    }

    func readiness(_ reply: @escaping ReactorHTTPServer.Reply) {
        let (isStopping, isConnected, store, failure) = gateway.assumeIsolated {
            ($0.isStopping, $0.link.isConnected, $0.storeWatch, $0.journal.currentFailure)
        }
        store.assumeIsolated { store in
            store.look { verdict in
                var reasons: [String] = []
                if isStopping { reasons.append("the bridge is being stopped") }
                if !isConnected { reasons.append("the broker is not connected") }
                if let fault = failure?.description ?? verdict.fault { reasons.append(fault) }
                let text = reasons.isEmpty ? "ok\n" : reasons.map { $0 + "\n" }.joined()
                reply(.text(reasons.isEmpty ? 200 : 503, text).guarded)
            }
        }
    }

    func metrics(_ reply: @escaping ReactorHTTPServer.Reply) {
        let (gateway, watchers) = (gateway, feed.count)
        gateway.assumeIsolated(\.storeWatch).assumeIsolated { store in
            store.look(within: StoreWatch.longValidity) { _ in
                var report = gateway.assumeIsolated { $0.metricsReport(watchers: watchers) }
                let stream = ResponseStream { report.next() }
                reply(
                    HTTPResponse(200, headers: [("Content-Type", Exposition.contentType)], body: .stream(stream))
                        .guarded)
            }
        }
    }
}
