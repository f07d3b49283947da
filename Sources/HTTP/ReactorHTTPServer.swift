import CMicroHTTPD
import Glibc
package import Reactor

/// A server on libmicrohttpd without a thread of its own: it lives on the reactor, and may answer later.
///
/// No client holds anything up. Connections, requests and time are limited, and a body is written as the client takes
/// it. Unchecked: belongs to the reactor's thread.
@safe package final class ReactorHTTPServer: @unchecked Sendable {
    /// To be called once, on the reactor, with the answer.
    package typealias Reply = @Sendable (HTTPResponse) -> Void
    package typealias Handler = @Sendable (HTTPRequest, @escaping Reply) -> Void

    /// Seconds of silence after which a connection is closed.
    private static let patience: UInt32 = 20
    package static let mostConnections = 64
    package static let longestBody = 16 << 10

    private let reactor: Reactor
    private let handler: Handler
    private var daemon: OpaquePointer?
    private var descriptor: Int32 = -1
    private var timer: Timer?
    private var isTurnDue = false
    private var suspended: [ObjectIdentifier: Exchange] = [:]
    private var streams: [ObjectIdentifier: ResponseStream] = [:]

    /// Serves at once; the descriptor is the server's from then on. To be called on the reactor.
    package init(listening socket: Int32, on reactor: Reactor, handler: @escaping Handler) throws(SystemError) {
        reactor.checkIsolated()
        self.reactor = reactor
        self.handler = handler
        let reference = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe daemon = cmhd_start_polled(
            socket, Self.patience, UInt32(Self.mostConnections), answerCallback, completedCallback, reference)
        guard let daemon = unsafe daemon else {
            close(socket)
            throw SystemError(code: ENOMEM, operation: "start the server")
        }
        descriptor = unsafe cmhd_epoll(daemon)
        do throws(SystemError) {
            try reactor.watch(descriptor, for: .readable) { [weak self] _ in self?.turn() }
        } catch {
            stop()
            throw error
        }
    }

    deinit { unsafe precondition(daemon == nil, "an HTTP server is to be stopped") }

    /// Ends all connections; nothing is answered afterwards. To be called on the reactor.
    package func stop() {
        guard let daemon = unsafe daemon else { return }
        reactor.unwatch(descriptor)
        timer?.cancel()
        unsafe self.daemon = nil
        for stream in streams.values { stream.end() }
        for exchange in suspended.values { exchange.resume() }
        suspended = [:]
        unsafe MHD_stop_daemon(daemon)
    }

    private func turn() {
        guard let daemon = unsafe daemon else { return }
        unsafe MHD_run(daemon)
        timer?.cancel()
        timer = nil
        var milliseconds: UInt64 = 0
        guard unsafe MHD_get_timeout(daemon, &milliseconds) == cmhd_yes else { return }
        // What is left to be done is done in the next turn: the lines come in between.
        timer = reactor.schedule(after: .milliseconds(Int64(clamping: milliseconds))) { [weak self] in self?.turn() }
    }

    /// The library does not notice by itself that a connection was resumed.
    private func turnSoon() {
        guard !isTurnDue else { return }
        isTurnDue = true
        reactor.atEndOfTurn { [weak self] in
            self?.isTurnDue = false
            self?.turn()
        }
    }

    // MARK: What the library calls

    fileprivate func ask(_ exchange: Exchange, _ connection: OpaquePointer) -> MHD_Result {
        if exchange.response == nil, !exchange.isAsked {
            exchange.isAsked = true
            if exchange.bodyIsTooLong {
                exchange.response = .text(413, "the body has more than \(Self.longestBody) bytes\n")
            } else {
                handler(exchange.request) { [weak self] in self?.answer(exchange, $0) }
            }
        }
        if let response = exchange.response {
            if case .stream(let stream) = response.body {
                streams[ObjectIdentifier(stream)] = stream
                stream.whenResumed = { [weak self] in self?.turnSoon() }
            }
            return unsafe exchange.queue(response, on: connection)
        }
        guard unsafe daemon != nil else { return cmhd_no }
        unsafe exchange.suspended = connection
        suspended[ObjectIdentifier(exchange)] = exchange
        unsafe MHD_suspend_connection(connection)
        return cmhd_yes
    }

    private func answer(_ exchange: Exchange, _ response: HTTPResponse) {
        reactor.checkIsolated()
        guard exchange.response == nil else { return }
        exchange.response = response
        suspended[ObjectIdentifier(exchange)] = nil
        exchange.resume()
        turnSoon()
    }

    fileprivate func completed(_ exchange: Exchange) {
        guard case .stream(let stream) = exchange.response?.body else { return }
        streams[ObjectIdentifier(stream)] = nil
        stream.close()
    }
}

extension Exchange {
    fileprivate func resume() {
        guard let connection = unsafe suspended else { return }
        unsafe suspended = nil
        unsafe MHD_resume_connection(connection)
    }

    /// False when the client sends and sends.
    fileprivate func take(_ bytes: UnsafeBufferPointer<CChar>) -> Bool {
        let longest = ReactorHTTPServer.longestBody
        if request.body.count + bytes.count <= longest, !bodyIsTooLong {
            unsafe request.body.append(contentsOf: UnsafeRawBufferPointer(bytes))
            return true
        }
        request.body = []
        bodyIsTooLong = true
        sent += bytes.count
        return sent <= 16 * longest
    }
}

private let answerCallback: MHD_AccessHandlerCallback = { server, connection, url, method, _, data, size, context in
    guard let server = unsafe server, let connection = unsafe connection, let size = unsafe size else { return cmhd_no }
    guard let exchange = unsafe Exchange.known(by: context, connection, method: method, path: url) else {
        return cmhd_yes
    }
    if unsafe size.pointee > 0 {
        let goesOn = unsafe exchange.take(UnsafeBufferPointer(start: data, count: size.pointee))
        unsafe size.pointee = 0
        return goesOn ? cmhd_yes : cmhd_no
    }
    return unsafe Unmanaged<ReactorHTTPServer>.fromOpaque(server).takeUnretainedValue().ask(exchange, connection)
}

private let completedCallback: MHD_RequestCompletedCallback = { server, _, context, _ in
    guard let server = unsafe server, let begun = unsafe context?.pointee else { return }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(begun).takeRetainedValue()
    unsafe Unmanaged<ReactorHTTPServer>.fromOpaque(server).takeUnretainedValue().completed(exchange)
}
