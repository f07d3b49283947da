package import AT

/// A value as a parameter of a response or a report: its type, its length and its text.
package struct ValueParameters: Sendable, Equatable {
    /// 1 string, 2 opaque, 3 integer, 4 float, 5 boolean: the same on all platforms.
    package let type: Int
    package let length: Int
    /// Of type 1: without its quotes.
    package let text: [UInt8]

    private init(_ type: Int, _ length: Int, _ text: [UInt8]) {
        self.type = type
        self.length = length
        self.text = text
    }

    private init(opaque bytes: [UInt8]) { self.init(2, bytes.count, Hex.encode(bytes)) }

    /// Nothing, where a value must stand: type 1 or 2.
    package static func empty(type: Int) -> Self { Self(type, 0, []) }

    /// A string that cannot stand between quotes goes as bytes, if it is short enough.
    package init(_ value: ResourceValue) throws(Quoted.Refusal) {
        switch value {
        case .string(let string):
            let bytes = Array(string.utf8)
            do throws(Quoted.Refusal) {
                _ = try Quoted.encode(string)
            } catch {
                guard bytes.count <= ResourceValue.longestOpaque else { throw error }
                self.init(opaque: bytes)
                return
            }
            self.init(1, bytes.count, bytes)
        case .opaque(let bytes): self.init(opaque: bytes)
        case .integer(let number):
            let length = Int16(exactly: number) != nil ? 2 : Int32(exactly: number) != nil ? 4 : 8
            self.init(3, length, Array(String(number).utf8))
        case .float(let number): self.init(4, 4, Array(ResourceValue.decimal(number).utf8))
        case .boolean(let flag): self.init(5, 1, Array((flag ? "1" : "0").utf8))
        }
    }
}
