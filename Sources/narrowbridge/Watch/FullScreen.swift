import Glibc
import Watch

/// The terminal as a whole: another screen than the shell's, keys without Enter, and everything as it was afterwards.
final class FullScreen {
    private var before: termios?
    private var shown: [String] = []
    private let isColoured = unsafe getenv("NO_COLOR") == nil

    /// Rows and columns; what is usual if the terminal does not say.
    var size: (columns: Int, rows: Int) {
        var window = winsize()
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    func enter() {
        var mode = termios()
        if isatty(0) == 1, unsafe tcgetattr(0, &mode) == 0 {
            before = mode
            // Ctrl-C still is a signal; Ctrl-Z would leave a screen behind that nobody draws.
            mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
            unsafe withUnsafeMutableBytes(of: &mode.c_cc) { unsafe $0[Int(VSUSP)] = 0 }
            unsafe _ = tcsetattr(0, TCSANOW, &mode)
        }
        // The other screen, no cursor, no wrapping at the edge.
        Terminal.show("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J")
    }

    func leave() {
        Terminal.show("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        if var mode = before { unsafe _ = tcsetattr(0, TCSAFLUSH, &mode) }
        before = nil
    }

    /// The terminal shows who knows what: the next picture is drawn as a whole.
    func forget() {
        shown = []
        Terminal.show("\u{1B}[2J")
    }

    /// Only lines that have changed are written, all at once.
    func draw(_ rows: [Row]) {
        let lines = rows.map { $0.rendered(coloured: isColoured) }
        var text = ""
        for (index, line) in lines.enumerated() where index >= shown.count || shown[index] != line {
            text += "\u{1B}[\(index + 1);1H\(line)\u{1B}[K"
        }
        shown = lines
        if !text.isEmpty { Terminal.show(text) }
    }
}
