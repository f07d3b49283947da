/// The reason a module gives with an error.
///
/// Every family and every build has its own numbers, so an unknown one is kept as it is.
package enum ErrorCode: Hashable, Sendable, CustomStringConvertible {
    case number(Int)
    case text(String)

    package var number: Int? {
        if case .number(let number) = self { number } else { nil }
    }

    package var description: String {
        switch self {
        case .number(let number): String(number)
        case .text(let text): text
        }
    }
}

/// The line that ends an answer. Always a whole line: a string may well contain the word OK.
package enum Final: Hashable, Sendable {
    case ok
    case error
    case cme(ErrorCode)
    case cis(ErrorCode)
    case cms(ErrorCode)
    /// A line that only this command ends with, like `REBOOTING` for `AT+NRB`.
    case extra(String)

    package var isOK: Bool { self == .ok }

    package var isError: Bool {
        switch self {
        case .ok, .extra: false
        case .error, .cme, .cis, .cms: true
        }
    }

    package var code: ErrorCode? {
        switch self {
        case .ok, .extra, .error: nil
        case .cme(let code), .cis(let code), .cms(let code): code
        }
    }
}

extension Final: CustomStringConvertible {
    /// As a module prints it.
    package var description: String {
        switch self {
        case .ok: "OK"
        case .error: "ERROR"
        case .cme(let code): "+CME ERROR: \(code)"
        case .cis(let code): "+CIS ERROR: \(code)"
        case .cms(let code): "+CMS ERROR: \(code)"
        case .extra(let text): text
        }
    }
}

extension Final {
    /// Reads a whole line: `OK`, `ERROR`, `+CME ERROR: 50`, `+CIS ERROR:651`, `+CMS ERROR: …`.
    init?(line bytes: [UInt8]) {
        switch bytes.count {
        case 2 where bytes.isExactly("OK"): self = .ok
        case 5 where bytes.isExactly("ERROR"): self = .error
        case 10...:
            guard bytes[0] == Byte.plus, bytes[1] == UInt8(ascii: "C") else { return nil }
            if bytes.starts(withText: "+CME ERROR") {
                guard let code = ErrorCode(after: 10, in: bytes) else { return nil }
                self = .cme(code)
            } else if bytes.starts(withText: "+CIS ERROR") {
                guard let code = ErrorCode(after: 10, in: bytes) else { return nil }
                self = .cis(code)
            } else if bytes.starts(withText: "+CMS ERROR") {
                guard let code = ErrorCode(after: 10, in: bytes) else { return nil }
                self = .cms(code)
            } else {
                return nil
            }
        default: return nil
        }
    }
}

extension ErrorCode {
    /// What stands behind the colon; nothing at all is an empty text, anything but a colon is no error line.
    init?(after offset: Int, in bytes: [UInt8]) {
        guard offset < bytes.count else {
            self = .text("")
            return
        }
        guard bytes[offset] == Byte.colon else { return nil }
        let field = Field(bytes[(offset + 1)...])
        if let number = field.int {
            self = .number(number)
        } else {
            self = .text(field.text)
        }
    }
}
