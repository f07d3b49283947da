import Glibc
import MQTT
import TestSupport
import Testing
import VirtualModules

/// `narrowbridge watch` beside a whole bridge.
@Suite struct WatchCommandTests {
    private func watch(_ rig: Rig) -> [String] {
        ["watch", "--host", "127.0.0.1", "--port", "\(rig.broker.address.port)", "--base", "nb"]
    }

    @Test func `into a pipe it prints a line for each change, and waits for a broker that goes`() async throws {
        try await withRig { rig in
            let watch = try await Program.start(watch(rig))
            try await watch.output.wait("what was retained") { $0.text.contains(" m0 state ready\n") }
            try await rig.up(json: #"{"id":"a","text":"a","confirm":true}"#)
            await rig.module.send(downlink: Array("\u{1B}[2Jdown\n".utf8))
            try await watch.output.wait("the messages") { output in
                [" m0 uplink accepted a\n", " m0 uplink delivered a\n", " m0 downlink ·[2Jdown \n"]
                    .allSatisfy(output.text.contains)
            }
            rig.broker.stop(SIGKILL)
            try await watch.output.wait("the loss of the broker") { $0.text.contains("narrowbridge watch: broker") }
            try await rig.broker.start()
            try await watch.output.wait("its return") { $0.text.contains(": is back\n") }
            try await rig.up(json: #"{"id":"b","text":"b"}"#)
            try await watch.output.wait("what came afterwards") { $0.text.contains(" m0 uplink sent b\n") }
            watch.signal(SIGTERM)
            #expect(try await watch.exit() == 0)
            // Each line begins with its time, and no control character of a payload is in any.
            for line in watch.output.value.text.split(separator: "\n") where !line.hasPrefix("narrowbridge watch: ") {
                #expect(line.prefix(5).allSatisfy { $0.isNumber || $0 == "-" } && !line.contains("\u{1B}"), "\(line)")
            }
        }
    }

    @Test func `broker and base topic are those of the configuration`() async throws {
        try await withRig { rig in
            let watch = try await Program.start(["watch", "--config", rig.directory.file("bridge.conf")])
            try await watch.output.wait("the bridge") { $0.text.contains(" bridge bridge online\n") }
            watch.signal(SIGINT)
            #expect(try await watch.exit() == 0)
        }
    }

    @Test func `on a terminal it draws the table, and leaves the terminal as it was`() async throws {
        try await withRig { rig in
            let command = ([BridgeProcess.program] + watch(rig)).joined(separator: " ")
            // Gives it a terminal of its own.
            let watch = try await ChildProcess(
                "script", ["-qec", "stty cols 80 rows 24; echo process $$; exec \(command)", "/dev/null"])
            let output = try await watch.output.wait("the table") {
                $0.text.contains("MODULE") && $0.text.contains("ready")
            }
            let words = output.text.split { $0.isWhitespace }
            let place = try #require(words.firstIndex(of: "process"))
            kill(try #require(pid_t(words[place + 1])), SIGTERM)
            _ = try await watch.exit()
            let text = watch.output.value.text
            #expect(text.contains("\u{1B}[?1049h") && text.hasSuffix("\u{1B}[?1049l"))
        }
    }

    @Test func `of several brokers the first may be away`() async throws {
        try await withBroker { broker in
            try await withTemporaryDirectory { directory in
                let dead = try LocalSocket.freePort()
                let file = try directory.write(
                    "bridge.conf", "[mqtt]\nhost = [\"127.0.0.1:\(dead)\", \"127.0.0.1:\(broker.address.port)\"]\n")
                let watch = try await Program.start(["watch", "--config", file])
                try await withClient(of: broker) { client in
                    try await client.publish("narrowbridge/bridge/state", "online", retain: true)
                }
                try await watch.output.wait("the second broker") { $0.text.contains(" bridge bridge online\n") }
                watch.signal(SIGTERM)
                #expect(try await watch.exit() == 0)
            }
        }
    }

    @Test func `without a broker at the start it says so and ends with 69`() async throws {
        let port = try LocalSocket.freePort()
        let run = try await Program.run(["watch", "--host", "127.0.0.1", "--port", "\(port)"])
        #expect(run.status == 69)
        #expect(run.text.contains("127.0.0.1:\(port)"))
    }
}
