/// What `B/M/firmware` shows: the newest that is on disk, whenever and in whatever order that is told.
struct ShownFirmware {
    struct Edition: Sendable {
        fileprivate var number: Int
        fileprivate var json: [UInt8]
    }

    private(set) var json: [UInt8]?
    private var shown = 0
    private var last = 0

    /// What the disk holds from before.
    init(_ json: [UInt8]? = nil) { self.json = json }

    /// On its way to the disk.
    mutating func next(_ json: [UInt8]) -> Edition {
        last += 1
        return Edition(number: last, json: json)
    }

    /// It is on disk. False if something newer is.
    mutating func save(_ edition: Edition) -> Bool {
        guard edition.number > shown else { return false }
        shown = edition.number
        json = edition.json
        return true
    }
}
