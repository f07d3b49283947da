import Glibc
import Reactor
import TestSupport
import Testing
import VirtualModules

/// `narrowbridge serve-firmware`, alone and with a module that fetches from it.
@Suite struct ServeFirmwareTests {
    @Test func `it serves until SIGTERM and says what it served`() async throws {
        try await withTemporaryDirectory { directory in
            _ = try directory.write("update.pack", String(repeating: "x", count: 20_135))
            let port = try LocalSocket.freePort()
            let server = try await Program.start(["serve-firmware", directory.path, "--listen", "127.0.0.1:\(port)"])
            try await server.output.wait("the server") { $0.text.contains("update.pack  20135 bytes\n") }
            #expect(server.output.value.text.hasPrefix("serving \(directory.path) on http://127.0.0.1:\(port)/\n"))
            let taken = try await Program.run(["serve-firmware", directory.path, "--listen", "127.0.0.1:\(port)"])
            #expect(taken.status == 69 && taken.text.contains("Address already in use"))
            server.signal(SIGTERM)
            #expect(try await server.exit() == 0)
        }
    }

    @Test(
        arguments: [
            ([], 64, "a folder is expected"), (["/nowhere"], 69, "/nowhere: No such file"),
            (["/etc/passwd"], 69, "/etc/passwd: Not a directory"), (["/tmp", "--listen", "x:y:z"], 64, "x:y:z"),
            (["/tmp", "more"], 64, "more is not expected"), (["/tmp", "--listen"], 64, "wants a value"),
            (["/tmp", "--listen", "192.0.2.1:1"], 69, "192.0.2.1:1"),
        ] as [([String], Int32, String)])
    func `what cannot be served is told with the contract's status`(
        _ arguments: [String], _ status: Int32, _ text: String
    ) async throws {
        let run = try await Program.run(["serve-firmware"] + arguments)
        #expect(run.status == status && run.text.contains(text), "\(run)")
    }

    /// From an MQTT message to the module's file, and back to the retained topic.
    @Test(
        arguments: [
            (FirmwareWay.Method.http, nil, 200), (.http, 1024, 206), (.file, nil, 200), (.file, 5000, 206),
        ] as [(FirmwareWay.Method, Int?, Int)])
    func `a module fetches from it`(_ method: FirmwareWay.Method, _ piece: Int?, _ status: Int) async throws {
        let way = FirmwareWay(platform: .bc25, method: method)
        try await withRig(way.options()) { rig in
            let port = try LocalSocket.freePort()
            unsafe mkdir(rig.directory.file("packages"), 0o755)
            _ = try rig.directory.write("packages/new.pack", String(repeating: "x", count: 20_135))
            let folder = rig.directory.file("packages")
            let server = try await Program.start(["serve-firmware", folder, "--listen", "127.0.0.1:\(port)"])
            defer { server.end(SIGKILL) }
            try await server.output.wait("the server") { $0.text.contains("new.pack") }
            let plan = FetchPlan.with { ($0.pieceSize, $0.stepTime, $0.revision) = (piece, .seconds(1), "NEW01A09") }
            await rig.module.plan(plan)
            let missing = rig.mark
            try await rig.order("firmware/\(method.rawValue)", #"{"url":"http://127.0.0.1:\#(port)/old.pack"}"#)
            try await way.expectEnd(rig, since: missing, error: "package_not_found", code: 6504)
            let mark = rig.mark
            try await rig.order("firmware/\(method.rawValue)", #"{"url":"http://127.0.0.1:\#(port)/new.pack"}"#)
            try await way.expectEnd(rig, since: mark, error: nil)
            if method == .file { #expect(await rig.module.files.last == ModuleFile("new.pack", size: 20_135)) }
            let log = server.output.value.text
            #expect(log.contains("127.0.0.1 GET /old.pack 404"))
            #expect(log.contains("127.0.0.1 GET /new.pack \(status) "))
        }
    }

    @Test func `a package larger than the module's space, and a server that is not there`() async throws {
        let way = FirmwareWay(platform: .bc25, method: .http)
        try await withRig(way.options()) { rig in
            let port = try LocalSocket.freePort()
            let mark = rig.mark
            try await rig.order("firmware/http", #"{"url":"http://127.0.0.1:\#(port)/x"}"#)
            try await way.expectEnd(rig, since: mark, error: "download_failed", code: 6503)
            _ = try rig.directory.write("large.pack", String(repeating: "x", count: 300_000))
            let server = try await Program.start(
                ["serve-firmware", rig.directory.path, "--listen", "127.0.0.1:\(port)"])
            defer { server.end(SIGKILL) }
            try await server.output.wait("the server") { $0.text.contains("large.pack") }
            let second = rig.mark
            try await rig.order("firmware/http", #"{"url":"http://127.0.0.1:\#(port)/large.pack"}"#)
            try await way.expectEnd(rig, since: second, error: "no_space", code: 6502)
        }
    }
}
