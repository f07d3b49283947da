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

    @Test(arguments: [
        (
            "baud = 115201",
            "8: 'baud' is 115201; expected one of 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600"
        ),
        ("lifetime = -1", "12: 'lifetime' is -1; expected a whole number of seconds from 0 to 2592000"),
        ("lifetime = 2592001", "12: 'lifetime' is 2592001; expected a whole number of seconds from 0 to 2592000"),
        ("power = \"off\"", "9: 'power' is the string \"off\"; expected \"always-on\" or \"deep-sleep\""),
        ("confirm = 1", "11: 'confirm' is 1; expected true or false"),
        ("attempts = 0", "12: 'attempts' is 0; expected a whole number from 1 to 10"),
        ("rai = 3", "7: 'rai' is 3; expected a whole number from 0 to 2"),
        ("queue_limit = 0", "15: 'queue_limit' is 0; expected a whole number from 1 to 1000000"),
        (
            "queue_limit = 9223372036854775807",
            "15: 'queue_limit' is 9223372036854775807; expected a whole number from 1 to 1000000"
        ),
        ("queue_full = \"drop\"", "14: 'queue_full' is the string \"drop\"; expected \"reject\" or \"drop-oldest\""),
        ("ttl = 0", "7: 'ttl' is 0; expected a whole number of seconds from 1 to 31536000"),
        ("allow_at = \"no\"", "12: 'allow_at' is the string \"no\"; expected true or false"),
        ("receive = \"pull\"", "11: 'receive' is the string \"pull\"; expected \"push\" or \"buffered\""),
        ("recieve = \"push\"", "1: 'recieve' is unknown in [[module]]; expected 'receive' (did you mean this?)"),
        ("psk = 12345678", "7: 'psk' is a number; expected 2 to 256 hexadecimal digits, an even number"),
        (
            "psk = \"123\"",
            "7: 'psk' is a string of 3 bytes that does not fit; expected 2 to 256 hexadecimal digits, an even number"
        ),
        (
            "psk = \"xy\"",
            "7: 'psk' is a string of 2 bytes that does not fit; expected 2 to 256 hexadecimal digits, an even number"
        ),
        // Keys of others.
        (
            "service = \"ct-iot\"",
            "1: 'service' does not belong to the platform 'ctwing'; expected it with 'lwm2m' only"
        ),
        (
            "data_up = \"19/0/0\"",
            "1: 'data_up' does not belong to the platform 'ctwing'; expected it with 'lwm2m' or 'onenet' only"
        ),
        (
            "psk_id = \"1\"",
            "1: 'psk_id' does not belong to the platform 'ctwing'; expected it with 'lwm2m' or 'andlink' only"
        ),
        (
            "firmware_mode = \"automatic\"",
            "1: 'firmware_mode' does not belong to the platform 'ctwing'; expected it with 'andlink' only"
        ),
        (
            "[[module.object]]\nid = 1",
            "10: 'object' does not belong to the platform 'ctwing'; expected it with 'lwm2m' or 'onenet' only"
        ),
    ])
    func `a fault in a module tells its column too`(line: String, fault: String) {
        #expect(faults(in: module("ctwing", line)) == ["f:6:" + fault])
    }

    @Test(arguments: [
        (
            "onenet", "psk = \"00\"",
            "1: 'psk' does not belong to the platform 'onenet'; expected it with 'ctwing' or 'lwm2m' or 'andlink' only"
        ),
        (
            "none", "receive = \"push\"",
            "1: 'receive' does not belong to the platform 'none'; expected it with 'ctwing' only"
        ),
        (
            "lwm2m", "service = \"ct\"",
            "11: 'service' is the string \"ct\"; expected \"ct-iot\", \"ct-aep\", \"cu-dmp\" or \"andlink\""
        ),
        ("lwm2m", "lifetime = 19", "12: 'lifetime' is 19; expected a whole number of seconds from 20 to 31536000"),
        (
            "lwm2m", "endpoint = 'a\"b'",
            "12: 'endpoint' is the string \"a\"b\"; expected 1 to 150 characters of ASCII without quotes"
        ),
        (
            "lwm2m", "endpoint = \"\"",
            "12: 'endpoint' is the string \"\"; expected 1 to 150 characters of ASCII without quotes"
        ),
        (
            "lwm2m", "device_type = \"a\\r\\nAT\"",
            "15: 'device_type' is the string \"a\r\nAT\"; expected 1 to 150 characters of ASCII without quotes"
        ),
        ("lwm2m", "bootstrap = 1", "13: 'bootstrap' is 1; expected true or false"),
        ("lwm2m", "psk = \"00\"", "7: 'psk' stands without 'psk_id'; expected both or none"),
        ("lwm2m", "psk_id = \"00\"", "10: 'psk_id' stands without 'psk'; expected both or none"),
        (
            "lwm2m", "data_up = \"19/0\"",
            "11: 'data_up' is the string \"19/0\"; expected \"object/instance/resource\", e.g. \"19/0/0\""
        ),
        (
            "lwm2m", "data_down = \"19/01/0\"",
            "13: 'data_down' is the string \"19/01/0\"; expected \"object/instance/resource\", e.g. \"19/0/0\""
        ),
        (
            "onenet", "data_down = \"3200/0/65536\"",
            "13: 'data_down' is the string \"3200/0/65536\"; expected \"object/instance/resource\", e.g. \"19/0/0\""
        ),
        (
            "onenet", "lifetime = 14",
            "12: 'lifetime' is 14; expected a whole number of seconds from 15 to 268435455, or 0"
        ),
        (
            "andlink", "psk = \"0123456789abcdef\"",
            "7: 'psk' is a string of 16 bytes that does not fit; expected 32 hexadecimal digits"
        ),
        (
            "andlink", "psk_id = \"1234567890\"\npsk = \"\(String(repeating: "0", count: 32))\"",
            "10: 'psk_id' is the string \"1234567890\"; expected 15 digits: the module's IMEI"
        ),
        (
            "andlink", "bootstrap_server = \":1\"",
            "20: 'bootstrap_server' is the string \":1\"; expected \"host:port\" or \"host\" (port 5683)"
        ),
        (
            "andlink", "firmware_mode = \"manual\"",
            "17: 'firmware_mode' is the string \"manual\"; expected \"automatic\" or \"controlled\""
        ),
    ])
    func `each platform has its own keys and ranges`(platform: String, line: String, fault: String) {
        #expect(faults(in: module(platform, line)) == ["f:6:" + fault])
    }

    @Test(arguments: [
        ("name = \"a b\"", "2:8: 'name' is the string \"a b\"; expected 1 to 64 of a-z A-Z 0-9 _ -"),
        ("name = \"\"", "2:8: 'name' is the string \"\"; expected 1 to 64 of a-z A-Z 0-9 _ -"),
        ("name = \"é\"", "2:8: 'name' is the string \"é\"; expected 1 to 64 of a-z A-Z 0-9 _ -"),
        ("name = \"bridge\"", "2:8: 'name' is \"bridge\", whose topics are the bridge's own; expected another name"),
        ("", "1:1: [[module]] has no 'name'; expected 1 to 64 of a-z A-Z 0-9 _ -"),
    ])
    func `a name that cannot be a level of a topic is refused`(line: String, fault: String) {
        #expect(faults(in: "[[module]]\n\(line)\nport = \"/dev/x\"\nplatform = \"none\"") == ["f:" + fault])
        let long = String(repeating: "x", count: 65)
        #expect(faults(in: "[[module]]\nname = \"\(long)\"\nport = \"/dev/x\"\nplatform = \"none\"").count == 1)
    }

    @Test(arguments: [
        "ttyUSB0", "/", "tcp://a", "tcp://:1", "tcp://a:0", "tcp://a:65536", "tcp://a:+1", "udp://a:1", "", "/dev/a\\n",
    ])
    func `a port is a path or the address of a server`(port: String) {
        let faults = faults(in: "[[module]]\nname = \"m\"\nport = \"\(port)\"\nplatform = \"none\"")
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("f:3:8: 'port' is the string \"") == true)
        #expect(faults.first?.hasSuffix("expected \"/dev/…\" or \"tcp://host:port\"") == true)
    }

    @Test(arguments: [
        "192.0.2.1:0", "192.0.2.1:70000", "a:b:c", ":5683", "a\\\"b", "a b", "[::1", "[a]:1", "[::1]x", "a,b", "a:", "",
        "é.example",
    ])
    func `a server is a host and perhaps a port`(server: String) {
        let text = "[[module]]\nname = \"m\"\nport = \"/dev/x\"\nplatform = \"ctwing\"\nserver = \"\(server)\""
        let faults = faults(in: text)
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("f:5:10: 'server' is the string \"") == true)
        #expect(faults.first?.hasSuffix("expected \"host:port\" or \"host\" (port 5683)") == true)
    }

    @Test(arguments: [
        ("ctwing", "", "\"host:port\" or \"host\" (port 5683)"),
        ("lwm2m", "", "\"host:port\" or \"host\" (port 5683)"),
        ("andlink", "", "\"host:port\" or \"host\" (port 5683), or 'bootstrap_server'"),
        ("onenet", "bootstrap = false", "\"host:port\" or \"host\" (port 5683), since there is no bootstrap"),
    ])
    func `a platform that needs a server tells that it is missing`(platform: String, line: String, expected: String) {
        let text = "\n[[module]]\nname = \"m\"\nport = \"/dev/x\"\nplatform = \"\(platform)\"\n\(line)"
        #expect(faults(in: text) == ["f:2:1: [[module]] has no 'server'; expected \(expected)"])
    }

    @Test func `two modules of one name or port are told with the line of the first`() {
        let text =
            module("none") + "\n[[module]]\nname = \"m\"\nport = \"tcp://a:1\"\nplatform = \"none\"\n"
            + "[[module]]\nname = \"n\"\nport = \"/dev/ttyUSB0\"\nplatform = \"none\"\n"
        #expect(
            faults(in: text) == [
                "f:8:8: the name \"m\" is taken by the module of line 2; expected a name of its own for each module",
                "f:13:8: the port \"/dev/ttyUSB0\" is taken by the module of line 3; expected a port of its own for each module",
            ])
    }

    @Test func `an unknown platform is the only fault that its keys give`() {
        let text = module("ctwing2", "receive = \"push\"", "service = 1", "prot = 1")
        let platforms = "\"ctwing\", \"lwm2m\", \"onenet\", \"andlink\" or \"none\""
        #expect(
            faults(in: text) == [
                "f:4:12: 'platform' is the string \"ctwing2\"; expected \(platforms)",
                "f:8:1: 'prot' is unknown in [[module]]; expected 'port' (did you mean this?)",
            ])
        #expect(
            faults(in: "[[module]]\nname = \"m\"\nport = \"/dev/x\"")
                == ["f:1:1: [[module]] has no 'platform'; expected \(platforms)"])
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
