import CMicroHTTPD
import Glibc

/// One request from its first line to its end. Unchecked: belongs to its server's thread.
@safe final class Exchange: @unchecked Sendable {
    var request: HTTPRequest
    var response: HTTPResponse?
    var sent = 0

    // Of a server that may answer later.
    var isAsked = false
    var bodyIsTooLong = false
    /// The library's connection, while it is to be woken by the answer.
    var suspended: OpaquePointer?

    init(_ connection: OpaquePointer, method: UnsafePointer<CChar>, path: UnsafePointer<CChar>) {
        request = unsafe HTTPRequest(
            method: String(cString: method), path: String(cString: path), peer: peer(connection),
            headers: headers(connection))
    }

    /// The exchange that the library keeps for a request; nil at the request's first call, in which it begins.
    static func known(
        by context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ connection: OpaquePointer,
        method: UnsafePointer<CChar>?, path: UnsafePointer<CChar>?
    ) -> Exchange? {
        guard let context = unsafe context, let method = unsafe method, let path = unsafe path else { return nil }
        if let begun = unsafe context.pointee { return unsafe Unmanaged.fromOpaque(begun).takeUnretainedValue() }
        let exchange = unsafe Exchange(connection, method: method, path: path)
        unsafe context.pointee = Unmanaged.passRetained(exchange).toOpaque()
        return nil
    }

    /// Hands the answer to the library.
    func queue(_ response: HTTPResponse, on connection: OpaquePointer) -> MHD_Result {
        let made: OpaquePointer?
        switch response.body {
        case .bytes(let bytes):
            unsafe made = bytes.withUnsafeBytes {
                unsafe MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), cmhd_copied)
            }
        case .file(let file, let range):
            let reading = unsafe Unmanaged.passRetained(Reading(file, range, self)).toOpaque()
            unsafe made = MHD_create_response_from_callback(
                UInt64(range.count), 65_536, readCallback, reading,
                { reading in
                    guard let reading = unsafe reading else { return }
                    unsafe Unmanaged<Reading>.fromOpaque(reading).release()
                })
        case .stream(let stream):
            unsafe stream.open(connection)
            let source = unsafe Unmanaged.passRetained(stream).toOpaque()
            unsafe made = MHD_create_response_from_callback(
                cmhd_size_unknown, 16_384, streamCallback, source,
                { stream in
                    guard let stream = unsafe stream else { return }
                    unsafe Unmanaged<ResponseStream>.fromOpaque(stream).release()
                })
        }
        guard let made = unsafe made else { return cmhd_no }
        defer { unsafe MHD_destroy_response(made) }
        for header in response.headers { unsafe MHD_add_response_header(made, header.name, header.value) }
        return unsafe MHD_queue_response(connection, UInt32(response.status), made)
    }
}

/// A file's part on its way; freed by the library.
private final class Reading {
    let file: OpenFile
    let range: Range<Int>
    let exchange: Exchange

    init(_ file: OpenFile, _ range: Range<Int>, _ exchange: Exchange) {
        self.file = file
        self.range = range
        self.exchange = exchange
    }
}

// MARK: What the library calls, on its server's thread

private let readCallback: MHD_ContentReaderCallback = { reading, position, buffer, most in
    let end = Int(-1)
    guard let reading = unsafe reading, let buffer = unsafe buffer else { return end }
    let part = unsafe Unmanaged<Reading>.fromOpaque(reading).takeUnretainedValue()
    let count = unsafe part.file.read(
        into: UnsafeMutableRawPointer(buffer), at: part.range.lowerBound + Int(position),
        count: min(Int(most), part.range.count - Int(position)))
    // What has become shorter meanwhile cannot be sent as announced: the connection ends.
    guard count > 0 else { return -2 }
    part.exchange.sent = Int(position)
    return count
}

private let streamCallback: MHD_ContentReaderCallback = { stream, _, buffer, most in
    guard let stream = unsafe stream, let buffer = unsafe buffer else { return -2 }
    return unsafe Unmanaged<ResponseStream>.fromOpaque(stream).takeUnretainedValue()
        .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(most)))
}

private func headers(_ connection: OpaquePointer) -> [String: String] {
    final class Collected { var headers: [String: String] = [:] }
    let collected = Collected()
    unsafe MHD_get_connection_values(
        connection, cmhd_header,
        { collected, _, name, value in
            guard let collected = unsafe collected, let name = unsafe name, let value = unsafe value else {
                return cmhd_yes
            }
            unsafe Unmanaged<Collected>.fromOpaque(collected).takeUnretainedValue()
                .headers[String(cString: name)] = String(cString: value)
            return cmhd_yes
        }, Unmanaged.passUnretained(collected).toOpaque())
    return collected.headers
}

private func peer(_ connection: OpaquePointer) -> String {
    guard let address = unsafe cmhd_peer(connection) else { return "" }
    let size =
        unsafe address.pointee.sa_family == sa_family_t(AF_INET6)
        ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var text = [CChar](repeating: 0, count: 64)
    guard unsafe getnameinfo(address, socklen_t(size), &text, 64, nil, 0, NI_NUMERICHOST) == 0 else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
