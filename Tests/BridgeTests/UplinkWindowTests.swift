import Bridge
import Store
import Testing

/// A module's queue as it should be, a disk that lags behind it, and the window in front of both.
private struct QueueModel {
    var random: SeededNumbers
    var window = UplinkWindow()
    /// What waits, in sending order.
    var queue: [UplinkRecord] = []
    var inFlight: UplinkRecord?
    var disk: [UplinkRecord] = []
    /// Not yet on disk: arrivals, and ends.
    var unwritten: [(arrival: UplinkRecord?, end: Int64)] = []
    /// A refill that has begun, and how much must be on disk before it reads.
    var refill: Int?
    var lastSequence: Int64 = 0
    var ended: [Int64] = []

    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: accept()
        case 35..<60: sendHead()
        case 60..<72: finish()
        case 72..<76: expireAny()
        case 76..<90: write(Int.random(in: 0...8, using: &random))
        case 90..<96: if refill == nil { beginRefill() } else { endRefill() }
        case 96..<98: if window.needsRefill && refill == nil { beginRefill() }
        default: if refill == nil && inFlight == nil { window.invalidate() }
        }
        check()
    }

    mutating func accept() {
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            lastSequence += 1
            let uplink = uplink(lastSequence, Bool.random(using: &random) ? .high : .normal)
            let place = queue.firstIndex { uplink.place < $0.place } ?? queue.endIndex
            queue.insert(uplink, at: place)
            unwritten.append((uplink, 0))
            window.insert(uplink)
        }
    }

    mutating func sendHead() {
        guard inFlight == nil, let head = window.first else { return }
        hold(window.remove(sequence: head.sequence)?.sequence == head.sequence)
        queue.removeAll { $0.sequence == head.sequence }
        inFlight = head
    }

    mutating func finish() {
        guard let uplink = inFlight else { return }
        inFlight = nil
        if Int.random(in: 0..<3, using: &random) == 0 {
            let place = queue.firstIndex { uplink.place < $0.place } ?? queue.endIndex
            queue.insert(uplink, at: place)
            window.insert(uplink)
        } else {
            ended.append(uplink.sequence)
            unwritten.append((nil, uplink.sequence))
        }
    }

    mutating func expireAny() {
        guard let uplink = queue.randomElement(using: &random) else { return }
        queue.removeAll { $0.sequence == uplink.sequence }
        _ = window.remove(sequence: uplink.sequence)
        ended.append(uplink.sequence)
        unwritten.append((nil, uplink.sequence))
    }

    mutating func write(_ count: Int) {
        for change in unwritten.prefix(count) {
            if let arrival = change.arrival {
                disk.append(arrival)
            } else {
                disk.removeAll { $0.sequence == change.end }
            }
        }
        let written = min(count, unwritten.count)
        unwritten.removeFirst(written)
        refill = refill.map { max(0, $0 - written) }
    }

    mutating func beginRefill() {
        // The serving loop reads while nothing is on the line.
        guard inFlight == nil else { return }
        window.beginRefill()
        refill = unwritten.count
    }

    mutating func endRefill() {
        guard let missing = refill else { return }
        write(missing)
        let head = disk.sorted { $0.place < $1.place }.prefix(UplinkWindow.capacity)
        window.endRefill(Array(head))
        refill = nil
    }

    /// Cheaper than an expectation, of which there would be a hundred thousand.
    private func hold(_ condition: Bool, line: Int = #line) {
        if !condition { Issue.record("line \(line) does not hold") }
    }

    func check() {
        if let first = window.first {
            hold(first.sequence == queue.first?.sequence)
        } else {
            hold(queue.isEmpty || window.needsRefill)
        }
        if window.isEmpty { #expect(queue.isEmpty) }
        hold(window.needsRefill == (window.first == nil && window.hasMoreInStore))
    }

    /// Sends everything that is left; every uplink must come, once and in order.
    mutating func drain() {
        if refill != nil { endRefill() }
        if let uplink = inFlight {
            inFlight = nil
            ended.append(uplink.sequence)
            unwritten.append((nil, uplink.sequence))
        }
        while !window.isEmpty {
            if window.needsRefill {
                beginRefill()
                endRefill()
                check()
            }
            guard let head = window.first else { continue }
            hold(head.sequence == queue.first?.sequence)
            _ = window.remove(sequence: head.sequence)
            if !queue.isEmpty { queue.removeFirst() }
            ended.append(head.sequence)
            unwritten.append((nil, head.sequence))
        }
        hold(queue.isEmpty)
        hold(ended.count == Int(lastSequence) && Set(ended).count == ended.count)
    }
}

@Suite struct UplinkWindowTests {
    @Test(arguments: 0..<100) func `the head is exact, whatever arrives, ends and is read`(seed: Int) {
        var model = QueueModel(random: SeededNumbers(state: UInt64(seed)))
        for _ in 0..<300 { model.step() }
        model.drain()
    }

    @Test func `only the head of a long queue is held`() {
        var window = UplinkWindow()
        for sequence in 1...33 { window.insert(uplink(Int64(sequence))) }
        #expect(window.hasMoreInStore)
        for _ in 1...32 { _ = window.first.flatMap { window.remove(sequence: $0.sequence) } }
        #expect(window.first == nil && window.needsRefill && !window.isEmpty)
    }

    @Test func `a high one goes first, and a normal one that is tried again keeps its place`() {
        var window = UplinkWindow()
        for sequence in 1...3 { window.insert(uplink(Int64(sequence))) }
        window.insert(uplink(4, .high))
        #expect(window.first?.sequence == 4)
        let retried = window.remove(sequence: 1)
        window.insert(uplink(5))
        if let retried { window.insert(retried) }
        _ = window.remove(sequence: 4)
        #expect(window.first?.sequence == 1)
        #expect(window.remove(sequence: 99) == nil)
    }

    @Test func `the oldest is a normal one, as long as there is any`() {
        var window = UplinkWindow()
        #expect(window.oldest == nil)
        window.insert(uplink(1, .high))
        #expect(window.oldest?.sequence == 1)
        window.insert(uplink(2))
        window.insert(uplink(3))
        #expect(window.oldest?.sequence == 2)
    }

    @Test func `an uplink that goes and comes back while the store is read is not lost`() {
        var window = UplinkWindow()
        window.insert(uplink(1))
        window.beginRefill()
        let taken = window.remove(sequence: 1)
        if let taken { window.insert(taken) }
        window.endRefill([uplink(1)])
        #expect(window.first?.sequence == 1)
    }
}
