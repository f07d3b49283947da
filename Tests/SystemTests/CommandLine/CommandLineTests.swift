import Serial
import TestSupport
import Testing

@Suite struct `The command line` {
    @Test(arguments: [
        [], ["frobnicate"], ["run", "--frobnicate"], ["check", "bridge.conf"], ["check", "--config"],
        ["at"], ["at", "/dev/null", "hello"], ["at", "/dev/null", "AT\r\nAT"], ["at", "/dev/null", "--slow", "AT"],
        ["at", "tcp://nowhere", "AT"], ["at", "/dev/null", "--baud", "fast"], ["probe"], ["probe", "--baud", "1", "x"],
        ["watch", "now"], ["watch", "--port", "0"], ["watch", "--host", "h", "--base", "a/#"],
        ["watch", "--host", "h", "--cert-file", "c"],
        ["queue"], ["queue", "burn"], ["queue", "list", "--all"], ["queue", "drop", "--all"],
        ["queue", "drop", "--module", "m"], ["queue", "retry", "--module", "m", "--all", "--id", "1"],
    ])
    func `wrong usage ends with 64 and says what is wrong`(_ arguments: [String]) async throws {
        let run = try await Program.run(arguments)
        #expect(run.status == 64)
        #expect(
            run.text.contains("expected") || run.text.contains("--help") || run.text.contains("wants a value")
                || run.text.contains("no AT command"))
    }

    @Test(arguments: [
        ["--help"], ["--version"], ["run", "--help"], ["check", "--help"], ["at", "--help"], ["probe", "--help"],
        ["watch", "--help"], ["queue", "--help"], ["simulate", "--help"], ["demo", "--help"],
    ])
    func `help and version end with 0`(_ arguments: [String]) async throws {
        let run = try await Program.run(arguments)
        #expect(run.status == 0)
        #expect(run.text.contains("narrowbridge"))
    }

    @Test func `help names every command`() async throws {
        let text = try await Program.run(["--help"]).text
        for command in ["run", "check", "probe", "at", "watch", "queue", "simulate", "demo"] {
            #expect(text.contains("\n  \(command) "))
        }
    }

    @Test(arguments: ["run", "check", "probe", "at", "watch", "queue", "simulate", "serve-firmware", "demo"])
    func `help with a command's name explains that command`(_ command: String) async throws {
        let run = try await Program.run(["help", command])
        #expect(run.status == 0)
        #expect(run.text.hasPrefix("usage: narrowbridge \(command) "))
        #expect(try await Program.run(["help", command + "x"]).status == 64)
    }

    @Test(arguments: [("/dev/full", 1), ("/dev/null", 0)])
    func `output that cannot be written ends with 1`(_ output: String, _ status: Int32) async throws {
        let process = try await ChildProcess("sh", ["-c", "\(BridgeProcess.program) --help >\(output)"])
        #expect(try await process.exit() == status)
        #expect(process.output.value.text.contains("No space left") == (status == 1))
    }

    @Test func `closed standard descriptors are given to nothing else`() async throws {
        try await withTemporaryDirectory { directory in
            let program = "exec \(BridgeProcess.program) simulate --ports \(directory.file("tty1")) <&- 2>&-"
            let process = try await ChildProcess("sh", ["-c", program])
            try await process.output.wait("the module") { $0.text.contains("tty1\n") }
            for descriptor in [0, 2] {
                #expect(PathWatch.target(of: "/proc/\(process.pid)/fd/\(descriptor)") == "/dev/null")
            }
        }
    }

    @Test func `a wrong configuration ends with 78 and tells every fault with its place`() async throws {
        try await withTemporaryDirectory { directory in
            let path = try directory.write(
                "bridge.conf", "[mqtt]\nport = 70000\n[[module]]\nname = \"a b\"\nport = \"/dev/a\"\n")
            for command in ["check", "run"] {
                let run = try await Program.run([command, "--config", path])
                #expect(run.status == 78)
                #expect(run.text.contains("\(path):2:8: "))
                #expect(run.text.contains("\(path):4:8: "))
                #expect(run.text.contains("\(path):3:1: "))
            }
        }
    }

    @Test(arguments: [
        ("ctwing", "server = \"192.0.2.1\""), ("lwm2m", "server = \"192.0.2.1\""), ("onenet", ""),
        ("andlink", "bootstrap_server = \"192.0.2.1\""), ("none", ""),
    ])
    func `a good configuration of every platform passes`(_ platform: String, _ keys: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = try directory.write(
                "bridge.conf", "[[module]]\nname = \"m1\"\nport = \"/dev/a\"\nplatform = \"\(platform)\"\n\(keys)\n")
            let run = try await Program.run(["check", "--config", path])
            #expect(run.status == 0)
            #expect(run.text == "\(path): good, 1 module\n")
        }
    }

    @Test(arguments: ["at", "probe"])
    func `a port that is not there ends with 69`(_ command: String) async throws {
        for port in ["/dev/narrowbridge-nowhere", "tcp://127.0.0.1:\(try LocalSocket.freePort())"] {
            let run = try await Program.run([command, port])
            #expect(run.status == 69)
            #expect(run.text.contains(port) || run.text.contains("refuses connections"))
        }
    }
}
