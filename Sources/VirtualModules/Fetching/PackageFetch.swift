import Glibc

/// The module's own HTTP client, for servers on this machine: whole packages or pieces by range, no faster than it is
/// asked. Nothing in it blocks. Unchecked: belongs to the reactor's thread.
final class PackageFetch: @unchecked Sendable {
    enum Step: Equatable {
        case waiting
        case received(Int, of: Int)
        /// With the number of <HTTP_err>.
        case failed(Int)
    }

    private let url: PackageURL
    private let pieceSize: Int?
    private let space: Int
    private var descriptor: Int32 = -1
    private var request: [UInt8] = []
    private var head: [UInt8] = []
    /// What is left of the present answer's body; nil before its header is complete.
    private var left: Int?
    private var received = 0
    private var total: Int?
    private var silentSteps = 0

    init(_ url: PackageURL, pieceSize: Int?, space: Int) {
        self.url = url
        self.pieceSize = pieceSize
        self.space = space
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Takes what has come, up to so many percent of the package.
    func advance(by percent: Int) -> Step {
        if descriptor < 0, !connect() { return .failed(6503) }
        guard send() else { return .failed(6503) }
        var budget = max(512, (total ?? 4096) * percent / 100)
        while budget > 0 {
            var buffer = [UInt8](repeating: 0, count: left == nil ? 1 : min(budget, left ?? 1, 16_384))
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { return wait() }
            guard count > 0 else { return .failed(6503) }
            silentSteps = 0
            if let rest = left {
                received += count
                left = rest - count
                budget -= count
            } else {
                head.append(buffer[0])
                guard head.count < 8192 else { return .failed(6503) }
                if head.suffix(4).elementsEqual("\r\n\r\n".utf8), let code = begin() { return .failed(code) }
            }
            if left == 0, let step = endAnswer() { return step }
        }
        return .received(received, of: total ?? 0)
    }

    /// The server has been silent for too long.
    private func wait() -> Step {
        silentSteps += 1
        return silentSteps > 1000 ? .failed(6503) : .waiting
    }

    private func connect() -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = url.port.bigEndian
        let host = url.host == "localhost" ? "127.0.0.1" : url.host
        guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return false }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_INET, type, 0)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let isConnecting = result == 0 || errno == EINPROGRESS
        ask()
        return isConnecting
    }

    private func ask() {
        var text = "GET \(url.path) HTTP/1.1\r\nHost: \(url.host):\(url.port)\r\n"
        if let pieceSize { text += "Range: bytes=\(received)-\(received + pieceSize - 1)\r\n" }
        request = Array((text + "\r\n").utf8)
        head = []
        left = nil
    }

    private func send() -> Bool {
        guard !request.isEmpty else { return true }
        let count = unsafe Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        // ENOTCONN: still connecting.
        guard count >= 0 else { return errno == EAGAIN || errno == ENOTCONN || errno == EINTR }
        request.removeFirst(count)
        return true
    }

    /// The answer's header is complete; gives what is wrong with it.
    private func begin() -> Int? {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        guard status != 404 else { return 6504 }
        guard status == (pieceSize == nil ? 200 : 206) else { return 6503 }
        func value(_ name: String) -> Substring? {
            lines.first { $0.lowercased().hasPrefix(name + ":") }?.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
        }
        guard let length = value("content-length").flatMap({ Int($0) }), length > 0 else { return 6503 }
        left = length
        if pieceSize == nil {
            total = length
        } else {
            // bytes 0-511/20135
            guard let range = value("content-range"), range.hasPrefix("bytes \(received)-"),
                let whole = range.split(separator: "/").last.flatMap({ Int($0) })
            else { return 6503 }
            total = whole
        }
        return total ?? 0 > space ? 6502 : nil
    }

    /// All of the package, or the next piece.
    private func endAnswer() -> Step? {
        guard let total, received < total else { return .received(received, of: received) }
        guard pieceSize != nil else { return .failed(6503) }
        ask()
        return send() ? nil : .failed(6503)
    }
}
