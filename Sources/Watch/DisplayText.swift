/// Text from anywhere, made fit for a terminal: no control characters, and as wide as it says.
///
/// What comes in a payload is anybody's. An escape sequence in it must not move the cursor, and a character that takes
/// two cells must not push the columns apart.
package struct DisplayText: Sendable, Equatable {
    package let text: String
    /// In cells of the terminal.
    package let width: Int

    package init(_ raw: String) {
        var text = String.UnicodeScalarView()
        var width = 0
        for scalar in raw.unicodeScalars {
            guard let shown = Self.shown(scalar) else { continue }
            text.append(shown)
            width += Self.width(of: shown)
        }
        self.text = String(text)
        self.width = width
    }

    /// Bytes that are no UTF-8 are shown in hexadecimal.
    package init(bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.init(text)
        } else {
            self.init("0x" + bytes.prefix(64).map { Self.digits($0) }.joined() + (bytes.count > 64 ? "…" : ""))
        }
    }

    private static func digits(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private init(text: String, width: Int) {
        self.text = text
        self.width = width
    }

    /// Cut off with an ellipsis where it is too wide.
    package func truncated(to limit: Int) -> DisplayText {
        guard width > limit else { return self }
        guard limit > 0 else { return DisplayText(text: "", width: 0) }
        var kept = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            let next = Self.width(of: scalar)
            guard used + next <= limit - 1 else { break }
            kept.append(scalar)
            used += next
        }
        return DisplayText(text: String(kept) + "…", width: used + 1)
    }

    /// As wide as that, exactly.
    package func fitted(to columns: Int, rightAligned: Bool = false) -> String {
        let cut = truncated(to: columns)
        let blanks = String(repeating: " ", count: max(0, columns - cut.width))
        return rightAligned ? blanks + cut.text : cut.text + blanks
    }

    // MARK: Characters

    /// Nil for what terminals disagree about: joiners, directions, variants. It is left out.
    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.value >= 0x20, scalar.value < 0x7F { return scalar }
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return " "
        case 0xFE00...0xFE0F, 0x1F3FB...0x1F3FF, 0xE0100...0xE01EF: return nil
        // The letters that make flags.
        case 0x1F1E6...0x1F1FF: return Unicode.Scalar(scalar.value - 0x1F1E6 + 0x41)
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .unassigned, .privateUse, .surrogate: return "·"
        case .format: return nil
        case .lineSeparator, .paragraphSeparator, .spaceSeparator: return " "
        default: return scalar
        }
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return isWide(scalar) ? 2 : 1
        }
    }

    /// East Asian Width W and F (Unicode Standard Annex 11), and the emoji that are shown as such by themselves.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
            0x1AFF0...0x1B2FF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
