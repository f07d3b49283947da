import Glibc
package import Reactor

/// A socket that listens, for a server to take over.
package enum ListeningSocket {
    /// The host is an address, or `localhost`. Port 0 is any that is free.
    package static func open(host: String, port: UInt16) throws(SystemError) -> Int32 {
        var wanted = unsafe addrinfo()
        unsafe wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let fault = unsafe getaddrinfo(host, String(port), &wanted, &found)
        guard fault == 0, let first = unsafe found else {
            throw SystemError(code: EADDRNOTAVAIL, operation: "listen on \(host):\(port)")
        }
        defer { unsafe freeaddrinfo(first) }
        let info = unsafe first.pointee
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = unsafe socket(info.ai_family, type, 0)
        guard descriptor >= 0 else { throw .last("listen on \(host):\(port)") }
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, listen(descriptor, 64) == 0 else {
            let error = SystemError.last("listen on \(host):\(port)")
            close(descriptor)
            throw error
        }
        return descriptor
    }
}
