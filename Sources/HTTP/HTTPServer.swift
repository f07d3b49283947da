import CMicroHTTPD
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

// MARK: What the library calls, on its own thread

private let answerCallback: MHD_AccessHandlerCallback = { server, connection, url, method, _, _, size, context in
    guard let server = unsafe server, let connection = unsafe connection, let size = unsafe size else { return cmhd_no }
    guard let exchange = unsafe Exchange.known(by: context, connection, method: method, path: url) else {
        return cmhd_yes
    }
    // Nobody here wants a body; it is let pass.
    if unsafe size.pointee > 0 {
        unsafe size.pointee = 0
        return cmhd_yes
    }
    let response = unsafe Unmanaged<HTTPServer>.fromOpaque(server).takeUnretainedValue().handlers.answer(
        exchange.request)
    exchange.response = response
    return unsafe exchange.queue(response, on: connection)
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
