import Glibc
import Reactor

/// Runs the body with a module on a reactor of its own, and takes both away afterwards.
package func withVirtualModule<T: Sendable>(
    _ options: ModuleOptions = ModuleOptions(), path: String? = nil,
    _ body: (VirtualModule) async throws -> T
) async throws -> T {
    let path = path ?? temporaryPath()
    return try await withVirtualModules([(options, path)]) { try await body($0[0]) }
}

/// The same with any number of modules, which share the reactor.
package func withVirtualModules<T: Sendable>(
    _ modules: [(options: ModuleOptions, path: String)],
    _ body: ([VirtualModule]) async throws -> T
) async throws -> T {
    let reactor = Reactor(name: "virtual")
    defer { reactor.stop() }
    var started: [VirtualModule] = []
    let result: Result<T, any Error>
    do {
        for (options, path) in modules {
            let module = try VirtualModule(options: options, path: path, reactor: reactor)
            started.append(module)
            try await module.start()
        }
        result = .success(try await body(started))
    } catch {
        result = .failure(error)
    }
    for module in started { await module.stop() }
    return try result.get()
}

/// A path that nothing uses.
package func temporaryPath() -> String {
    "/tmp/virtual-module-\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
}
