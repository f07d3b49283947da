import Glibc
import Reactor
import TestSupport
import Testing

/// The server of firmware packages, as a client sees it that knows nothing of it.
@Suite struct FileServerTests {
    private static let package = (0..<20_135).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    private func add(_ bytes: [UInt8], _ name: String, _ served: Served) throws {
        let path = served.directory.file("files/\(name)")
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError.last(path) }
        defer { close(descriptor) }
        guard unsafe write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemError.last(path) }
    }

    @Test func `a file comes whole, with its length, its tag and its date`() async throws {
        try await withServer { served in
            try add(Self.package, "update.pack", served)
            let answer = try await served.client.ask("GET /update.pack")
            #expect(answer.status == 200)
            #expect(answer.body == Self.package)
            #expect(answer.headers["content-length"] == "20135")
            #expect(answer.headers["accept-ranges"] == "bytes")
            #expect(answer.headers["etag"]?.hasPrefix("\"4ea7-") == true)
            #expect(answer.headers["last-modified"]?.hasSuffix(" GMT") == true)
            let head = try await served.client.ask("HEAD /update.pack")
            #expect(head.status == 200 && head.body == [] && head.headers["content-length"] == "20135")
            #expect(head.headers["etag"] == answer.headers["etag"])
            try await served.log.wait("the log") { $0.count == 2 }
            #expect(
                served.log.value == [
                    "127.0.0.1 GET /update.pack 200 20135 bytes", "127.0.0.1 HEAD /update.pack 200",
                ])
        }
    }

    @Test(
        arguments: [
            ("bytes=0-511", 206, 0..<512), ("bytes=512-1023", 206, 512..<1024), ("bytes=20000-", 206, 20_000..<20_135),
            ("bytes=-35", 206, 20_100..<20_135), ("bytes=-30000", 206, 0..<20_135), ("bytes=0-0", 206, 0..<1),
            ("bytes=20000-99999", 206, 20_000..<20_135), ("Bytes=0-1", 206, 0..<2),
            ("bytes=20135-", 416, 0..<0), ("bytes=-0", 416, 0..<0), ("bytes=99999-100000", 416, 0..<0),
            // What is no range, or several of them, gives all of it.
            ("bytes=5-4", 200, 0..<20_135), ("bytes=-", 200, 0..<20_135), ("bytes=a-b", 200, 0..<20_135),
            ("lines=0-1", 200, 0..<20_135), ("bytes=0-1,4-5", 200, 0..<20_135),
            ("bytes=99999999999999999999-", 200, 0..<20_135), ("bytes=+1-2", 200, 0..<20_135),
        ]) func `a range is answered as the standard says`(_ range: String, _ status: Int, _ part: Range<Int>)
        async throws
    {
        try await withServer { served in
            try add(Self.package, "update.pack", served)
            let answer = try await served.client.ask("GET /update.pack", "Range: \(range)")
            #expect(answer.status == status)
            #expect(answer.body == Array(Self.package[part]))
            #expect(answer.headers["content-length"] == "\(part.count)")
            switch status {
            case 206:
                let place = "bytes \(part.lowerBound)-\(part.upperBound - 1)/20135"
                #expect(answer.headers["content-range"] == place)
            case 416: #expect(answer.headers["content-range"] == "bytes */20135")
            default: #expect(answer.headers["content-range"] == nil)
            }
        }
    }

    @Test func `what has not changed is not sent again, and no part of what has`() async throws {
        try await withServer { served in
            try add(Self.package, "update.pack", served)
            let first = try await served.client.ask("GET /update.pack")
            let tag = try #require(first.headers["etag"])
            let date = try #require(first.headers["last-modified"])
            for header in ["If-None-Match: \(tag)", "If-None-Match: \"x\", \(tag)", "If-Modified-Since: \(date)"] {
                let answer = try await served.client.ask("GET /update.pack", header)
                #expect(answer.status == 304 && answer.body == [])
            }
            for same in [tag, date] {
                let answer = try await served.client.ask("GET /update.pack", "Range: bytes=0-9", "If-Range: \(same)")
                #expect(answer.status == 206)
            }
            try add(Array(Self.package.reversed()), "update.pack", served)
            let changed = try await served.client.ask("GET /update.pack", "Range: bytes=0-9", "If-Range: \(tag)")
            #expect(changed.status == 200 && changed.body == Self.package.reversed())
            #expect(try await served.client.ask("GET /update.pack", "If-None-Match: \(tag)").status == 200)
        }
    }

    @Test(arguments: [
        "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/%2e%2e%2fsecret", "//../secret", "/folder/../../secret",
        "/.hidden", "/folder/.hidden", "/%2ehidden", "/link", "/linked/secret", "/to-hidden", "/pipe", "/folder",
        "/nothing", "/update.pack/", "/update.pack/x", "/./update.pack",
    ]) func `nothing outside, nothing hidden and nothing but files`(_ path: String) async throws {
        try await withServer { served in
            let directory = served.directory
            try add(Self.package, "update.pack", served)
            _ = try directory.write("secret", "secret")
            for folder in ["folder", "folder/deeper"] { unsafe mkdir(directory.file("files/\(folder)"), 0o755) }
            try add([1], ".hidden", served)
            try add([1], "folder/.hidden", served)
            unsafe symlink("../secret", directory.file("files/link"))
            unsafe symlink("..", directory.file("files/linked"))
            unsafe symlink(".hidden", directory.file("files/to-hidden"))
            unsafe mkfifo(directory.file("files/pipe"), 0o644)
            let answer = try await served.client.ask("GET \(path)")
            #expect(answer.status == 404)
            #expect(answer.text == "there is no such file\n")
        }
    }

    @Test func `a link that stays inside, a folder and any name are served`() async throws {
        try await withServer { served in
            unsafe mkdir(served.directory.file("files/folder"), 0o755)
            try add([1, 2], "folder/a b%&ü.bin", served)
            unsafe symlink("folder/a b%&ü.bin", served.directory.file("files/latest"))
            #expect(try await served.client.ask("GET /latest").body == [1, 2])
            #expect(try await served.client.ask("GET /folder/a%20b%25%26%C3%BC.bin").body == [1, 2])
            #expect(try await served.client.ask("GET /folder/").text == "2\ta b%&ü.bin\n")
        }
    }

    @Test func `the index is a page or text`() async throws {
        try await withServer { served in
            try add(Self.package, "update.pack", served)
            try add([], "a<b>&\"c\".bin", served)
            unsafe mkdir(served.directory.file("files/old"), 0o755)
            try add([], ".hidden", served)
            let text = "0\ta<b>&\"c\".bin\n-\told/\n20135\tupdate.pack\n"
            let plain = try await served.client.ask("GET /")
            #expect(plain.text == text && plain.headers["content-type"] == "text/plain; charset=utf-8")
            let page = try await served.client.ask("GET /", "Accept: text/html,*/*;q=0.8")
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.text.contains("<a href=\"./update.pack\">update.pack</a></td><td>20135</td>"))
            #expect(page.text.contains("<a href=\"./a%3Cb%3E%26%22c%22.bin\">a&lt;b&gt;&amp;&quot;c&quot;.bin</a>"))
            #expect(!page.text.contains("hidden"))
            #expect(try await served.client.ask("GET /index.txt", "Accept: text/html").text == text)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "DANCE"])
    func `nothing can be done but reading`(_ method: String) async throws {
        try await withServer { served in
            try add(Self.package, "update.pack", served)
            let answer = try await served.client.ask("\(method) /update.pack", "Content-Length: 0")
            #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD")
        }
    }

    @Test func `the log says how much was fetched, and nothing that a client made up`() async throws {
        try await withServer { served in
            let large = [UInt8](repeating: 7, count: 16_000_000)
            try add(large, "large.pack", served)
            _ = try await served.client.ask("GET /large.pack", "Range: bytes=0-511")
            try await served.log.wait("the range") {
                $0 == ["127.0.0.1 GET /large.pack 206 512 bytes (0 to 511 of 16000000)"]
            }
            // More than any socket holds: the client leaves in the midst of it.
            _ = try await served.client.ask("GET /large.pack", reading: 1000)
            let lines = try await served.log.wait("the broken one") { $0.count == 2 }
            #expect(lines[1].hasPrefix("127.0.0.1 GET /large.pack 200 "))
            #expect(lines[1].hasSuffix(" bytes of 16000000, broken off"))
            _ = try await served.client.ask("GET /a%0Ab%1B[0m")
            let last = try await served.log.wait("the strange one") { $0.count == 3 }
            #expect(last[2] == "127.0.0.1 GET /a?b?[0m 404 22 bytes")
        }
    }
}
