import CLinux
import Glibc

/// Starts a thread that runs the body once and ends. The name is what `top -H` shows, at most 15 bytes.
func spawnThread(name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var thread = pthread_t()
    let start = unsafe Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
    let result = unsafe pthread_create(
        &thread, nil,
        { @Sendable argument in
            guard let argument = unsafe argument else { return nil }
            let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            unsafe clinux_name_thread(start.name)
            start.body()
            return nil
        }, start.toOpaque())
    precondition(result == 0, "cannot start a thread: \(SystemError(code: result, operation: "pthread_create"))")
    pthread_detach(thread)
}
