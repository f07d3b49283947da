import Glibc
import TestSupport
import Testing

@Suite struct `The bridge as a process` {
    @Test func `SIGHUP reads the configuration again, and a wrong one is told and not taken`() async throws {
        try await withBridge { bridge, directory in
            bridge.signal(SIGHUP)
            try await bridge.output.wait("the reload") { $0.text.contains("configuration reloaded") }
            try directory.write("bridge.conf", "[bridge]\nlog_level = \"loud\"\n")
            bridge.signal(SIGHUP)
            let output = try await bridge.output.wait("the fault") { $0.text.contains("bridge.conf:") }
            #expect(output.text.contains("bridge.conf:2:13: "))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `it ends cleanly`(_ signal: Int32) async throws {
        try await withBridge { bridge, _ in
            bridge.signal(signal)
            let status = try await bridge.exit()
            #expect(status == 0)
            #expect(bridge.output.value.text.contains("stopped"))
        }
    }

    @Test func `a second bridge on the same state directory is refused`() async throws {
        try await withBridge { bridge, directory in
            let second = try await Program.run(["run", "--config", directory.file("bridge.conf")])
            #expect(second.status == 1)
            #expect(second.text.contains("Another bridge (process \(bridge.pid))"))
        }
    }

    /// Without a broker and without a port: it waits for both.
    private func withBridge(_ body: (ChildProcess, TemporaryDirectory) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try directory.write(
                "bridge.conf",
                """
                [mqtt]
                port = \(try LocalSocket.freePort())
                [bridge]
                state_dir = "\(directory.file("state"))"
                http = ""
                [[module]]
                name = "m1"
                port = "\(directory.file("nowhere"))"
                platform = "none"
                """)
            let bridge = try await Program.start(["run", "--config", configuration])
            try await bridge.output.wait("the start") { $0.text.contains("started with") || $0.isComplete }
            try await body(bridge, directory)
        }
    }
}
