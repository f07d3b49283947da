import AT

/// Hexadecimal text of clients and for clients.
enum HexText {
    static func decode(_ text: String) -> [UInt8]? { Hex.decode(Array(text.utf8)) }
}
