import Reactor

/// When a module's status goes out: at once if its state has changed, and at most once a second if only its counters
/// have.
struct StatusPublication {
    var timer: Timer?
    /// A publication at the end of this turn is due.
    var isDue = false
}
