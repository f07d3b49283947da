import MQTT
import Store

/// What one message from a client means, before anything is done about it.
enum Inbound: Sendable {
    case uplink(Module, Result<UplinkRequest, Rejection>, reply: ReplyTo?)
    case answer(Module, payload: [UInt8], reply: ReplyTo?)
    case command(Module, name: String, payload: [UInt8], reply: ReplyTo?)

    var module: Module {
        switch self {
        case .uplink(let module, _, _), .answer(let module, _, _), .command(let module, _, _, _): module
        }
    }

    var topic: InboundTopic {
        switch self {
        case .uplink(let module, _, _): .uplink(module: module.name)
        case .answer(let module, _, _): .answer(module: module.name)
        case .command(let module, let name, _, _): .command(module: module.name, name: name)
        }
    }

    var reply: ReplyTo? {
        switch self {
        case .uplink(_, _, let reply), .answer(_, _, let reply), .command(_, _, _, let reply): reply
        }
    }

    func addressed(to other: Module) -> Inbound {
        switch self {
        case .uplink(_, let request, let reply): .uplink(other, request, reply: reply)
        case .answer(_, let payload, let reply): .answer(other, payload: payload, reply: reply)
        case .command(_, let name, let payload, let reply):
            .command(other, name: name, payload: payload, reply: reply)
        }
    }

    /// The id that a client gave: it may have been accepted before.
    var givenID: (module: Int32, id: [UInt8])? {
        guard case .uplink(let module, .success(let request), _) = self, let id = request.id else { return nil }
        return (module.number, Array(id.utf8))
    }
}

/// The messages of one turn, in order; the broker may forget them when all are on disk.
struct InboundBatch: Sendable {
    let number: BatchNumber
    let messages: [Inbound]

    var givenIDs: [(module: Int32, id: [UInt8])] { messages.compactMap(\.givenID) }
}
