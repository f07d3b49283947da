package import Reactor

/// A port that shows what passes, line by line, and passes it on unchanged.
///
/// Unchecked: what it gathers belongs to the reactor's thread, like the port below it.
package final class TracingPort: Port, @unchecked Sendable {
    package enum Direction: Sendable { case written, received }

    /// What passed: without its line end, with control bytes and others beyond ASCII escaped.
    package struct Line: Sendable, Equatable {
        package let direction: Direction
        package let time: Timestamp
        package let text: String
    }

    private let trace: Trace
    private let port: any Port

    private init(port: any Port, trace: Trace) {
        self.port = port
        self.trace = trace
    }

    /// Opens a port with what the closure makes of the handlers it is given, and traces it.
    ///
    /// `redact` may replace a line that holds a secret. It is asked for received lines too: a module that echoes
    /// repeats the secret.
    package static func open(
        handlers: PortHandlers, time: any TimeSource,
        redact: @escaping @Sendable (String) -> String = { $0 },
        sink: @escaping @Sendable (Line) -> Void,
        opening open: (PortHandlers) async throws(PortError) -> any Port
    ) async throws(PortError) -> TracingPort {
        let trace = Trace { direction, text in
            sink(Line(direction: direction, time: time.timestamp, text: redact(text)))
        }
        let traced = PortHandlers(
            received: { bytes in
                unsafe trace.received(bytes)
                unsafe handlers.received(bytes)
            },
            closed: { error in
                trace.finish()
                handlers.closed(error)
            },
            inbox: handlers.inbox)
        return TracingPort(port: try await open(traced), trace: trace)
    }

    package func write(_ bytes: [UInt8]) {
        trace.written(bytes)
        port.write(bytes)
    }

    package func close() {
        trace.finish()
        port.close()
    }
}

/// Cuts what passes into lines. Belongs to the reactor's thread.
private final class Trace: @unchecked Sendable {
    /// Longer than any line of a module.
    private static let limit = 8192
    private let emit: (TracingPort.Direction, String) -> Void
    private var partial: [UInt8] = []

    init(emit: @escaping (TracingPort.Direction, String) -> Void) { self.emit = emit }

    func received(_ bytes: UnsafeRawBufferPointer) {
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            if byte == 0x0D || byte == 0x0A || partial.count == Self.limit { finish() }
            if byte != 0x0D, byte != 0x0A { partial.append(byte) }
        }
    }

    /// A write is whole: what a command's CR does not end was data for a prompt.
    func written(_ bytes: [UInt8]) {
        finish()
        for line in bytes.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) { emit(.written, Self.escaped(line)) }
    }

    /// Shows a line that has no end yet, such as a prompt.
    func finish() {
        guard !partial.isEmpty else { return }
        emit(.received, Self.escaped(partial[...]))
        partial.removeAll(keepingCapacity: true)
    }

    private static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): text += [byte, byte]
            case 0x20..<0x7F: text.append(byte)
            default: text += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
