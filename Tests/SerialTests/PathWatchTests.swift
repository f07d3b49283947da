import Glibc
import Reactor
import Serial
import Testing

@Suite struct PathWatchTests {
    @Test func `a path that is there is told at once, with where it leads`() async throws {
        try await withTemporaryPath("link") { path in
            try await withSerialWorld { world in
                unsafe symlink("/dev/null", path)
                let target = try await world.perform { reactor in
                    try await PathWatch.waitUntilPresent(path, time: ManualTime(reactor: reactor))
                }
                #expect(target == "/dev/null")
            }
        }
    }

    @Test func `a path that appears later is told at the next look`() async throws {
        try await withTemporaryPath("link") { path in
            try await withSerialWorld { world in
                let time = ManualTime(reactor: world.reactor)
                let found = Task {
                    try await world.perform { _ in try await PathWatch.waitUntilPresent(path, time: time) }
                }
                // A link that leads nowhere is no device.
                unsafe symlink("/nowhere", path)
                await time.advance(by: .seconds(30))
                unsafe unlink(path)
                unsafe symlink("/dev/null", path)
                let clock = Task {
                    while !Task.isCancelled { await time.advance(by: .seconds(2)) }
                }
                let target = try await found.value
                #expect(target == "/dev/null")
                clock.cancel()
                await clock.value
            }
        }
    }

    @Test func `waiting can be cancelled`() async throws {
        try await withTemporaryPath("link") { path in
            try await withSerialWorld { world in
                let time = ManualTime(reactor: world.reactor)
                let waiting = Task {
                    try await world.perform { _ in try await PathWatch.waitUntilPresent(path, time: time) }
                }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
        }
    }
}
