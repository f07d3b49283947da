import Glibc
import MQTT
import Serial
import TestSupport
import Testing

@Suite struct `Without hardware` {
    @Test func `the demo sends both ways on every platform, and leaves nothing behind`() async throws {
        let demo = try await Program.start(["demo"])
        let output = try await demo.output.wait("both ways", limit: .seconds(60)) {
            let seen = [
                "\"state\":\"delivered\"", "narrowbridge/meter-1/down ", "cloud/meter-1/up ", "cloud/tank-1/up ",
                "narrowbridge/tank-1/object/3303/0/5601/write ", "cloud/pump-1/up ", "narrowbridge/pump-1/down ",
                "cloud/lamp-1/up ", "narrowbridge/lamp-1/down ",
            ]
            return $0.isComplete || seen.allSatisfy($0.text.contains)
        }
        let words = output.text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
        let folder = try #require(words.first { $0.hasSuffix("/meter-1") }?.dropLast("/meter-1".count))
        let processes = words.indices.filter { words[$0] == "process" }.compactMap { pid_t(words[$0 + 1]) }
        #expect(processes.count == 2)
        demo.signal(SIGINT)
        let status = try await demo.exit()
        #expect(status == 0)
        #expect(unsafe access(String(folder), F_OK) != 0)
        for process in processes { #expect(kill(process, 0) != 0) }
    }

    @Test func `virtual modules answer on their ports`() async throws {
        try await withTemporaryDirectory { directory in
            let pattern = directory.file("tty%d")
            let simulator = try await Program.start(["simulate", "--modules", "2", "--ports", pattern])
            try await simulator.output.wait("the ports") { $0.text.contains("module-2  \(directory.file("tty2"))\n") }
            // A module that has fallen asleep meanwhile loses the first command, as the hardware does.
            let run = try await Program.run(["at", directory.file("tty2"), "AT", "AT+CGSN=1"])
            #expect(run.text.hasSuffix("+CGSN: 869334050000002\nOK\n"))
            simulator.signal(SIGTERM)
            let status = try await simulator.exit()
            #expect(status == 0)
            #expect(unsafe access(directory.file("tty1"), F_OK) != 0)
        }
    }

    @Test func `modules of several platforms stand side by side`() async throws {
        try await withTemporaryDirectory { directory in
            let options = [
                "--platform", "ctwing,lwm2m:cu-dmp", "--platform", "none", "--ports", directory.file("tty%d"),
            ]
            let simulator = try await Program.start(["simulate"] + options)
            try await simulator.output.wait("the ports") { $0.text.contains("tty3  none\n") }
            let run = try await Program.run(["at", directory.file("tty2"), "AT", "AT+QLASTATUS?"])
            #expect(run.text.hasSuffix("+QLASTATUS: 0\nOK\n"))
            simulator.signal(SIGTERM)
            #expect(try await simulator.exit() == 0)
        }
    }

    @Test(arguments: [
        ["simulate", "--platform", "pigeon"], ["simulate", "--platform", ""],
        ["simulate", "--modules", "2", "--ports", "/tmp/x"],
        ["simulate", "--mqtt", "a b"], ["demo", "--seconds", "0"], ["demo", "please"],
    ])
    func `wrong usage ends with 64`(_ arguments: [String]) async throws {
        #expect(try await Program.run(arguments).status == 64)
    }

    @Test func `clouds whose broker is not there end with 69`() async throws {
        try await withTemporaryDirectory { directory in
            let broker = "127.0.0.1:\(try LocalSocket.freePort())"
            let run = try await Program.run(["simulate", "--ports", directory.file("tty%d"), "--mqtt", broker])
            #expect(run.status == 69)
            #expect(run.text.contains("\(broker): cannot connect"))
            #expect(unsafe access(directory.file("tty1"), F_OK) != 0)
        }
    }

    @Test func `clouds wait for a broker that goes later`() async throws {
        try await withTemporaryDirectory { directory in
            try await withBroker { broker in
                let address = "\(broker.address)"
                let options = ["--ports", directory.file("tty%d"), "--mqtt", address]
                let simulator = try await Program.start(["simulate"] + options)
                try await withClient(of: broker, subscriptions: ["cloud/#"]) { client in
                    try await client.message(on: "cloud/module-1/breaches")
                }
                broker.stop(SIGKILL)
                try await simulator.output.wait("the loss") { $0.text.contains("simulate: broker \(address)") }
                try await broker.start()
                try await simulator.output.wait("the broker") { $0.text.contains("the broker is back") }
                simulator.signal(SIGTERM)
                #expect(try await simulator.exit() == 0)
            }
        }
    }

    @Test func `a file in the place of a port is left alone`() async throws {
        try await withTemporaryDirectory { directory in
            let path = try directory.write("tty1", "somebody's")
            let run = try await Program.run(["simulate", "--ports", path])
            #expect(run.status == 1)
            #expect(run.text.contains("make link \(path): File exists"))
            #expect(PathWatch.target(of: path)?.hasPrefix("/dev/pts") == false)
        }
    }
}
