import Reactor
import Testing

@testable import MQTT

struct `The plan of connections` {
    private static let a = BrokerAddress(host: "a", port: 1)
    private static let b = BrokerAddress(host: "b", port: 1)

    @Test func `delays double from a quarter of a second and end at thirty`() {
        var plan = ConnectionPlan(brokers: [Self.a], choice: .v5)
        #expect(plan.first.delay == .zero)
        let shortest = (0..<12).map { _ in plan.next(after: .unreachable, jitter: 0).delay.inSeconds }
        #expect(shortest == [0.25, 0.5, 1, 2, 4, 8, 15, 15, 15, 15, 15, 15])
        let longest = plan.next(after: .unreachable, jitter: 1).delay
        #expect(longest == .seconds(30))
    }

    @Test func `every broker is tried before the delay grows`() {
        var plan = ConnectionPlan(brokers: [Self.a, Self.b], choice: .v5)
        let steps = (0..<4).map { _ in plan.next(after: .unreachable, jitter: 0) }
        #expect(steps.map(\.broker) == [Self.b, Self.a, Self.b, Self.a])
        #expect(steps.map(\.delay.inSeconds) == [0.25, 0.25, 0.5, 0.5])
    }

    @Test func `after a good connection the same broker is tried first, and soon`() {
        var plan = ConnectionPlan(brokers: [Self.a, Self.b], choice: .v5)
        for _ in 0..<9 { _ = plan.next(after: .unreachable, jitter: 0) }
        let step = plan.next(after: .lost(after: .seconds(60)), jitter: 0)
        #expect(step == ConnectionPlan.Step(broker: Self.b, version: .v5, delay: .milliseconds(250)))
    }

    @Test func `connections that end at once do not reset the delay`() {
        var plan = ConnectionPlan(brokers: [Self.a], choice: .v5)
        let delays = (0..<3).map { _ in plan.next(after: .lost(after: .seconds(1)), jitter: 0).delay.inSeconds }
        #expect(delays == [0.25, 0.5, 1])
    }

    @Test func `a version that has worked is not given up for one silent refusal`() {
        var plan = ConnectionPlan(brokers: [Self.a], choice: .automatic)
        plan.accepted()
        let versions = (0..<3).map { _ in plan.next(after: .unanswered, jitter: 0).version }
        #expect(versions == [.v5, .v5, .v311])
    }

    @Test func `a version that was configured is never changed`() {
        var plan = ConnectionPlan(brokers: [Self.a], choice: .v5)
        let steps = (0..<5).map { _ in plan.next(after: .versionRefused, jitter: 0) }
        #expect(steps.allSatisfy { $0.version == .v5 && $0.delay > .zero })
    }
}

struct `The queue of publishes` {
    private func queue(_ topics: String..., window: Int = 2) -> PublishQueue {
        var queue = PublishQueue(window: window)
        for topic in topics { queue.append(PublishQueue.Entry(message: OutboundMessage(topic: topic, payload: []))) }
        return queue
    }

    /// Hands over what there is room for.
    private func handOver(_ queue: inout PublishQueue, from mid: Int32 = 1) -> [String] {
        var topics: [String] = []
        while let entry = queue.next() {
            queue.handedOver(entry, mid: mid + Int32(topics.count))
            topics.append(entry.message.topic)
        }
        return topics
    }

    @Test func `no more than the window is under way`() {
        var queue = queue("a", "b", "c")
        let first = handOver(&queue)
        #expect(first == ["a", "b"])
        #expect(queue.count == 3)
        let answered = (0..<2).map { _ in queue.answered(mid: 2)?.message.topic }
        #expect(answered == ["b", nil])
        let second = handOver(&queue, from: 3)
        #expect(second == ["c"])
    }

    @Test func `what was under way goes first on the next connection`() {
        var queue = queue("a", "b", "c")
        _ = handOver(&queue)
        let condemned = queue.connectionLost(.elsewhere)
        #expect(condemned == nil)
        let again = handOver(&queue)
        #expect(again == ["a", "b"])
    }

    @Test func `a suspect goes alone until it is answered or condemned`() {
        var queue = queue("a", "b", "c")
        var sent = [handOver(&queue)]
        var condemned: [String?] = []
        for _ in 0..<4 {
            condemned.append(queue.connectionLost(.message)?.message.topic)
            sent.append(handOver(&queue))
        }
        #expect(sent == [["a", "b"], ["a"], ["a"], ["a"], ["b"]])
        #expect(condemned == [nil, nil, nil, "a"])
        _ = queue.answered(mid: 1)
        let last = handOver(&queue)
        #expect(last == ["c"])
    }

    @Test func `what the broker has not read makes suspects, and condemns none`() {
        var queue = queue("a", "b", "c")
        var sent = [handOver(&queue)]
        for _ in 0..<4 {
            let condemned = queue.connectionLost(.unread)
            #expect(condemned == nil)
            sent.append(handOver(&queue))
        }
        #expect(sent == [["a", "b"], ["a"], ["a"], ["a"], ["a"]])
    }

    @Test func `a long queue keeps its order`() {
        var queue = PublishQueue(window: 64)
        var sent: [String] = []
        for number in 0..<5000 {
            queue.append(PublishQueue.Entry(message: OutboundMessage(topic: "\(number)", payload: [])))
            if number % 3 == 0, let entry = queue.next() {
                sent.append(entry.message.topic)
                queue.handedOver(entry, mid: Int32(number))
                _ = queue.answered(mid: Int32(number))
            }
        }
        while let entry = queue.next() { sent.append(entry.message.topic) }
        #expect(sent == (0..<5000).map { "\($0)" })
    }
}

struct `The gate` {
    @Test func `opens when every batch is settled, in any order`() {
        var gate = ReadGate()
        gate.admit(BatchNumber(number: 1), count: 200)
        gate.admit(BatchNumber(number: 2), count: 100)
        #expect(!gate.isOpen)
        #expect(gate.room == 0)
        let second = gate.settle(BatchNumber(number: 2))
        #expect(second)
        #expect(gate.room == 56)
        #expect(!gate.isOpen)
        let first = gate.settle(BatchNumber(number: 1))
        #expect(first)
        #expect(gate.isOpen)
    }

    @Test func `ignores batches of an earlier connection`() {
        var gate = ReadGate()
        let isOurs = gate.settle(BatchNumber(number: 7))
        #expect(!isOurs)
        #expect(gate.isOpen)
        #expect(gate.room == ReadGate.mostUnsettled)
    }
}
