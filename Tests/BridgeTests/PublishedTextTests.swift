import AT
import MQTT
import Platforms
import Reactor
import Store
import Testing

@testable import Bridge

/// The exact bytes of what is published.
@Suite struct PublishedTextTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private let error = PlatformError(code: 951, name: "N", text: "no \"connection\"", source: .module)

    @Test func `an outcome`() {
        #expect(
            text(Outcome(id: "a\"b", state: .accepted, time: start).json)
                == #"{"id":"a\"b","state":"accepted","time":"2026-01-01T00:00:00.000Z","attempts":0,"error":null}"#)
        #expect(
            text(Outcome(id: "1", state: .failed, time: start + .milliseconds(7), attempts: 3, error: error).json)
                == #"{"id":"1","state":"failed","time":"2026-01-01T00:00:00.007Z","attempts":3,"error":{"code":951,"name":"N","text":"no \"connection\"","source":"module"}}"#
        )
        let states = [Outcome.State.accepted, .sent, .delivered, .failed, .expired, .rejected]
        #expect(states.map(\.rawValue) == ["accepted", "sent", "delivered", "failed", "expired", "rejected"])
    }

    @Test(arguments: [(PlatformError.Source.module, "module"), (.cloud, "cloud"), (.bridge, "bridge")])
    func `an error without a code says null`(source: PlatformError.Source, name: String) {
        let error = PlatformError(name: "n", text: "t", source: source)
        let json = text(Outcome(id: "1", state: .rejected, time: start, error: error).json)
        #expect(json.hasSuffix(#""error":{"code":null,"name":"n","text":"t","source":"\#(name)"}}"#))
    }

    @Test func `a status of which nothing is known`() {
        #expect(
            text(Status(platform: "ctwing", since: start).json(now: start))
                == #"{"state":"offline","since":"2026-01-01T00:00:00.000Z","platform":"ctwing","registration":null,"#
                + #""network":{"attached":null,"ip":null,"rssi_dbm":null},"sleep":null,"#
                + #""identity":{"model":null,"revision":null,"imei":null,"imsi":null,"iccid":null},"#
                + #""queue":{"waiting":0,"in_flight":0,"limit":0,"oldest_seconds":null},"#
                + #""counters":{"accepted":0,"sent":0,"delivered":0,"failed":0,"expired":0,"rejected":0,"#
                + #""downlinks":0,"dropped_by_module":0},"error":null,"retry_at":null}"#)
    }

    @Test func `a status of which all is known`() {
        var status = Status(platform: "ctwing", since: start)
        status.state = .asleep
        status.registration = .registeredAndObserved
        status.network = NetworkStatus(attached: true, ip: "10.0.0.7", rssi: -71)
        status.isAsleep = true
        status.identity = Identity(model: "BC260Y-CN", revision: "R", imei: "86", imsi: "46", iccid: "89")
        status.queue = .init(waiting: 3, inFlight: 1, limit: 10_000, oldest: start)
        status.counters = .init(
            accepted: 10, sent: 9, delivered: 2, failed: 3, expired: 4, rejected: 5, downlinks: 6, droppedByModule: 7)
        status.error = error
        status.retryAt = start + .seconds(60)
        #expect(
            text(status.json(now: start + .milliseconds(4999)))
                == #"{"state":"asleep","since":"2026-01-01T00:00:00.000Z","platform":"ctwing","#
                + #""registration":"registered_and_observed","#
                + #""network":{"attached":true,"ip":"10.0.0.7","rssi_dbm":-71},"sleep":"asleep","#
                + #""identity":{"model":"BC260Y-CN","revision":"R","imei":"86","imsi":"46","iccid":"89"},"#
                + #""queue":{"waiting":3,"in_flight":1,"limit":10000,"oldest_seconds":4},"#
                + #""counters":{"accepted":10,"sent":9,"delivered":2,"failed":3,"expired":4,"rejected":5,"#
                + #""downlinks":6,"dropped_by_module":7},"#
                + #""error":{"code":951,"name":"N","text":"no \"connection\"","source":"module"},"#
                + #""retry_at":"2026-01-01T00:01:00.000Z"}"#)
    }

    @Test func `a clock that was set back gives no negative age`() {
        var status = Status(platform: "none", since: start)
        status.queue.oldest = start + .seconds(9)
        #expect(text(status.json(now: start)).contains(#""oldest_seconds":0"#))
    }

    @Test func `the states of a module`() {
        let states: [Status.State] = [
            .offline, .starting, .attaching, .registering, .ready, .asleep, .updating, .stopped, .failed,
        ]
        #expect(
            states.map(\.rawValue) == [
                "offline", "starting", "attaching", "registering", "ready", "asleep", "updating", "stopped", "failed",
            ])
    }

    @Test func `firmware through an update`() {
        var firmware = Firmware()
        #expect(
            text(firmware.json)
                == #"{"state":"idle","method":null,"progress":null,"bytes":null,"installed_version":null,"#
                + #""previous_version":null,"error":null,"started_at":null,"updated_at":null}"#)
        firmware.installedVersion = "A01"
        firmware.apply(.downloadStarted, at: start)
        firmware.apply(.downloading(bytes: 51_200, percent: nil), at: start + .seconds(1))
        #expect(
            text(firmware.json)
                == #"{"state":"downloading","method":"platform","progress":null,"bytes":51200,"#
                + #""installed_version":"A01","previous_version":null,"error":null,"#
                + #""started_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:01.000Z"}"#)
        #expect(firmware.isRunning)
        firmware.apply(.downloading(bytes: nil, percent: 37), at: start + .seconds(1))
        #expect(firmware.progress == 37 && firmware.bytes == 51_200)
        firmware.apply(.downloaded, at: start + .seconds(2))
        #expect(firmware.state == .downloaded && firmware.isRunning)
        firmware.apply(.updateStarted, at: start + .seconds(3))
        firmware.apply(.updating(percent: 50), at: start + .seconds(4))
        #expect(firmware.state == .updating && firmware.progress == 50 && firmware.isRunning)
        firmware.apply(.ended, at: start + .seconds(5))
        // What it has installed is known when it has restarted.
        #expect(firmware.state == .updating && firmware.progress == 100 && firmware.isRunning)
        #expect(firmware.resolve(revision: "A02", hasRestarted: true, at: start + .seconds(5)) == .resolved)
        #expect(firmware.state == .succeeded && firmware.progress == 100 && !firmware.isRunning)
        #expect(firmware.installedVersion == "A02" && firmware.previousVersion == "A01")
        #expect(firmware.startedAt == start && firmware.updatedAt == start + .seconds(5))
    }

    @Test(arguments: [true, false]) func `firmware that failed, and another try`(whileLoading: Bool) {
        let failure: FirmwareReport = whileLoading ? .downloadFailed(error) : .updateFailed(error)
        var firmware = Firmware()
        firmware.apply(.downloading(bytes: 9, percent: 9), at: start)
        firmware.apply(failure, at: start)
        #expect(firmware.state == .failed && firmware.error == error && !firmware.isRunning)
        firmware.apply(.downloadStarted, at: start + .seconds(1))
        #expect(firmware.error == nil && firmware.bytes == nil && firmware.progress == nil)
        #expect(firmware.startedAt == start + .seconds(1))
    }

    @Test func `the names of states and methods`() {
        let states: [Firmware.State] = [.idle, .downloading, .downloaded, .updating, .succeeded, .failed]
        #expect(states.map(\.rawValue) == ["idle", "downloading", "downloaded", "updating", "succeeded", "failed"])
        let methods: [Firmware.Method] = [.platform, .http, .local, .file]
        #expect(methods.map(\.rawValue) == ["platform", "http", "local", "file"])
    }

    @Test(
        arguments: [
            ([0x68, 0x69], #""hex":"6869","text":"hi""#), ([0xFF, 0x41], #""hex":"ff41","text":null"#),
            ([], #""hex":"","text":"""#), ([0xC3, 0xA9, 0x0A, 0x00], #""hex":"c3a90a00","text":"é\n\u0000""#),
            // Half a character, and one that is longer than it must be.
            ([0xC3], #""hex":"c3","text":null"#), ([0xC0, 0x80], #""hex":"c080","text":null"#),
        ] as [([UInt8], String)])
    func `a downlink, as bytes and as JSON`(payload: [UInt8], members: String) {
        let record = DownlinkRecord(
            sequence: 7, module: 1, kind: "data", id: Array("id7".utf8), payload: payload, receivedAt: start)
        let parcel = DownlinkMessages.parcel(of: record, topics: Topics(base: "b").module("m"))
        #expect(parcel.sequence == 7)
        #expect(parcel.messages.map(\.topic) == ["b/m/down", "b/m/down/json"])
        #expect(parcel.messages[0].payload == payload)
        #expect(
            text(parcel.messages[1].payload)
                == #"{"id":"id7",\#(members),"received_at":"2026-01-01T00:00:00.000Z"}"#)
        #expect(parcel.messages.allSatisfy { !$0.retain })
    }

    @Test func `an outcome goes to who asked for it too`() {
        #expect(
            OutcomeMessages.make([1], topic: "t", reply: nil) == [OutboundMessage(topic: "t", payload: [1])])
        let messages = OutcomeMessages.make([1], topic: "t", reply: ReplyTo(topic: "r", correlation: [9]))
        #expect(messages.map(\.topic) == ["t", "r"])
        #expect(messages[0].properties == nil && messages[1].properties?.correlationData == [9])
        #expect(OutcomeMessages.make([1], topic: "t", reply: ReplyTo(topic: "r")).count == 2)
    }
}
