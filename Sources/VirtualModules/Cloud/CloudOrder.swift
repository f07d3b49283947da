/// What a cloud with objects wants of a module, and how its request reaches the host.
package struct CloudOrder: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case read, write, execute, observe, discover
        case cancelObserve = "cancel_observe"
        case writeAttributes = "write_attributes"
    }

    package struct Part: Sendable {
        package var path: String
        package var payload: [UInt8]

        package init(_ path: String, _ payload: [UInt8]) {
            self.path = path
            self.payload = payload
        }
    }

    package var kind: Kind
    /// `3303/0/5700`, `3303/0` or `3303`.
    package var path: String
    /// What is written, as opaque bytes.
    package var payload: [UInt8]?
    /// What is written as a string, the arguments of an execution, or the attributes.
    package var text: String?
    /// A read's URI query.
    package var query: String?

    /// The values of a write to several resources: they come with indices from the last to 0.
    package var parts: [Part] = []
    /// Between the parts.
    package var pause = Duration.zero
    /// The module restarts when so many parts have come.
    package var partsBeforeReset: Int?
    /// The report comes again with the same id, each time after so long, unless it is answered.
    package var retransmissions: [Duration] = []

    package init(_ kind: Kind, _ path: String, payload: [UInt8]? = nil, text: String? = nil) {
        self.kind = kind
        self.path = path
        self.payload = payload
        self.text = text
    }
}

/// What the host answered to a request.
package struct CloudAnswer: Sendable {
    /// The cloud waits so long (S2 and S4).
    package static let patience = Duration.seconds(10)

    package let id: Int
    package let order: CloudOrder
    /// The platform's own number, such as 1 for 2.05, 2 for 2.04, 13 for 4.04.
    package let code: Int
    package let values: [ResourceValue]
    /// Protocol time from the report to the end of the answer.
    package let latency: Duration
    /// The request had been answered before.
    package let isDouble: Bool

    package var isLate: Bool { latency > Self.patience }
}
