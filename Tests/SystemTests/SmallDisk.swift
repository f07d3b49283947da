import Glibc
import Reactor
import TestSupport

/// A disk of few bytes for one process, which alone sees it, and with which it ends.
struct SmallDisk: Sendable {
    let path: String
    let bytes: Int

    /// Not where the kernel gives users no mounts of their own.
    static func isPossible() async -> Bool {
        guard let directory = try? TemporaryDirectory() else { return false }
        let words = SmallDisk(path: directory.path, bytes: 1 << 20).command(["true"])
        let process = try? await ChildProcess(words[0], Array(words.dropFirst()))
        return (try? await process?.exit()) == 0
    }

    /// Runs the program with the disk in its place; the process stays the same.
    func command(_ program: [String]) -> [String] {
        let rights = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
        let script = """
            mkdir -p "$0" && mount -t tmpfs -o size=\(bytes) small "$0" && exec "$@"
            """
        return ["unshare"] + rights + ["--mount", "sh", "-c", script, path] + program
    }

    /// Puts ballast on it until nothing fits any more.
    func fill(of process: pid_t) throws(SystemError) {
        let descriptor = unsafe open(ballast(process), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open the ballast") }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 0xA5, count: 4096)
        while unsafe write(descriptor, page, page.count) > 0 {}
        guard errno == ENOSPC else { throw .last("fill the disk") }
    }

    func empty(of process: pid_t) { unsafe unlink(ballast(process)) }

    private func ballast(_ process: pid_t) -> String { "/proc/\(process)/root\(path)/ballast" }
}
