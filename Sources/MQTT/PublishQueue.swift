import Reactor

/// What waits to be published and what the broker still has to acknowledge, in order.
///
/// The library's own queues are lists that it walks for every acknowledgement, so only a window of messages is with it;
/// and a message stays here until it is acknowledged, because a new connection begins with a new handle.
struct PublishQueue {
    struct Entry {
        var message: OutboundMessage
        var acknowledged: (@Sendable (PublishOutcome) -> Void)?
        /// When the library was given it.
        var handedOver: Instant?
        /// How often the broker has closed the connection on this message alone.
        var strikes = 0
    }

    /// Why a connection has ended, as far as the messages under way may have to do with it.
    enum Cause {
        case elsewhere
        /// The broker had closed before it read the last of them, so which of them it closed on is not known.
        case unread
        case message
    }

    private struct Outstanding {
        var mid: Int32
        var entry: Entry
    }

    private static let mostStrikes = 3

    private let window: Int
    private var waiting: [Entry?] = []
    /// Index of the first of `waiting` that has not been taken.
    private var head = 0
    private var outstanding: [Outstanding] = []
    /// So many go one at a time: they were under way when the broker closed the connection, and one may be the cause.
    private var suspects = 0

    init(window: Int) { self.window = window }

    /// Waiting and outstanding together.
    var count: Int { waiting.count - head + outstanding.count }

    var outstandingCount: Int { outstanding.count }

    mutating func append(_ entry: Entry) { waiting.append(entry) }

    /// The next message for the library, if the window has room.
    mutating func next() -> Entry? {
        guard head < waiting.count, outstanding.count < (suspects > 0 ? 1 : window) else { return nil }
        let entry = waiting[head].take()
        head += 1
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: waiting.capacity <= 2048)
            head = 0
        } else if head >= 1024, head * 2 >= waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        return entry
    }

    mutating func handedOver(_ entry: Entry, mid: Int32) {
        outstanding.append(Outstanding(mid: mid, entry: entry))
    }

    /// Takes out the entry that the broker has answered, nearly always the first.
    mutating func answered(mid: Int32) -> Entry? {
        guard let index = outstanding.firstIndex(where: { $0.mid == mid }) else { return nil }
        suspects = max(0, suspects - 1)
        return outstanding.remove(at: index).entry
    }

    /// Puts everything outstanding back in front. Returns the message on which the broker has closed too often, which is
    /// not tried again.
    mutating func connectionLost(_ cause: Cause) -> Entry? {
        var entries = outstanding.map(\.entry)
        outstanding.removeAll(keepingCapacity: true)
        var condemned: Entry?
        if cause != .elsewhere { suspects = max(suspects, entries.count) }
        if cause == .message, entries.count == 1 {
            entries[0].strikes += 1
            if entries[0].strikes >= Self.mostStrikes {
                condemned = entries.removeFirst()
                suspects -= 1
            }
        }
        waiting.replaceSubrange(..<head, with: entries)
        head = 0
        return condemned
    }
}
