import AT
import Testing

@testable import Platforms

/// What the tests of reports have in common.
enum OneNETReporting {
    static func path(_ resource: UInt16, object: UInt16 = 3311) -> ResourcePath {
        ResourcePath(object: object, instance: 0, resource: resource)
    }

    /// 7.8.2, with the resources of this table.
    static let readings = [
        ResourceReading(path(5805), .float(10.24)), ResourceReading(path(5706), .string("Cel")),
        ResourceReading(path(5851), .integer(16)), ResourceReading(path(5850), .boolean(true)),
    ]

    static func report(_ id: Int, ack: Int = 0, rai: Int = 0) -> [String] {
        [
            "AT+MIPLNOTIFY=0,\(id),3311,0,5805,4,4,10.24,3,0,\(ack),0",
            "AT+MIPLNOTIFY=0,\(id),3311,0,5706,1,3,\"Cel\",2,0,\(ack),0",
            "AT+MIPLNOTIFY=0,\(id),3311,0,5851,3,2,16,1,0,\(ack),0",
            "AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0,\(ack),\(rai)",
        ]
    }

    static func send(
        _ world: OneNETWorld, _ readings: [ResourceReading] = [], payload: [UInt8] = [], confirm: Bool = false,
        rai: UInt8 = 0
    ) async throws(SessionFailure) -> (result: SendResult, taken: Int) {
        var taken = 0
        let uplink = UplinkData(payload: payload, readings: readings, confirm: confirm, rai: rai)
        let result = try await world.session.send(uplink) { taken += 1 }
        return (result, taken)
    }

    /// Registered, and the data resource observed with message 11.
    static func observedWorld(_ dataUp: ResourcePath = OneNETWorld.data) async throws -> OneNETWorld {
        let world = try await OneNETWorld.registered(dataUp: dataUp)
        try await world.observe(3200, 0, id: 11)
        return world
    }

    static let hello = Array("hello".utf8)

    static func data(ack: Int = 0, rai: Int = 0) -> String {
        "AT+MIPLNOTIFY=0,11,3200,0,5750,1,5,\"hello\",0,0,\(ack),\(rai)"
    }
}
