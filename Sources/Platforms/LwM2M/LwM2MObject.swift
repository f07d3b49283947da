package import AT

/// An object's instance as QLAADDOBJ names it (BC260Y-CN R01 note, 2.6).
package struct LwM2MObject: Hashable, Sendable {
    /// The module offers these by itself.
    package static let builtIn: Set<UInt16> = [0, 1, 3, 4, 5]
    package static let mostObjects = 3
    package static let mostInstances = 4
    package static let mostResources = 14

    package var id: UInt16
    package var instance: UInt16
    package var resources: [UInt16]

    package init(id: UInt16, instance: UInt16, resources: [UInt16]) {
        self.id = id
        self.instance = instance
        self.resources = resources
    }

    package init(_ object: ObjectDescription) {
        self.init(id: object.id, instance: object.instance, resources: object.resources.map(\.id))
    }

    /// `+QLAADDOBJ: 19,0,4,0,1,2,3`; the result of adding, one number, is none.
    package init?(_ line: Line) {
        var fields = Fields(line)
        var numbers: [UInt16] = []
        while let field = fields.next() {
            guard let number = field.int.flatMap(UInt16.init(exactly:)) else { return nil }
            numbers.append(number)
        }
        guard numbers.count >= 3, numbers.count == 3 + Int(numbers[2]) else { return nil }
        self.init(id: numbers[0], instance: numbers[1], resources: Array(numbers[3...]))
    }

    /// The same whatever the order of the resources.
    fileprivate var shape: [UInt16] { [instance] + resources.sorted() }
}

/// What must be done so that a module offers what is wished, and nothing else.
package struct LwM2MObjectPlan: Equatable, Sendable {
    /// With all their instances.
    package private(set) var deleted: [UInt16] = []
    package private(set) var added: [LwM2MObject] = []
    /// An object that is wished must be deleted first: what the cloud observes of it ends.
    package private(set) var replacesObjects = false

    package init(wished: [LwM2MObject], shown: [LwM2MObject]) {
        let wished = wished.filter { !LwM2MObject.builtIn.contains($0.id) }
        var complete: Set<LwM2MObject> = []
        for id in Self.ids(of: shown) where !LwM2MObject.builtIn.contains(id) {
            let wanted = Dictionary(grouping: wished.filter { $0.id == id }, by: \.shape)
            let there = shown.filter { $0.id == id }.map(\.shape)
            if !wanted.isEmpty, there.allSatisfy({ wanted[$0] != nil }) {
                complete.formUnion(there.flatMap { wanted[$0] ?? [] })
            } else {
                deleted.append(id)
                if !wanted.isEmpty { replacesObjects = true }
            }
        }
        added = wished.filter { !complete.contains($0) }
    }

    /// The note's limits (2.6, remark 1); nil if they are kept.
    package static func fault(of wished: [LwM2MObject]) -> PlatformError? {
        let own = wished.filter { !LwM2MObject.builtIn.contains($0.id) }
        func fault(_ text: String) -> PlatformError {
            PlatformError(name: "too_many_objects", text: text, source: .bridge)
        }
        if ids(of: own).count > LwM2MObject.mostObjects {
            return fault("\(ids(of: own).count) objects are configured; the module takes \(LwM2MObject.mostObjects)")
        }
        for id in ids(of: own) where own.count(where: { $0.id == id }) > LwM2MObject.mostInstances {
            return fault("object \(id) has more than the \(LwM2MObject.mostInstances) instances that the module takes")
        }
        for object in own where object.resources.count > LwM2MObject.mostResources {
            return fault(
                "object \(object.id)/\(object.instance) has \(object.resources.count) resources; "
                    + "the module takes \(LwM2MObject.mostResources)")
        }
        return nil
    }

    private static func ids(of objects: [LwM2MObject]) -> [UInt16] {
        var seen: Set<UInt16> = []
        return objects.map(\.id).filter { seen.insert($0).inserted }
    }
}
