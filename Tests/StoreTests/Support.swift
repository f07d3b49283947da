import Glibc
import Reactor
import Store

let start = Timestamp(milliseconds: 1_767_225_600_000)
let day = Duration.seconds(86_400)

/// A directory that is gone at the end.
func withDirectory<Result>(
    _ body: (String) async throws -> Result
) async throws -> Result {
    var template = [CChar]("/tmp/narrowbridge-store-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw SystemError.last("mkdtemp") }
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        for name in ["narrowbridge.db", "narrowbridge.db-wal", "narrowbridge.db-shm", "lock", "moved.db"] {
            unsafe _ = unlink(directory + "/" + name)
        }
        unsafe _ = rmdir(directory)
    }
    return try await body(directory)
}

/// An open store in a directory of its own.
func withStore<Result: Sendable>(
    maximumBytes: Int64? = nil, _ body: (Store, String) async throws -> Result
) async throws -> Result {
    try await withDirectory { directory in
        let store = try Store(directory: directory, maximumBytes: maximumBytes)
        let result = try await body(store, directory)
        await store.close()
        return result
    }
}

func uplink(
    _ sequence: Int64, of module: Int32 = 1, id: String? = nil, priority: Priority = .normal,
    payload: [UInt8] = [1, 2, 3], at acceptedAt: Timestamp = start
) -> UplinkRecord {
    UplinkRecord(
        sequence: sequence, module: module, id: [UInt8]((id ?? "made-\(sequence)").utf8), idGiven: id != nil,
        payload: payload, priority: priority, acceptedAt: acceptedAt, expiresAt: acceptedAt + day)
}

func downlink(_ sequence: Int64, of module: Int32 = 1) -> DownlinkRecord {
    DownlinkRecord(
        sequence: sequence, module: module, kind: "write", target: "3303/0/5700", id: [0x64], payload: [0, 255],
        receivedAt: start)
}

func text(_ string: String) -> [UInt8] { [UInt8](string.utf8) }

func contents(of path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else { throw SystemError.last("open \(path)") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

func write(_ bytes: [UInt8], to path: String, at offset: Int = 0) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o644)
    guard descriptor >= 0 else { throw SystemError.last("open \(path)") }
    defer { close(descriptor) }
    guard unsafe pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else {
        throw SystemError.last("write \(path)")
    }
}

func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
