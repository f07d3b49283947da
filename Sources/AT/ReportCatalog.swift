/// The known reports and reset banners of a module family; data, not code.
package struct ReportCatalog: Sendable {
    package private(set) var reports: [Report]
    package private(set) var banners: [Banner]
    /// Reports by a hash of their second and third byte, so that a line is compared with a few and not with all.
    private var buckets: [[Int]]
    private(set) var carriesTexts: Bool

    package init(reports: [Report], banners: [Banner]) {
        self.reports = reports
        self.banners = banners
        buckets = Array(repeating: [], count: Self.bucketCount)
        carriesTexts = reports.contains { $0.text != nil }
        for (index, report) in reports.enumerated() {
            if let bucket = Self.bucket(of: report.prefix) {
                buckets[bucket].append(index)
            } else {
                for bucket in buckets.indices { buckets[bucket].append(index) }
            }
        }
    }

    /// The same catalog knowing more; what was there first is asked first.
    package func adding(_ more: [Report], banners moreBanners: [Banner] = []) -> ReportCatalog {
        ReportCatalog(reports: reports + more, banners: banners + moreBanners)
    }
}

extension ReportCatalog {
    private static let bucketCount = 64

    private static func bucket(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 3 else { return nil }
        return (Int(bytes[1]) &* 7 &+ Int(bytes[2])) & (bucketCount - 1)
    }

    /// The report that a line is, by prefix and shape.
    func report(of line: Line) -> Report? {
        guard let bucket = Self.bucket(of: line.bytes) else { return nil }
        for index in buckets[bucket] {
            guard reports[index].fitsPrefix(of: line.bytes) else { continue }
            if let shape = reports[index].shape, !shape(line) { continue }
            return reports[index]
        }
        return nil
    }

    /// How long a line must be at least because of the text in it; nil if there is none.
    func extent(of bytes: [UInt8]) -> Int? {
        guard carriesTexts, let bucket = Self.bucket(of: bytes) else { return nil }
        for index in buckets[bucket] {
            guard let text = reports[index].text, reports[index].fitsPrefix(of: bytes) else { continue }
            if let extent = text.extent(of: bytes) { return extent }
        }
        return nil
    }

    func banner(of bytes: [UInt8]) -> Banner? {
        guard let first = bytes.first, first != Byte.plus else { return nil }
        return banners.first { $0.fits(bytes) }
    }
}
