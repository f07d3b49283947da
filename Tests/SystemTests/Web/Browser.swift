import Glibc
import JSON
import Reactor
import TestSupport

/// A headless Chromium with one page, driven through its debugging pipe; it waits on a thread of its own.
actor Browser {
    static var isInstalled: Bool {
        let places = ["/usr/bin/chromium", "/usr/local/bin/chromium"]
        return places.contains { unsafe access($0, X_OK) == 0 }
    }

    private let thread = WorkerThread(name: "browser")
    private let directory: TemporaryDirectory
    private let process: ChildProcess
    private let orders: Int32
    private let answers: Int32
    private var lastID = 0
    private var received: [UInt8] = []
    private var session: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init() async throws {
        directory = try TemporaryDirectory()
        let pipes = [directory.file("orders"), directory.file("answers")]
        for pipe in pipes { guard unsafe mkfifo(pipe, 0o600) == 0 else { throw SystemError.last("mkfifo") } }
        // Both ways, so that neither side waits for the other to open it.
        orders = unsafe Glibc.open(pipes[0], O_RDWR | O_CLOEXEC)
        answers = unsafe Glibc.open(pipes[1], O_RDWR | O_CLOEXEC)
        let script = """
            exec chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-dev-shm-usage \
            --user-data-dir="$1/profile" --remote-debugging-pipe 3<"$1/orders" 4>"$1/answers"
            """
        process = try await ChildProcess("sh", ["-c", script, "sh", directory.path])
        let target = try call("Target.createTarget", ["url": "about:blank"])["targetId"]?.string ?? ""
        session = try call("Target.attachToTarget", ["targetId": target], flag: "flatten")["sessionId"]?.string
    }

    deinit {
        process.end(SIGKILL)
        close(orders)
        close(answers)
        thread.stop()
    }

    func open(_ address: String) throws { _ = try call("Page.navigate", ["url": address]) }

    func resize(width: Int, height: Int) throws {
        _ = try call("Emulation.setDeviceMetricsOverride", numbers: ["width": width, "height": height], flag: "mobile")
    }

    /// What the page's script makes of it, as text.
    func evaluate(_ expression: String) throws -> String {
        let answer = try call("Runtime.evaluate", ["expression": "String(\(expression))"], flag: "returnByValue")
        return answer["result"]?["value"]?.string ?? "no answer"
    }

    /// Asks until the page says true.
    nonisolated func wait(_ what: String, until expression: String) async throws {
        try await withTimeout(what, limit: .seconds(60)) {
            while try await self.evaluate(expression) != "true" { try Task.checkCancellation() }
        }
    }

    /// A key is pressed and let go; `text` is what it writes.
    func press(_ key: String, text: String? = nil) throws {
        for type in ["keyDown", "keyUp"] {
            var words = ["type": type, "key": key, "code": key]
            if type == "keyDown", let text { words["text"] = text }
            _ = try call("Input.dispatchKeyEvent", words, numbers: key == "Tab" ? ["windowsVirtualKeyCode": 9] : [:])
        }
    }

    func type(_ text: String) throws { _ = try call("Input.insertText", ["text": text]) }

    private func call(
        _ method: String, _ words: [String: String] = [:], numbers: [String: Int] = [:], flag: String? = nil
    ) throws -> JSONValue {
        lastID += 1
        let order = JSONText.object { json in
            json.member("id", lastID)
            json.member("method", method)
            if let session { json.member("sessionId", session) }
            json.object("params") { json in
                for (key, value) in words { json.member(key, value) }
                for (key, value) in numbers { json.member(key, value) }
                if !numbers.isEmpty, method.hasPrefix("Emulation") { json.member("deviceScaleFactor", 1) }
                if let flag { json.member(flag, true) }
            }
        }
        let bytes = order + [0]
        guard unsafe write(orders, bytes, bytes.count) == bytes.count else { throw SystemError.last("write") }
        while true {
            let answer = try JSONValue(parsing: try next())
            if answer["id"]?.integer == lastID { return answer["result"] ?? answer }
        }
    }

    private struct Silent: Error {
        let output: String
    }

    private func next() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = received.firstIndex(of: 0) {
                defer { received.removeFirst(end + 1) }
                return Array(received[..<end])
            }
            // It is opened for writing here too, so its end would never be noticed.
            var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, 60_000) == 1 else {
                throw Silent(output: process.output.value.text)
            }
            let count = unsafe read(answers, &buffer, buffer.count)
            guard count > 0 else { throw SystemError.last("read") }
            received += buffer[..<count]
        }
    }
}
