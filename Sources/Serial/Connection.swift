import Glibc
import Reactor
import Synchronization

/// Connects to a serial server without ever holding up the reactor.
enum Connection {
    static func open(
        host: String, port: Int, within limit: Duration, on reactor: Reactor, connector: WorkerThread
    ) async throws(PortError) -> Int32 {
        let deadline = reactor.now + limit
        let addresses = try await Resolver(worker: connector).resolve(host: host, port: port)
        var failure = PortError.unreachable(host: host, port: port, reason: "it has no address")
        for address in addresses {
            do throws(PortError) {
                return try await connect(to: address, host: host, port: port, deadline: deadline, on: reactor)
            } catch .cancelled {
                throw .cancelled
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func connect(
        to address: SocketAddress, host: String, port: Int, deadline: Instant, on reactor: Reactor
    ) async throws(PortError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .system(.last("make a socket")) }
        do throws(PortError) {
            setOptions(descriptor)
            if address.connect(descriptor) != 0 {
                guard errno == EINPROGRESS else { throw explain(errno, host, port) }
                try await established(descriptor, host, port, deadline, reactor)
            }
            return descriptor
        } catch {
            closeDescriptor(descriptor)
            throw error
        }
    }

    private static func established(
        _ descriptor: Int32, _ host: String, _ port: Int, _ deadline: Instant, _ reactor: Reactor
    ) async throws(PortError) {
        let attempt = Attempt()
        do throws(SystemError) {
            try reactor.watch(descriptor, for: .writable) { _ in attempt.finish(.ready) }
        } catch { throw .system(error) }
        let timer = reactor.schedule(at: deadline) { attempt.finish(.late) }
        let outcome = await withTaskCancellationHandler {
            await attempt.outcome()
        } onCancel: {
            attempt.finish(.cancelled)
        }
        timer.cancel()
        reactor.unwatch(descriptor)
        switch outcome {
        case .cancelled: throw .cancelled
        case .late: throw .timedOut(host: host, port: port)
        case .ready:
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
            if code != 0 { throw explain(code, host, port) }
        }
    }

    /// A command is one small packet that must leave at once; a peer that lost its power says nothing, so it is asked.
    private static func setOptions(_ descriptor: Int32) {
        func set(_ level: Int32, _ option: Int32, _ value: Int32) {
            var value = value
            unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        // Unacknowledged bytes count as well: keepalive alone is silent while some are under way.
        set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, 60_000)
    }

    private static func explain(_ code: Int32, _ host: String, _ port: Int) -> PortError {
        switch code {
        case ECONNREFUSED: .refused(host: host, port: port)
        case ETIMEDOUT: .timedOut(host: host, port: port)
        default: .unreachable(host: host, port: port, reason: SystemError(code: code, operation: "").reason)
        }
    }
}

/// Joins a connection under way to the three things that may end it, on any thread and in any order.
private final class Attempt: Sendable {
    enum Outcome { case ready, late, cancelled }
    private enum State {
        case idle
        case waiting(CheckedContinuation<Outcome, Never>)
        case finished(Outcome)
    }

    private let state = Mutex<State>(.idle)

    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let early: Outcome? = state.withLock { state in
                if case .finished(let outcome) = state { return outcome }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    func finish(_ outcome: Outcome) {
        let waiting: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            defer { if case .finished = state {} else { state = .finished(outcome) } }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: outcome)
    }
}
