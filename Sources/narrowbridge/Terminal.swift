import Glibc

/// The two ways in which a command speaks to a person.
enum Terminal {
    static func say(_ text: String) { write(1, text + "\n") }
    static func complain(_ text: String) { write(2, text + "\n") }
    static func show(_ text: String) { write(1, text) }
    /// False when nobody reads any more.
    static func offer(_ text: String) -> Bool { write(1, text + "\n") }

    @discardableResult
    private static func write(_ descriptor: Int32, _ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
