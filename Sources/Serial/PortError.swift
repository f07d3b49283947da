package import Reactor

/// Why a line could not be opened, or why it is gone. Each description is a sentence a person can act on.
package indirect enum PortError: Error, Equatable, CustomStringConvertible {
    case noSuchDevice(path: String)
    case notPermitted(path: String, group: String?)
    case inUse(path: String)
    case notATerminal(path: String)
    case unsupportedBaud(Int)
    /// The driver took the settings without a complaint and kept others.
    case settingsRefused(path: String, kept: String)
    case unknownHost(host: String, reason: String)
    case refused(host: String, port: Int)
    case timedOut(host: String, port: Int)
    case unreachable(host: String, port: Int, reason: String)
    /// The cable was pulled, the device or the connection is gone.
    case hungUp
    case cancelled
    case system(SystemError)

    package var description: String {
        switch self {
        case .noSuchDevice(let path): "There is no device \(path)."
        case .notPermitted(let path, .some(let group)):
            "This user may not open \(path): it belongs to the group \(group). Add the user to that group."
        case .notPermitted(let path, nil): "This user may not open \(path)."
        case .inUse(let path): "\(path) is in use by another program."
        case .notATerminal(let path): "\(path) is not a serial line."
        case .unsupportedBaud(let baud): "\(baud) baud is not a rate of serial lines."
        case .settingsRefused(let path, let kept): "The driver of \(path) does not take the settings: \(kept)."
        case .unknownHost(let host, let reason): "The host \(host) is not found: \(reason)."
        case .refused(let host, let port): "\(host) refuses connections on port \(port)."
        case .timedOut(let host, let port): "\(host) does not answer on port \(port)."
        case .unreachable(let host, let port, let reason): "\(host) cannot be reached on port \(port): \(reason)."
        case .hungUp: "The line hung up."
        case .cancelled: "Opening the line was cancelled."
        case .system(let error): "\(error)."
        }
    }
}
