import Reactor

extension TableReader {
    /// The path of a file that can be read.
    func file(_ key: String) -> String? {
        guard
            let path = string(key, expected: "the path of a file", where: { !$0.isEmpty && $0.hasNoControlCharacters })
        else { return nil }
        let resolved = log.resolve(path)
        return content(of: resolved, key: key) == nil ? nil : resolved
    }

    /// A secret out of a file.
    func secret(fileKey: String) -> Secret? {
        guard let path = file(fileKey), let content = content(of: path, key: fileKey) else { return nil }
        guard let secret = Secret(line: content) else {
            let isEmpty = content.allSatisfy { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            let found = "the file of '\(fileKey)' is \(isEmpty ? "empty" : "not one line of text")"
            log.fault(at: position(of: fileKey), found: found, expected: "a file with the secret alone")
            return nil
        }
        return secret
    }

    /// A secret that stands here or in a file, not both; neither is ever part of a fault.
    func secret(_ key: String, fileKey: String, expected: String, where isValid: (String) -> Bool) -> Secret? {
        let direct = entry(key)
        let isInFile = has(fileKey)
        let fromFile = secret(fileKey: fileKey)
        if direct != nil, isInFile {
            log.fault(
                at: position(of: fileKey), found: "'\(fileKey)' stands beside '\(key)'", expected: "one of the two")
        }
        guard let direct else {
            if let fromFile, !isValid(fromFile.revealed) {
                log.fault(
                    at: position(of: fileKey), found: "the file of '\(fileKey)' holds something else",
                    expected: expected)
            }
            return fromFile
        }
        if case .string(let text) = direct.node.value {
            if isValid(text) { return Secret(text) }
            log.fault(
                at: direct.node.position, found: "'\(key)' is a string of \(text.utf8.count) bytes that does not fit",
                expected: expected)
        } else {
            log.fault(at: direct.node.position, found: "'\(key)' is \(direct.node.kind)", expected: expected)
        }
        return nil
    }

    private func content(of path: String, key: String) -> [UInt8]? {
        do throws(SystemError) {
            return try readFile(path, limit: 1 << 20)
        } catch {
            log.fault(
                at: position(of: key), found: "'\(key)' names \(path), which cannot be read (\(error.reason))",
                expected: "a file that can be read")
            return nil
        }
    }
}
