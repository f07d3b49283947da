package import MQTT
package import Store

/// An outcome goes to the module's result topic, and to the response topic that an MQTT 5 client has asked for.
package enum OutcomeMessages {
    package static func make(_ json: [UInt8], topic: String, reply: ReplyTo?) -> [OutboundMessage] {
        let message = OutboundMessage(topic: topic, payload: json, retain: false)
        guard let reply else { return [message] }
        var properties = Properties()
        properties.correlationData = reply.correlation
        return [
            message, OutboundMessage(topic: reply.topic, payload: json, retain: false, properties: properties),
        ]
    }
}
