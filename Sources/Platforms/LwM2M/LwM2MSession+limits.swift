import AT

/// What the module's commands can carry (BC260Y-CN R01 note, 2.8 to 2.13), so that what is more is refused before it is
/// accepted.
extension LwM2MSession {
    /// Why the module's commands cannot carry one of these values: a text that must go as bytes is too long for that.
    package static func fault(of readings: [ResourceReading]) -> PlatformError? {
        for reading in readings {
            do throws(Quoted.Refusal) {
                _ = try ValueParameters(reading.value)
            } catch {
                return PlatformError(
                    name: "bad_value",
                    text: "\(reading.path): \(error) With it at most \(uplinkLimit) bytes are expected.",
                    source: .bridge)
            }
        }
        return nil
    }

    /// As many as the kind of resource takes; of a text that cannot stand between quotes, as many as of bytes.
    package static func uplinkLimit(of payload: [UInt8], as kind: ResourceKind) -> Int {
        guard kind == .string, isQuotable(payload) else { return uplinkLimit }
        return ResourceValue.longestString
    }

    static func isQuotable(_ payload: [UInt8]) -> Bool {
        String(validating: payload, as: UTF8.self).map { (try? Quoted.encode($0)) != nil } ?? false
    }
}
