import JSON
import Platforms
import Reactor
import Store

/// How requests that wait for a client are kept on disk: a bridge that comes back in time answers them all the same.
enum RequestJournal {
    struct Entry: Equatable {
        var id: String
        var request: CloudRequest
        /// When the bridge answers by itself.
        var deadline: Timestamp
    }

    private static let prefix = "request/"

    /// Nil for requests that the bridge answers by itself in any case.
    static func keep(_ entry: Entry, module: Int32) -> Change? {
        let request = entry.request
        let kind = request.action.name
        let arguments: String?
        switch request.action {
        case .read: arguments = nil
        case .execute(let given): arguments = given
        case .write, .observe, .cancelObserve, .discover, .writeAttributes: return nil
        }
        let value = JSONText.object(capacity: 192) { json in
            json.member("message_id", request.messageID)
            json.member("token", hex: request.token)
            json.member("path", request.path.description)
            json.member("kind", kind)
            json.optional("arguments", arguments)
            json.optional("query", request.query)
            json.member("deadline", entry.deadline.milliseconds)
        }
        return .journal(module: module, key: prefix + entry.id, value: value)
    }

    static func forget(_ id: String, module: Int32) -> Change {
        .journal(module: module, key: prefix + id, value: nil)
    }

    /// The oldest first. What cannot be read is as if there were nothing: the cloud asks again.
    static func entries(of journal: [String: [UInt8]]) -> [Entry] {
        journal.filter { $0.key.hasPrefix(prefix) }
            .compactMap { entry(String($0.key.dropFirst(prefix.count)), $0.value) }
            .sorted { $0.deadline < $1.deadline }
    }

    private static func entry(_ id: String, _ value: [UInt8]) -> Entry? {
        guard let json = try? JSONValue(parsing: value), let messageID = json["message_id"]?.integer,
            let token = json["token"]?.string.flatMap(HexText.decode),
            let path = json["path"]?.string.flatMap(ObjectPath.init), let deadline = json["deadline"]?.integer
        else { return nil }
        let isRead = json["kind"]?.string == CloudRequest.Action.read.name
        let action = isRead ? .read : CloudRequest.Action.execute(arguments: json["arguments"]?.string)
        return Entry(
            id: id,
            request: CloudRequest(
                messageID: messageID, token: token, path: path, action: action, query: json["query"]?.string),
            deadline: Timestamp(milliseconds: Int64(deadline)))
    }
}
