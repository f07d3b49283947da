import TestSupport
import Testing

@Suite struct `Commands by hand` {
    @Test func `an answer is printed with its final result`() async throws {
        try await withScriptedModule(ScriptedModule()) { module in
            let run = try await Program.run(["at", module.path, "AT+CSQ"])
            #expect(run.text == "+CSQ: 20,0\nOK\n")
            #expect(run.status == 0)
        }
    }

    @Test func `several commands are sent in turn, and a refusal shows in the exit status`() async throws {
        try await withScriptedModule(
            ScriptedModule(["AT": "OK", "AT+A": "+CME ERROR: 50", "AT+C": "+CIS ERROR:651", "at+b": "+B: 1\n\nOK"])
        ) { module in
            let run = try await Program.run(["at", module.path, "AT+A", "AT+C", "at+b"])
            #expect(
                run.text
                    == "AT+A\n+CME ERROR: 50\nAT+C\n+CIS ERROR: 651\nat+b\n+B: 1\nOK\n"
                    + "narrowbridge at: 2 commands were refused\n")
            #expect(run.status == 1)
        }
    }

    @Test func `the baud rate is set`() async throws {
        try await withScriptedModule(ScriptedModule(baud: 9600)) { module in
            let run = try await Program.run(["at", module.path, "AT", "--baud=9600"])
            #expect(run.text == "OK\n")
        }
    }

    @Test func `commands come through a pipe`() async throws {
        try await withScriptedModule(ScriptedModule()) { module in
            let good = try await Program.run(["at", module.path], input: "AT+CSQ\r\n\nATI")
            #expect(
                good.text == "+CSQ: 20,0\nOK\nQuectel_Ltd\nQuectel_BC260Y-CN\nRevision: BC260YCNAAR02A01\nOK\n")
            #expect(good.status == 0)
            let bad = try await Program.run(["at", module.path], input: "AT+NONE\nAT\n")
            #expect(bad.text.hasPrefix("ERROR\nOK\n"))
            #expect(bad.status == 1)
        }
    }

    @Test func `nothing answers, which ends with 69`() async throws {
        try await withScriptedModule(ScriptedModule([:])) { module in
            let run = try await Program.run(["at", module.path, "AT"])
            #expect(run.status == 69)
            #expect(run.text.contains("nothing answers on \(module.path) at 115200 baud"))
        }
    }
}

@Suite struct `Probing` {
    @Test func `the module is found at its baud rate, and the proposal is a valid configuration`() async throws {
        try await withScriptedModule(ScriptedModule(baud: 57_600)) { module in
            let run = try await Program.run(["probe", module.path, "--baud", "9600"])
            #expect(run.status == 0)
            let lines = run.text.split(separator: "\n").map(String.init)
            #expect(
                lines.filter { $0.hasPrefix(module.path) } == [
                    "\(module.path): 9600 baud: no answer", "\(module.path): 115200 baud: no answer",
                    "\(module.path): 57600 baud: a module answers",
                ])
            #expect(lines.contains("# model     BC260Y-CN"))
            #expect(lines.contains("# revision  BC260YCNAAR02A01"))
            #expect(lines.contains("# IMEI      866971030603068"))
            #expect(lines.contains("name = \"meter-3068\""))
            #expect(lines.contains("baud = 57600"))
            #expect(lines.contains("platform = \"ctwing\""))
            try await expectGood(lines, module)
        }
    }

    @Test(arguments: [
        ("Quectel_BC260Y-CN", "BC260YCNAAR01A08", "lwm2m"), ("BC28", "BC28JAR01A10", "andlink"),
        ("Quectel_BC25", "BC25PAR01A04", "none"), ("Quectel_BC32", "BC32R01", "none"), ("XY1100", "1", "none"),
    ])
    func `the platform is guessed`(_ model: String, _ revision: String, _ named: String) async throws {
        let answers = ["AT": "OK", "ATI": "Quectel\n\(model)\nRevision: \(revision)\nOK", "AT+CGMR": "ERROR"]
        try await withScriptedModule(ScriptedModule(answers, baud: 9600)) { module in
            let run = try await Program.run(["probe", module.path])
            let lines = run.text.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.hasPrefix("platform = \"\(named)\"") })
            try await expectGood(lines, module)
        }
    }

    private func expectGood(_ lines: [String], _ module: ScriptedModule) async throws {
        try await withTemporaryDirectory { directory in
            let proposal = lines.filter { !$0.hasPrefix(module.path) }.joined(separator: "\n")
            let path = try directory.write("bridge.conf", proposal)
            let check = try await Program.run(["check", "--config", path])
            #expect(check.status == 0, "\(check.text)")
        }
    }
}
