import Platforms

/// What the registries of OMA and IPSO call the objects and resources that such modules usually have.
enum HubResourceNames {
    private static let objects: [UInt16: String] = [
        3200: "Digital input", 3201: "Digital output", 3202: "Analog input", 3203: "Analog output",
        3300: "Sensor", 3301: "Illuminance", 3302: "Presence", 3303: "Temperature", 3304: "Humidity",
        3305: "Power measurement", 3306: "Actuation", 3308: "Set point", 3310: "Load control", 3311: "Light",
        3312: "Power control", 3313: "Accelerometer", 3314: "Magnetometer", 3315: "Barometer", 3316: "Voltage",
        3317: "Current", 3318: "Frequency", 3319: "Depth", 3320: "Percentage", 3321: "Altitude", 3322: "Load",
        3323: "Pressure", 3324: "Loudness", 3325: "Concentration", 3328: "Power", 3330: "Distance", 3331: "Energy",
        3336: "Location", 3338: "Buzzer", 3340: "Timer", 3342: "Switch", 3347: "Push button",
    ]

    private static let resources: [UInt16: String] = [
        5500: "input state", 5501: "input counter", 5550: "output state", 5600: "input value", 5601: "lowest value",
        5602: "highest value", 5603: "range from", 5604: "range to", 5650: "output value", 5700: "value",
        5701: "unit", 5702: "X value", 5703: "Y value", 5704: "Z value", 5750: "application type",
        5800: "active power", 5805: "active energy", 5820: "power factor", 5850: "on", 5851: "dimmer", 5852: "on time",
        5900: "set point",
    ]

    /// Numbers below 2048 mean something else in each object.
    static func object(_ id: UInt16) -> String? { objects[id] }
    static func resource(_ id: UInt16, of object: UInt16) -> String? { resources[id] }

    /// Units as SenML writes them (RFC 8428), where the hub writes them otherwise.
    private static let units = ["Cel": "°C", "%RH": "%", "m3": "m³", "m2": "m²", "count": "", "/": ""]

    private static let measured: Set<UInt16> = [5600, 5601, 5602, 5603, 5604, 5650, 5700, 5702, 5703, 5704, 5900]

    /// As the configuration gives it in resource 5701 beside the value.
    static func unit(of resource: ResourceDescription, in object: ObjectDescription) -> String? {
        guard measured.contains(resource.id),
            case .string(let unit)? = object.resources.first(where: { $0.id == 5701 })?.value
        else { return nil }
        let shown = units[unit] ?? unit
        return shown.isEmpty ? nil : shown
    }
}
