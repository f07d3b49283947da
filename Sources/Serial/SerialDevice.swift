import CLinux
import Glibc
import Reactor

/// Opens a device of this machine as a raw serial line and proves that the driver took the settings.
enum SerialDevice {
    /// The rates that termios knows.
    static let bauds = [
        300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400, 57600, 115_200, 230_400, 460_800, 500_000, 576_000,
        921_600, 1_000_000, 1_152_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000,
    ]

    static func open(_ path: String, baud: Int) throws(PortError) -> Int32 {
        guard bauds.contains(baud) else { throw .unsupportedBaud(baud) }
        let flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
        let descriptor = unsafe clinux_open(path, flags, 0)
        guard descriptor >= 0 else { throw explain(.last("open \(path)"), path) }
        do throws(PortError) {
            try claim(descriptor, path)
            try setRaw(descriptor, path, baud: baud)
        } catch {
            closeDescriptor(descriptor)
            throw error
        }
        // Adapters gather bytes for 16 ms otherwise. Not every driver can, and none must.
        _ = clinux_set_low_latency(descriptor)
        return descriptor
    }

    /// The lock holds against programs of root, which the exclusive mode does not; the exclusive mode against those
    /// that take no locks.
    private static func claim(_ descriptor: Int32, _ path: String) throws(PortError) {
        guard isatty(descriptor) == 1 else { throw .notATerminal(path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .inUse(path: path) : .system(.last("lock \(path)"))
        }
        // A pseudo-terminal is held open by its other end too, so the mode would outlast us and shut out our next start.
        if isPseudoTerminal(descriptor) { return }
        guard clinux_ioctl_none(descriptor, UInt(TIOCEXCL)) == 0 else { throw .system(.last("claim \(path)")) }
    }

    /// By the kernel's list of devices, 136 to 143 are the major numbers of their hosts' ends.
    private static func isPseudoTerminal(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && (136...143).contains((status.st_rdev >> 8) & 0xfff)
    }

    private static func setRaw(_ descriptor: Int32, _ path: String, baud: Int) throws(PortError) {
        var wanted = termios()
        guard unsafe tcgetattr(descriptor, &wanted) == 0 else { throw .system(.last("read settings of \(path)")) }
        makeRaw(&wanted)
        guard unsafe cfsetspeed(&wanted, speed_t(baud)) == 0 else { throw .unsupportedBaud(baud) }
        guard unsafe tcsetattr(descriptor, TCSANOW, &wanted) == 0 else { throw .system(.last("set up \(path)")) }
        // tcsetattr succeeds when it could set anything at all.
        var kept = termios()
        guard unsafe tcgetattr(descriptor, &kept) == 0 else { throw .system(.last("read settings of \(path)")) }
        if let difference = difference(wanted: &wanted, kept: &kept, baud: baud) {
            throw .settingsRefused(path: path, kept: difference)
        }
    }

    static func makeRaw(_ settings: inout termios) {
        unsafe cfmakeraw(&settings)
        settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
        settings.c_cflag &= ~(tcflag_t(CSTOPB | PARENB) | hardwareFlowControl)
        settings.c_iflag &= ~tcflag_t(IXON | IXOFF | IXANY)
        settings.c_cc.6 = 1  // VMIN: otherwise a read of nothing looks like a hang-up.
        settings.c_cc.5 = 0  // VTIME
    }

    /// CRTSCTS, a macro that is not imported.
    private static let hardwareFlowControl: tcflag_t = 0x8000_0000

    private static func difference(wanted: inout termios, kept: inout termios, baud: Int) -> String? {
        let bits = tcflag_t(CSIZE | CSTOPB | PARENB | CLOCAL | CREAD) | hardwareFlowControl
        if unsafe cfgetospeed(&wanted) != cfgetospeed(&kept) { return "another rate than \(baud) baud" }
        if wanted.c_cflag & bits != kept.c_cflag & bits { return "another frame than 8N1 without flow control" }
        if wanted.c_iflag != kept.c_iflag || wanted.c_oflag != kept.c_oflag || wanted.c_lflag != kept.c_lflag {
            return "bytes are not passed as they are"
        }
        return wanted.c_cc.6 != kept.c_cc.6 || wanted.c_cc.5 != kept.c_cc.5 ? "another read mode" : nil
    }

    private static func explain(_ error: SystemError, _ path: String) -> PortError {
        switch error.code {
        case ENOENT, ENOTDIR, ENXIO, ENODEV, ELOOP: .noSuchDevice(path: path)
        case EACCES, EPERM: .notPermitted(path: path, group: groupThatMay(path))
        case EBUSY: .inUse(path: path)
        case EISDIR: .notATerminal(path: path)
        case EIO: .hungUp
        default: .system(error)
        }
    }

    /// The group whose members may read and write the device.
    private static func groupThatMay(_ path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & 0o060 == 0o060 else { return nil }
        var entry = unsafe group()
        var result: UnsafeMutablePointer<group>?
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
            guard unsafe getgrgid_r(status.st_gid, &entry, buffer.baseAddress, buffer.count, &result) == 0,
                unsafe result != nil, let name = unsafe entry.gr_name
            else { return "number \(status.st_gid)" }
            return unsafe String(cString: name)
        }
    }
}

/// For types whose own `close` hides the system's.
func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
