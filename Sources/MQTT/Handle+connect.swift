import CMosquitto
import Glibc
import Reactor

/// Everything an attempt needs.
struct ConnectionRequest: Sendable {
    var broker: BrokerAddress
    var version: SpokenVersion
    var configuration: MQTTConfiguration
    /// How many publishes may be under way.
    var window: Int

    var keepAliveSeconds: Int32 { Int32(clamping: max(5, configuration.keepAlive.components.seconds)) }
}

extension Handle {
    /// Makes a handle and its TCP connection. Blocks: the name is looked up and the certificates are read, too.
    static func connect(_ request: ConnectionRequest) throws(MQTTError) -> Handle {
        let configuration = request.configuration
        guard let handle = Handle(clientID: configuration.clientID, keepsSession: configuration.keepsSession)
        else {
            throw MQTTError(
                broker: request.broker, reason: .library("the client_id \(configuration.clientID) is not allowed"))
        }
        try handle.configure(request)
        let result: Int32
        switch request.version {
        case .v5:
            var properties = PropertyList()
            // For ever, as in 3.1.1: what is published while we are away is kept.
            if configuration.keepsSession { properties.add(int32: .max, MQTT_PROP_SESSION_EXPIRY_INTERVAL) }
            properties.add(
                int32: UInt32(clamping: configuration.maximumPacketSize), MQTT_PROP_MAXIMUM_PACKET_SIZE)
            result = unsafe mosquitto_connect_bind_v5(
                handle.raw, request.broker.host, Int32(request.broker.port), request.keepAliveSeconds, nil,
                properties.first)
        case .v311:
            result = unsafe mosquitto_connect(
                handle.raw, request.broker.host, Int32(request.broker.port), request.keepAliveSeconds)
        }
        if result != MOSQ_ERR_SUCCESS.rawValue {
            throw MQTTError(broker: request.broker, reason: handle.reason(result, error: .last("connect")))
        }
        return handle
    }

    private func configure(_ request: ConnectionRequest) throws(MQTTError) {
        let configuration = request.configuration
        unsafe mosquitto_int_option(
            raw, MOSQ_OPT_PROTOCOL_VERSION, request.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311)
        unsafe mosquitto_int_option(raw, MOSQ_OPT_SEND_MAXIMUM, Int32(request.window))
        var result: Int32 = 0
        if let username = configuration.username {
            result = unsafe mosquitto_username_pw_set(raw, username, configuration.password?.text)
        }
        if result == 0, let will = configuration.will {
            result = unsafe mosquitto_will_set_v5(
                raw, will.topic, Int32(will.payload.count), will.payload, 1, will.retain, nil)
        }
        if result == 0, let tls = configuration.tls {
            for path in [tls.caFile, tls.certFile, tls.keyFile] {
                guard let path, unsafe access(path, R_OK) != 0 else { continue }
                throw MQTTError(broker: request.broker, reason: .unreadableFile(.last(path)))
            }
            result = unsafe mosquitto_tls_set(raw, tls.caFile, nil, tls.certFile, tls.keyFile, nil)
        }
        if result != 0 { throw MQTTError(broker: request.broker, reason: reason(result, error: .last("configure"))) }
    }

    /// Puts a result of the library into words. The error is what the system said last.
    func reason(_ result: Int32, error: SystemError) -> MQTTError.Reason {
        if let complaint = complaint { return .tls(complaint) }
        switch mosq_err_t(rawValue: result) {
        case MOSQ_ERR_EAI, MOSQ_ERR_LOOKUP: return .hostNotFound
        case MOSQ_ERR_ERRNO: return .cannotConnect(error)
        case MOSQ_ERR_KEEPALIVE: return .silent
        case MOSQ_ERR_CONN_LOST: return .closed(nil)
        default: return .library(unsafe String(cString: mosquitto_strerror(result)))
        }
    }

    /// The last thing OpenSSL said, which names the cause: "certificate verify failed".
    private var complaint: String? {
        guard let last = inbox.complaints.last else { return nil }
        return last.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
    }
}

/// Runs one blocking connection attempt on a thread of its own. An attempt that takes too long is forgotten; its thread
/// ends with it.
actor Connector {
    private let worker = WorkerThread(name: "mqtt-connect")

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe worker.asUnownedSerialExecutor() }

    deinit { worker.stop() }

    func connect(_ request: ConnectionRequest) throws(MQTTError) -> sending Handle {
        try Handle.connect(request)
    }
}
