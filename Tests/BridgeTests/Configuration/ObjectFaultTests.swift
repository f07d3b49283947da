import Bridge
import Testing

struct ObjectFaultTests {
    @Test(arguments: [
        ("object = 1", "6:10: 'object' is 1; expected [[module.object]], in double brackets"),
        (
            "[[module.object]]\nresources = [{ id = 0, type = \"string\" }]",
            "6:1: [[module.object]] has no 'id'; expected a whole number from 0 to 65535"
        ),
        (
            "[[module.object]]\nid = 65536\nresources = [{ id = 0, type = \"string\" }]",
            "7:6: 'id' is 65536; expected a whole number from 0 to 65535"
        ),
        (
            "[[module.object]]\nid = 7",
            "6:1: [[module.object]] has no 'resources'; expected resources = [{ id = 0, type = \"string\" }]"
        ),
        (
            "[[module.object]]\nid = 7\nresources = []",
            "8:13: 'resources' is an empty list; expected at least one resource"
        ),
        ("[[module.object]]\nid = 7\nresources = [1]", "8:14: an element of 'resources' is 1; expected a table"),
        (
            "[[module.object]]\nid = 7\nresource = [{ id = 0, type = \"string\" }]\nresources = [{ id = 0, type = \"string\" }]",
            "8:1: 'resource' is unknown in [[module.object]]; expected 'resources' (did you mean this?)"
        ),
    ])
    func `an object that cannot be offered is refused`(lines: String, fault: String) {
        #expect(faults(in: module("lwm2m", lines)) == ["f:" + fault])
        #expect(faults(in: module("onenet", lines)) == ["f:" + fault])
    }

    @Test(arguments: [
        (
            "type = \"string\"",
            "14: resources = [{ id = …, type = … }] has no 'id'; expected a whole number from 0 to 65535"
        ),
        (
            "id = 1",
            "14: resources = [{ id = …, type = … }] has no 'type'; expected \"string\", \"opaque\", \"integer\", \"float\", \"boolean\" or \"executable\""
        ),
        (
            "id = 1, type = \"text\"",
            "31: 'type' is the string \"text\"; expected \"string\", \"opaque\", \"integer\", \"float\", \"boolean\" or \"executable\""
        ),
        (
            "id = 1, type = \"string\", value = 1",
            "49: 'value' is 1; expected a string of at most 1024 bytes without control characters"
        ),
        (
            "id = 1, type = \"string\", value = \"a\\nb\"",
            "49: 'value' is the string \"a\\nb\"; expected a string of at most 1024 bytes without control characters"
        ),
        (
            "id = 1, type = \"opaque\", value = \"abc\"",
            "49: 'value' is the string \"abc\"; expected a string of hexadecimal digits, at most 512 bytes"
        ),
        ("id = 1, type = \"integer\", value = 1.5", "50: 'value' is 1.5; expected a whole number"),
        (
            "id = 1, type = \"float\", value = \"1\"",
            "48: 'value' is the string \"1\"; expected a number from -3.4e38 to 3.4e38"
        ),
        ("id = 1, type = \"float\", value = nan", "48: 'value' is nan; expected a number from -3.4e38 to 3.4e38"),
        ("id = 1, type = \"float\", value = 1e39", "48: 'value' is 1e+39; expected a number from -3.4e38 to 3.4e38"),
        ("id = 1, type = \"boolean\", value = 0", "50: 'value' is 0; expected true or false"),
        (
            "id = 1, type = \"executable\", value = \"\"",
            "53: 'value' is the string \"\"; expected no value, since it is executable"
        ),
        (
            "id = 1, type = \"string\", unit = \"Cel\"",
            "41: 'unit' is unknown in resources = [{ id = …, type = … }]; expected one of id, type, value"
        ),
    ])
    func `a resource that does not fit its type is refused`(resource: String, fault: String) {
        let text = module("lwm2m", "[[module.object]]\nid = 3303\nresources = [{ \(resource) }]")
        #expect(faults(in: text) == ["f:8:" + fault])
    }

    @Test func `values end at the modules' limits`() {
        func resource(_ type: String, _ count: Int) -> String {
            let value = String(repeating: "00", count: count)
            return "[[module.object]]\nid = 7\nresources = [{ id = 1, type = \"\(type)\", value = \"\(value)\" }]"
        }
        #expect(faults(in: module("lwm2m", resource("opaque", 512))).isEmpty)
        #expect(faults(in: module("lwm2m", resource("opaque", 513))).count == 1)
        #expect(faults(in: module("lwm2m", resource("string", 512))).isEmpty)
        #expect(faults(in: module("lwm2m", resource("string", 513))).count == 1)
    }

    @Test func `a value that OneNET's commands cannot carry is refused`() {
        func resource(_ text: String) -> String {
            "[[module.object]]\nid = 7\nresources = [{ id = 1, type = \"string\", value = '\(text)' }]"
        }
        let (letters, quotes) = (String(repeating: "A", count: 1024), String(repeating: "\"", count: 512))
        #expect(faults(in: module("onenet", resource(letters))).isEmpty)
        #expect(faults(in: module("onenet", resource(quotes))).isEmpty)
        #expect(faults(in: module("onenet", resource(letters + "A"))).count == 1)
        #expect(
            faults(in: module("onenet", resource(quotes + "\""))).map { $0.prefix(20) } == ["f:8:13: 7/0/1: The s"])
    }

    @Test func `an object or a resource that stands twice is refused`() {
        let text = module(
            "onenet", "[[module.object]]", "id = 3303",
            "resources = [{ id = 1, type = \"string\" }, { id = 1, type = \"float\" }]",
            "[[module.object]]", "id = 3303", "instance = 0", "resources = [{ id = 1, type = \"string\" }]",
            "[[module.object]]", "id = 3303", "instance = 1", "resources = [{ id = 1, type = \"string\" }]")
        #expect(
            faults(in: text) == [
                "f:8:50: the resource 1 stands here a second time; expected each resource once",
                "f:10:6: the object 3303/0 stands here a second time; expected each object and instance once",
            ])
    }

    @Test func `what the module has no room for is refused`() {
        func object(_ id: Int, _ instance: Int = 0, resources: Int = 1) -> String {
            let list = (0..<resources).map { "{ id = \($0), type = \"string\" }" }.joined(separator: ", ")
            return "[[module.object]]\nid = \(id)\ninstance = \(instance)\nresources = [\(list)]"
        }
        // Object 19 is there for the data channel.
        #expect(faults(in: module("lwm2m", object(3303), object(3311))).isEmpty)
        #expect(
            faults(in: module("lwm2m", object(3303), object(3311), object(3312))) == [
                "f:15:6: the object 3312 is the module's fourth; "
                    + "expected at most 3 objects, 19 for the data channel included"
            ])
        #expect(faults(in: module("lwm2m", object(3303, 0), object(3303, 1), object(3303, 2), object(3303, 3))).isEmpty)
        #expect(
            faults(in: module("lwm2m", (0..<5).map { object(3303, $0) }.joined(separator: "\n"))) == [
                "f:23:6: the object 3303 has a fifth instance; expected at most 4 instances of an object"
            ])
        #expect(
            faults(
                in: module("lwm2m", "data_up = \"3303/7/0\"", (0..<4).map { object(3303, $0) }.joined(separator: "\n")))
                == [
                    "f:20:6: the object 3303 has a fifth instance; "
                        + "expected at most 4 instances of an object, 3303/7 for the data channel included"
                ])
        #expect(faults(in: module("lwm2m", object(3303, resources: 14))).isEmpty)
        #expect(
            faults(in: module("lwm2m", object(3303, resources: 15))) == [
                "f:9:13: 'resources' lists 15; expected at most 14 resources of an instance"
            ])
        #expect(
            faults(in: module("lwm2m", object(5))) == [
                "f:7:6: the object 5 is built into the module; expected another than 0, 1, 3, 4 and 5"
            ])
        // Only that module has these limits.
        #expect(
            faults(in: module("onenet", object(1), object(2), object(6), object(7), object(8, resources: 20))).isEmpty)
    }

    @Test(arguments: [
        (
            "data_up = \"3/0/0\"", "'data_up': the object of \"3/0/0\" is built into the module",
            "another than 0, 1, 3, 4 and 5"
        ),
        ("data_down = \"7/0/1\"", "'data_down' is \"7/0/1\", a resource that is executable", "one of its resources: 2"),
    ])
    func `a data path names what can carry data`(line: String, fault: String, expected: String) {
        let resources = "{ id = 1, type = \"executable\" }, { id = 2, type = \"opaque\" }"
        let object = "[[module.object]]\nid = 7\nresources = [\(resources)]"
        let position = line.prefix { $0 != "=" }.count + 3
        #expect(faults(in: module("lwm2m", line, object)) == ["f:6:\(position): \(fault); expected \(expected)"])
    }

    @Test func `a text of which the module must make too many bytes is refused`() {
        let object =
            "[[module.object]]\nid = 7\nresources = [{ id = 1, type = \"string\", value = '\(String(repeating: "\"", count: 513))' }]"
        #expect(faults(in: module("lwm2m", object)).count == 1)
        #expect(faults(in: module("lwm2m", object.replacing("\"\"'", with: "\"'"))).isEmpty)
    }

    @Test func `a data path names a resource of its object, where that is described`() {
        let object =
            "[[module.object]]\nid = 3200\nresources = [{ id = 5750, type = \"string\" }, { id = 2, type = \"float\" }]"
        #expect(faults(in: module("onenet", "data_up = \"3200/0/5750\"", "data_down = \"3201/0/1\"", object)).isEmpty)
        #expect(
            faults(in: module("onenet", "data_up = \"3200/0/5751\"", object)) == [
                "f:6:11: 'data_up' is \"3200/0/5751\", a resource that the object does not have; "
                    + "expected one of its resources: 5750, 2"
            ])
    }
}
