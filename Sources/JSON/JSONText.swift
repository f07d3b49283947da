/// Compact JSON, appended byte by byte in the order it is told.
///
/// Thousands of messages a second are written with it, so it holds nothing but the bytes: no tree, no `String`.
///
///     var json = JSONText()
///     json.object {
///         $0.member("state", "ready")
///         $0.object("network") { $0.member("rssi_dbm", -71) }
///     }
///     json.bytes  // {"state":"ready","network":{"rssi_dbm":-71}}
package struct JSONText: Sendable {
    package internal(set) var bytes: [UInt8]

    private init() { bytes = [] }

    /// Most payloads fit the default capacity, and so cost one allocation.
    package init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The bytes of an object alone, for a payload that is one.
    package static func object(capacity: Int = 256, _ build: (inout Members) -> Void) -> [UInt8] {
        var text = JSONText(capacity: capacity)
        text.object(build)
        return text.bytes
    }

    package mutating func value(_ value: some JSONWritable) { value.write(to: &self) }

    package mutating func null() { bytes.append(contentsOf: "null".utf8) }

    /// What is JSON already.
    package mutating func raw(_ json: ArraySlice<UInt8>) { bytes.append(contentsOf: json) }

    package mutating func object(_ build: (inout Members) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        // The bytes move into the members and back, so that nothing is copied.
        var members = Members(text: JSONText())
        swap(&members.text.bytes, &bytes)
        build(&members)
        swap(&members.text.bytes, &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    package mutating func array(_ build: (inout Elements) -> Void) {
        bytes.append(UInt8(ascii: "["))
        var elements = Elements(text: JSONText())
        swap(&elements.text.bytes, &bytes)
        build(&elements)
        swap(&elements.text.bytes, &bytes)
        bytes.append(UInt8(ascii: "]"))
    }
}

extension JSONText {
    /// The inside of an object. That a key is not used twice is its user's care.
    package struct Members {
        fileprivate var text: JSONText
        private var isFirst = true

        fileprivate init(text: JSONText) { self.text = text }

        package mutating func member(_ key: String, _ value: some JSONWritable) {
            begin(key)
            value.write(to: &text)
        }

        package mutating func null(_ key: String) {
            begin(key)
            text.null()
        }

        /// A member whose value is JSON already.
        package mutating func member(_ key: String, raw json: [UInt8]) {
            begin(key)
            text.raw(json[...])
        }

        /// A member whose value is a string, given as its UTF-8.
        package mutating func member(_ key: String, utf8 value: [UInt8]) {
            begin(key)
            text.string(utf8: value)
        }

        /// A member whose value is the bytes in lower-case hexadecimal.
        package mutating func member(_ key: String, hex data: [UInt8]) {
            begin(key)
            text.hex(data)
        }

        /// A member whose value is a time, given in milliseconds since 1970.
        package mutating func member(_ key: String, time milliseconds: Int64?) {
            begin(key)
            text.time(milliseconds)
        }

        package mutating func object(_ key: String, _ build: (inout Members) -> Void) {
            begin(key)
            text.object(build)
        }

        package mutating func array(_ key: String, _ build: (inout Elements) -> Void) {
            begin(key)
            text.array(build)
        }

        private mutating func begin(_ key: String) {
            if isFirst { isFirst = false } else { text.bytes.append(UInt8(ascii: ",")) }
            text.string(key)
            text.bytes.append(UInt8(ascii: ":"))
        }
    }

    /// The inside of an array.
    package struct Elements {
        fileprivate var text: JSONText
        private var isFirst = true

        fileprivate init(text: JSONText) { self.text = text }

        package mutating func element(_ value: some JSONWritable) {
            begin()
            value.write(to: &text)
        }

        package mutating func null() {
            begin()
            text.null()
        }

        package mutating func element(raw json: [UInt8]) {
            begin()
            text.raw(json[...])
        }

        package mutating func object(_ build: (inout Members) -> Void) {
            begin()
            text.object(build)
        }

        package mutating func array(_ build: (inout Elements) -> Void) {
            begin()
            text.array(build)
        }

        private mutating func begin() {
            if isFirst { isFirst = false } else { text.bytes.append(UInt8(ascii: ",")) }
        }
    }
}
