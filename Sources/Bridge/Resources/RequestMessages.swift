package import JSON
package import Platforms
import Reactor

/// A request of the cloud as it stands on `B/M/request`.
struct PublishedRequest {
    var id: String
    var request: CloudRequest
    /// What a write has made of its bytes.
    var readings: [ResourceReading]
    var isAnswered: Bool
    var deadline: Timestamp
    /// Opaque values are shown as text where they are some.
    var showsText: Bool

    var json: [UInt8] {
        JSONText.object(capacity: 256) { json in
            json.member("id", id)
            json.member("kind", request.action.name)
            json.member("path", request.path.description)
            switch request.action {
            case .write(let written): value(of: written, to: &json)
            case .execute(let arguments): if let arguments { json.member("arguments", arguments) }
            case .writeAttributes(let text): json.member("arguments", text)
            case .read, .observe, .cancelObserve, .discover: break
            }
            if let query = request.query { json.member("query", query) }
            json.member("answered", isAnswered)
            json.member("deadline", time: deadline.milliseconds)
        }
    }

    /// One resource: its value. Several: an object of theirs by their ids.
    private func value(of written: [WrittenValue], to json: inout JSONText.Members) {
        if request.path.single != nil, let reading = readings.first {
            reading.value.write(to: &json, key: "value", opaqueIsText: showsText)
        } else if !readings.isEmpty {
            json.object("value") { json in
                for reading in readings {
                    reading.value.write(to: &json, key: String(reading.path.resource), opaqueIsText: showsText)
                }
            }
        } else if let first = written.first {
            // Refused: shown as it came.
            json.member("value", hex: first.data)
        }
    }
}

/// What a client publishes on `B/M/answer`.
package struct ClientAnswer: Sendable {
    package var id: String
    package var code: RequestAnswer.Code
    package var value: JSONValue?

    package init(parsing payload: [UInt8]) throws(Rejection) {
        let object: JSONValue
        do throws(JSONError) {
            object = try JSONValue(parsing: payload)
        } catch {
            throw Rejection("not_json", "the answer is not JSON: \(error)")
        }
        guard let members = object.members else {
            throw Rejection("not_an_object", "the answer is \(object.kind); an object is expected")
        }
        guard let id = object["id"]?.string, id.utf8.count <= UplinkRequest.longestID else {
            throw Rejection("no_id", "the answer has no \"id\"; that of the request is expected")
        }
        let codes = RequestAnswer.Code.allCases.map(\.rawValue).joined(separator: ", ")
        guard let name = object["code"]?.string, let code = RequestAnswer.Code(rawValue: name) else {
            throw Rejection("bad_code", "the answer has no known \"code\"; one of \(codes) is expected", id: id)
        }
        if let unknown = members.first(where: { !["id", "code", "value"].contains($0.key) }) {
            throw Rejection(
                "unknown_member", "\(unknown.key.prefix(40)) is not known; known are id, code and value", id: id)
        }
        self.id = id
        self.code = code
        value = object["value"]
    }
}
