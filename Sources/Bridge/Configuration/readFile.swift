import Glibc
import Reactor

/// A whole file that a person wrote: never more than the limit, so that a wrong path costs nothing.
func readFile(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .last("open \(path)") }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = unsafe read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .last("read \(path)") }
        guard count > 0 else { return content }
        content.append(contentsOf: chunk.prefix(count))
        guard content.count <= limit else { throw SystemError(code: EFBIG, operation: "read \(path)") }
    }
}

/// The name of this machine; empty if it has none.
func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
