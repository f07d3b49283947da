/// Values as the cloud writes them: numbers big-endian, text as UTF-8.
extension ResourceValue {
    /// Nil if the data fit the kind neither as bytes nor as text.
    package init?(written: WrittenValue, kind: ResourceKind) {
        let data = written.data
        switch (written.form, kind) {
        case (_, .executable): return nil
        case (_, .opaque):
            guard data.count <= Self.longestString else { return nil }
            self = .opaque(data)
        case (.bytes, .integer):
            guard let value = Self.integer(data) else { return nil }
            self = .integer(value)
        case (.bytes, .float):
            guard let value = Self.float(data) else { return nil }
            self = .float(value)
        case (.bytes, .boolean) where data == [0] || data == [1]:
            self = .boolean(data == [1])
        default:
            guard let value = Self.text(data, kind) else { return nil }
            self = value
        }
    }

    /// Bytes whose number does not fit are read as text.
    private static func integer(_ data: [UInt8]) -> Int64? {
        guard [1, 2, 4, 8].contains(data.count) else {
            guard case .integer(let value)? = text(data, .integer) else { return nil }
            return value
        }
        let raw = data.reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64($1) }
        return switch data.count {
        case 1: Int64(Int8(truncatingIfNeeded: raw))
        case 2: Int64(Int16(truncatingIfNeeded: raw))
        case 4: Int64(Int32(truncatingIfNeeded: raw))
        default: Int64(truncatingIfNeeded: raw)
        }
    }

    private static func float(_ data: [UInt8]) -> Double? {
        let raw = data.reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64($1) }
        let value: Double
        switch data.count {
        case 4: value = Double(decimalOf: Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
        case 8: value = Double(bitPattern: raw)
        default:
            guard case .float(let value)? = text(data, .float) else { return nil }
            return value
        }
        // What clients may not set, for a module's float has four bytes.
        return Float(value).isFinite ? value : nil
    }

    private static func text(_ data: [UInt8], _ kind: ResourceKind) -> ResourceValue? {
        String(validating: data, as: UTF8.self).flatMap { try? ResourceValue(text: $0, kind: kind) }
    }
}

extension Double {
    /// The number that the shorter one was meant to be: 25.6, not 25.600000381469727.
    fileprivate init(decimalOf value: Float) {
        self = value.isFinite ? Double("\(value)") ?? Double(value) : Double(value)
    }
}
