import Glibc
import TestSupport
import Testing
import VirtualModules

/// The endpoints when the store is taken away, and when their port is.
@Suite struct WebHealthTests {
    @Test func `without its store the bridge is well and not ready`() async throws {
        try await withWebRig { rig, web in
            #expect(try await web.metric("narrowbridge_store_writable") == 1)
            let bytes = try #require(try await web.metric("narrowbridge_store_bytes"))
            #expect(bytes > 4096)
            unsafe unlink(rig.directory.file("state/narrowbridge.db"))
            try await web.wait("the loss to be told", for: "/readyz") { $0.status == 503 }
            let reason = try await web.get("/readyz").text
            #expect(reason.contains("narrowbridge.db"), "\(reason)")
            #expect(try await web.get("/healthz").status == 200)
            #expect(try await web.metric("narrowbridge_store_writable") == 0)
        }
    }

    @Test func `a port that is taken is told, and nothing is touched`() async throws {
        try await withWebRig { rig, web in
            let other = rig.configuration.replacing("/state\"", with: "/other\"")
            let file = try rig.directory.write("other.conf", other)
            let second = try await ChildProcess(BridgeProcess.program, ["run", "--config", file])
            #expect(try await second.exit() == 69)
            let text = try await second.output.wait("the end") { $0.isComplete }.text
            #expect(text.contains("127.0.0.1:\(web.port)") && text.contains("in use"), "\(text)")
            let isThere = unsafe access(rig.directory.file("other"), F_OK) == 0
            #expect(!isThere)
            #expect(try await web.get("/readyz").status == 200)
        }
    }
}
