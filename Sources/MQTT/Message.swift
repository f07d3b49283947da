/// What version 5 carries beside the payload. Version 3.1.1 drops it in sending and never brings any.
package struct Properties: Sendable, Hashable {
    package struct User: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var contentType: String?
    package var responseTopic: String?
    package var correlationData: [UInt8]?
    /// Seconds until the message is worthless.
    package var expiry: UInt32?
    package var user: [User]

    package init(
        contentType: String? = nil, responseTopic: String? = nil, correlationData: [UInt8]? = nil,
        expiry: UInt32? = nil, user: [User] = []
    ) {
        self.contentType = contentType
        self.responseTopic = responseTopic
        self.correlationData = correlationData
        self.expiry = expiry
        self.user = user
    }

    /// The first user property of that name.
    package subscript(user name: String) -> String? { user.first { $0.name == name }?.value }
}

/// A message to the broker, always QoS 1.
package struct OutboundMessage: Sendable, Hashable {
    package var topic: String
    package var payload: [UInt8]
    package var retain: Bool
    package var properties: Properties?

    package init(topic: String, payload: [UInt8], retain: Bool = false, properties: Properties? = nil) {
        self.topic = topic
        self.payload = payload
        self.retain = retain
        self.properties = properties
    }
}

/// A message from the broker.
package struct InboundMessage: Sendable, Hashable {
    package var topic: String
    package var payload: [UInt8]
    /// True when the broker had kept it: it may be old.
    package var retain: Bool
    package var properties: Properties?

    package init(topic: String, payload: [UInt8], retain: Bool = false, properties: Properties? = nil) {
        self.topic = topic
        self.payload = payload
        self.retain = retain
        self.properties = properties
    }
}
