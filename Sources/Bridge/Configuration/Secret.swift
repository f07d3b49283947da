/// A password or a key. It never shows itself in a log, a description or a dump.
package struct Secret: Sendable, Equatable {
    /// The secret itself: for the one call that needs it.
    package let revealed: String

    package init(_ revealed: String) { self.revealed = revealed }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
