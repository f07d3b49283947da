import Glibc
import TestSupport
import Testing
import VirtualModules

/// What `/healthz`, `/readyz` and `/metrics` say while something is broken: each true.
@Suite struct WebHealthTests {
    @Test func `without its broker the bridge is well and not ready`() async throws {
        try await withWebRig { rig, web in
            #expect(try await web.get("/healthz").status == 200)
            #expect(try await web.get("/readyz").text == "ok\n")
            #expect(try await web.metric("narrowbridge_mqtt_connected") == 1)
            rig.broker.stop(SIGKILL)
            try await web.wait("the loss to be told", for: "/readyz") { $0.status == 503 }
            #expect(try await web.get("/readyz").text == "the broker is not connected\n")
            #expect(try await web.get("/healthz").text == "ok\n")
            #expect(try await web.metric("narrowbridge_mqtt_connected") == 0)
            #expect(try await web.metric("narrowbridge_module_ready{module=\"m0\"}") == 1)
            try await rig.broker.start()
            try await web.wait("the bridge to be ready again", for: "/readyz") { $0.status == 200 }
            #expect(try await web.metric("narrowbridge_mqtt_connections_total") == 2)
        }
    }

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

    @Test func `a module that is gone is a matter of its own`() async throws {
        var options = RigOptions()
        options.modules = 2
        try await withWebRig(options) { rig, web in
            #expect(try await web.metric("narrowbridge_modules{state=\"ready\"}") == 2)
            await rig.module.unplug()
            try await rig.state("offline")
            #expect(try await web.get("/readyz").status == 200)
            #expect(try await web.get("/healthz").status == 200)
            #expect(try await web.metric("narrowbridge_module_available{module=\"m0\"}") == 0)
            #expect(try await web.metric("narrowbridge_module_available{module=\"m1\"}") == 1)
            #expect(try await web.metric("narrowbridge_module_losses_total{module=\"m0\"}") == 1)
            #expect(try await web.metric("narrowbridge_modules{state=\"offline\"}") == 1)
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
