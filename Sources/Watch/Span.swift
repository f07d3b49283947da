/// A piece of a line in one style. What is in a line has gone through `DisplayText`.
package struct Span: Sendable, Equatable {
    package enum Style: Sendable, Equatable {
        case plain, faint, strong, heading, good, busy, sleeping, bad, chosen
    }

    package let text: String
    package let style: Style

    package init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// One line of the screen.
package struct Row: Sendable, Equatable {
    package var spans: [Span]
    /// The whole line is marked.
    package var isChosen: Bool

    package init(_ spans: [Span] = [], isChosen: Bool = false) {
        self.spans = spans
        self.isChosen = isChosen
    }

    package init(_ text: String, _ style: Span.Style = .plain) { self.init([Span(text, style)]) }

    /// Without its styles.
    package var text: String { spans.map(\.text).joined() }

    /// With the escape sequences of a terminal that has colours, or none.
    package func rendered(coloured: Bool) -> String {
        guard coloured else { return text }
        return spans.map { span in
            let codes = (isChosen ? [Span.Style.chosen.code] : []) + [span.style.code]
            let code = codes.filter { !$0.isEmpty }.joined(separator: ";")
            return code.isEmpty ? span.text : "\u{1B}[\(code)m\(span.text)\u{1B}[0m"
        }.joined()
    }
}

extension Span.Style {
    /// Colours of the terminal's own palette, which its user finds readable on light and dark.
    fileprivate var code: String {
        switch self {
        case .plain: ""
        case .faint: "2"
        case .strong: "1"
        case .heading: "1;4"
        case .good: "32"
        case .busy: "33"
        case .sleeping: "34"
        case .bad: "1;31"
        case .chosen: "7"
        }
    }
}
