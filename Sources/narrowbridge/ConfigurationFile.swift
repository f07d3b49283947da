import Bridge
import Glibc

/// Finds and reads the configuration that `--config` names, or the usual one.
enum ConfigurationFile {
    static func path(_ arguments: inout Arguments) throws(Failure) -> String {
        if let path = try arguments.option("--config") { return path }
        return ["/etc/narrowbridge/bridge.conf", "./bridge.conf"].first { unsafe access($0, R_OK) == 0 }
            ?? "/etc/narrowbridge/bridge.conf"
    }

    static func read(_ path: String) throws(Failure) -> Configuration {
        do throws(ConfigurationErrors) {
            return try Configuration.load(path: path)
        } catch {
            throw Failure(.wrongConfiguration, "the configuration is wrong\n\(error)")
        }
    }
}
