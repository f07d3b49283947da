import Synchronization

/// The names and topics of modules by their numbers in the store, those that have left the configuration included.
final class ModuleNames: Sendable {
    private let topics: Topics
    private let known = Mutex<[Int32: (name: String, topics: ModuleTopics)]>([:])

    init(_ topics: Topics) { self.topics = topics }

    subscript(number: Int32) -> String {
        get { known.withLock { $0[number]?.name } ?? Self.nameOfTheUnnamed(number) }
        set { known.withLock { $0[number] = (newValue, topics.module(newValue)) } }
    }

    func topics(of number: Int32) -> ModuleTopics {
        known.withLock { $0[number]?.topics } ?? topics.module(Self.nameOfTheUnnamed(number))
    }

    /// For a module that the store knows and the configuration does not any more: its messages must go somewhere, and
    /// never to another's topic.
    private static func nameOfTheUnnamed(_ number: Int32) -> String { "module-\(number)" }
}
