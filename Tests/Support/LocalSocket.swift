import Glibc
package import Reactor

/// TCP on 127.0.0.1, blocking, for peers that a test plays itself. The caller closes the descriptors.
package enum LocalSocket {
    /// A port on which nothing listens, below those that the kernel gives to connections: between this answer and its
    /// use no connection of another test can take it.
    ///
    /// Nor is it given to another test, of this process or another one that runs beside it: the datagram port of the
    /// same number is held, as a token, until the process ends.
    package static func freePort() throws(SystemError) -> Int {
        while true {
            let port = Int.random(in: 15_000..<32_000)
            let token = try make(SOCK_DGRAM)
            guard unsafe with(port: port, { unsafe bind(token, $0, $1) }) == 0 else {
                close(token)
                continue
            }
            let descriptor = try make()
            defer { close(descriptor) }
            if unsafe with(port: port, { unsafe bind(descriptor, $0, $1) }) == 0 { return port }
            close(token)
        }
    }

    package static func listen(port: Int) throws(SystemError) -> Int32 {
        let descriptor = try make()
        try unsafe check(with(port: port) { unsafe bind(descriptor, $0, $1) }, "bind")
        try check(Glibc.listen(descriptor, 16), "listen")
        return descriptor
    }

    package static func connect(port: Int) throws(SystemError) -> Int32 {
        let descriptor = try make()
        try unsafe check(with(port: port) { unsafe Glibc.connect(descriptor, $0, $1) }, "connect")
        return descriptor
    }

    private static func make(_ type: __socket_type = SOCK_STREAM) throws(SystemError) -> Int32 {
        let descriptor = socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try check(descriptor, "socket")
        return descriptor
    }

    private static func check(_ result: Int32, _ operation: String) throws(SystemError) {
        if result < 0 { throw .last(operation) }
    }

    private static func with(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
