/// What can be written as one JSON value.
package protocol JSONWritable {
    func write(to text: inout JSONText)
}

extension String: JSONWritable {
    package func write(to text: inout JSONText) { text.string(self) }
}

extension Int: JSONWritable {
    package func write(to text: inout JSONText) { text.integer(self) }
}

extension Int32: JSONWritable {
    package func write(to text: inout JSONText) { text.integer(self) }
}

extension Int64: JSONWritable {
    package func write(to text: inout JSONText) { text.integer(self) }
}

extension UInt8: JSONWritable {
    package func write(to text: inout JSONText) { text.integer(self) }
}

extension UInt16: JSONWritable {
    package func write(to text: inout JSONText) { text.integer(self) }
}

extension UInt32: JSONWritable {
    package func write(to text: inout JSONText) { text.integer(self) }
}

extension UInt64: JSONWritable {
    package func write(to text: inout JSONText) { text.integer(self) }
}

extension Double: JSONWritable {
    package func write(to text: inout JSONText) { text.double(self) }
}

extension Bool: JSONWritable {
    package func write(to text: inout JSONText) { text.boolean(self) }
}

/// What is not known is null, never left out.
extension Optional: JSONWritable where Wrapped: JSONWritable {
    package func write(to text: inout JSONText) {
        if let self { self.write(to: &text) } else { text.null() }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    package func write(to text: inout JSONText) {
        text.array { for element in self { $0.element(element) } }
    }
}

/// A value that was read is written with the bytes it was read from.
extension JSONValue: JSONWritable {
    package func write(to text: inout JSONText) { text.raw(source) }
}
