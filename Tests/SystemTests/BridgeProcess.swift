import Glibc
import MQTT
import Reactor
import Synchronization
import TestSupport

/// The program itself, as a process of its own that may be killed.
final class BridgeProcess: Sendable {
    private let configuration: String
    private let disk: SmallDisk?
    private let process = Mutex<ChildProcess?>(nil)

    /// `disk` is where its state is, if that is to be a small one.
    init(configuration: String, disk: SmallDisk? = nil) {
        self.configuration = configuration
        self.disk = disk
    }

    deinit { process.withLock { $0 }?.end(SIGKILL) }

    func start() async throws {
        let plain = [Self.program, "run", "--config", configuration]
        let words = disk?.command(plain) ?? plain
        let started = try await ChildProcess(words[0], Array(words.dropFirst()))
        process.withLock { $0 = started }
    }

    /// Ends it and waits until it is gone, without holding up the other tests' thread.
    @discardableResult
    func end(_ signal: Int32) async throws -> Int32 {
        let ending = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let ending else { return 0 }
        ending.signal(signal)
        return try await ending.exit(limit: .seconds(60))
    }

    func fillDisk() throws { try process.withLock { if let pid = $0?.pid { try disk?.fill(of: pid) } } }

    func emptyDisk() { process.withLock { if let pid = $0?.pid { disk?.empty(of: pid) } } }

    func signal(_ signal: Int32) { process.withLock { $0 }?.signal(signal) }

    var log: String { process.withLock { $0 }?.output.value.text ?? "" }

    /// Built beside the tests.
    static var program: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &path, path.count - 1)
        let tests = String(decoding: path.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let folder = tests.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return "\(folder)/narrowbridge"
    }
}
