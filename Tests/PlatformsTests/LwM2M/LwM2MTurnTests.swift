import AT
import Platforms
import Testing

/// Procedures that must not be mixed wait for each other.
@Suite @MainActor struct LwM2MTurnTests {
    @Test func `turns go round in the order of their coming`() async throws {
        let turn = LwM2MTurn()
        let channel = OpenChannel()
        #expect(try await turn.take(on: channel, atMost: .seconds(1)))
        var order: [Int] = []
        var tasks: [Task<Void, any Error>] = []
        for number in 1...3 {
            tasks.append(
                Task { @MainActor in
                    guard try await turn.take(on: channel, atMost: .seconds(1)) else { return }
                    order.append(number)
                    await Task.yield()
                    turn.pass()
                })
            for _ in 0..<5 { await Task.yield() }
        }
        #expect(order.isEmpty)
        turn.pass()
        for task in tasks { try await task.value }
        #expect(order == [1, 2, 3])
        #expect(try await turn.take(on: channel, atMost: .seconds(1)))
    }

    @Test func `one that waits in vain leaves, and is not handed the turn later`() async throws {
        let turn = LwM2MTurn()
        let channel = OpenChannel()
        #expect(try await turn.take(on: channel, atMost: .seconds(1)))
        let waiting = Task { @MainActor in try await turn.take(on: channel, atMost: .seconds(1)) }
        for _ in 0..<5 { await Task.yield() }
        channel.endWaits()
        #expect(try await !waiting.value)
        turn.pass()
        #expect(try await turn.take(on: channel, atMost: .seconds(1)))
    }

    /// Parts of one report with another's in between would be one wrong report.
    @Test func `the parts of two reports are not mixed`() async throws {
        let objects = [
            ObjectDescription(
                id: 3311, resources: [5850, 5851].map { ResourceDescription(id: $0, kind: .integer) })
        ]
        let channel = OpenChannel()
        let resources = ResourceModel(objects: objects)
        let session = LwM2MSession(
            options: .init(service: .cuDMP, host: "h", port: 1, lifetime: 300), resources: resources, channel: channel)
        channel.session = session
        channel.heard = { $0.hasPrefix("AT+QLANOTIFY") ? ["+QLANOTIFY: 0"] : [] }
        _ = session.understand("+QLAREG: 0")
        resources.observe(ObjectPath(object: 3311, instance: 0), messageID: 1)
        let readings = [UInt16(5850), 5851].map {
            ResourceReading(ResourcePath(object: 3311, instance: 0, resource: $0), .integer(1))
        }
        let sending = Task { @MainActor in
            try await session.send(UplinkData(payload: [], readings: readings, confirm: false, rai: 0)) {}
        }
        while channel.commands.isEmpty { await Task.yield() }
        let request = CloudRequest(messageID: 2, path: ObjectPath(object: 3311, instance: 0), action: .observe)
        let result = try await session.answer(request, with: RequestAnswer(.content, readings: readings))
        #expect(result == .taken)
        #expect(try await sending.value == .taken)
        #expect(
            channel.commands == [
                "AT+QLANOTIFY=3311,0,5850,3,2,1,1,0", "AT+QLANOTIFY=3311,0,5851,3,2,1,0,0",
                "AT+QLANOTIFY=3311,0,5850,3,2,1,0,0", "AT+QLANOTIFY=3311,0,5851,3,2,1,0,0",
            ])
    }
}
