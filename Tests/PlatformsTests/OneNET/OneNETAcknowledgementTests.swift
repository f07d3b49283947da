import AT
import Testing

@testable import Platforms

/// How reports end (3.3.15, 5.7): acknowledged or not, without an answer, refused.
@Suite struct OneNETAcknowledgementTests {
    private typealias Reporting = OneNETReporting

    // MARK: Acknowledgements

    /// The third or the fourth field; with event 25 the message id may stand before it, or alone.
    @Test(arguments: [
        ("26,255", true), ("26,11,255", true), ("26,0,255", true), ("26,255,0", true), ("26,255,7", true),
        ("25,255", false), ("25,11,255", false), ("25,11", false), ("25,11,0", false),
    ])
    func `an acknowledgement is found by its number`(fields: String, isDelivered: Bool) async throws {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(ack: 255), .ok, after: [(.seconds(9), "+MIPLEVENT: 0,\(fields)")])
        let result = try await Reporting.send(world, payload: Reporting.hello, confirm: true).result
        if isDelivered {
            #expect(result == .delivered)
        } else {
            let error = PlatformError(
                code: 25, name: "uplink_not_acknowledged", text: "the platform did not acknowledge the uplink",
                source: .cloud)
            #expect(result == .unacknowledged(error))
        }
        #expect(world.session.maySend)
    }

    @Test(arguments: ["26,254", "25,254", "26,12", "26", "25,12,254", "26,11,254"])
    func `an acknowledgement of another uplink does not count`(fields: String) async throws {
        let world = try await Reporting.observedWorld()
        let began = world.channel.now
        world.channel.script(
            Reporting.data(ack: 255), .ok,
            after: [(.seconds(1), "+MIPLEVENT: 0,\(fields)"), (.seconds(90), "+MIPLEVENT: 0,26,255")])
        #expect(try await Reporting.send(world, payload: Reporting.hello, confirm: true).result == .delivered)
        #expect(world.channel.now >= began + .seconds(90))
    }

    @Test func `an acknowledgement before the OK counts`() async throws {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(ack: 255), .ok, before: ["+MIPLEVENT: 0,26,255"], after: [])
        #expect(try await Reporting.send(world, payload: Reporting.hello, confirm: true).result == .delivered)
    }

    @Test func `without an event the uplink is not acknowledged, and its late event fits no other`() async throws {
        let world = try await Reporting.observedWorld()
        let began = world.channel.now
        world.channel.script(Reporting.data(ack: 255), .ok)
        guard
            case .unacknowledged(let error) = try await Reporting.send(world, payload: Reporting.hello, confirm: true)
                .result
        else {
            Issue.record("it is not acknowledged")
            return
        }
        #expect(error.name == "uplink_not_acknowledged" && error.code == nil)
        #expect(world.channel.now >= began + .seconds(130))
        world.channel.script(
            Reporting.data(ack: 256), .ok,
            after: [(.seconds(1), "+MIPLEVENT: 0,26,255"), (.seconds(2), "+MIPLEVENT: 0,25,256")])
        let second = try await Reporting.send(world, payload: Reporting.hello, confirm: true).result
        #expect(second != .delivered)
    }

    @Test func `ackIds go from 1 to 65535 and never to one that is outstanding`() async throws {
        let world = try await OneNETWorld.registered(dataUp: OneNETWorld.data, firstAckID: 65_535)
        try await world.observe(3200, 0, id: 11)
        // One that somebody waits for, as if it had been there all the time.
        world.session.acknowledgements[1] = Acknowledgement(messageID: 5)
        for id in [65_535, 2, 3] {
            world.channel.script(Reporting.data(ack: id), .ok, after: [(.seconds(1), "+MIPLEVENT: 0,26,\(id)")])
            #expect(try await Reporting.send(world, payload: Reporting.hello, confirm: true).result == .delivered)
            #expect(world.channel.commands.last == Reporting.data(ack: id))
        }
        #expect(Array(world.session.acknowledgements.keys) == [1])
    }

    @Test func `a registration that is lost ends the wait for an acknowledgement`() async throws {
        let world = try await Reporting.observedWorld()
        let began = world.channel.now
        world.channel.script(Reporting.data(ack: 255), .ok, after: [(.seconds(2), "+MIPLEVENT: 0,9")])
        guard
            case .needsRegistration(let error) = try await Reporting.send(
                world, payload: Reporting.hello, confirm: true
            ).result
        else {
            Issue.record("a registration is needed")
            return
        }
        #expect(error.name == "lifetime_expired" && world.channel.now < began + .seconds(5))
    }

    @Test func `a registration that is lost in the middle of a report ends it`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 1)
        world.channel.script(Reporting.report(1)[0], .ok, before: ["+MIPLEVENT: 0,10"], after: [])
        let (result, taken) = try await Reporting.send(world, Reporting.readings)
        guard case .needsRegistration = result else {
            Issue.record("\(result)")
            return
        }
        #expect(world.channel.commands.count == 1 && taken == 0)
    }

    // MARK: Answers that do not come

    @Test func `an unconfirmed report without an answer may or may not have been sent`() async throws {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(), .timedOut)
        let (result, taken) = try await Reporting.send(world, payload: Reporting.hello)
        guard case .unknown(let error) = result else {
            Issue.record("its outcome is not known")
            return
        }
        #expect(error.name == "outcome_unknown" && taken == 0)
        #expect(world.channel.commands == [Reporting.data()])
    }

    @Test(arguments: [(["+MIPLEVENT: 0,26,255"], true), ([], false)])
    func `a confirmed report without an answer is judged by its event`(events: [String], isDelivered: Bool) async throws
    {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(ack: 255), .timedOut, after: events.map { (.seconds(50), $0) })
        let result = try await Reporting.send(world, payload: Reporting.hello, confirm: true).result
        if isDelivered {
            #expect(result == .delivered)
        } else if case .unacknowledged(let error) = result {
            #expect(error.name == "outcome_unknown")
        } else {
            Issue.record("\(result)")
        }
        #expect(world.channel.commands == [Reporting.data(ack: 255)])
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut, .code(100)])
    func `a part that fails fails the whole report, which begins again`(reply: ScriptedChannel.Reply) async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 1)
        let commands = Reporting.report(1)
        for command in commands { world.channel.script(command, .ok) }
        world.channel.script(commands[1], reply, .ok)
        let (result, taken) = try await Reporting.send(world, Reporting.readings)
        guard case .unclear = result else {
            Issue.record("\(result)")
            return
        }
        #expect(taken == 0)
        #expect(try await Reporting.send(world, Reporting.readings).result == .taken)
        #expect(world.channel.commands == Array(commands[...1]) + commands)
    }

    // MARK: Refusals

    @Test(arguments: OneNETErrorTests.table.map(\.code) + [50, 302, 7777])
    func `a refusal has the consequence of its code`(code: Int) async throws {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(), .code(code))
        let (result, taken) = try await Reporting.send(world, payload: Reporting.hello)
        let error = OneNETError.codes[code]
        #expect(taken == 0)
        switch error.remedy {
        case .giveUp: #expect(result == .refused(error.published))
        case .tryLater: #expect(result == .later(error.published))
        case .register:
            #expect(result == .needsRegistration(error.published))
            #expect(!world.session.maySend)
        case .restart, .unknown: #expect(result == .unclear(error.published))
        }
    }

    @Test func `the third refusal in a row that says nothing asks for a new registration`() async throws {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(), .error, .error, .ok, .error, .error, .error)
        for expected in ["unclear", "unclear", "taken", "unclear", "unclear", "registration"] {
            let result = try await Reporting.send(world, payload: Reporting.hello).result
            switch result {
            case .unclear: #expect(expected == "unclear")
            case .taken: #expect(expected == "taken")
            case .needsRegistration: #expect(expected == "registration")
            default: Issue.record("\(result)")
            }
        }
        #expect(!world.session.maySend)
    }

    @Test(arguments: [LineLoss.closed("gone"), .reset("RDY"), .unresponsive])
    func `a lost line is thrown`(loss: LineLoss) async throws {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(ack: 255), .lost(loss))
        let first = await failure(of: { () throws(SessionFailure) in
            _ = try await Reporting.send(world, payload: Reporting.hello, confirm: true)
        })
        #expect(first == .lost(loss))
        #expect(world.session.acknowledgements.isEmpty)
        world.channel.script(Reporting.data(ack: 256), .ok)
        world.channel.lose(loss, after: .seconds(10))
        let second = await failure(of: { () throws(SessionFailure) in
            _ = try await Reporting.send(world, payload: Reporting.hello, confirm: true)
        })
        #expect(second == .lost(loss))
        #expect(world.session.acknowledgements.isEmpty)
    }
}
