/// Takes secrets out of traced lines: what follows the server's address and port in a command that opens a connection
/// with a key.
enum Redaction {
    static func redact(_ line: String) -> String {
        // Wherever it stands: an echo may be damaged.
        guard line.uppercased().contains("NCDPOPEN") else { return line }
        let parts = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? "\(parts[0]),\(parts[1]),<psk>" : line
    }
}
