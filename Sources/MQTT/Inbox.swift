import CMosquitto

/// What the library's callbacks leave behind: they copy values in here and return. Nothing else happens inside them,
/// because the library holds a lock that a call back into it would wait for.
final class Inbox {
    /// The broker's answer to the connection request.
    struct Answer {
        var code: Int32
        var sessionPresent: Bool
        /// Seconds, when the broker wants another keepalive than we asked for.
        var keepAlive: UInt16?
    }

    struct Acknowledgement {
        var mid: Int32
        var code: ReasonCode
    }

    struct Grant {
        var mid: Int32
        var codes: [Int32]
    }

    var answer: Answer?
    var messages: [InboundMessage] = []
    /// Of the messages' payloads.
    var bytes = 0
    var acknowledgements: [Acknowledgement] = []
    var grants: [Grant] = []
    /// The reason of the broker's DISCONNECT.
    var closing: Int32?
    /// What OpenSSL complained about: the return codes do not say.
    var complaints: [String] = []
    /// Grows with everything that comes, so that a read shows whether it found something.
    var arrivals = 0
}

extension Handle {
    /// Called once, before the connection.
    func setCallbacks() {
        unsafe mosquitto_connect_v5_callback_set(raw) { @Sendable _, object, code, flags, properties in
            guard let inbox = unsafe Handle.inbox(object) else { return }
            inbox.arrivals += 1
            inbox.answer = Inbox.Answer(
                code: code, sessionPresent: flags & 1 != 0, keepAlive: unsafe serverKeepAlive(in: properties))
        }
        unsafe mosquitto_message_v5_callback_set(raw) { @Sendable _, object, message, properties in
            guard let inbox = unsafe Handle.inbox(object), let message = unsafe message?.pointee else { return }
            inbox.arrivals += 1
            let payload = unsafe UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
            inbox.bytes += payload.count
            inbox.messages.append(
                InboundMessage(
                    topic: unsafe String(cString: message.topic), payload: unsafe [UInt8](payload),
                    retain: unsafe message.retain, properties: unsafe Properties(from: properties)))
        }
        unsafe mosquitto_publish_v5_callback_set(raw) { @Sendable _, object, mid, code, _ in
            guard let inbox = unsafe Handle.inbox(object) else { return }
            inbox.arrivals += 1
            let code = ReasonCode(rawValue: UInt8(truncatingIfNeeded: code))
            inbox.acknowledgements.append(Inbox.Acknowledgement(mid: mid, code: code))
        }
        unsafe mosquitto_subscribe_v5_callback_set(raw) { @Sendable _, object, mid, count, codes, _ in
            guard let inbox = unsafe Handle.inbox(object) else { return }
            inbox.arrivals += 1
            let codes = unsafe UnsafeBufferPointer(start: codes, count: Int(count))
            inbox.grants.append(Inbox.Grant(mid: mid, codes: unsafe Array(codes)))
        }
        unsafe mosquitto_disconnect_v5_callback_set(raw) { @Sendable _, object, code, _ in
            guard let inbox = unsafe Handle.inbox(object) else { return }
            inbox.arrivals += 1
            inbox.closing = code
        }
        unsafe mosquitto_log_callback_set(raw) { @Sendable _, object, level, text in
            guard level == MOSQ_LOG_ERR, let text = unsafe text, let inbox = unsafe Handle.inbox(object) else { return }
            unsafe inbox.complaints.append(String(cString: text))
        }
    }

    /// The library formats a line for every packet as long as somebody listens, so only the handshake is listened to.
    func stopListeningToComplaints() { unsafe mosquitto_log_callback_set(raw, nil) }

    private static func inbox(_ object: UnsafeMutableRawPointer?) -> Inbox? {
        guard let object = unsafe object else { return nil }
        return unsafe Unmanaged<Inbox>.fromOpaque(object).takeUnretainedValue()
    }
}
