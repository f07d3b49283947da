import AT
import Testing

@testable import Platforms

/// The bytes of every command of the note (chapter 3), in every form, and which lines answer it.
@Suite struct AndlinkCommandTests {
    private static let key = AndlinkKey(id: AndlinkWorld.imei, secret: AndlinkWorld.psk)

    /// The note's own examples where it has them.
    private static func commands() throws -> [(Command, String)] {
        let bootstrapKey = AndlinkKey(id: "201703230000024", secret: "0123456789ABCDEF0123456789ABCDEF")
        return [
            (
                try AndlinkCommand.set(AndlinkServer(.bootstrap, host: "180.101.147.115")),
                "AT+QLASERVERIP=\"BS\",\"180.101.147.115\",5683"
            ),
            (
                try AndlinkCommand.set(AndlinkServer(.lwm2m, host: "180.101.147.115", port: 5683)),
                "AT+QLASERVERIP=\"LWM2M\",\"180.101.147.115\",5683"
            ),
            (
                try AndlinkCommand.set(AndlinkServer(.bootstrap, host: "lwm.home.komect.com", port: 5684)),
                "AT+QLASERVERIP=\"BS\",\"lwm.home.komect.com\",5684"
            ),
            (
                try AndlinkCommand.deleteServer(host: "180.101.147.115", port: 5683),
                "AT+QLASERVERIP=\"DEL\",\"180.101.147.115\",5683"
            ),
            (
                try AndlinkCommand.deleteServer(host: "180.101.147.115", port: nil),
                "AT+QLASERVERIP=\"DEL\",\"180.101.147.115\""
            ),
            (AndlinkCommand.servers, "AT+QLASERVERIP?"),
            (AndlinkCommand.encryption(.server, isOn: false), "AT+QLASECSWT=0"),
            (AndlinkCommand.encryption(.server, isOn: true), "AT+QLASECSWT=1,0"),
            (AndlinkCommand.encryption(.server, isOn: true, crossesNAT: false), "AT+QLASECSWT=1,1"),
            (AndlinkCommand.encryption(.server), "AT+QLASECSWT?"),
            (
                AndlinkCommand.key(.server, try #require(key)),
                "AT+QLASETPSK=867724030000225,E8E19CC16CE1F388E8E19CC16CE1F388"
            ),
            (AndlinkCommand.key(.server), "AT+QLASETPSK?"),
            (AndlinkCommand.register, "AT+QLASREGIND=0"),
            (AndlinkCommand.deregister, "AT+QLASREGIND=1"),
            (AndlinkCommand.uplinkStatus(.short), "AT+QLADATASTATUS?"),
            (AndlinkCommand.uplinkStatus(.long), "AT+QLAULDATASTATUS?"),
            (AndlinkCommand.firmware(AndlinkFirmware.Mode.automatic), "AT+QLAFOTAIND=0"),
            (AndlinkCommand.firmware(AndlinkFirmware.Mode.controlled), "AT+QLAFOTAIND=1"),
            (AndlinkCommand.firmware(.download), "AT+QLAFOTAIND=2"),
            (AndlinkCommand.firmware(.cancelDownload), "AT+QLAFOTAIND=3"),
            (AndlinkCommand.firmware(.update), "AT+QLAFOTAIND=4"),
            (AndlinkCommand.firmware(.cancelUpdate), "AT+QLAFOTAIND=5"),
            (AndlinkCommand.registration(.manual), "AT+QLAREGSWT=0"),
            (AndlinkCommand.registration(.automatic), "AT+QLAREGSWT=1"),
            (AndlinkCommand.registrationMode, "AT+QLAREGSWT?"),
            (AndlinkCommand.status, "AT+QLASTATUS?"),
            (AndlinkCommand.resetEncryption, "AT+QLARESETDTLS"),
            (AndlinkCommand.encryptionState, "AT+QLADTLSSTAT?"),
            (try AndlinkCommand.deviceType("31301"), "AT+QCFG=\"LWM2M/DeviceType\",\"31301\""),
            (AndlinkCommand.deviceType, "AT+QCFG=\"LWM2M/DeviceType\""),
            (AndlinkCommand.interruptFirmware, "AT+QLAFOTARESET=1"),
            (
                AndlinkCommand.key(.bootstrap, try #require(bootstrapKey)),
                "AT+QLASETBSPSK=201703230000024,0123456789ABCDEF0123456789ABCDEF"
            ),
            (AndlinkCommand.key(.bootstrap), "AT+QLASETBSPSK?"),
            (AndlinkCommand.encryption(.bootstrap, isOn: false), "AT+QLABSSECSWT=0"),
            (AndlinkCommand.encryption(.bootstrap, isOn: true), "AT+QLABSSECSWT=1,0"),
            (AndlinkCommand.encryption(.bootstrap, isOn: true, crossesNAT: false), "AT+QLABSSECSWT=1,1"),
            (AndlinkCommand.encryption(.bootstrap), "AT+QLABSSECSWT?"),
        ]
    }

    @Test func `every command is written as the note writes it`() throws {
        for (command, text) in try Self.commands() {
            #expect(String(decoding: command.bytes, as: UTF8.self) == text)
            #expect(command.payload == nil)
        }
    }

    @Test func `no command has less time than the note grants, and the quick ones have two seconds`() throws {
        for (command, text) in try Self.commands() {
            #expect(command.timeLimit >= .seconds(2), "\(text)")
            if text.contains("PSK") { #expect(command.timeLimit > .seconds(2), "\(text)") }
        }
    }

    @Test(arguments: AndlinkCommand.Phase.allCases)
    func `a key is not shown`(phase: AndlinkCommand.Phase) throws {
        let command = AndlinkCommand.key(phase, try #require(Self.key))
        #expect(!command.description.contains("E8E19"))
        #expect(command.description.hasSuffix("=867724030000225,<psk>"))
    }

    @Test(arguments: [
        ("86772403000022", AndlinkWorld.psk), ("8677240300002255", AndlinkWorld.psk), ("", AndlinkWorld.psk),
        ("86772403000022x", AndlinkWorld.psk), ("0", "E8E19CC16CE1F388"), ("0", AndlinkWorld.psk + "00"), ("0", ""),
        ("0", "E8E19CC16CE1F388E8E19CC16CE1F38;"), ("1", AndlinkWorld.psk),
    ])
    func `a key that does not fit gets into no command`(id: String, secret: String) {
        #expect(AndlinkKey(id: id, secret: secret) == nil)
    }

    @Test(arguments: ["a\"b", "a\rb", "a\nb", "a\0b"])
    func `a string that would end early gets into no command`(text: String) {
        #expect(throws: Quoted.Refusal.self) { try AndlinkCommand.set(AndlinkServer(.lwm2m, host: text)) }
        #expect(throws: Quoted.Refusal.self) { try AndlinkCommand.deleteServer(host: text, port: nil) }
        #expect(throws: Quoted.Refusal.self) { try AndlinkCommand.deviceType(text) }
    }

    @Test(
        arguments: [
            (false, 0, "0x0000"), (false, 1, "0x0001"), (false, 2, "0x0010"), (true, 0, "0x0100"), (true, 1, "0x0101"),
            (true, 2, "0x0101"),
        ] as [(Bool, UInt8, String)])
    func `confirmation and RAI choose one of the five modes`(confirm: Bool, rai: UInt8, mode: String) {
        let command = AndlinkCommand.send([1, 2], AndlinkSendMode(confirm: confirm, rai: rai))
        #expect(String(decoding: command.bytes, as: UTF8.self) == "AT+QLASENDDATA=\(mode),2")
        #expect(command.payload == [1, 2])
    }

    @Test func `there are five modes`() {
        #expect(AndlinkSendMode.allCases.map(\.rawValue) == ["0x0000", "0x0001", "0x0010", "0x0100", "0x0101"])
    }

    @Test func `the direct form has the data in it`() throws {
        let data = Array("[{\"n\":\"19/1/0\"}]".utf8)
        let command = try #require(AndlinkCommand.sendDirectly(data, .unconfirmed))
        #expect(
            String(decoding: command.bytes, as: UTF8.self) == "AT+QLASENDDATA=0x0000,16,[{\"n\":\"19/1/0\"}]")
        #expect(command.payload == nil)
    }

    @Test(arguments: (0...255).map(UInt8.init))
    func `the direct form takes no byte that could end or split a command`(byte: UInt8) {
        let isAllowed = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: ";")
        #expect((AndlinkCommand.sendDirectly([0x41, byte, 0x42], .confirmed) != nil) == isAllowed)
        let isAllowedAtTheEnds = isAllowed && byte != 0x20
        #expect((AndlinkCommand.sendDirectly([byte, 0x42], .confirmed) != nil) == isAllowedAtTheEnds)
        #expect((AndlinkCommand.sendDirectly([0x42, byte], .confirmed) != nil) == isAllowedAtTheEnds)
    }

    @Test(
        arguments: [
            (.content, 1), (.changed, 2), (.badRequest, 11), (.unauthorized, 12), (.notFound, 13),
            (.methodNotAllowed, 14), (.notAcceptable, 11),
        ] as [(RequestAnswer.Code, Int)])
    func `an answer has the note's result, and no prompt without data`(code: RequestAnswer.Code, number: Int) {
        let token: [UInt8] = [0x6C, 0xBB, 0xD6, 0x86, 0x1B, 0xC4, 0x33, 0x59]
        let empty = AndlinkCommand.respond(messageID: 48767, token: token, code: code)
        #expect(String(decoding: empty.bytes, as: UTF8.self) == "AT+QLASENDRSP=48767,6CBBD6861BC43359,\(number),0")
        #expect(empty.payload == nil)
        let full = AndlinkCommand.respond(messageID: 0, token: [], code: code, payload: [7])
        #expect(String(decoding: full.bytes, as: UTF8.self) == "AT+QLASENDRSP=0,,\(number),1")
        #expect(full.payload == [7])
    }
}
