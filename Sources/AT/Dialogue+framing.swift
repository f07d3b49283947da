/// The byte grammar:
///
///     stream = { line | prompt | noise }
///     line   = { byte } ( CR LF | LF | CR )      CR alone counts once another byte shows that no LF follows
///     prompt = ">"                               first in a line, only while a command awaits it
///     noise  = NUL | 0xFF                        dropped, except within a text of announced length
///
/// A line whose text announces its length goes on over terminators until the length is met.
extension Dialogue {
    /// A kilobyte of noise is a second at 9600 baud; this is a quarter of it.
    private static let noiseLimit = 256
    private static let discardLimit = 65_536

    package mutating func receive(_ bytes: [UInt8], into events: inout [Event]) {
        unsafe bytes.withUnsafeBytes { unsafe receive($0, into: &events) }
    }

    package mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [Event]) {
        var index = 0
        while index < bytes.count {
            let byte = unsafe bytes[index]
            if byte == Byte.lineFeed {
                lineFeed(into: &events)
            } else if byte == Byte.carriageReturn {
                carriageReturn(into: &events)
            } else if byte.isNoise, !textGoesOn() {
                note(noise: 1, into: &events)
            } else {
                if isHeld {
                    sendsLineFeeds = false
                    finishLine(into: &events)
                }
                if beginsLine, skips(byte, into: &events) {
                    index += 1
                    continue
                }
                let stopsAtPrompt = pending?.awaitsPrompt == true
                var end = index + 1
                while end < bytes.count, unsafe bytes[end].isOrdinary {
                    if stopsAtPrompt, unsafe bytes[end - 1] == Byte.prompt { break }
                    end += 1
                }
                unsafe append(UnsafeRawBufferPointer(rebasing: bytes[index..<end]), into: &events)
                index = end
                continue
            }
            index += 1
        }
    }

    private var beginsLine: Bool { partial.isEmpty && discarding == nil }

    /// Takes what is no part of a line though it stands at its beginning.
    private mutating func skips(_ byte: UInt8, into events: inout [Event]) -> Bool {
        if byte.isBlank { return true }
        return byte == Byte.prompt && takePrompt(into: &events)
    }

    mutating func takePrompt(into events: inout [Event]) -> Bool {
        if let command = pending?.command, let payload = command.payload, pending?.isPayloadSent == false {
            pending?.isPayloadSent = true
            pending?.isEchoed = true
            unprompted = nil
            events.append(.write(payload))
            return true
        }
        guard let payload = unprompted else { return false }
        unprompted = nil
        // Not every module knows ESC, but each knows when it has what was announced. Should it not wait for anything,
        // it must not find a command there.
        events.append(.write(payload.mayBeCommand ? [Byte.escape] : payload))
        events.append(.latePrompt)
        return true
    }

    private mutating func append(_ run: UnsafeRawBufferPointer, into events: inout [Event]) {
        let count = run.count
        if let discarded = discarding {
            discard(discarded + count, into: &events)
        } else if partial.count + count > Self.longestLine {
            let size = partial.count + count
            dropPartial()
            discard(size, into: &events)
        } else {
            unsafe partial.append(contentsOf: run)
            if pending?.awaitsPrompt == true { findGluedPrompt(into: &events) }
        }
    }

    /// A module that echoes without an end of line puts the prompt right behind the command.
    private mutating func findGluedPrompt(into events: inout [Event]) {
        guard partial.last == Byte.prompt, !isOld, let command = pending?.command.bytes,
            partial.count == command.count + 1, partial.holds(command)
        else { return }
        dropPartial()
        _ = takePrompt(into: &events)
    }

    private mutating func carriageReturn(into events: inout [Event]) {
        if discarding != nil {
            endDiscard(into: &events)
        } else if partial.isEmpty || isHeld {
            return
        } else if textGoesOn() {
            appendTerminator(Byte.carriageReturn, into: &events)
        } else {
            isHeld = true
        }
    }

    private mutating func lineFeed(into events: inout [Event]) {
        if discarding != nil {
            endDiscard(into: &events)
        } else if partial.isEmpty {
            return
        } else if textGoesOn() {
            appendTerminator(Byte.lineFeed, into: &events)
        } else {
            if isHeld { sendsLineFeeds = true }
            finishLine(into: &events)
        }
    }

    private mutating func appendTerminator(_ byte: UInt8, into events: inout [Event]) {
        if partial.count < Self.longestLine {
            partial.append(byte)
        } else {
            let size = partial.count + 1
            dropPartial()
            discard(size, into: &events)
        }
    }

    /// Whether the terminator or noise at hand is part of a text that is not complete yet.
    private mutating func textGoesOn() -> Bool {
        // Noise may come in thousands behind a line; it is asked once.
        if extent == 0, partial.count != searched {
            searched = partial.count
            if let announced = catalog.extent(of: partial), announced <= Self.longestLine { extent = announced }
        }
        return partial.count < extent
    }

    private mutating func discard(_ total: Int, into events: inout [Event]) {
        if total >= Self.discardLimit {
            events.append(.discarded(bytes: total))
            discarding = 0
        } else {
            discarding = total
        }
    }

    private mutating func endDiscard(into events: inout [Event]) {
        if let discarded = discarding, discarded > 0 { events.append(.discarded(bytes: discarded)) }
        discarding = nil
        isOld = false
    }

    private mutating func note(noise count: Int, into events: inout [Event]) {
        noise += count
        guard noise >= Self.noiseLimit else { return }
        events.append(.noise(bytes: noise))
        noise = 0
    }

    /// The line is whole: hands it on and makes room for the next.
    mutating func finishLine(into events: inout [Event]) {
        isHeld = false
        while partial.count > extent, let last = partial.last, last.isBlank { partial.removeLast() }
        extent = 0
        if !partial.isEmpty { sort(into: &events) }
        dropPartial()
    }

    private mutating func dropPartial() {
        partial.removeAll(keepingCapacity: true)
        extent = 0
        searched = 0
        isHeld = false
        isOld = false
    }
}

extension [UInt8] {
    /// Whether a module that takes commands would find one in these bytes, once a CR follows.
    fileprivate var mayBeCommand: Bool {
        if contains(Byte.carriageReturn) { return true }
        let start = drop { $0 <= Byte.blank }.prefix(2).map { $0 & 0xDF }
        return start == Array("AT".utf8)
    }
}
