import CLinux
import CMosquitto
import Glibc
import Reactor

/// The one owner of a `struct mosquitto`, for one connection.
///
/// The library runs with an external loop in threaded mode: only then does it leave acknowledgements unwritten until
/// `write()` is called. Made and connected on a worker, used on the reactor, never on both.
@safe final class Handle {
    let raw: OpaquePointer
    let inbox = Inbox()

    private static let isReady = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue

    init?(clientID: String, keepsSession: Bool = true) {
        guard Self.isReady, let raw = unsafe mosquitto_new(clientID, !keepsSession, nil) else { return nil }
        unsafe self.raw = raw
        unsafe mosquitto_user_data_set(raw, Unmanaged.passUnretained(inbox).toOpaque())
        unsafe mosquitto_threaded_set(raw, true)
        unsafe mosquitto_int_option(raw, MOSQ_OPT_TCP_NODELAY, 1)
        setCallbacks()
    }

    /// Closes the socket without a word: what is still unwritten never goes.
    deinit { unsafe mosquitto_destroy(raw) }

    /// −1 once the library has closed it.
    var socket: Int32 { unsafe mosquitto_socket(raw) }

    /// Another descriptor of the same socket. Neither goes to a program that somebody starts.
    func duplicateSocket() -> Int32 {
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        return fcntl(socket, F_DUPFD_CLOEXEC, 0)
    }

    /// Ends the connection, also when there are more descriptors of it.
    func hangUp(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var wantsWrite: Bool { unsafe mosquitto_want_write(raw) }

    /// Reads what one call of the library reads: at least one packet, if there is one.
    func read() -> Int32 {
        // After a packet the library looks at errno to see whether the read was the last: an old value would deceive it.
        errno = 0
        return unsafe mosquitto_loop_read(raw, 1)
    }

    /// Writes until nothing is left or the socket is full. Corked, so that small packets share a segment.
    func write(corked: Bool) -> Int32 {
        let descriptor = socket
        if corked { cork(descriptor, true) }
        errno = 0
        let result = unsafe mosquitto_loop_write(raw, 1)
        if corked, socket == descriptor { cork(descriptor, false) }
        return result
    }

    private func cork(_ descriptor: Int32, _ value: Bool) {
        var flag: Int32 = value ? 1 : 0
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &flag, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sends a ping when one is due.
    func keepAlive() -> Int32 { unsafe mosquitto_loop_misc(raw) }

    /// True when the peer has closed and nothing is left to read: a TLS handshake of the library does not notice.
    var isAtEnd: Bool {
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    /// Queues a message; the identifier comes back with its acknowledgement.
    func publish(_ message: OutboundMessage, version: SpokenVersion) -> (result: Int32, mid: Int32) {
        var mid: Int32 = 0
        guard message.isWellFormed else { return (Int32(MOSQ_ERR_MALFORMED_UTF8.rawValue), 0) }
        guard version == .v5, let properties = message.properties else {
            let result = unsafe mosquitto_publish(
                raw, &mid, message.topic, Int32(message.payload.count), message.payload, 1, message.retain)
            return (result, mid)
        }
        let list = PropertyList(properties)
        guard list.failure == 0 else { return (list.failure, 0) }
        let result = unsafe mosquitto_publish_v5(
            raw, &mid, message.topic, Int32(message.payload.count), message.payload, 1, message.retain, list.first)
        return (result, mid)
    }

    func subscribe(_ filters: ArraySlice<String>, version: SpokenVersion) -> (result: Int32, mid: Int32) {
        // Kept messages once for a session, not at every reconnection. Only version 5 can say so.
        let options = version == .v5 ? Int32(MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue) : 0
        var mid: Int32 = 0
        let result = unsafe withCStrings(filters) { strings in
            unsafe mosquitto_subscribe_multiple(
                raw, &mid, Int32(strings.count), strings.baseAddress, 1, options, nil)
        }
        return (result, mid)
    }

    /// Queues the farewell that keeps the will unpublished.
    func disconnect() -> Int32 { unsafe mosquitto_disconnect_v5(raw, 0, nil) }

    private func withCStrings<R>(
        _ strings: ArraySlice<String>, _ body: (UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var copies = unsafe strings.map { unsafe strdup($0) }
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        return unsafe copies.withUnsafeMutableBufferPointer { unsafe body($0) }
    }
}

extension OutboundMessage {
    /// The library would cut a topic at its first NUL. All other faults of a topic it finds itself.
    fileprivate var isWellFormed: Bool {
        let holdsNUL = unsafe topic.utf8.withContiguousStorageIfAvailable { unsafe $0.contains(0) }
        return !(holdsNUL ?? topic.utf8.contains(0))
    }
}

extension Handle {
    /// Says what is wrong with a message that the library does not take; nil when the connection is at fault.
    static func refusal(_ result: Int32) -> ReasonCode? {
        switch mosq_err_t(rawValue: result) {
        case MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8: .topicNameInvalid
        case MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_OVERSIZE_PACKET: .packetTooLarge
        case MOSQ_ERR_RETAIN_NOT_SUPPORTED: .retainNotSupported
        case MOSQ_ERR_QOS_NOT_SUPPORTED: .qosNotSupported
        case MOSQ_ERR_PROTOCOL, MOSQ_ERR_DUPLICATE_PROPERTY: .malformedPacket
        default: nil
        }
    }
}
