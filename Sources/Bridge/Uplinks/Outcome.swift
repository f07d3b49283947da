import JSON
package import Platforms
package import Reactor

/// One step in the life of an uplink, as it is published.
package struct Outcome: Equatable, Sendable {
    package enum State: String, Sendable, CaseIterable { case accepted, sent, delivered, failed, expired, rejected }

    package var id: String
    package var state: State
    package var time: Timestamp
    package var attempts: Int
    package var error: PlatformError?
    /// Of a value that is current, and that the cloud does not want to be told.
    package var isUnreported = false

    package init(id: String, state: State, time: Timestamp, attempts: Int = 0, error: PlatformError? = nil) {
        self.id = id
        self.state = state
        self.time = time
        self.attempts = attempts
        self.error = error
    }

    package var json: [UInt8] {
        JSONText.object(capacity: 160) { json in
            json.member("id", id)
            json.member("state", state.rawValue)
            json.member("time", time: time.milliseconds)
            json.member("attempts", attempts)
            json.member(error: error)
            if isUnreported { json.member("notified", false) }
        }
    }
}

extension JSONText.Members {
    /// The one shape of an error everywhere; null where there is none.
    mutating func member(error: PlatformError?) {
        guard let error else {
            null("error")
            return
        }
        object("error") { json in
            if let code = error.code { json.member("code", code) } else { json.null("code") }
            json.member("name", error.name)
            json.member("text", error.text)
            json.member("source", error.source.rawValue)
        }
    }

    mutating func optional(_ key: String, _ value: (some JSONWritable)?) {
        if let value { member(key, value) } else { null(key) }
    }
}
