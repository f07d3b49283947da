import Glibc
import Testing

/// Gives the body a folder of its own, with the files in it, and removes it afterwards.
func withFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
    var template = Array("/tmp/narrowbridge-configuration-XXXXXX\0".utf8CString)
    try #require(unsafe mkdtemp(&template) != nil)
    let folder = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        for name in files.keys { unsafe unlink("\(folder)/\(name)") }
        unsafe rmdir(folder)
    }
    for (name, content) in files {
        let file = unsafe open("\(folder)/\(name)", O_WRONLY | O_CREAT, 0o600)
        try #require(unsafe write(file, content, content.count) == content.count)
        close(file)
    }
    try body(folder)
}
