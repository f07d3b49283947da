import HTTP
import Testing

@testable import Bridge

@Suite struct HostCheckTests {
    private let check = HostCheck(listening: "192.0.2.7", others: ["bridge.example.org"], machine: "Gateway")

    @Test(arguments: [
        // Addresses cannot be rebound.
        "127.0.0.1:9464", "127.0.0.1", "192.168.1.20:80", "[::1]:9464", "[2001:db8::1]",
        // Names of this machine.
        "localhost", "LOCALHOST:9464", "localhost.:9464", "gateway:9464", "gateway.local",
        // Named in the configuration.
        "bridge.example.org", "Bridge.Example.Org:443",
    ])
    func `an address or a name of this machine is let in`(host: String) {
        #expect(check.admits(host))
    }

    @Test(arguments: [
        "evil.example", "evil.example:9464", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1.nip.io:80",
        "bridge.example.org.evil.example", "[evil.example]", "", ":9464", "[::1", "gateway.evil.example",
    ])
    func `a name that anybody may point here is not`(host: String) {
        #expect(!check.admits(host))
    }

    @Test(arguments: [
        ("GET", "/", WebRoute.page), ("HEAD", "/healthz", .health), ("GET", "/metrics", .metrics),
        ("POST", "/modules/m-1/up", .uplink(module: "m-1")),
        ("POST", "/modules/m-1/command/refresh", .command(module: "m-1", name: "refresh")),
        ("POST", "/modules/m-1/command/firmware/http", .command(module: "m-1", name: "firmware/http")),
        ("GET", "/modules/m-1/up", .notAllowed(allowed: "POST")),
        ("POST", "/metrics", .notAllowed(allowed: "GET, HEAD")), ("HEAD", "/events", .notAllowed(allowed: "GET")),
        ("GET", "/modules/m-1", .notFound), ("GET", "/../etc/passwd", .notFound), ("GET", "//", .notFound),
        ("GET", "", .notFound),
    ])
    func `each path is for one thing`(method: String, path: String, route: WebRoute) {
        #expect(WebRoute(HTTPRequest(method: method, path: path)) == route)
    }
}
