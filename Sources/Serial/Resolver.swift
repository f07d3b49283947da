import Glibc
import Reactor

/// One address of a host, as `connect` wants it.
struct SocketAddress: Sendable {
    let family: Int32
    private let bytes: [UInt8]

    fileprivate init(_ info: addrinfo) {
        family = unsafe info.ai_family
        bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
    }

    func connect(_ descriptor: Int32) -> Int32 {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let address = unsafe bytes.bindMemory(to: sockaddr.self).baseAddress else { return -1 }
            return unsafe Glibc.connect(descriptor, address, socklen_t(bytes.count))
        }
    }
}

/// Asks the system for a host's addresses, which may take as long as a name server likes: hence on its own thread.
actor Resolver {
    private let worker: WorkerThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe worker.asUnownedSerialExecutor() }

    init(worker: WorkerThread) { self.worker = worker }

    func resolve(host: String, port: Int) throws(PortError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let reason = unsafe code == EAI_SYSTEM ? SystemError.last("").reason : String(cString: gai_strerror(code))
            throw .unknownHost(host: host, reason: reason)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let info = unsafe next {
            unsafe addresses.append(SocketAddress(info.pointee))
            unsafe next = info.pointee.ai_next
        }
        return addresses
    }
}
