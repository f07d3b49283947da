import CMosquitto
import Glibc

/// The library's linked list of properties, freed with its scope.
@safe struct PropertyList: ~Copyable {
    private(set) var first: OpaquePointer?
    /// The first failure of an addition, else 0: a string that is not allowed, or data that is too long.
    private(set) var failure: Int32 = 0

    init() {}

    init(_ properties: Properties) {
        if let type = properties.contentType { add(string: type, MQTT_PROP_CONTENT_TYPE) }
        if let topic = properties.responseTopic { add(string: topic, MQTT_PROP_RESPONSE_TOPIC) }
        if let data = properties.correlationData { add(binary: data, MQTT_PROP_CORRELATION_DATA) }
        if let expiry = properties.expiry { add(int32: expiry, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL) }
        for property in properties.user { add(pair: property) }
    }

    deinit {
        var first = unsafe first
        unsafe mosquitto_property_free_all(&first)
    }

    mutating func add(int32 value: UInt32, _ property: mqtt5_property) {
        note(unsafe mosquitto_property_add_int32(&first, Int32(property.rawValue), value))
    }

    private mutating func add(string value: String, _ property: mqtt5_property) {
        note(unsafe mosquitto_property_add_string(&first, Int32(property.rawValue), value))
    }

    private mutating func add(binary value: [UInt8], _ property: mqtt5_property) {
        guard let count = UInt16(exactly: value.count) else { return note(Int32(MOSQ_ERR_PAYLOAD_SIZE.rawValue)) }
        note(unsafe mosquitto_property_add_binary(&first, Int32(property.rawValue), value, count))
    }

    private mutating func add(pair: Properties.User) {
        let property = Int32(MQTT_PROP_USER_PROPERTY.rawValue)
        note(unsafe mosquitto_property_add_string_pair(&first, property, pair.name, pair.value))
    }

    private mutating func note(_ result: Int32) {
        if failure == 0 { failure = result }
    }
}

extension Properties {
    /// Nil for a message without any that matter here, which is nearly every one.
    init?(from list: OpaquePointer?) {
        guard unsafe list != nil else { return nil }
        self.init()
        var next = unsafe list
        while let property = unsafe next {
            unsafe take(property)
            unsafe next = mosquitto_property_next(property)
        }
        if self == Properties() { return nil }
    }

    private mutating func take(_ property: OpaquePointer) {
        let identifier = unsafe mosquitto_property_identifier(property)
        switch mqtt5_property(rawValue: UInt32(identifier)) {
        case MQTT_PROP_CONTENT_TYPE: contentType = unsafe string(property, identifier)
        case MQTT_PROP_RESPONSE_TOPIC: responseTopic = unsafe string(property, identifier)
        case MQTT_PROP_CORRELATION_DATA:
            var data: UnsafeMutableRawPointer?
            var count: UInt16 = 0
            unsafe mosquitto_property_read_binary(property, identifier, &data, &count, false)
            correlationData = unsafe [UInt8](UnsafeRawBufferPointer(start: data, count: Int(count)))
            unsafe free(data)
        case MQTT_PROP_MESSAGE_EXPIRY_INTERVAL:
            var seconds: UInt32 = 0
            unsafe mosquitto_property_read_int32(property, identifier, &seconds, false)
            expiry = seconds
        case MQTT_PROP_USER_PROPERTY:
            var name: UnsafeMutablePointer<CChar>?
            var value: UnsafeMutablePointer<CChar>?
            unsafe mosquitto_property_read_string_pair(property, identifier, &name, &value, false)
            if let name = unsafe name, let value = unsafe value {
                user.append(User(unsafe String(cString: name), unsafe String(cString: value)))
            }
            unsafe free(name)
            unsafe free(value)
        default: break
        }
    }

    private func string(_ property: OpaquePointer, _ identifier: Int32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        unsafe mosquitto_property_read_string(property, identifier, &text, false)
        defer { unsafe free(text) }
        return unsafe text.map { unsafe String(cString: $0) }
    }
}

/// What the broker wants instead of the keepalive it was asked for.
func serverKeepAlive(in list: OpaquePointer?) -> UInt16? {
    var seconds: UInt16 = 0
    let property = Int32(MQTT_PROP_SERVER_KEEP_ALIVE.rawValue)
    guard unsafe list != nil, unsafe mosquitto_property_read_int16(list, property, &seconds, false) != nil else {
        return nil
    }
    return seconds
}
