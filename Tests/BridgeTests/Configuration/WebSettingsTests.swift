import Bridge
import TestSupport
import Testing

struct WebSettingsTests {
    private func bridge(_ lines: String, token: String? = nil) throws -> (settings: BridgeSettings?, faults: [String]) {
        let directory = try TemporaryDirectory()
        if let token { try directory.write("token", token) }
        let text = "[bridge]\n" + lines
        do throws(ConfigurationErrors) {
            let settings = try Configuration.parse(Array(text.utf8), file: directory.file("bridge.conf")).bridge
            return withExtendedLifetime(directory) { (settings, []) }
        } catch {
            return (nil, error.faults.map(\.description))
        }
    }

    @Test func `without keys of its own the page is on this machine alone, and only shows`() throws {
        let settings = try #require(try bridge("").settings)
        #expect(settings.http == ServerAddress(host: "127.0.0.1", port: 9464))
        #expect(settings.httpToken == nil)
        #expect(settings.httpHosts == [])
    }

    @Test func `a token comes from a file, without the end of its line, and is never shown`() throws {
        let settings = try #require(try bridge(#"http_token_file = "token""#, token: "0123456789abcdef\n").settings)
        #expect(settings.httpToken?.revealed == "0123456789abcdef")
        #expect(!"\(settings)".contains("0123456789abcdef"))
    }

    @Test func `a token that can be guessed is refused, and not shown either`() throws {
        let faults = try bridge(#"http_token_file = "token""#, token: "secret").faults
        #expect(faults.count == 1)
        #expect(faults.first?.contains("holds 6 bytes; expected at least 16") == true, "\(faults)")
        #expect(faults.first?.contains("secret") == false)
    }

    @Test func `hosts are names without ports`() throws {
        let settings = try bridge(#"http_hosts = ["Bridge.Example.org", "b"]"#).settings
        #expect(settings?.httpHosts == ["bridge.example.org", "b"])
        for wrong in [#"["a:80"]"#, #"["https://a"]"#, #""a""#, "[1]", #"[""]"#] {
            let faults = try bridge("http_hosts = \(wrong)").faults
            #expect(faults.count == 1)
            #expect(faults.first?.contains("expected a list of host names without ports") == true, "\(faults)")
        }
    }
}
