/// A certificate authority made for one test, with certificates for 127.0.0.1 and for a client.
package final class TestCertificates: Sendable {
    package struct Pair: Sendable {
        package var certificate: String
        package var key: String
    }

    private let directory: TemporaryDirectory
    package let ca: String
    package let server: Pair
    package let client: Pair

    package init() async throws {
        directory = try TemporaryDirectory()
        ca = directory.file("ca.crt")
        let key = directory.file("ca.key")
        try await run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=test authority", "-keyout", key, "-out", ca)
        server = try await Self.issue("server", by: ca, key, in: directory)
        client = try await Self.issue("client", by: ca, key, in: directory)
    }

    private static func issue(
        _ name: String, by ca: String, _ caKey: String, in directory: TemporaryDirectory
    ) async throws -> Pair {
        let pair = Pair(certificate: directory.file("\(name).crt"), key: directory.file("\(name).key"))
        let request = directory.file("\(name).csr")
        let names = try directory.write("\(name).ext", "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        try await run(
            "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", pair.key, "-out", request)
        try await run(
            "openssl", "x509", "-req", "-in", request, "-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-days", "2",
            "-extfile", names, "-out", pair.certificate)
        return pair
    }
}
