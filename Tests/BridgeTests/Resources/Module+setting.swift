import Platforms
import Store

@testable import Bridge

/// A module whose clients set values, and whose cloud observes them.
extension Module {
    func set(_ path: String, _ payload: String, id: String? = nil) throws {
        var request = try UplinkRequest(set: path, Array(payload.utf8), properties: nil)
        request.id = id
        accept(request, reply: nil)
    }

    /// In one commit with more than there is room for.
    func setTooMuch(_ path: String, _ payload: String) throws {
        for sequence in Int64(1000)..<1030 {
            services.journal.record(.received(downlink(sequence, bytes: 8000)), .now)
        }
        try set(path, payload)
    }

    /// As if the line had sent all that waits.
    func takeWaiting() -> [String] {
        var payloads: [String] = []
        while let head = window.first {
            _ = window.remove(sequence: head.sequence)
            payloads.append(String(decoding: head.payload, as: UTF8.self))
            end(head, .sent, nil)
        }
        return payloads
    }

    func endWaiting(_ state: Outcome.State) {
        while let uplink = window.first {
            _ = window.remove(sequence: uplink.sequence)
            end(uplink, state, nil)
        }
    }

    func observe(_ path: String) {
        if let path = ObjectPath(path) { resources.observe(path, messageID: 1) }
    }

    func want(_ attributes: String) {
        if let attributes = NotificationAttributes(attributes) {
            resources.setAttributes(attributes, of: ObjectPath(object: 3303))
        }
    }

    func loseRegistration() { played?.maySend = false }

    func observationID(of path: ResourcePath) -> Int? { resources.observation(of: path)?.messageID }

    func shortest(of path: ResourcePath) -> Double? { resources.attributes(of: path).shortest }

    func waitingReadings(_ uplink: UplinkRecord) -> [ResourceReading]? {
        try? uplinkData(of: uplink).readings
    }
}
