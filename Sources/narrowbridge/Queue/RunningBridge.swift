import Glibc
import Reactor

/// The bridge that runs on a state directory, if one does.
///
/// The process id stands in the directory's lock file, where a crash leaves it behind. The signal would end any other
/// process, so the id counts only while the kernel says that this very process holds the lock.
struct RunningBridge {
    let processID: Int32

    init?(stateDirectory: String) {
        let path = stateDirectory + "/lock"
        var status = stat()
        guard unsafe stat(path, &status) == 0,
            let number = Self.read(path).split(separator: "\n").first.flatMap({ Int32($0) })
        else { return nil }
        // `7: FLOCK  ADVISORY  WRITE 4711 08:01:131077 0 EOF`
        let holdsLock = Self.read("/proc/locks").split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.count >= 6 && words[1] == "FLOCK" && words[4] == "\(number)"
                && words[5].hasSuffix(":\(status.st_ino)")
        }
        guard holdsLock else { return nil }
        processID = number
    }

    /// Makes the bridge look at its queue again.
    func tell() throws(Failure) {
        guard kill(processID, SIGUSR1) == 0 else {
            let reason = SystemError.last("signal the bridge").reason
            throw Failure(
                .failed, "the store is changed, but the bridge (process \(processID)) could not be told: \(reason)")
        }
    }

    private static func read(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            content += chunk[..<count]
        }
        return String(decoding: content, as: UTF8.self)
    }
}

/// The time of day, for commands that have no reactor.
enum Clock {
    static var now: Timestamp {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }
}
