/// One kind of unsolicited line.
package struct Report: Sendable {
    let prefix: [UInt8]
    let shape: Answer.Shape?
    let text: CarriedText?
    let isPreserved: Bool

    /// A line that is `prefix` alone or `prefix` followed by `:`, `=` or a blank, and whose shape fits.
    ///
    /// `text` tells how long a raw text inside is. `preserved` marks lines that were read out of the module and exist
    /// nowhere else by now: they are delivered as reports whenever no command takes them.
    package init(
        _ prefix: String, where shape: Answer.Shape? = nil, text: CarriedText? = nil, preserved: Bool = false
    ) {
        self.prefix = Array(prefix.utf8)
        self.shape = shape
        self.text = text
        isPreserved = preserved
    }

    func fitsPrefix(of bytes: [UInt8]) -> Bool {
        guard bytes.holds(prefix) else { return false }
        guard bytes.count > prefix.count else { return true }
        let separator = bytes[prefix.count]
        return separator == Byte.colon || separator == Byte.equals || separator.isBlank
    }
}

/// Where a report keeps a raw text and its length, so that a text with line ends inside stays in one piece.
///
/// `+QLAURC: "write",8096,19,1,0,1,20,"{"outletStatus":"1"}",0` has the length in field 6 and is text if field 5 is 1.
package struct CarriedText: Sendable {
    let kind: [UInt8]?
    let lengthField: Int
    let typeField: Int?

    /// The text follows `lengthField` (counted from 0). With `kind` only lines whose first field says so carry one,
    /// with `typeField` only those where it is 1.
    package init(lengthField: Int, typeField: Int? = nil, kind: String? = nil) {
        self.lengthField = lengthField
        self.typeField = typeField
        self.kind = kind.map { Array($0.utf8) }
    }

    /// How many bytes the line has at least, counting the closing quote; nil if it carries no text.
    func extent(of bytes: [UInt8]) -> Int? {
        var fields = Fields(bytes)
        var length: Int?
        for index in 0...max(lengthField, 0) {
            guard let field = fields.next() else { return nil }
            if index == 0, let kind, Array(field.bytes) != kind { return nil }
            if index == typeField, field.int != 1 { return nil }
            if index == lengthField { length = field.int }
        }
        guard let length, length > 0, length <= Dialogue.longestLine, fields.hasMore else { return nil }
        guard let quote = fields.quotePosition else { return fields.position + length }
        return quote + length + 2
    }
}

/// A line that only a restarted module prints.
package struct Banner: Sendable {
    let bytes: [UInt8]
    let isWhole: Bool
    let hasOwnOK: Bool
    let isPreamble: Bool

    /// `whole` compares the whole line, otherwise it need only begin so. `ownOK`: the module prints an `OK` behind it
    /// that belongs to no command. `preamble`: another banner of the same restart follows it at once.
    package init(_ text: String, whole: Bool, ownOK: Bool = false, preamble: Bool = false) {
        bytes = Array(text.utf8)
        isWhole = whole
        hasOwnOK = ownOK
        isPreamble = preamble
    }

    func fits(_ line: [UInt8]) -> Bool {
        line.holds(bytes) && (!isWhole || line.count == bytes.count)
    }
}
