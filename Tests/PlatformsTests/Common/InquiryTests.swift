import AT
import Platforms
import Testing

/// Identity and network, in all spellings that modules have for them.
@Suite struct InquiryTests {
    private static func lines(_ texts: [String]) -> [Line] { texts.map { Line(Array($0.utf8)) } }

    @Test(
        arguments: [
            (
                ["Quectel_Ltd", "Quectel_BC260Y-CN", "Revision: BC260YCNAAR02A04"], "BC260Y-CN",
                "BC260YCNAAR02A04"
            ),
            (["Quectel", "BC25", "Revision: BC25PAR01A04"], "BC25", "BC25PAR01A04"),
            (["Quectel_Ltd", "Quectel_BC260Y-CN", "Revision:BC260YCNAAR01A01 "], "BC260Y-CN", "BC260YCNAAR01A01"),
            (["Quectel", "BC28JA-02-STD", "Revision: BC28JAR01A10"], "BC28JA-02-STD", "BC28JAR01A10"),
            (["Quectel_Ltd"], nil, nil),
            ([], nil, nil),
        ] as [([String], String?, String?)])
    func `ATI tells model and revision`(answer: [String], model: String?, revision: String?) {
        var identity = Identity()
        Inquiry.readProduct(Self.lines(answer), into: &identity)
        #expect(identity == Identity(model: model, revision: revision))
    }

    @Test(
        arguments: [
            (["Revision: BC260YCNAAR02A04"], "BC260YCNAAR02A04"), (["Revision:BC260YCNAAR02A04"], "BC260YCNAAR02A04"),
            (["BC260YCNAAR02A04"], "BC260YCNAAR02A04"), (["+CGMR: BC260YCNAAR02A04"], "BC260YCNAAR02A04"),
            (["+CGMR:\"BC260YCNAAR02A04\""], "BC260YCNAAR02A04"), (["Revision:"], nil), (["+CGMR:"], nil), ([], nil),
        ] as [([String], String?)])
    func `CGMR tells the revision`(answer: [String], revision: String?) {
        #expect(Inquiry.readRevision(Self.lines(answer)) == revision)
    }

    @Test(
        arguments: [
            ("+CGSN: 866465050000874", "866465050000874"), ("+CGSN:866465050000874", "866465050000874"),
            ("+CGSN: \"866465050000874\"", "866465050000874"), ("866465050000874", "866465050000874"),
            ("+QCCID: 89861118241003123456", "89861118241003123456"),
            ("+QCCID:8986111824100312345F", "8986111824100312345F"),
            ("+CGSN:", nil), ("", nil),
        ] as [(String, String?)])
    func `digits stand alone or behind a name`(answer: String, digits: String?) {
        #expect(Inquiry.readDigits(Line(Array(answer.utf8))) == digits)
    }

    @Test(
        arguments: [
            ("+CEREG: 1,1", true), ("+CEREG: 1,5", true), ("+CEREG:0,1", true), ("+CEREG: 0,0", false),
            ("+CEREG: 1,2", false), ("+CEREG: 1,3", false), ("+CEREG: 1,4", false),
            ("+CEREG: 2,1,\"1A2B\",\"01A2D201\",9", true), ("+CEREG: 1", true), ("+CEREG: x,y", nil), ("+CEREG:", nil),
        ] as [(String, Bool?)])
    func `attached means registered at home or roaming`(answer: String, attached: Bool?) {
        #expect(Inquiry.readAttached(Line(Array(answer.utf8))) == attached)
    }

    @Test(
        arguments: [
            (["+CGPADDR: 0,\"11.168.11.169\""], "11.168.11.169"), (["+CGPADDR:0,10.0.0.7"], "10.0.0.7"),
            (["+CGPADDR: 0"], nil), (["+CGPADDR:0,"], nil), (["+CGPADDR: 0,\"\""], nil),
            (["+CGPADDR: 0,\"0.0.0.0\""], nil),
            (["+CGPADDR: 0", "+CGPADDR: 1,\"10.0.0.8\""], "10.0.0.8"), ([], nil),
        ] as [([String], String?)])
    func `an address is one that is told`(answer: [String], address: String?) {
        #expect(Inquiry.readAddress(Self.lines(answer)) == address)
    }

    @Test(
        arguments: [
            ("+CSQ: 0,99", -113), ("+CSQ:20,99", -73), ("+CSQ: 31,0", -51), ("+CSQ: 99,99", nil), ("+CSQ: 32,0", nil),
            ("+CSQ: -1,0", nil), ("+CSQ: x", nil), ("+CSQ:", nil),
        ] as [(String, Int?)])
    func `a signal is in dBm, or not known`(answer: String, rssi: Int?) {
        #expect(Inquiry.readSignal(Line(Array(answer.utf8))) == rssi)
    }

    @Test func `no answer tells nothing`() {
        #expect(Inquiry.readDigits(nil) == nil)
        #expect(Inquiry.readAttached(nil) == nil)
        #expect(Inquiry.readSignal(nil) == nil)
    }
}
