import AT
import Platforms
import Testing

/// Values between MQTT, the modules' parameters and the clouds' bytes.
@Suite struct ResourceValueTests {
    private static let path = ResourcePath(object: 3303, instance: 0, resource: 5700)

    @Test(arguments: [
        ("25.6", ResourceKind.float, ResourceValue.float(25.6), "25.6"),
        ("-7", .integer, .integer(-7), "-7"),
        ("9223372036854775807", .integer, .integer(.max), "9223372036854775807"),
        ("true", .boolean, .boolean(true), "true"), ("1", .boolean, .boolean(true), "true"),
        ("0", .boolean, .boolean(false), "false"),
        ("25 °C", .string, .string("25 °C"), "25 °C"), ("1e3", .float, .float(1000), "1000"),
        ("0.0000125", .float, .float(0.0000125), "0.0000125"),
        ("-1e22", .float, .float(-1e22), "-10000000000000000000000"),
        ("00ff", .opaque, .opaque([0x30, 0x30, 0x66, 0x66]), "00ff"),
    ])
    func `a client's text is a value, and is shown as text`(
        _ text: String, _ kind: ResourceKind, _ value: ResourceValue, _ shown: String
    ) throws {
        #expect(try ResourceValue(published: Array(text.utf8), kind: kind) == value)
        #expect(String(decoding: value.published, as: UTF8.self) == shown)
    }

    @Test(arguments: [
        ("25,6", ResourceKind.float), ("nan", .float), ("1e39", .float), ("", .float), ("7.5", .integer),
        ("9223372036854775808", .integer), ("yes", .boolean), ("x", .executable),
    ])
    func `what is no value of the kind is refused with what is expected`(_ text: String, _ kind: ResourceKind) {
        #expect(throws: ResourceValue.Fault.self) { try ResourceValue(published: Array(text.utf8), kind: kind) }
    }

    @Test(arguments: [(ResourceKind.string, 1024), (.opaque, 512)])
    func `the longest values are the modules' longest`(_ kind: ResourceKind, _ limit: Int) throws {
        let bytes = [UInt8](repeating: 0x41, count: limit)
        #expect(try ResourceValue(published: bytes, kind: kind).published == bytes)
        #expect(throws: ResourceValue.Fault.self) { try ResourceValue(published: bytes + [0x41], kind: kind) }
    }

    @Test func `bytes of a string that are not UTF-8 are refused, those of an opaque value are not`() throws {
        #expect(throws: ResourceValue.Fault.self) { try ResourceValue(published: [0xFF], kind: .string) }
        let all = (0...255).map { UInt8($0) }
        #expect(try ResourceValue(published: all, kind: .opaque).published == all)
    }

    // MARK: From the cloud

    @Test(
        arguments: [
            ([0x05], ResourceKind.integer, ResourceValue.integer(5)), ([0xFF], .integer, .integer(-1)),
            ([0x01, 0x00], .integer, .integer(256)), ([0xFF, 0xFF, 0xFF, 0xFE], .integer, .integer(-2)),
            ([0, 0, 0, 2, 0xDF, 0xDC, 0x1C, 0x3E], .integer, .integer(12_345_678_910)),
            // Three bytes are no number of the cloud's, so they are one of a person's.
            ([0x31, 0x32, 0x33], .integer, .integer(123)),
            ([0x41, 0xCC, 0xCC, 0xCD], .float, .float(25.6)),
            ([0x40, 0x39, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A], .float, .float(25.6)),
            ([0x32, 0x35, 0x2E, 0x36, 0x30], .float, .float(25.6)),
            ([0x01], .boolean, .boolean(true)), ([0x00], .boolean, .boolean(false)),
            ([0x74, 0x72, 0x75, 0x65], .boolean, .boolean(true)),
            ([0x68, 0x65, 0x6C, 0x6C, 0x6F], .string, .string("hello")),
            ([0x00, 0xFF], .opaque, .opaque([0x00, 0xFF])),
        ] as [([UInt8], ResourceKind, ResourceValue)])
    func `the cloud's bytes are read by the kind of the resource`(
        _ data: [UInt8], _ kind: ResourceKind, _ value: ResourceValue
    ) {
        #expect(ResourceValue(written: WrittenValue(Self.path, data, .bytes), kind: kind) == value)
    }

    @Test(
        arguments: [
            ([0x41, 0x42, 0x43], ResourceKind.integer), ([0x02], .boolean), ([0xFF], .string),
            ([0x7F, 0x80, 0, 0], .float), ([], .integer), ([0x01], .executable),
            // 1e300, which no module's float holds.
            ([0x7E, 0x37, 0xE4, 0x3C, 0x88, 0x00, 0x75, 0x9C], .float),
        ] as [([UInt8], ResourceKind)])
    func `bytes that fit in no way are no value`(_ data: [UInt8], _ kind: ResourceKind) {
        #expect(ResourceValue(written: WrittenValue(Self.path, data, .bytes), kind: kind) == nil)
    }

    @Test func `text of the cloud is read as text, also for numbers`() {
        let written = WrittenValue(Self.path, Array("12".utf8), .text)
        #expect(ResourceValue(written: written, kind: .integer) == .integer(12))
        #expect(ResourceValue(written: written, kind: .opaque) == .opaque(Array("12".utf8)))
    }

    // MARK: To the module

    @Test(arguments: [
        (ResourceValue.string("Cel"), 1, 3, "Cel"), (.opaque([0x02, 0xAF]), 2, 2, "02AF"),
        (.integer(123), 3, 2, "123"), (.integer(-32768), 3, 2, "-32768"), (.integer(32768), 3, 4, "32768"),
        (.integer(2_147_483_648), 3, 8, "2147483648"), (.float(1.88), 4, 4, "1.88"), (.float(100), 4, 4, "100"),
        (.boolean(true), 5, 1, "1"), (.boolean(false), 5, 1, "0"),
        // What a module would take for the end of the string goes as bytes.
        (.string("a\"b"), 2, 3, "612262"), (.string("a\r\n"), 2, 3, "610D0A"),
    ])
    func `a value is a type, a length and a text`(_ value: ResourceValue, _ type: Int, _ length: Int, _ text: String)
        throws
    {
        let parameters = try ValueParameters(value)
        #expect(parameters.type == type)
        #expect(parameters.length == length)
        #expect(String(decoding: parameters.text, as: UTF8.self) == text)
    }

    @Test func `a string that can go neither way is refused`() {
        let text = "\"" + String(repeating: "x", count: 512)
        #expect(throws: Quoted.Refusal.self) { try ValueParameters(.string(text)) }
    }
}
