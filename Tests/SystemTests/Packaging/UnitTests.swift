import Glibc
import TestSupport
import Testing

/// The systemd unit, by systemd's own judgement.
@Suite(.enabled("systemd is there") { unsafe access("/usr/bin/systemd-analyze", X_OK) == 0 })
struct UnitTests {
    @Test func `the unit exposes no more than 1.5`() async throws {
        try await run(
            "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager",
            Sources.path("systemd/narrowbridge.service"))
    }

    @Test func `systemd finds no fault in the unit`() async throws {
        let directory = try TemporaryDirectory()
        let text = try Sources.text("systemd/narrowbridge.service")
            .replacing("/usr/bin/narrowbridge", with: BridgeProcess.program)
        let file = try directory.write("narrowbridge.service", text)
        #expect(try await run("systemd-analyze", "verify", "--man=no", file) == "")
    }

    @Test func `nothing that the unit starts is missing on a bare system`() throws {
        let commands = try Sources.text("systemd/narrowbridge.service").split(separator: "\n")
            .filter { $0.hasPrefix("Exec") }
            .compactMap { $0.split(separator: "=", maxSplits: 1).last?.split(separator: " ").first }
        #expect(commands == ["/usr/bin/narrowbridge", "/bin/sh"])
    }
}

/// udev's rules, where this system's udev can judge them.
@Suite struct RuleTests {
    @Test(.enabled("udevadm knows verify") { await RuleTests.canVerify })
    func `udev finds no fault in the rules`() async throws {
        try await run("udevadm", "verify", Sources.path("systemd/99-narrowbridge.rules"))
    }

    @Test func `every jump of the rules has its label`() throws {
        let text = try Sources.text("systemd/99-narrowbridge.rules")
        let jumps = Set(text.matches(of: /GOTO="(\w+)"/).map { String($0.output.1) })
        let labels = Set(text.matches(of: /LABEL="(\w+)"/).map { String($0.output.1) })
        #expect(jumps == labels && !jumps.isEmpty)
    }

    private static var canVerify: Bool {
        get async { (try? await run("udevadm", "verify", "--help")) != nil }
    }
}

/// Files of this project as they are in its sources.
enum Sources {
    static func path(_ name: String, here: String = #filePath) -> String {
        // This file lies in Tests/SystemTests/Packaging.
        here.split(separator: "/").dropLast(4).map { "/\($0)" }.joined() + "/" + name
    }

    static func text(_ name: String) throws -> String { try text(absolute: path(name)) }

    static func text(absolute path: String) throws -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MissingFile(name: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = unsafe read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    struct MissingFile: Error {
        let name: String
    }
}
