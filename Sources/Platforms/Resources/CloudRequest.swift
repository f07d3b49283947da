/// A request of the cloud, which wants an answer within ten seconds.
package struct CloudRequest: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        case read
        case write([WrittenValue])
        case execute(arguments: String?)
        case observe
        case cancelObserve
        case discover
        /// As it came, such as `pmin=2;pmax=190`.
        case writeAttributes(String)
    }

    /// The module's number for it; retransmissions bear the same.
    package var messageID: Int
    /// What else the answer must bear (Andlink).
    package var token: [UInt8]
    package var path: ObjectPath
    package var action: Action
    /// What the cloud wants to know in particular, where it says so.
    package var query: String?

    package init(
        messageID: Int, token: [UInt8] = [], path: ObjectPath, action: Action, query: String? = nil
    ) {
        self.messageID = messageID
        self.token = token
        self.path = path
        self.action = action
        self.query = query
    }
}

/// One value of a write, as the module hands it over.
package struct WrittenValue: Sendable, Equatable {
    package enum Form: Sendable {
        /// As the cloud's own bytes.
        case bytes
        /// As text, also for numbers.
        case text
    }

    package var path: ResourcePath
    package var data: [UInt8]
    package var form: Form

    package init(_ path: ResourcePath, _ data: [UInt8], _ form: Form) {
        self.path = path
        self.data = data
        self.form = form
    }
}

/// What the cloud is told.
package struct RequestAnswer: Sendable, Equatable {
    /// The results that the seeds know; the names are those that clients use.
    package enum Code: String, Sendable, CaseIterable {
        case content
        case changed
        case badRequest = "bad_request"
        case unauthorized
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case notAcceptable = "not_acceptable"

        /// The number that all these modules have for it.
        package var number: Int {
            switch self {
            case .content: 1
            case .changed: 2
            case .badRequest: 11
            case .unauthorized: 12
            case .notFound: 13
            case .methodNotAllowed: 14
            case .notAcceptable: 15
            }
        }
    }

    package var code: Code
    /// What was read, or what is observed.
    package var readings: [ResourceReading]
    /// What was discovered: the resources of the object.
    package var resources: [UInt16]

    package init(_ code: Code, readings: [ResourceReading] = [], resources: [UInt16] = []) {
        self.code = code
        self.readings = readings
        self.resources = resources
    }
}

extension CloudRequest.Action {
    /// As it is published.
    package var name: String {
        switch self {
        case .read: "read"
        case .write: "write"
        case .execute: "execute"
        case .observe: "observe"
        case .cancelObserve: "cancel_observe"
        case .discover: "discover"
        case .writeAttributes: "write_attributes"
        }
    }
}
