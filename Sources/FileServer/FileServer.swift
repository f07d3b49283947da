import Glibc
package import HTTP
package import Reactor

/// Serves the files of one folder to modules that fetch them: whole or by range, and nothing that lies outside.
package struct FileServer: Sendable {
    /// The folder as the system knows it, without links.
    package let folder: String

    package init(folder: String) throws(SystemError) {
        guard let real = realPath(folder) else { throw .last(folder) }
        var status = stat()
        guard unsafe stat(real, &status) == 0 else { throw .last(folder) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemError(code: ENOTDIR, operation: folder) }
        self.folder = real
    }

    package func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            var response = HTTPResponse.text(405, "only GET and HEAD are answered\n")
            response.headers.append(("Allow", "GET, HEAD"))
            return response
        }
        if request.path == "/index.txt" { return FileIndex(of: folder, at: "/")?.text ?? Self.notFound }
        guard let path = locate(request.path) else { return Self.notFound }
        if request.path.hasSuffix("/") {
            guard let index = FileIndex(of: path, at: request.path) else { return Self.notFound }
            return request["Accept"]?.contains("text/html") == true ? index.page : index.text
        }
        guard let file = try? OpenFile(path: path) else { return Self.notFound }
        return FileAnswer(file, request).response
    }

    static let notFound = HTTPResponse.text(404, "there is no such file\n")

    /// The real place of what the path names, if that is in the folder and no part of it is hidden.
    private func locate(_ path: String) -> String? {
        guard path.hasPrefix("/") else { return nil }
        let parts = path.split(separator: "/")
        guard parts.allSatisfy({ !$0.hasPrefix(".") }), let real = realPath(folder + path) else { return nil }
        guard real == folder || real.hasPrefix(folder == "/" ? "/" : folder + "/") else { return nil }
        let inside = real.dropFirst(folder.utf8.count).split(separator: "/")
        return inside.allSatisfy { !$0.hasPrefix(".") } ? real : nil
    }
}

/// Without links and dots; nil where there is nothing.
func realPath(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
}
