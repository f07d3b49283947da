/// Times as RFC 3339 writes them, in UTC with milliseconds: 2024-02-29T23:59:59.999Z.
package enum RFC3339 {
    private static let dayLength: Int64 = 86_400_000
    /// The years that four digits can write: 0000 to 9999.
    private static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    package static func text(milliseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(milliseconds: milliseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes without making a `String`. A time before year 0 or after 9999 becomes the nearest that can be written.
    package static func append(milliseconds: Int64, to bytes: inout [UInt8]) {
        let time = min(max(milliseconds, writable.lowerBound), writable.upperBound)
        let day = time >= 0 ? time / dayLength : (time + 1) / dayLength - 1
        let rest = Int(time - day * dayLength)
        let date = CivilDate(daysSince1970: Int(day))
        digits(date.year, 4, UInt8(ascii: "-"), &bytes)
        digits(date.month, 2, UInt8(ascii: "-"), &bytes)
        digits(date.day, 2, UInt8(ascii: "T"), &bytes)
        digits(rest / 3_600_000, 2, UInt8(ascii: ":"), &bytes)
        digits(rest / 60_000 % 60, 2, UInt8(ascii: ":"), &bytes)
        digits(rest / 1000 % 60, 2, UInt8(ascii: "."), &bytes)
        digits(rest % 1000, 3, UInt8(ascii: "Z"), &bytes)
    }

    private static func digits(_ value: Int, _ width: Int, _ separator: UInt8, _ bytes: inout [UInt8]) {
        var divisor = width == 4 ? 1000 : width == 3 ? 100 : 10
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
        bytes.append(separator)
    }

    /// The milliseconds since 1970 of any RFC 3339 time: any offset, any number of decimals (cut after the third).
    /// A leap second counts as the second after it.
    package static func milliseconds(parsing text: String) -> Int64? {
        var reader = Reader(rest: text.utf8[...])
        guard let year = reader.number(4), reader.take("-"),
            let month = reader.number(2), (1...12).contains(month), reader.take("-"),
            let day = reader.number(2), day >= 1, day <= CivilDate.days(inMonth: month, of: year),
            reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(2), hour < 24, reader.take(":"),
            let minute = reader.number(2), minute < 60, reader.take(":"),
            let second = reader.number(2), second <= 60,
            let fraction = reader.fraction(), let offset = reader.offset(), reader.rest.isEmpty
        else { return nil }
        let seconds = hour * 3600 + minute * 60 + second - offset * 60
        // A leap second ends a day of UTC, whatever the offset says.
        if second == 60, seconds % 86_400 != 0 { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        return Int64(days) * dayLength + Int64(seconds) * 1000 + Int64(fraction)
    }

    private struct Reader {
        var rest: Substring.UTF8View.SubSequence

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: scalar) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(_ width: Int) -> Int? {
            let digits = rest.prefix(width)
            guard digits.count == width, digits.allSatisfy(\.isDigit) else { return nil }
            rest.removeFirst(width)
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }

        /// Milliseconds; zero if there is no fraction.
        mutating func fraction() -> Int? {
            guard take(".") else { return 0 }
            let digits = rest.prefix(while: \.isDigit)
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
            var value = 0
            var index = digits.startIndex
            for _ in 0..<3 {
                value *= 10
                guard index < digits.endIndex else { continue }
                value += Int(digits[index] - UInt8(ascii: "0"))
                index = digits.index(after: index)
            }
            return value
        }

        /// Minutes east of UTC.
        mutating func offset() -> Int? {
            if take("Z") || take("z") { return 0 }
            let isWest = take("-")
            guard isWest || take("+"), let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60
            else { return nil }
            return (isWest ? -1 : 1) * (hour * 60 + minute)
        }
    }
}

/// A day of the Gregorian calendar, reckoned in years that begin in March, so that the leap day ends the year.
private struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    private static let daysInEra = 146_097
    private static let fromMarchOfYear0To1970 = 719_468

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970: Int) {
        let days = daysSince1970 + Self.fromMarchOfYear0To1970
        let era = days >= 0 ? days / Self.daysInEra : (days - Self.daysInEra + 1) / Self.daysInEra
        let dayOfEra = days - era * Self.daysInEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear >= 0 ? marchYear / 400 : (marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * Self.daysInEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - Self.fromMarchOfYear0To1970
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
