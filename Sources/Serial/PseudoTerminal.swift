import CLinux
import Glibc
package import Reactor

/// Both ends of a line without hardware. The host opens `path` as it would a device; the far end is a port of ours.
///
/// It can be unplugged and plugged in again under the same path.
package final class PseudoTerminal {
    /// What the host opens: the chosen link, else the terminal's own path.
    package var path: String { link ?? terminalPath }
    private let link: String?
    private let keepsTerminalOpen: Bool
    private var terminalPath = ""
    private var far: FarEnd = .gone
    /// Our own hold on the host's end: without it the far end would see every host that goes as a hang-up.
    private var held: Int32 = -1

    private enum FarEnd {
        case gone
        case descriptor(Int32)
        case port(DescriptorPort)
    }

    package init(link: String? = nil, keepsTerminalOpen: Bool = true) throws(SystemError) {
        self.link = link
        self.keepsTerminalOpen = keepsTerminalOpen
        try plug()
    }

    deinit {
        // A port belongs to the reactor's thread and is closed by its owner.
        if case .descriptor(let descriptor) = far { closeDescriptor(descriptor) }
        if held >= 0 { closeDescriptor(held) }
        removeLink()
    }

    package var isUnplugged: Bool { if case .gone = far { true } else { false } }

    /// The far end as a port, once per plugging in. To be called on the reactor.
    package func open(on reactor: Reactor, handlers: PortHandlers) throws(SystemError) -> DescriptorPort {
        guard case .descriptor(let descriptor) = far else { throw SystemError(code: EBADF, operation: "open far end") }
        let port = try DescriptorPort(adopting: descriptor, kind: .farEnd, on: reactor, handlers: handlers)
        far = .port(port)
        return port
    }

    /// Whether the host has set the line to this rate; bytes at another would arrive as noise.
    package func runs(at baud: Int) -> Bool {
        let descriptor: Int32
        switch far {
        case .gone: return false
        case .descriptor(let own): descriptor = own
        case .port(let port): descriptor = port.descriptor
        }
        var kept = termios()
        var wanted = termios()
        guard unsafe tcgetattr(descriptor, &kept) == 0, unsafe cfsetspeed(&wanted, speed_t(baud)) == 0 else {
            return false
        }
        return unsafe cfgetospeed(&kept) == cfgetospeed(&wanted)
    }

    /// Pulls the cable: the host sees a hang-up and the path is gone.
    package func hangUp() {
        removeLink()
        if held >= 0 { closeDescriptor(held) }
        held = -1
        switch far {
        case .gone: break
        case .descriptor(let descriptor): closeDescriptor(descriptor)
        case .port(let port): port.close()
        }
        far = .gone
    }

    /// Plugs it in again, under the same link.
    package func reopen() throws(SystemError) {
        hangUp()
        try plug()
    }

    // MARK: Plugging

    private func plug() throws(SystemError) {
        var number: Int32 = 0
        let master = unsafe clinux_open_pseudo_terminal(&number)
        guard master >= 0 else { throw .last("make a pseudo-terminal") }
        terminalPath = "/dev/pts/\(number)"
        do throws(SystemError) {
            let terminal = try Self.openRaw(terminalPath)
            do throws(SystemError) { try makeLink() } catch {
                closeDescriptor(terminal)
                throw error
            }
            if keepsTerminalOpen { held = terminal } else { closeDescriptor(terminal) }
        } catch {
            closeDescriptor(master)
            throw error
        }
        far = .descriptor(master)
    }

    /// Raw from the start: a fresh terminal echoes, and would answer the module before a host is there.
    private static func openRaw(_ path: String) throws(SystemError) -> Int32 {
        let terminal = unsafe clinux_open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0)
        guard terminal >= 0 else { throw .last("open \(path)") }
        var settings = termios()
        unsafe tcgetattr(terminal, &settings)
        SerialDevice.makeRaw(&settings)
        unsafe tcsetattr(terminal, TCSANOW, &settings)
        return terminal
    }

    /// Replaces a link that is there in one step: a host never finds one to the terminal of before. Anything else that
    /// is there belongs to somebody, and stays.
    private func makeLink() throws(SystemError) {
        guard let link else { return }
        var status = stat()
        if unsafe lstat(link, &status) == 0, status.st_mode & S_IFMT != S_IFLNK {
            throw SystemError(code: EEXIST, operation: "make link \(link)")
        }
        let fresh = "\(link).\(getpid()).new"
        unsafe unlink(fresh)
        guard unsafe symlink(terminalPath, fresh) == 0, unsafe rename(fresh, link) == 0 else {
            throw .last("make link \(link)")
        }
    }

    private func removeLink() {
        guard let link, PathWatch.target(of: link) == terminalPath else { return }
        unsafe unlink(link)
    }
}
