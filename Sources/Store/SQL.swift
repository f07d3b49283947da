/// Every question by name, so that a test can ask SQLite how it would answer each.
enum SQL {
    static let expiredUplinks = """
        SELECT * FROM uplink WHERE module = ?1 AND expires_at <= ?2 ORDER BY priority, sequence
        """

    static let nextExpiry = "SELECT min(expires_at) FROM uplink WHERE module = ?1 AND expires_at > ?2"

    // One priority at a time: asked for both with `(priority, sequence) > (?, ?)`, SQLite 3.40 uses the index only up
    // to the priority and walks past everything that the last page gave.
    static let uplinks = """
        SELECT * FROM uplink WHERE module = ?1 AND priority = ?2 AND sequence > ?3 ORDER BY sequence LIMIT ?4
        """

    // The inner question walks the small index and touches no payload.
    static let backlog = """
        SELECT queue.module, queue.waiting, uplink.accepted_at
        FROM (SELECT module, count(*) AS waiting, min(sequence) AS first FROM uplink GROUP BY module) AS queue
        JOIN uplink ON uplink.sequence = queue.first
        """

    static let pendingOutcomes = "SELECT * FROM outcome WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"

    static let remembered = "SELECT sequence, accepted_at, outcome FROM remembered WHERE module = ?1 AND id = ?2"

    static let forget = """
        DELETE FROM remembered WHERE sequence IN
        (SELECT sequence FROM remembered WHERE accepted_at < ?1 ORDER BY accepted_at LIMIT ?2)
        """

    static let downlinksOfModule = """
        SELECT * FROM downlink WHERE module = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3
        """

    static let downlinks = "SELECT * FROM downlink WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"

    static let commands = "SELECT * FROM command WHERE sequence > 0 ORDER BY sequence"

    static let retainedTopics = "SELECT topic FROM retained WHERE topic > '' ORDER BY topic"

    static let journal = "SELECT key, value FROM journal WHERE module = ?1 ORDER BY key"

    static let journals = "SELECT module, key, value FROM journal WHERE module > 0 ORDER BY module, key"

    static let modules = "SELECT number, name FROM module WHERE number > 0 ORDER BY number"

    static let module = "SELECT number FROM module WHERE name = ?1"
}
