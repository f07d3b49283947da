import Bridge
import Testing

struct ModuleFaultTests {
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
            "15: 'device_type' is the string \"a\\r\\nAT\"; expected 1 to 150 characters of ASCII without quotes"
        ),
        (
            "lwm2m", "retransmit = { timeout = 1 }",
            "26: 'timeout' is 1; expected a whole number of seconds from 2 to 20"
        ),
        ("lwm2m", "retransmit = { times = 9 }", "24: 'times' is 9; expected a whole number from 0 to 8"),
        (
            "lwm2m", "binding = \"UQ\"",
            "11: 'binding' is the string \"UQ\"; expected \"udp\" or \"udp-queue\""
        ),
        ("lwm2m", "dtls_mode = \"full\"", "13: 'dtls_mode' stands without 'psk'; expected both or none"),
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

    @Test(arguments: [
        ("/dev/ttyUSB0", "/dev//ttyUSB0"), ("/dev/ttyUSB0", "/dev/./ttyUSB0"), ("/dev/ttyUSB0", "//dev/ttyUSB0"),
        ("tcp://Gateway:2000", "tcp://gateway:2000"), ("tcp://[FE80::1]:2000", "tcp://[fe80::1]:2000"),
        ("tcp://gateway:02000", "tcp://gateway:2000"),
    ])
    func `a port that is spelled in another way is the same port`(first: String, second: String) {
        let modules = [("m", first), ("n", second)].map { name, port in
            "[[module]]\nname = \"\(name)\"\nport = \"\(port)\"\nplatform = \"none\"\n"
        }
        #expect(faults(in: modules.joined()).map { $0.prefix(22) } == ["f:7:8: the port \"\(second.prefix(5))"])
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
}
