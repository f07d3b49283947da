import Platforms
import Testing

/// What a module offers its cloud, and which requests the bridge answers by itself.
@Suite struct ResourceModelTests {
    private static let temperature = ResourcePath(object: 3303, instance: 0, resource: 5700)
    private static let unit = ResourcePath(object: 3303, instance: 0, resource: 5701)
    private static let reset = ResourcePath(object: 3303, instance: 0, resource: 5605)
    private static let other = ResourcePath(object: 3303, instance: 1, resource: 5700)

    private func make() -> ResourceModel {
        ResourceModel(objects: [
            ObjectDescription(
                id: 3303, instance: 0,
                resources: [
                    ResourceDescription(id: 5700, kind: .float),
                    ResourceDescription(id: 5701, kind: .string, value: .string("Cel")),
                    ResourceDescription(id: 5605, kind: .executable),
                ]),
            ObjectDescription(id: 3303, instance: 1, resources: [ResourceDescription(id: 5700, kind: .float)]),
        ])
    }

    private func respond(
        _ model: ResourceModel, _ path: String, _ action: CloudRequest.Action
    ) throws -> RequestAnswer? {
        model.respond(to: CloudRequest(messageID: 7, path: try #require(ObjectPath(path)), action: action))
    }

    @Test(arguments: [
        ("3303", "3303"), ("3303/0", "3303/0"), ("3303/0/5700", "3303/0/5700"), ("03303", nil), ("3303/", nil),
        ("3303/-1", nil), ("70000/0", nil), ("", nil), ("1/2/3/4", nil), ("+1/2", nil),
    ])
    func `a path has one spelling`(_ text: String, _ shown: String?) {
        #expect(ObjectPath(text)?.description == shown)
    }

    @Test func `minus one means all`() {
        #expect(ObjectPath(object: 3303, instance: -1, resource: -1) == ObjectPath("3303"))
        #expect(ObjectPath(object: 3303, instance: 0, resource: -1) == ObjectPath("3303/0"))
        #expect(ObjectPath(object: 3303, instance: 0, resource: 70_000) == nil)
        #expect(ObjectPath("3303")?.covers(Self.other) == true)
        #expect(ObjectPath("3303/0")?.covers(Self.other) == false)
    }

    @Test func `a read is answered with what is known, and by a client if nothing is`() throws {
        let model = make()
        #expect(try respond(model, "3303/0/5700", .read) == nil)
        #expect(
            try respond(model, "3303/0", .read)
                == RequestAnswer(.content, readings: [ResourceReading(Self.unit, .string("Cel"))]))
        model.set(.float(25.6), at: Self.temperature)
        #expect(try respond(model, "3303", .read)?.readings.map(\.path) == [Self.temperature, Self.unit])
        #expect(try respond(model, "3303/0/5605", .read) == RequestAnswer(.methodNotAllowed))
        #expect(try respond(model, "3304", .read) == RequestAnswer(.notFound))
        #expect(try respond(model, "3303/0/1", .read) == RequestAnswer(.notFound))
    }

    @Test func `a write becomes current as a whole or not at all`() throws {
        let model = make()
        var changes: [ResourceModel.Change] = []
        model.changed = { changes.append($0) }
        let good = WrittenValue(Self.unit, Array("Far".utf8), .bytes)
        let bad = WrittenValue(Self.temperature, Array("warm!".utf8), .bytes)
        #expect(try respond(model, "3303/0", .write([good, bad])) == RequestAnswer(.badRequest))
        #expect(model.value(of: Self.unit) == .string("Cel"))
        #expect(changes == [])
        #expect(try respond(model, "3303/0", .write([good]))?.code == .changed)
        #expect(model.value(of: Self.unit) == .string("Far"))
        #expect(changes == [.value(Self.unit)])
        let command = WrittenValue(Self.reset, [1], .bytes)
        #expect(try respond(model, "3303/0/5605", .write([command])) == RequestAnswer(.methodNotAllowed))
        let nothing = WrittenValue(ResourcePath(object: 3303, instance: 0, resource: 9), [1], .bytes)
        #expect(try respond(model, "3303/0", .write([nothing])) == RequestAnswer(.notFound))
    }

    @Test func `an execute is a client's matter`() throws {
        let model = make()
        #expect(try respond(model, "3303/0/5605", .execute(arguments: "now")) == nil)
        #expect(try respond(model, "3303/0/5700", .execute(arguments: nil)) == RequestAnswer(.methodNotAllowed))
        #expect(try respond(model, "3303/9/5605", .execute(arguments: nil)) == RequestAnswer(.notFound))
    }

    @Test func `the narrowest observation counts, until it is cancelled or forgotten`() throws {
        let model = make()
        #expect(model.observation(of: Self.temperature) == nil)
        model.observe(try #require(ObjectPath("3303")), messageID: 1)
        #expect(try respond(model, "3303/0", .observe)?.readings == [ResourceReading(Self.unit, .string("Cel"))])
        #expect(model.observation(of: Self.temperature)?.messageID == 7)
        #expect(model.observation(of: Self.other)?.messageID == 1)
        #expect(try respond(model, "3303/0", .cancelObserve)?.code == .content)
        #expect(model.observation(of: Self.temperature)?.messageID == 1)
        model.forgetObservations()
        #expect(model.observation(of: Self.temperature) == nil)
        #expect(try respond(model, "3303/0/5605", .observe) == RequestAnswer(.methodNotAllowed))
    }

    @Test func `a discover names the resources`() throws {
        #expect(try respond(make(), "3303/0", .discover)?.resources == [5700, 5701, 5605])
    }

    @Test func `attributes are kept, the narrowest last, one by one`() throws {
        let model = make()
        #expect(try respond(model, "3303", .writeAttributes("pmin=2;pmax=190"))?.code == .changed)
        #expect(try respond(model, "3303/0/5700", .writeAttributes("pmin=10;gt=100.0"))?.code == .changed)
        let attributes = model.attributes(of: Self.temperature)
        #expect(attributes.shortest == 10)
        #expect(attributes.longest == 190)
        #expect(attributes.above == 100)
        #expect(model.attributes(of: Self.other).shortest == 2)
        #expect(try respond(model, "3303", .writeAttributes("pmin=soon")) == RequestAnswer(.badRequest))
    }

    @Test func `an attribute that is named without a value is taken back`() throws {
        let model = make()
        let path = try #require(ObjectPath("3303/0/5700"))
        #expect(try respond(model, "3303/0/5700", .writeAttributes("pmin=10;gt=100;st=2"))?.code == .changed)
        #expect(try respond(model, "3303/0/5700", .writeAttributes("gt;pmin=5"))?.code == .changed)
        #expect(model.attributes[path]?.text == "pmin=5;st=2")
        #expect(try respond(model, "3303/0/5700", .writeAttributes("st&pmin"))?.code == .changed)
        #expect(model.attributes.isEmpty)
        for text in ["", ";", "gt=", "color"] {
            #expect(try respond(model, "3303/0/5700", .writeAttributes(text)) == RequestAnswer(.badRequest))
        }
    }

    @Test func `what was kept is taken over where it still fits`() throws {
        let model = make()
        let path = try #require(ObjectPath("3303/0"))
        let gone = try #require(ObjectPath("3400"))
        model.restore(
            values: [
                ResourceReading(Self.temperature, .float(1)), ResourceReading(Self.unit, .integer(1)),
                ResourceReading(ResourcePath(object: 1, instance: 2, resource: 3), .integer(1)),
            ],
            observations: [.init(path: path, messageID: 5), .init(path: gone, messageID: 6)],
            attributes: [path: try #require(NotificationAttributes("st=2"))])
        #expect(model.value(of: Self.temperature) == .float(1))
        #expect(model.value(of: Self.unit) == .string("Cel"))
        #expect(model.observations.keys.map(\.description) == ["3303/0"])
        #expect(model.attributes(of: Self.unit).step == 2)
    }

    // MARK: When a change is worth a report

    @Test(arguments: [
        ("pmin=1", 1.0, 1.0, true), ("gt=30", 25, 29, false), ("gt=30", 25, 31, true), ("gt=30", 31, 35, false),
        ("gt=30", 31, 29, true), ("lt=10", 12, 11, false), ("lt=10", 12, 9, true), ("lt=10", 9, 12, true),
        ("st=0.5", 20, 20.4, false), ("st=0.5", 20, 20.5, true), ("st=0.5;gt=30", 29.9, 30.1, true),
    ])
    func `limits and steps decide`(_ text: String, _ before: Double, _ after: Double, _ wanted: Bool) throws {
        let attributes = try #require(NotificationAttributes(text))
        #expect(attributes.wants(.float(after), after: .float(before)) == wanted)
        #expect(attributes.wants(.string("x"), after: .string("x")))
        #expect(attributes.wants(.float(after), after: nil))
    }

    @Test(arguments: [
        "", "pmin", "pmin=", "pmin=-1", "color=1", "pmin=1;x", "pmin=nan", "pmax=1e30", "pmin=4294967296",
    ])
    func `attributes that are none are refused`(_ text: String) {
        #expect(NotificationAttributes(text) == nil)
    }

    @Test func `attributes are written as they are read`() throws {
        let text = "pmin=2;pmax=190;gt=100;lt=1;st=0.2"
        #expect(try #require(NotificationAttributes(text)).text == text)
    }
}
