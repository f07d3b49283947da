import Platforms
import Reactor

/// What is counted of one module beside what its status says.
struct ModuleCounters: Sendable {
    enum Answerer: Int, CaseIterable, Sendable {
        case bridge, client, nobody
    }

    var commandsDone: UInt32 = 0
    var commandsFailed: UInt32 = 0
    var resets: UInt32 = 0
    var timeouts: UInt32 = 0
    var losses: UInt32 = 0
    var lastUplink: Timestamp?
    var lastDownlink: Timestamp?
    /// By kind, and then by who has answered.
    private var requests = InlineArray<21, UInt32>(repeating: 0)

    static let kinds = ["read", "write", "execute", "observe", "cancel_observe", "discover", "write_attributes"]

    mutating func count(_ action: CloudRequest.Action, answeredBy answerer: Answerer) {
        requests[action.kind * Answerer.allCases.count + answerer.rawValue] &+= 1
    }

    /// Those that there were.
    func forEachRequest(_ body: (_ kind: String, _ answerer: Answerer, _ count: UInt32) -> Void) {
        for kind in Self.kinds.indices {
            for answerer in Answerer.allCases {
                let count = requests[kind * Answerer.allCases.count + answerer.rawValue]
                if count > 0 { body(Self.kinds[kind], answerer, count) }
            }
        }
    }
}

extension CloudRequest.Action {
    fileprivate var kind: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .execute: 2
        case .observe: 3
        case .cancelObserve: 4
        case .discover: 5
        case .writeAttributes: 6
        }
    }
}
