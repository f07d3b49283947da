private import CMicroHTTPD
import Glibc
package import Reactor
import Synchronization

/// A server on libmicrohttpd: one thread of its own, on which requests are answered and completions told.
package final class HTTPServer: Sendable {
    package struct Handlers: Sendable {
        package var answer: @Sendable (HTTPRequest) -> HTTPResponse
        /// A request is over; with how many bytes of the body were sent, and whether that was all.
        package var completed: @Sendable (HTTPRequest, HTTPResponse, _ sent: Int, _ isWhole: Bool) -> Void

        package init(
            answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
            completed: @escaping @Sendable (HTTPRequest, HTTPResponse, Int, Bool) -> Void = { _, _, _, _ in }
        ) {
            self.answer = answer
            self.completed = completed
        }
    }

    /// A module behind a poor network may be silent for long.
    private static let patience: UInt32 = 300
    private static let mostConnections: UInt32 = 500

    let handlers: Handlers
    /// The library's handle; 0 once it has stopped.
    private let daemon = Mutex<UInt>(0)

    /// Listens at once; the descriptor is the server's from then on.
    package init(listening descriptor: Int32, handlers: Handlers) throws(SystemError) {
        self.handlers = handlers
        let reference = unsafe Unmanaged.passUnretained(self).toOpaque()
        let daemon = unsafe cmhd_start(
            descriptor, Self.patience, Self.mostConnections, answerCallback, completedCallback, reference)
        guard let daemon = unsafe daemon else {
            close(descriptor)
            throw SystemError(code: ENOMEM, operation: "start the server")
        }
        let handle = UInt(bitPattern: daemon)
        self.daemon.withLock { $0 = handle }
    }

    deinit { stop() }

    /// Ends all connections; nothing is answered or told afterwards.
    package func stop() {
        let handle = daemon.withLock { handle in
            defer { handle = 0 }
            return handle
        }
        if let daemon = unsafe OpaquePointer(bitPattern: handle) { unsafe MHD_stop_daemon(daemon) }
    }
}

/// One request from its first line to its end. Unchecked: belongs to the server's thread.
private final class Exchange: @unchecked Sendable {
    let request: HTTPRequest
    var response: HTTPResponse?
    var sent = 0

    init(_ request: HTTPRequest) { self.request = request }
}

/// A file's part on its way; freed by the library.
private final class Reading {
    let file: OpenFile
    let range: Range<Int>
    let exchange: Exchange

    init(_ file: OpenFile, _ range: Range<Int>, _ exchange: Exchange) {
        self.file = file
        self.range = range
        self.exchange = exchange
    }
}

// MARK: What the library calls, on its own thread

private let answerCallback: MHD_AccessHandlerCallback = { server, connection, url, method, _, _, size, context in
    guard let server = unsafe server, let connection = unsafe connection, let context = unsafe context,
        let url = unsafe url, let method = unsafe method, let size = unsafe size
    else { return cmhd_no }
    guard let begun = unsafe context.pointee else {
        let exchange = unsafe Exchange(
            HTTPRequest(
                method: String(cString: method), path: String(cString: url), peer: peer(connection),
                headers: headers(connection)))
        unsafe context.pointee = Unmanaged.passRetained(exchange).toOpaque()
        return cmhd_yes
    }
    // Nobody here wants a body; it is let pass.
    if unsafe size.pointee > 0 {
        unsafe size.pointee = 0
        return cmhd_yes
    }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(begun).takeUnretainedValue()
    let response = unsafe Unmanaged<HTTPServer>.fromOpaque(server).takeUnretainedValue().handlers.answer(
        exchange.request)
    exchange.response = response
    return unsafe queue(response, exchange, connection)
}

private let completedCallback: MHD_RequestCompletedCallback = { server, _, context, reason in
    guard let server = unsafe server, let begun = unsafe context?.pointee else { return }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(begun).takeRetainedValue()
    guard let response = exchange.response else { return }
    let isWhole = reason == cmhd_completed
    let isHead = exchange.request.method == "HEAD"
    let sent = isHead ? 0 : isWhole ? response.body.count : min(exchange.sent, response.body.count)
    unsafe Unmanaged<HTTPServer>.fromOpaque(server).takeUnretainedValue().handlers.completed(
        exchange.request, response, sent, isWhole)
}

private func queue(_ response: HTTPResponse, _ exchange: Exchange, _ connection: OpaquePointer) -> MHD_Result {
    let made: OpaquePointer?
    switch response.body {
    case .bytes(let bytes):
        unsafe made = bytes.withUnsafeBytes {
            unsafe MHD_create_response_from_buffer(
                $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), cmhd_copied)
        }
    case .file(let file, let range):
        let reading = unsafe Unmanaged.passRetained(Reading(file, range, exchange)).toOpaque()
        unsafe made = MHD_create_response_from_callback(
            UInt64(range.count), 65_536, readCallback, reading,
            { reading in
                guard let reading = unsafe reading else { return }
                unsafe Unmanaged<Reading>.fromOpaque(reading).release()
            })
    }
    guard let made = unsafe made else { return cmhd_no }
    defer { unsafe MHD_destroy_response(made) }
    for header in response.headers { unsafe MHD_add_response_header(made, header.name, header.value) }
    return unsafe MHD_queue_response(connection, UInt32(response.status), made)
}

private let readCallback: MHD_ContentReaderCallback = { reading, position, buffer, most in
    let end = Int(-1)
    guard let reading = unsafe reading, let buffer = unsafe buffer else { return end }
    let part = unsafe Unmanaged<Reading>.fromOpaque(reading).takeUnretainedValue()
    let count = unsafe part.file.read(
        into: UnsafeMutableRawPointer(buffer), at: part.range.lowerBound + Int(position),
        count: min(Int(most), part.range.count - Int(position)))
    // What has become shorter meanwhile cannot be sent as announced: the connection ends.
    guard count > 0 else { return -2 }
    part.exchange.sent = Int(position)
    return count
}

private func headers(_ connection: OpaquePointer) -> [String: String] {
    final class Collected { var headers: [String: String] = [:] }
    let collected = Collected()
    unsafe MHD_get_connection_values(
        connection, cmhd_header,
        { collected, _, name, value in
            guard let collected = unsafe collected, let name = unsafe name, let value = unsafe value else {
                return cmhd_yes
            }
            unsafe Unmanaged<Collected>.fromOpaque(collected).takeUnretainedValue()
                .headers[String(cString: name)] = String(cString: value)
            return cmhd_yes
        }, Unmanaged.passUnretained(collected).toOpaque())
    return collected.headers
}

private func peer(_ connection: OpaquePointer) -> String {
    guard let address = unsafe cmhd_peer(connection) else { return "" }
    let size =
        unsafe address.pointee.sa_family == sa_family_t(AF_INET6)
        ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var text = [CChar](repeating: 0, count: 64)
    guard unsafe getnameinfo(address, socklen_t(size), &text, 64, nil, 0, NI_NUMERICHOST) == 0 else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
