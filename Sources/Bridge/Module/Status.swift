import JSON
package import Platforms
package import Reactor

/// Everything that `B/M/status` says. Its payload is a function of this value, and of nothing else.
package struct Status: Equatable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case offline, starting, attaching, registering, ready, asleep, updating, stopped, failed
    }

    package struct Queue: Equatable, Sendable {
        package var waiting = 0
        package var inFlight = 0
        package var limit = 0
        package var oldest: Timestamp?
    }

    package struct Counters: Equatable, Sendable {
        package var accepted = 0
        package var sent = 0
        package var delivered = 0
        package var failed = 0
        package var expired = 0
        package var rejected = 0
        package var downlinks = 0
        package var droppedByModule = 0
    }

    package var state = State.offline
    package var since: Timestamp
    package var platform: String
    package var registration: Registration?
    package var network = NetworkStatus()
    package var isAsleep: Bool?
    package var identity = Identity()
    package var queue = Queue()
    package var counters = Counters()
    package var error: PlatformError?
    package var retryAt: Timestamp?

    package init(platform: String, since: Timestamp) {
        self.platform = platform
        self.since = since
    }

    package func json(now: Timestamp) -> [UInt8] {
        JSONText.object(capacity: 768) { json in
            json.member("state", state.rawValue)
            json.member("since", time: since.milliseconds)
            json.member("platform", platform)
            json.optional("registration", registration?.rawValue)
            json.object("network") { json in
                json.optional("attached", network.attached)
                json.optional("ip", network.ip)
                json.optional("rssi_dbm", network.rssi)
            }
            json.optional("sleep", isAsleep.map { $0 ? "asleep" : "awake" })
            json.object("identity") { json in
                json.optional("model", identity.model)
                json.optional("revision", identity.revision)
                json.optional("imei", identity.imei)
                json.optional("imsi", identity.imsi)
                json.optional("iccid", identity.iccid)
            }
            json.object("queue") { json in
                json.member("waiting", queue.waiting)
                json.member("in_flight", queue.inFlight)
                json.member("limit", queue.limit)
                json.optional(
                    "oldest_seconds", queue.oldest.map { max(0, (now.milliseconds - $0.milliseconds) / 1000) })
            }
            json.object("counters") { json in
                json.member("accepted", counters.accepted)
                json.member("sent", counters.sent)
                json.member("delivered", counters.delivered)
                json.member("failed", counters.failed)
                json.member("expired", counters.expired)
                json.member("rejected", counters.rejected)
                json.member("downlinks", counters.downlinks)
                json.member("dropped_by_module", counters.droppedByModule)
            }
            json.member(error: error)
            json.member("retry_at", time: retryAt?.milliseconds)
        }
    }
}
