/// Takes secrets out of traced lines: what follows so many parameters of a command, or of its answer, that holds a key,
/// wherever it stands in the line and however it is spelt.
enum Redaction {
    /// The names, and how many commas stand before the key.
    private static let secrets: [(name: [UInt8], commas: Int)] = [
        ("+NCDPOPEN", 2), ("+QLACONFIG", 7), ("+QLASETPSK", 1), ("+QLASETBSPSK", 1), ("+QSETPSK", 1),
        ("+QSETBSPSK", 1),
    ].map { (Array($0.0.utf8), $0.1) }

    static func redact(_ line: String) -> String {
        let bytes = Array(line.utf8)
        for plus in bytes.indices where bytes[plus] == UInt8(ascii: "+") {
            for (name, commas) in secrets {
                if let end = end(of: name, in: bytes, at: plus) { return cut(line, bytes, from: end, commas) }
            }
        }
        return line
    }

    /// Behind the name and its `=` or `:`; nil if it does not stand there.
    private static func end(of name: [UInt8], in bytes: [UInt8], at start: Int) -> Int? {
        let end = start + name.count
        guard end < bytes.count, [UInt8(ascii: "="), UInt8(ascii: ":")].contains(bytes[end]) else { return nil }
        let isSame = bytes[start..<end].elementsEqual(name) { byte, expected in
            byte == expected || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") && byte - 32 == expected)
        }
        return isSame ? end + 1 : nil
    }

    private static func cut(_ line: String, _ bytes: [UInt8], from start: Int, _ commas: Int) -> String {
        var left = commas
        for index in start..<bytes.count where bytes[index] == UInt8(ascii: ",") {
            left -= 1
            if left == 0 { return String(decoding: bytes[...index], as: UTF8.self) + "<psk>" }
        }
        return line
    }
}
