import Platforms
import Testing

/// Addresses and file names for AT+QFOTADL, checked before the module sees them.
@Suite struct PackageAddressTests {
    @Test(arguments: [
        ("http://224.168.203.81:3029/update.pack", "224.168.203.81", 3029, "/update.pack", "update.pack"),
        ("http://files.example/a/b/test.bin", "files.example", 80, "/a/b/test.bin", "test.bin"),
        ("HTTP://h:65535/x", "h", 65_535, "/x", "x"), ("http://h/x?version=2", "h", 80, "/x?version=2", "x"),
        // A name that the module cannot keep, or none at all.
        ("http://h/a*b", "h", 80, "/a*b", "mcu_update.bin"), ("http://h/?x", "h", 80, "/?x", "mcu_update.bin"),
    ])
    func `an address is taken apart`(_ text: String, _ host: String, _ port: Int, _ path: String, _ file: String) throws
    {
        let address = try PackageAddress(text)
        #expect((address.host, address.port, address.path, address.fileName) == (host, port, path, file))
        // The module wants its own spelling of the scheme.
        #expect(address.description == (text == "HTTP://h:65535/x" ? "http://h:65535/x" : text))
    }

    @Test(arguments: [
        ("https://h/x", "begins with \"https://\""), ("h/x", "begins with"), ("http://h", "has no path"),
        ("http://h/", "has no path"), ("http:///x", "has no host"), ("http://h:0/x", "the port \"0\""),
        ("http://h:65536/x", "the port \"65536\""), ("http://h:/x", "the port \"\""),
        ("http://h:08/x", "the port \"08\""),
        ("http://h/a b", "a blank"), ("http://h/\"", "a quotation mark"), ("http://h/é", "ASCII"),
        ("http://h/\r\nAT+QRST=1", "a blank"),
    ])
    func `what is no address is refused with what is expected`(_ text: String, _ part: String) {
        #expect { try PackageAddress(text) } throws: { "\($0)".contains(part) }
    }

    @Test func `an address has at most 511 bytes`() throws {
        let longest = "http://h/" + String(repeating: "x", count: 502)
        #expect(try PackageAddress(longest).description.utf8.count == 511)
        #expect(throws: PackageAddress.Fault.self) { try PackageAddress(longest + "x") }
    }

    @Test func `a file name has at most 63 bytes`() {
        #expect(PackageAddress.isFileName(String(repeating: "x", count: 63)))
        for name in ["", String(repeating: "x", count: 64), "a/b", "a b", "a\"b", "a,b", "..", "é"] {
            #expect(!PackageAddress.isFileName(name))
        }
    }
}
