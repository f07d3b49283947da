package import Reactor

/// Opens lines.
package enum Ports {
    /// How long a serial server may take to accept.
    package static let connectLimit = Duration.seconds(10)

    /// Opens a line for this program alone: raw bytes, eight bits, no parity, one stop bit, no flow control. To be
    /// called on the reactor.
    ///
    /// Nothing is flushed: what the kernel still holds may be a message that arrived before a crash, and is received
    /// like everything else.
    package static func open(
        _ endpoint: Endpoint, baud: Int, on reactor: Reactor, connector: WorkerThread, handlers: PortHandlers
    ) async throws(PortError) -> any Port {
        let descriptor: Int32
        let kind: DescriptorPort.Kind
        switch endpoint {
        case .device(let path):
            descriptor = try SerialDevice.open(path, baud: baud)
            kind = .terminal
        case .tcp(let host, let port):
            descriptor = try await Connection.open(
                host: host, port: port, within: connectLimit, on: reactor, connector: connector)
            kind = .socket
        }
        do {
            return try DescriptorPort(adopting: descriptor, kind: kind, on: reactor, handlers: handlers)
        } catch {
            closeDescriptor(descriptor)
            throw .system(error)
        }
    }
}
