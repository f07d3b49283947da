import Reactor

/// What of a module goes out when: its status at once if the state has changed, and at most once a second if only its
/// counters have; its firmware when something else is to be said of it than before.
struct StatusPublication {
    var timer: Timer?
    /// A publication at the end of this turn is due.
    var isDue = false
    /// What the broker was told last.
    var firmware: [UInt8]?
}
