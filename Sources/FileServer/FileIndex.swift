import Glibc
import HTTP

/// What lies in a folder, as a page for people and as text for scripts: a line for each, size and name.
package struct FileIndex: Sendable {
    package struct Entry: Sendable, Equatable {
        /// With a slash behind it where it is a folder.
        package let name: String
        package let size: Int?
    }

    package let entries: [Entry]
    private let path: String

    /// Nil where there is no such folder.
    package init?(of folder: String, at path: String = "/") {
        guard let directory = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(directory) }
        let root = folder
        var entries: [Entry] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            // A link is shown by those who may follow it: only what lies here itself is listed.
            var status = stat()
            guard !name.hasPrefix("."), unsafe lstat("\(root)/\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG: entries.append(Entry(name: name, size: status.st_size))
            case S_IFDIR: entries.append(Entry(name: name + "/", size: nil))
            default: continue
            }
        }
        self.entries = entries.sorted { $0.name < $1.name }
        self.path = path
    }

    var text: HTTPResponse {
        .text(200, entries.map { "\($0.size.map(String.init) ?? "-")\t\($0.name)\n" }.joined())
    }

    var page: HTTPResponse {
        let rows = entries.map { entry in
            "<tr><td><a href=\"\(Self.escaped(entry.name))\">\(Self.shown(entry.name))</a></td>"
                + "<td>\(entry.size.map(String.init) ?? "")</td></tr>\n"
        }
        return .text(
            200,
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Firmware: \(Self.shown(path))</title>
            <style>body{font-family:sans-serif}td{padding:0 1em}td+td{text-align:right}</style></head>
            <body><h1>\(Self.shown(path))</h1>
            <table><tr><th>name</th><th>bytes</th></tr>
            \(rows.joined())</table></body></html>

            """, type: "text/html; charset=utf-8")
    }

    private static func shown(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// As a part of an address: what is no plain letter as `%41`. `./` in front, for a colon would make a scheme of it.
    package static func escaped(_ name: String) -> String {
        var text = "./"
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}
