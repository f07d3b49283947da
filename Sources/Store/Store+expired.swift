package import Reactor

/// Uplinks whose time is over, and when the next one's will be.
package struct ExpiredUplinks: Equatable, Sendable {
    package let uplinks: [UplinkRecord]
    package let next: Timestamp?
}

extension Store {
    /// Walks one module's queue, which its limit bounds; asked for only when something is due.
    package func expired(of module: Int32, at moment: Timestamp) throws(StoreError) -> ExpiredUplinks {
        try use { files, _ throws(SQLiteError) in
            let due = try files.connection.prepare(SQL.expiredUplinks)
            try due.bind(1, Int64(module))
            try due.bind(2, moment.milliseconds)
            let next = try files.connection.prepare(SQL.nextExpiry)
            try next.bind(1, Int64(module))
            try next.bind(2, moment.milliseconds)
            let deadlines = try next.all { $0.isNull(0) ? nil : Timestamp(milliseconds: $0.int64(0)) }
            return ExpiredUplinks(uplinks: try due.all { UplinkRecord($0) }, next: deadlines.first ?? nil)
        }
    }
}
