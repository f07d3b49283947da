import Bridge
import Testing

/// The faults of a text, one line each.
func faults(in text: String, file: String = "f") -> [String] {
    do throws(ConfigurationErrors) {
        _ = try Configuration.parse(Array(text.utf8), file: file)
        return []
    } catch {
        return error.faults.map(\.description)
    }
}

/// A `[[module]]` that is right, with more lines behind it; these begin at line 6.
func module(_ platform: String = "ctwing", _ lines: String...) -> String {
    """
    [[module]]
    name = "m"
    port = "/dev/ttyUSB0"
    platform = "\(platform)"
    \(platform == "none" ? "" : "server = \"192.0.2.1\"")
    \(lines.joined(separator: "\n"))
    """
}

struct ConfigurationFaultTests {
    @Test(arguments: [
        // Not TOML.
        ("[mqtt\n", "1:6: "),
        ("[mqtt]\nhost = \n", "2:8: "),
        ("[mqtt]\nhost = \"a\"\nhost = \"b\"\n", "3:"),
        ("a = \"\u{1}\"", "1:6: "),
        // A header that begins with no key.
        ("[=]", "1:2: "),
        ("[é]", "1:2: "),
    ])
    func `a text that is not TOML is one fault with its place`(text: String, place: String) throws {
        let faults = faults(in: text)
        #expect(faults.count == 1)
        let fault = try #require(faults.first)
        #expect(fault.hasPrefix("f:" + place) && fault.hasSuffix("; expected TOML 1.0"))
    }

    @Test(arguments: [
        // The file.
        ("[mqttt]\n", "1:2: 'mqttt' is unknown in the file; expected 'mqtt' (did you mean this?)"),
        ("x = 1\n", "1:1: 'x' is unknown in the file; expected one of bridge, homeassistant, module, mqtt"),
        ("mqtt = 1\n", "1:8: 'mqtt' is 1; expected the table [mqtt]"),
        ("[module]\nname = \"m\"\n", "1:1: 'module' is a table; expected [[module]], in double brackets"),
        ("module = [1]", "1:11: an element of 'module' is 1; expected a table"),
        // [mqtt]
        ("[mqtt]\nhost = 1", "2:8: 'host' is 1; expected \"host\" or \"host:port\", or a list of these"),
        (
            "[mqtt]\nhost = \"a b\"",
            "2:8: 'host' is the string \"a b\"; expected \"host\" or \"host:port\", or a list of these"
        ),
        ("[mqtt]\nhost = []", "2:8: 'host' is an empty list; expected \"host\" or \"host:port\", or a list of these"),
        ("[mqtt]\nhost = [\"a\", \"b:x\"]", "2:14: an element of 'host' is the string \"b:x\"; expected \"host:port\""),
        ("[mqtt]\nport = 0", "2:8: 'port' is 0; expected a whole number from 1 to 65535"),
        ("[mqtt]\n  port = \"1883\"", "2:10: 'port' is the string \"1883\"; expected a whole number from 1 to 65535"),
        ("[mqtt]\nport = 1883.0", "2:8: 'port' is 1883.0; expected a whole number from 1 to 65535"),
        ("[mqtt]\nport = 1979-05-27", "2:8: 'port' is a date or time; expected a whole number from 1 to 65535"),
        ("[mqtt]\nversion = 5", "2:11: 'version' is 5; expected \"auto\", \"5\" or \"3.1.1\""),
        ("[mqtt]\nversion = \"4\"", "2:11: 'version' is the string \"4\"; expected \"auto\", \"5\" or \"3.1.1\""),
        (
            "[mqtt]\nclient_id = \"\"",
            "2:13: 'client_id' is the string \"\"; expected 1 to 256 bytes without control characters"
        ),
        ("[mqtt]\nusername = true", "2:12: 'username' is true; expected a name in quotes"),
        ("[mqtt]\nkeepalive = 4", "2:13: 'keepalive' is 4; expected a whole number of seconds from 5 to 65535"),
        ("[mqtt]\nkeepalive = []", "2:13: 'keepalive' is a list; expected a whole number of seconds from 5 to 65535"),
        (
            "[mqtt]\nkeep_alive = 60",
            "2:1: 'keep_alive' is unknown in [mqtt]; expected 'keepalive' (did you mean this?)"
        ),
        (
            "[mqtt]\npassword = \"x\"",
            "2:1: 'password' is unknown in [mqtt]; expected 'password_file' (did you mean this?)"
        ),
        (
            "[mqtt.tls]\ncafile = \"x\"",
            "2:1: 'cafile' is unknown in [mqtt.tls]; expected 'ca_file' (did you mean this?)"
        ),
        ("[mqtt]\ntls = true", "2:7: 'tls' is true; expected the table [mqtt.tls]"),
        // [bridge]
        (
            "[bridge]\nhttp = \"127.0.0.1\"",
            "2:8: 'http' is the string \"127.0.0.1\"; expected \"host:port\", or \"\" for none"
        ),
        ("[bridge]\nstate_dir = \"\"", "2:13: 'state_dir' is the string \"\"; expected a folder"),
        (
            "[bridge]\nlog_level = \"warn\"",
            "2:13: 'log_level' is the string \"warn\"; expected \"debug\", \"info\", \"notice\", \"warning\" or \"error\""
        ),
        (
            "[bridge]\nlog_format = \"xml\"",
            "2:14: 'log_format' is the string \"xml\"; expected \"auto\", \"text\" or \"json\""
        ),
        // [homeassistant]
        ("[homeassistant]\nenabled = \"yes\"", "2:11: 'enabled' is the string \"yes\"; expected true or false"),
    ])
    func `a fault outside the modules tells its place, what stands there and what is expected`(
        text: String, fault: String
    ) {
        #expect(faults(in: text) == ["f:" + fault])
    }

    @Test(arguments: [
        (#"1.2.3.4\r\nAT"#, #"1.2.3.4\r\nAT"#),
        (#"a\tb\u0000c\u001bd\u007Fe\u0085"#, #"a\tb\u0000c\u001Bd\u007Fe\u0085"#),
    ])
    func `what stands in the file is shown on one line, whatever it is`(text: String, shown: String) {
        #expect(
            faults(in: "[mqtt]\nhost = \"\(text)\"") == [
                "f:2:8: 'host' is the string \"\(shown)\"; expected \"host\" or \"host:port\", or a list of these"
            ])
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "a/+", "#", "$SYS", "a\\u0000"])
    func `a topic that nothing can be built on is refused`(topic: String) {
        for (table, key) in [("mqtt", "base_topic"), ("homeassistant", "discovery_prefix")] {
            let faults = faults(in: "[\(table)]\n\(key) = \"\(topic)\"")
            #expect(faults.count == 1)
            #expect(faults.first?.hasPrefix("f:2:\(key.count + 4): '\(key)' is the string") == true)
            #expect(
                faults.first?.hasSuffix("a topic without + and #, without empty levels, not beginning with $") == true)
        }
    }

    @Test func `all faults are told in one go, in the order of their places`() {
        let text = """
            [mqtt]
            port = 99999
            hots = "a"

            [bridge]
            log_level = 3

            [[module]]
            name = "a/b"
            port = "COM3"
            platform = "lwm2m"
            lifetime = 1
            receive = "push"
            [[module.object]]
            instance = 70000
            resources = [{ id = 1, type = "text" }, { id = 1, kind = "string" }]

            [[module]]
            """
        let places = faults(in: text).map { $0.split(separator: " ")[0] }
        #expect(
            places == [
                "f:2:8:", "f:3:1:", "f:6:13:", "f:8:1:", "f:9:8:", "f:10:8:", "f:12:12:", "f:13:1:", "f:14:1:",
                "f:15:12:", "f:16:31:", "f:16:41:", "f:16:51:", "f:18:1:", "f:18:1:", "f:18:1:",
            ])
    }

    @Test func `a file that is not there is a fault too`() {
        let error = #expect(throws: ConfigurationErrors.self) {
            try Configuration.load(path: "/nonexistent/bridge.conf")
        }
        #expect(
            error?.description == "/nonexistent/bridge.conf:1:1: the file cannot be read (No such file or directory); "
                + "expected a file that can be read")
    }
}
