import Reactor

/// The statements for downlinks, commands, the ledger of retained topics and the journals of modules.
final class OtherWriter {
    private let insertDownlink: Statement
    private let deleteDownlink: Statement
    private let insertCommand: Statement
    private let deleteCommand: Statement
    private let retain: Statement
    private let release: Statement
    private let setJournal: Statement
    private let deleteJournal: Statement

    init(_ connection: Connection) throws(SQLiteError) {
        insertDownlink = try connection.prepare("INSERT INTO downlink VALUES (?1,?2,?3,?4,?5,?6,?7)")
        deleteDownlink = try connection.prepare("DELETE FROM downlink WHERE sequence = ?1")
        insertCommand = try connection.prepare("INSERT INTO command VALUES (?1,?2,?3,?4,?5,?6)")
        deleteCommand = try connection.prepare("DELETE FROM command WHERE sequence = ?1")
        retain = try connection.prepare("INSERT OR IGNORE INTO retained VALUES (?1)")
        release = try connection.prepare("DELETE FROM retained WHERE topic = ?1")
        setJournal = try connection.prepare("INSERT OR REPLACE INTO journal VALUES (?1,?2,?3)")
        deleteJournal = try connection.prepare("DELETE FROM journal WHERE module = ?1 AND key = ?2")
    }

    func write(_ batch: Batch) throws(SQLiteError) {
        for record in batch.received { try insert(record) }
        for sequence in batch.handedOver { try run(deleteDownlink, sequence) }
        for record in batch.ordered { try insert(record) }
        for sequence in batch.carriedOut { try run(deleteCommand, sequence) }
        for entry in batch.ledger { try entry.retained ? run(retain, entry.topic) : run(release, entry.topic) }
        for entry in batch.journal { try write(entry.module, entry.key, entry.value) }
    }

    private func insert(_ record: DownlinkRecord) throws(SQLiteError) {
        try insertDownlink.bind(1, record.sequence)
        try insertDownlink.bind(2, Int64(record.module))
        try insertDownlink.bind(3, text: record.kind)
        try insertDownlink.bind(4, text: record.target)
        try insertDownlink.bind(5, text: record.id)
        try insertDownlink.bind(6, blob: record.payload)
        try insertDownlink.bind(7, record.receivedAt.milliseconds)
        try insertDownlink.run()
    }

    private func insert(_ record: CommandRecord) throws(SQLiteError) {
        try insertCommand.bind(1, record.sequence)
        try insertCommand.bind(2, Int64(record.module))
        try insertCommand.bind(3, text: record.name)
        try insertCommand.bind(4, blob: record.payload)
        try insertCommand.bind(5, reply: record.reply)
        try insertCommand.run()
    }

    private func write(_ module: Int32, _ key: String, _ value: [UInt8]?) throws(SQLiteError) {
        if let value {
            try setJournal.bind(1, Int64(module))
            try setJournal.bind(2, text: key)
            try setJournal.bind(3, blob: value)
            try setJournal.run()
        } else {
            try deleteJournal.bind(1, Int64(module))
            try deleteJournal.bind(2, text: key)
            try deleteJournal.run()
        }
    }

    private func run(_ statement: borrowing Statement, _ sequence: Int64) throws(SQLiteError) {
        try statement.bind(1, sequence)
        try statement.run()
    }

    private func run(_ statement: borrowing Statement, _ topic: String) throws(SQLiteError) {
        try statement.bind(1, text: topic)
        try statement.run()
    }
}
