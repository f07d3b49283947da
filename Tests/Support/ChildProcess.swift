package import Glibc
package import Reactor
import Synchronization

extension Reactor {
    /// One event loop for everything that the tests watch.
    package static let forTests = Reactor(name: "tests")
}

/// A program that runs beside the test. What it prints is collected, and it is ended by its process id.
package final class ChildProcess: Sendable {
    /// What it has printed, on both channels.
    package struct Output: Sendable {
        package var bytes: [UInt8] = []
        /// It has closed its output: it is ending.
        package var isComplete = false

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    package let pid: pid_t
    package let output = Observed(Output())
    /// The wait status, once it has been waited for.
    private let status = Mutex<Int32?>(nil)

    /// Starts a program, which is looked for in PATH.
    package init(_ program: String, _ arguments: [String], input: [UInt8]? = nil) async throws {
        var ends: [Int32] = [-1, -1]
        let cloexec = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, cloexec, 0, &ends) == 0 else { throw SystemError.last("socketpair") }
        defer { close(ends[1]) }
        pid = try Self.spawn(program, arguments, descriptor: ends[1], hasInput: input != nil)
        if let input {
            _ = unsafe send(ends[0], input, input.count, Int32(MSG_NOSIGNAL))
            shutdown(ends[0], Int32(SHUT_WR))
        }
        await OutputReader(ends[0], output).start()
    }

    deinit { end(SIGKILL) }

    package func signal(_ signal: Int32) { kill(pid, signal) }

    /// Sends the signal and waits until the process is gone. Harmless when it is gone already.
    @discardableResult
    package func end(_ signal: Int32) -> Int32 {
        status.withLock { status in
            if let status { return status }
            kill(pid, signal)
            var value: Int32 = 0
            while unsafe waitpid(pid, &value, 0) < 0, errno == EINTR {}
            status = value
            return value
        }
    }

    /// Waits for the program to end by itself, and returns its exit status.
    package func exit(limit: Duration = .seconds(20)) async throws -> Int32 {
        try await output.wait("the end of process \(pid)", limit: limit) { $0.isComplete }
        // Its output is closed, so it needs no signal; signal 0 sends none.
        let status = end(0)
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }

    private static func spawn(
        _ program: String, _ arguments: [String], descriptor: Int32, hasInput: Bool
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if hasInput {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, 2)
        var argv = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe argv.indices { unsafe free(argv[index]) } }
        // The threads of Swift's pool block all signals, and a child would inherit that: SIGTERM would not end it.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let result = unsafe posix_spawnp(&pid, program, &actions, &attributes, &argv, environ)
        guard result == 0 else { throw SystemError(code: result, operation: "start \(program)") }
        return pid
    }
}

/// Runs a program to its end and returns what it printed; throws when it fails.
@discardableResult
package func run(_ program: String, _ arguments: String..., input: [UInt8]? = nil) async throws -> String {
    let process = try await ChildProcess(program, arguments, input: input)
    let status = try await process.exit()
    let text = process.output.value.text
    guard status == 0 else { throw ProgramError(program: program, status: status, output: text) }
    return text
}

/// A program that ended with an error.
package struct ProgramError: Error, CustomStringConvertible {
    package let program: String
    package let status: Int32
    package let output: String

    package var description: String { "\(program) ended with status \(status): \(output)" }
}

/// Collects from a descriptor until its end, on the reactor of the tests.
private actor OutputReader {
    private let descriptor: Int32
    private let output: Observed<ChildProcess.Output>

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe Reactor.forTests.asUnownedSerialExecutor() }

    init(_ descriptor: Int32, _ output: Observed<ChildProcess.Output>) {
        self.descriptor = descriptor
        self.output = output
    }

    func start() {
        do throws(SystemError) {
            try Reactor.forTests.watch(descriptor, for: .readable) { _ in self.assumeIsolated { $0.read() } }
        } catch {
            finish()
        }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return finish() }
        let bytes = buffer[..<count]
        output.update { $0.bytes += bytes }
    }

    private func finish() {
        Reactor.forTests.unwatch(descriptor)
        close(descriptor)
        output.update { $0.isComplete = true }
    }
}
