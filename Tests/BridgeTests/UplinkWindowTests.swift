import Bridge
import Store
import Testing

/// A module's queue as it should be, a disk that lags behind it, and the window in front of both.
private struct QueueModel {
    enum Unwritten {
        case arrival(UplinkRecord)
        case attempted(UplinkRecord)
        case end(Int64)
    }

    var random: SeededNumbers
    var window = UplinkWindow()
    /// What waits, in sending order.
    var queue: [UplinkRecord] = []
    var inFlight: UplinkRecord?
    var disk: [UplinkRecord] = []
    var unwritten: [Unwritten] = []
    /// Refills that have begun, and how much must be on disk before each reads. More than one when the window was
    /// invalidated meanwhile.
    var refills: [(request: UplinkWindow.Request, missing: Int)] = []
    var lastSequence: Int64 = 0
    var ended: [Int64] = []

    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<32: accept()
        case 32..<58: sendHead()
        case 58..<72: finish()
        case 72..<76: expireAny()
        case 76..<86: write(Int.random(in: 0...8, using: &random))
        case 86..<91: if window.isLow { beginRefill() }
        case 91..<96: endRefill()
        case 96..<98: cancelRefill()
        default: changeByHand()
        }
        check()
    }

    mutating func accept() {
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            lastSequence += 1
            let uplink = uplink(lastSequence, Int.random(in: 0..<4, using: &random) == 0 ? .high : .normal)
            enqueue(uplink)
            unwritten.append(.arrival(uplink))
            window.insert(uplink)
        }
    }

    private mutating func enqueue(_ uplink: UplinkRecord) {
        queue.insert(uplink, at: queue.firstIndex { uplink.place < $0.place } ?? queue.endIndex)
    }

    mutating func sendHead() {
        guard inFlight == nil, let head = window.first else { return }
        hold(window.remove(sequence: head.sequence)?.sequence == head.sequence)
        queue.removeAll { $0.sequence == head.sequence }
        inFlight = head
    }

    mutating func finish() {
        guard var uplink = inFlight else { return }
        inFlight = nil
        if Int.random(in: 0..<3, using: &random) == 0 {
            uplink.attempts += 1
            enqueue(uplink)
            window.insert(uplink)
            unwritten.append(.attempted(uplink))
        } else {
            end(uplink.sequence)
        }
    }

    mutating func expireAny() {
        guard let uplink = queue.randomElement(using: &random) else { return }
        queue.removeAll { $0.sequence == uplink.sequence }
        _ = window.remove(sequence: uplink.sequence)
        end(uplink.sequence)
    }

    private mutating func end(_ sequence: Int64) {
        ended.append(sequence)
        unwritten.append(.end(sequence))
    }

    /// A person drops one that is on disk; the window is told when everything is there.
    mutating func changeByHand() {
        write(unwritten.count)
        let waiting = Set(queue.map(\.sequence))
        if let dropped = disk.filter({ waiting.contains($0.sequence) }).randomElement(using: &random) {
            disk.removeAll { $0.sequence == dropped.sequence }
            queue.removeAll { $0.sequence == dropped.sequence }
            ended.append(dropped.sequence)
        }
        window.invalidate()
    }

    mutating func write(_ count: Int) {
        for change in unwritten.prefix(count) {
            switch change {
            case .arrival(let uplink): disk.append(uplink)
            case .attempted(let uplink):
                if let place = disk.firstIndex(where: { $0.sequence == uplink.sequence }) { disk[place] = uplink }
            case .end(let sequence): disk.removeAll { $0.sequence == sequence }
            }
        }
        let written = min(count, unwritten.count)
        unwritten.removeFirst(written)
        for index in refills.indices { refills[index].missing = max(0, refills[index].missing - written) }
    }

    mutating func beginRefill() {
        refills.append((window.beginRefill(inFlight: inFlight?.sequence), unwritten.count))
    }

    private mutating func takeRefill() -> (request: UplinkWindow.Request, missing: Int)? {
        refills.isEmpty ? nil : refills.remove(at: Int.random(in: 0..<refills.count, using: &random))
    }

    mutating func endRefill() {
        guard let refill = takeRefill() else { return }
        write(refill.missing)
        let page = disk.sorted { $0.place < $1.place }.filter { uplink in
            refill.request.after.map { $0 < uplink.place } ?? true
        }
        // Between the answer and its arrival something may happen.
        if Bool.random(using: &random) { accept() }
        if Bool.random(using: &random) { finish() }
        if Bool.random(using: &random) { sendHead() }
        window.endRefill(refill.request, Array(page.prefix(refill.request.limit)))
    }

    mutating func cancelRefill() {
        if let refill = takeRefill() { window.cancelRefill(refill.request) }
    }

    /// Cheaper than an expectation, of which there would be a hundred thousand.
    private func hold(_ condition: Bool, line: Int = #line) {
        if !condition { Issue.record("line \(line) does not hold") }
    }

    func check() {
        if let first = window.first {
            hold(first == queue.first)
        } else {
            hold(queue.isEmpty || window.needsRefill)
        }
        if window.isEmpty { #expect(queue.isEmpty) }
        hold(window.needsRefill == (window.first == nil && window.hasMoreInStore))
        // Nobody waits for a refill that nobody has begun.
        hold(!window.needsRefill || window.isLow || !refills.isEmpty)
    }

    /// Sends everything that is left; every uplink must come, once and in order.
    mutating func drain() {
        while !refills.isEmpty { endRefill() }
        if let uplink = inFlight {
            inFlight = nil
            end(uplink.sequence)
        }
        while !window.isEmpty {
            if window.isLow {
                beginRefill()
                while !refills.isEmpty { endRefill() }
                if let uplink = inFlight {
                    inFlight = nil
                    end(uplink.sequence)
                }
                check()
            }
            guard let head = window.first else { continue }
            hold(head == queue.first)
            _ = window.remove(sequence: head.sequence)
            if !queue.isEmpty { queue.removeFirst() }
            end(head.sequence)
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
        window.invalidate()
        let request = window.beginRefill(inFlight: 1)
        var first = uplink(1)
        for attempts in 1...2 {
            first.attempts = attempts
            window.insert(first)
            #expect(window.remove(sequence: 1) == nil)
        }
        window.insert(first)
        window.endRefill(request, [uplink(1), uplink(2)])
        #expect(window.first == first)
        #expect(window.remove(sequence: 1) != nil && window.first?.sequence == 2)
    }

    @Test func `more is fetched in time, behind the last one and without the one on the line`() {
        var window = UplinkWindow()
        for sequence in 1...100 { window.insert(uplink(Int64(sequence))) }
        var sent = 0
        while !window.isLow {
            sent += 1
            #expect(window.remove(sequence: Int64(sent)) != nil)
        }
        #expect(window.first != nil)
        // The one on the line was overtaken by nothing but urgent ones.
        let request = window.beginRefill(inFlight: Int64(sent))
        #expect(!window.isLow)
        #expect(request.after == uplink(32).place)
        let page = (33..<33 + Int64(request.limit)).map { uplink($0) }
        window.endRefill(request, page)
        while let first = window.first {
            sent += 1
            #expect(first.sequence == Int64(sent))
            _ = window.remove(sequence: first.sequence)
        }
        #expect(sent == 32 + request.limit && window.needsRefill)
    }

    @Test func `an answer from before a change by hand is not believed`() {
        var window = UplinkWindow()
        window.invalidate()
        let old = window.beginRefill()
        window.invalidate()
        let new = window.beginRefill()
        window.endRefill(old, [uplink(1)])
        #expect(window.first == nil && window.needsRefill)
        window.cancelRefill(old)
        #expect(!window.isLow)
        window.endRefill(new, [uplink(2)])
        #expect(window.first?.sequence == 2 && !window.hasMoreInStore)
    }
}
