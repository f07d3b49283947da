import Glibc
import Reactor
import Serial
import Testing

@Suite struct OpeningTests {
    @Test(arguments: [300, 9600, 57600, 115_200, 460_800, 921_600, 4_000_000])
    func `the line is raw at the rate that was asked for`(baud: Int) async throws {
        try await withSerialWorld { world in
            let terminal = try await world.makeTerminal()
            // Opened before: afterwards only root may look.
            let descriptor = unsafe open(terminal.path, O_RDONLY | O_NOCTTY | O_CLOEXEC)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            _ = try await world.open(terminal.path, baud: baud)
            var settings = termios()
            #expect(unsafe tcgetattr(descriptor, &settings) == 0)
            var expected = termios()
            unsafe cfsetspeed(&expected, speed_t(baud))
            #expect(unsafe cfgetospeed(&settings) == cfgetospeed(&expected))
            #expect(settings.c_lflag & tcflag_t(ECHO | ICANON | ISIG) == 0)
            #expect(settings.c_iflag & tcflag_t(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP) == 0)
            #expect(settings.c_oflag & tcflag_t(OPOST) == 0)
            #expect(settings.c_cflag & tcflag_t(CSIZE | PARENB | CSTOPB | CLOCAL) == tcflag_t(CS8 | CLOCAL))
        }
    }

    @Test(arguments: [0, -1, 13, 1234, 115_201])
    func `a rate that no line has is refused`(baud: Int) async throws {
        try await withSerialWorld { world in
            let terminal = try await world.makeTerminal()
            await #expect(throws: PortError.unsupportedBaud(baud)) { try await world.open(terminal.path, baud: baud) }
        }
    }

    @Test(arguments: [
        ("/dev/no-such-line", PortError.noSuchDevice(path: "/dev/no-such-line")),
        ("/dev/null/line", .noSuchDevice(path: "/dev/null/line")),
        ("/dev/null", .notATerminal(path: "/dev/null")),
        ("/tmp", .notATerminal(path: "/tmp")),
    ])
    func `what cannot be opened is named`(path: String, error: PortError) async throws {
        try await withSerialWorld { world in
            await #expect(throws: error) { try await world.open(path) }
            #expect("\(error)".contains(path))
        }
    }

    @Test(arguments: [
        (PortError.notPermitted(path: "/dev/ttyUSB0", group: "dialout"), "the group dialout"),
        (.inUse(path: "/dev/ttyUSB0"), "in use by another program"),
        (.refused(host: "gateway", port: 2000), "refuses"),
        (.hungUp, "hung up"),
    ])
    func `an error says what can be done`(error: PortError, words: String) {
        #expect("\(error)".contains(words))
    }

    @Test func `fifteen hundred lines are open at once`() async throws {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let count = 1500
        try #require(limit.rlim_cur > 3 * count + 100, "this system allows too few descriptors")
        try await withSerialWorld { world in
            var lines: [(host: any Port, hostInbox: Inbox, module: Inbox)] = []
            for _ in 0..<count {
                let (host, module) = (Inbox(), Inbox())
                let terminal = try await world.makeTerminal()
                _ = try await world.openFarEnd(terminal.index, module)
                lines.append((try await world.open(terminal.path, host), host, module))
            }
            for (index, line) in lines.enumerated() { await world.write("AT+\(index)\r", to: line.host) }
            for (index, line) in lines.enumerated() {
                let expected = "AT+\(index)\r"
                #expect(await line.module.text(expected.utf8.count) == expected)
            }
        }
    }
}
