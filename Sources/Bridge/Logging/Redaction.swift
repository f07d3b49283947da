/// Takes secrets out of traced lines: what follows the server's address and port in a command that opens a connection
/// with a key, wherever it stands in the line and however it is spelt.
enum Redaction {
    private static let opening = Array("+NCDPOPEN=".utf8)

    static func redact(_ line: String) -> String {
        let bytes = Array(line.utf8)
        guard let end = endOfOpening(in: bytes) else { return line }
        var commas = 0
        for index in end..<bytes.count where bytes[index] == UInt8(ascii: ",") {
            commas += 1
            if commas == 2 { return String(decoding: bytes[...index], as: UTF8.self) + "<psk>" }
        }
        return line
    }

    private static func endOfOpening(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= opening.count else { return nil }
        for start in 0...(bytes.count - opening.count) where bytes[start] == opening[0] {
            let end = start + opening.count
            let isOpening = bytes[start..<end].elementsEqual(opening) { byte, expected in
                byte == expected || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") && byte - 32 == expected)
            }
            if isOpening { return end }
        }
        return nil
    }
}
