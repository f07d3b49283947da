import Glibc
import Reactor

/// A program that runs beside this one, ended by its process id. What it prints goes to a file.
///
/// It has a process group of its own, so that Ctrl-C reaches it only through us, in order.
struct Child: Sendable {
    let name: String
    let log: String
    let processID: pid_t
    private let end: Task<Int32, Never>

    /// The program is looked for in PATH and in `/usr/sbin`, where Debian puts daemons.
    init(_ program: String, named name: String, _ arguments: [String], log: String) throws(SystemError) {
        self.name = name
        self.log = log
        let words = [name] + arguments
        var result = Self.spawn(program, words, log)
        if result.code == ENOENT, !program.contains("/") { result = Self.spawn("/usr/sbin/" + program, words, log) }
        guard result.code == 0 else { throw SystemError(code: result.code, operation: "start \(program)") }
        let processID = result.processID
        self.processID = processID
        let waiter = ExitWaiter()
        end = Task { await waiter.wait(for: processID) }
    }

    /// The wait status, when it has ended.
    var ended: Int32 { get async { await end.value } }

    /// Asks it to end, and makes it end when that takes too long.
    func stop() async {
        kill(processID, SIGTERM)
        let impatience = Task {
            try await Task.sleep(for: .seconds(10))
            kill(processID, SIGKILL)
        }
        _ = await ended
        impatience.cancel()
    }

    private static func spawn(
        _ program: String, _ words: [String], _ log: String
    ) -> (code: Int32, processID: pid_t) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Threads of Swift's pool block all signals, which a child would inherit.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var argv = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe argv.indices { unsafe free(argv[index]) } }
        var processID: pid_t = 0
        let code = unsafe posix_spawnp(&processID, program, &actions, &attributes, &argv, environ)
        return (code, processID)
    }
}

/// Waits on a thread of its own, because that blocks.
private actor ExitWaiter {
    private let thread = WorkerThread(name: "child")

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    func wait(for processID: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
