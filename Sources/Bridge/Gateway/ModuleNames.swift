import Synchronization

/// The names of modules by their numbers in the store, those that have left the configuration included.
final class ModuleNames: Sendable {
    private let names = Mutex<[Int32: String]>([:])

    subscript(number: Int32) -> String {
        get { names.withLock { $0[number] } ?? "module-\(number)" }
        set { names.withLock { $0[number] = newValue } }
    }
}
