import Glibc
package import Reactor

/// Waits for a device that is not plugged in.
///
/// It asks again and again instead of watching the folder: links by id are made and removed together with their folder,
/// and a device that is only just there may not be usable yet.
package enum PathWatch {
    /// Suspends until the path leads to something, and returns where; throws when the task is cancelled. To be called
    /// on the reactor.
    package static func waitUntilPresent(_ path: String, time: any TimeSource) async throws -> String {
        var pause = Duration.milliseconds(250)
        while true {
            try Task.checkCancellation()
            if let target = target(of: path) { return target }
            try await time.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// Where a path leads when all its links are followed; nil when it leads nowhere.
    package static func target(of path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
