/// Why the module does not do what it is told, with the number of seed chapter 4.
struct OneNETRefusal: Error {
    enum Code: Int {
        case memory = 651
        case parameter = 652
        case unsupported = 653
        case suite = 654
        case notFound = 655
    }

    let code: Code
    let why: String
    /// False: the host could not know better.
    var isBreach = true

    init(_ code: Code, _ why: String, isBreach: Bool = true) {
        (self.code, self.why, self.isBreach) = (code, why, isBreach)
    }
}

/// The parameters of one command, each taken with its range.
struct OneNETParameters {
    static let messageIDs = 0...268_435_455
    static let numbers = 0...65535

    let list: [CommandLine.Parameter]

    func count(_ range: ClosedRange<Int>) throws(OneNETRefusal) {
        guard range.contains(list.count) else { throw OneNETRefusal(.parameter, "wrong number of parameters") }
    }

    func number(_ index: Int, _ range: ClosedRange<Int>, _ name: String) throws(OneNETRefusal) -> Int {
        guard let number = list[index].number, range.contains(number) else {
            throw OneNETRefusal(.parameter, "wrong \(name)")
        }
        return number
    }

    /// Nil when the command ends before it.
    func numberIfAny(
        _ index: Int, _ range: ClosedRange<Int>, _ name: String
    ) throws(OneNETRefusal) -> Int? {
        index < list.count ? try number(index, range, name) : nil
    }

    func string(_ index: Int, _ name: String) throws(OneNETRefusal) -> [UInt8] {
        let parameter = list[index]
        guard parameter.isQuoted, !parameter.bytes.contains(UInt8(ascii: "\"")) else {
            throw OneNETRefusal(.parameter, "wrong \(name)")
        }
        return Array(parameter.bytes)
    }

    /// There is only instance 0 (seed 3.3.2).
    func reference() throws(OneNETRefusal) { _ = try number(0, 0...0, "ref") }

    func indication(_ index: Int) throws(OneNETRefusal) -> Int { try numberIfAny(index, 0...2, "raiMode") ?? 0 }

    /// 0 means an hour (seed 3.3.7).
    func lifetime(_ index: Int) throws(OneNETRefusal) -> Int {
        let seconds = try number(index, 0...268_435_455, "lifetime")
        guard seconds == 0 || seconds >= 15 else { throw OneNETRefusal(.parameter, "wrong lifetime") }
        return seconds == 0 ? 3600 : seconds
    }

    /// `<objId>,<insId>,<resId>`.
    func path(_ index: Int) throws(OneNETRefusal) -> OneNETPath {
        OneNETPath(
            try number(index, Self.numbers, "objId"), try number(index + 1, Self.numbers, "insId"),
            try number(index + 2, Self.numbers, "resId"))
    }

    /// `<index>,<flag>`; the one flag that there is, is 0 (seed 3.3.11).
    func index(_ index: Int) throws(OneNETRefusal) -> Int {
        let number = try self.number(index, 0...10, "index")
        guard try self.number(index + 1, 0...2, "flag") == 0 else { throw OneNETRefusal(.unsupported, "wrong flag") }
        return number
    }

    // MARK: Values, seed 3.3.11

    /// `<valueType>,<len>,<value>`.
    func value(_ index: Int, of path: OneNETPath) throws(OneNETRefusal) -> (value: ResourceValue, length: Int) {
        guard let type = ResourceType(rawValue: try number(index, 1...5, "valueType")) else {
            throw OneNETRefusal(.parameter, "wrong valueType")
        }
        let length = try number(index + 1, 0...1024, "len")
        let parameter = list[index + 2]
        let isRight: Bool
        var bytes = Array(parameter.bytes)
        switch type {
        case .string: isRight = try string(index + 2, "value").count == length
        case .opaque:
            let decoded = HexDigits.bytes(parameter.bytes)
            isRight = decoded?.count == length && length <= 512
            bytes = decoded ?? []
        case .integer: isRight = Self.isInteger(parameter.text, in: length)
        case .float: isRight = length == 4 && Self.isDecimal(parameter.bytes)
        case .boolean: isRight = length == 1 && ["0", "1"].contains(parameter.text)
        }
        guard isRight, parameter.isQuoted == (type == .string) else {
            throw OneNETRefusal(.parameter, "a value that is not of its type and length")
        }
        return (ResourceValue(path: path.description, type: type, bytes: bytes), length)
    }

    private static func isInteger(_ text: String, in length: Int) -> Bool {
        guard text.utf8.first != UInt8(ascii: "+") else { return false }
        return switch length {
        case 2: Int16(text) != nil
        case 4: Int32(text) != nil
        case 8: Int64(text) != nil
        default: false
        }
    }

    /// `-12`, `0.16`: no exponent, a digit on both sides of the point.
    private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        let pieces = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return 1...2 ~= pieces.count
            && pieces.allSatisfy { piece in !piece.isEmpty && piece.allSatisfy { 0x30...0x39 ~= $0 } }
    }
}
