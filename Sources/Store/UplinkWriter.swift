import Reactor

/// The statements of an uplink's life.
final class UplinkWriter {
    private let connection: Connection
    private let insert: Statement
    private let attempt: Statement
    private let moveToOutcome: Statement
    private let correctOutcome: Statement
    private let delete: Statement
    private let insertOutcome: Statement
    private let deleteOutcome: Statement
    private let remember: Statement
    private let noteOutcome: Statement

    /// False as long as no client ever gave an id: nothing needs to be looked for then.
    private var mayRemember: Bool

    init(_ connection: Connection) throws(SQLiteError) {
        self.connection = connection
        insert = try connection.prepare("INSERT INTO uplink VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)")
        attempt = try connection.prepare("UPDATE uplink SET attempts = ?2 WHERE sequence = ?1")
        moveToOutcome = try connection.prepare(
            """
            INSERT INTO outcome SELECT sequence, module, id, ?2, reply_topic, reply_correlation FROM uplink
            WHERE sequence = ?1
            """)
        correctOutcome = try connection.prepare("UPDATE outcome SET outcome = ?2 WHERE sequence = ?1")
        delete = try connection.prepare("DELETE FROM uplink WHERE sequence = ?1")
        insertOutcome = try connection.prepare("INSERT INTO outcome VALUES (?1,?2,?3,?4,?5,?6)")
        deleteOutcome = try connection.prepare("DELETE FROM outcome WHERE sequence = ?1")
        remember = try connection.prepare(
            """
            INSERT INTO remembered VALUES (?1,?2,?3,?4,?5) ON CONFLICT (module, id) DO UPDATE
            SET sequence = excluded.sequence, accepted_at = excluded.accepted_at, outcome = excluded.outcome
            """)
        noteOutcome = try connection.prepare("UPDATE remembered SET outcome = ?2 WHERE sequence = ?1")
        mayRemember = try connection.number("SELECT EXISTS (SELECT 1 FROM remembered)") != 0
    }

    func write(_ uplink: Batch.Uplink) throws(SQLiteError) {
        if let record = uplink.accepted {
            try writeNew(record, uplink)
        } else {
            try writeKnown(uplink)
        }
    }

    private func writeNew(_ record: UplinkRecord, _ uplink: Batch.Uplink) throws(SQLiteError) {
        if record.idGiven { try remember(record, outcome: uplink.lastOutcome) }
        if !uplink.ended {
            try insert(record, attempts: uplink.attempts ?? record.attempts)
        } else if !uplink.published, let outcome = uplink.lastOutcome {
            try insertOutcome(record, outcome)
        }
    }

    private func writeKnown(_ uplink: Batch.Uplink) throws(SQLiteError) {
        let sequence = uplink.sequence
        if let outcome = uplink.lastOutcome {
            if mayRemember { try set(noteOutcome, sequence, outcome) }
            if uplink.ended && !uplink.published { try end(sequence, outcome) }
        }
        if uplink.published {
            if uplink.ended { try run(delete, sequence) }
            try run(deleteOutcome, sequence)
        } else if !uplink.ended, let attempts = uplink.attempts {
            try attempt.bind(1, sequence)
            try attempt.bind(2, Int64(attempts))
            try attempt.run()
        }
    }

    private func end(_ sequence: Int64, _ outcome: [UInt8]) throws(SQLiteError) {
        try set(moveToOutcome, sequence, outcome)
        if connection.changes == 1 {
            try run(delete, sequence)
        } else {
            // Dropped by hand while it was on its way: what really became of it is the better answer.
            try set(correctOutcome, sequence, outcome)
        }
    }

    /// Ends an uplink by hand, if it still waits: an outcome that is there already is not touched.
    func drop(_ sequence: Int64, _ outcome: [UInt8]) throws(SQLiteError) -> Bool {
        try set(moveToOutcome, sequence, outcome)
        guard connection.changes == 1 else { return false }
        if mayRemember { try set(noteOutcome, sequence, outcome) }
        try run(delete, sequence)
        return true
    }

    private func insert(_ record: UplinkRecord, attempts: Int) throws(SQLiteError) {
        try insert.bind(1, record.sequence)
        try insert.bind(2, Int64(record.module))
        try insert.bind(3, Int64(record.priority.rawValue))
        try insert.bind(4, text: record.id)
        try insert.bind(5, record.idGiven ? 1 : 0)
        try insert.bind(6, text: record.target)
        try insert.bind(7, blob: record.payload)
        try insert.bind(8, record.confirm ? 1 : 0)
        try insert.bind(9, Int64(record.rai))
        try insert.bind(10, record.acceptedAt.milliseconds)
        try insert.bind(11, record.expiresAt.milliseconds)
        try insert.bind(12, Int64(attempts))
        try insert.bind(13, reply: record.reply)
        try insert.run()
    }

    private func insertOutcome(_ record: UplinkRecord, _ outcome: [UInt8]) throws(SQLiteError) {
        try insertOutcome.bind(1, record.sequence)
        try insertOutcome.bind(2, Int64(record.module))
        try insertOutcome.bind(3, text: record.id)
        try insertOutcome.bind(4, text: outcome)
        try insertOutcome.bind(5, reply: record.reply)
        try insertOutcome.run()
    }

    private func remember(_ record: UplinkRecord, outcome: [UInt8]?) throws(SQLiteError) {
        mayRemember = true
        try remember.bind(1, record.sequence)
        try remember.bind(2, Int64(record.module))
        try remember.bind(3, text: record.id)
        try remember.bind(4, record.acceptedAt.milliseconds)
        if let outcome { try remember.bind(5, text: outcome) } else { try remember.bindNull(5) }
        try remember.run()
    }

    private func set(_ statement: borrowing Statement, _ sequence: Int64, _ text: [UInt8]) throws(SQLiteError) {
        try statement.bind(1, sequence)
        try statement.bind(2, text: text)
        try statement.run()
    }

    private func run(_ statement: borrowing Statement, _ sequence: Int64) throws(SQLiteError) {
        try statement.bind(1, sequence)
        try statement.run()
    }
}

extension Statement {
    /// Topic and correlation, in two parameters.
    func bind(_ index: Int32, reply: ReplyTo?) throws(SQLiteError) {
        if let reply { try bind(index, text: reply.topic) } else { try bindNull(index) }
        if let correlation = reply?.correlation {
            try bind(index + 1, blob: correlation)
        } else {
            try bindNull(index + 1)
        }
    }

    func reply(_ column: Int32) -> ReplyTo? {
        guard !isNull(column) else { return nil }
        return ReplyTo(topic: string(column), correlation: isNull(column + 1) ? nil : bytes(column + 1))
    }
}
