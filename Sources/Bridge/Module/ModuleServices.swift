import Reactor
import Store

/// What a module shares with all others of its bridge.
struct ModuleServices: Sendable {
    var reactor: Reactor
    var time: any TimeSource
    /// Where a line is opened: looking up a name may block.
    var connector: WorkerThread
    var store: Store
    var journal: Journal
    var outbox: any Outbox
    var outcomes: Deliveries
    var downlinks: Deliveries
    var sequences: Sequences
    var topics: Topics
    var log: Log
    var metrics: Metrics
    var board: Board
    /// The file of all lines' inboxes.
    var inboxPath: String
    /// The module's state or model has changed.
    var announce: @Sendable () -> Void
    /// Something has changed that the home hub is told of.
    var tellHub: @Sendable (_ module: String, HubNews) -> Void
}

/// Numbers that ascend over the life of the store. Belongs to the reactor's thread.
actor Sequences {
    private let reactor: Reactor
    private var last: Int64

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    init(reactor: Reactor, last: Int64) {
        self.reactor = reactor
        self.last = last
    }

    nonisolated func next() -> Int64 {
        assumeIsolated {
            $0.last += 1
            return $0.last
        }
    }
}
