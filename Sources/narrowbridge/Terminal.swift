import Glibc
import Reactor
import Synchronization

/// The two ways in which a command speaks to a person.
enum Terminal {
    /// Why something that was to be on standard output is not there; 0 as long as all is.
    private static let fault = Atomic<Int32>(0)

    static func say(_ text: String) { write(1, text + "\n") }
    static func complain(_ text: String) { write(2, text + "\n") }
    static func show(_ text: String) { write(1, text) }
    /// False when nobody reads any more.
    static func offer(_ text: String) -> Bool { write(1, text + "\n") }

    /// What a script must know: the output is not all there. A reader who has seen enough is no fault.
    static var outputFault: SystemError? {
        let code = fault.load(ordering: .relaxed)
        return code == 0 ? nil : SystemError(code: code, operation: "write to standard output")
    }

    @discardableResult
    private static func write(_ descriptor: Int32, _ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
                continue
            }
            let code = errno
            switch code {
            case EINTR: continue
            case EAGAIN:
                // Another program has made what it shares with us non-blocking.
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe _ = poll(&wanted, 1, -1)
            default:
                if descriptor == 1, code != EPIPE { fault.store(code, ordering: .relaxed) }
                return false
            }
        }
        return true
    }
}
