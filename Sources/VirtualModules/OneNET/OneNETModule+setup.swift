/// The communication suite and its objects: seed 3.3.1 to 3.3.6.
extension OneNETModule {
    var configurationFields: String {
        let it = session.configuration
        return "0,\(it.receivesText ? 1 : 0),\(it.bootstraps ? 1 : 0),\"\(it.address)\",\(it.port),"
            + (it.updatesItself ? "1" : "0")
    }

    /// What is left out keeps its value (seed 3.1.1).
    func configure(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        guard [2, 5, 6].contains(list.list.count) else {
            throw OneNETRefusal(.parameter, "wrong number of parameters")
        }
        var new = session.configuration
        _ = try list.number(0, 0...0, "mode")
        new.receivesText = try list.number(1, 0...1, "recv_data_format") == 1
        if list.list.count > 2 {
            new.bootstraps = try list.number(2, 0...1, "bsMode") == 1
            new.address = String(decoding: try list.string(3, "ip"), as: UTF8.self)
            guard Self.isAddress(new.address) else { throw OneNETRefusal(.parameter, "wrong ip") }
            new.port = try list.number(4, 1...65535, "port")
        }
        if let automatic = try list.numberIfAny(5, 0...1, "auto_update") { new.updatesItself = automatic == 1 }
        // Seed 3.3.1, note 1.
        guard session.suite == nil else { throw OneNETRefusal(.unsupported, "MIPLCONFIG after MIPLCREATE") }
        session.configuration = new
        return .ok
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && $0.first != "+" }
    }

    func create() throws(OneNETRefusal) -> Answer {
        guard session.suite == nil else { throw OneNETRefusal(.unsupported, "MIPLCREATE twice") }
        session.suite = Suite()
        return .ok("+MIPLCREATE: 0")
    }

    func delete(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(1...1)
        try list.reference()
        let suite = try suite()
        guard suite.state == .idle || suite.state == .lost else {
            throw OneNETRefusal(.unsupported, "MIPLDELETE before the end of the registration")
        }
        session.suite = nil
        return .ok
    }

    /// Every command but the first needs it.
    func suite() throws(OneNETRefusal) -> Suite {
        guard let suite = session.suite else { throw OneNETRefusal(.notFound, "no MIPLCREATE before") }
        return suite
    }

    // MARK: Objects

    func addObject(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(6...6)
        try list.reference()
        let number = try list.number(1, OneNETParameters.numbers, "objId")
        let count = try list.number(2, OneNETParameters.numbers, "insCount")
        let bitmap = try list.string(3, "insBitmap")
        let attributes = try list.number(4, OneNETParameters.numbers, "attrCount")
        let actions = try list.number(5, OneNETParameters.numbers, "actCount")
        // Seed 3.3.5, note 2.
        guard bitmap.count == count, bitmap.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }) else {
            throw OneNETRefusal(.parameter, "wrong insBitmap")
        }
        let suite = try suite()
        guard suite.state == .idle || suite.state == .lost else {
            throw OneNETRefusal(.unsupported, "MIPLADDOBJ after MIPLOPEN")
        }
        guard !suite.objects.contains(where: { $0.number == number }) else {
            throw OneNETRefusal(.unsupported, "MIPLADDOBJ twice")
        }
        session.suite?.objects.append(
            Object(
                number: number, instances: bitmap.indices.filter { bitmap[$0] == UInt8(ascii: "1") },
                resourceCount: attributes + actions))
        return .ok
    }

    func deleteObject(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(2...2)
        try list.reference()
        let number = try list.number(1, OneNETParameters.numbers, "objId")
        let suite = try suite()
        guard suite.objects.contains(where: { $0.number == number }) else {
            throw OneNETRefusal(.notFound, "no such object")
        }
        session.suite?.objects.removeAll { $0.number == number }
        session.suite?.observations = suite.observations.filter { $0.value.object != number }
        session.suite?.reports = suite.reports.filter { suite.observations[$0.key]?.object != number }
        return .ok
    }

    func has(_ path: OneNETPath) -> Bool {
        guard let object = session.suite?.objects.first(where: { $0.number == path.object }) else { return false }
        return path.instance.map(object.instances.contains) ?? true
    }
}
