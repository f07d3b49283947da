/// Everything that the China Telecom note (BC260Y-CN R02, version 1.1) defines, and the test that covers it.
enum CTWingSeedCoverage {
    typealias Row = SeedRow

    private static let otherBytes = "every other command is written as the note writes it"
    private static let mixed = "answers are told from the reports among them"
    private static let steps = "a step is understood in every spelling"
    private static let code = "a code has its name, its text and its remedy"
    private static let event = "every event has its name, however it is spelt"
    private static let state = "a state of NMSTATUS is known"
    private static let uplinkStatus = "a value of QLWULDATASTATUS is known"

    static let rows: [Row] = commands + events + reports + codes.map { Row("6", "error \($0)", code) }

    private static let commands = [
        Row("2.3.1", "AT+NCDPOPEN=?", otherBytes),
        Row("2.3.1", "AT+NCDPOPEN=<IP_addr>,<port>", "NCDPOPEN names address, port and key"),
        Row("2.3.1", "AT+NCDPOPEN=<IP_addr>,<port>,<psk>", "NCDPOPEN names address, port and key"),
        Row("2.3.1", "ERROR and +CME ERROR of NCDPOPEN", "a connection that is refused says why"),
        Row(
            "2.3.1", "remark 3: never closed before the result",
            "a connection is never closed before the result of its opening"),
        Row("2.3.1", "remark 4: event 1", "event 1 is explained by the module's status"),
        Row(
            "2.3.1", "remark 5: result within 126 s", "a result that does not come within 130 s is asked for, and found"
        ),
        Row("2.3.1", "remark 5: encrypted, longer", "an encrypted connection may take longer"),
        Row("2.3.2", "AT+NCDPCLOSE", otherBytes),
        Row("2.3.2", "remark: up to 124 s", "an end in the last second is an end"),
        Row("2.3.2", "ERROR and +CME ERROR of NCDPCLOSE", "a module that refuses to close says so"),
        Row("2.3.3", "AT+NMGS=<length>,<data>,<type>", "NMGS has length, digits and type"),
        Row("2.3.3", "length up to 1024", "NMGS takes 1024 bytes"),
        Row("2.3.3", "types 0, 1, 2", "an unconfirmed uplink ends with the module's OK"),
        Row("2.3.3", "types 100, 101, 102", "a confirmed uplink ends with event 4"),
        Row("2.3.3", "ERROR of NMGS", "what an error that says nothing means, the registration tells"),
        Row("2.3.4", "AT+NMGR", otherBytes),
        Row("2.3.4", "+NMGR: <length>,<data>", "messages are fetched until there are none, in order"),
        Row("2.3.4", "OK alone: empty", "an empty buffer ends it, however the module says so"),
        Row("2.3.5", "AT+NNMI?", mixed),
        Row("2.3.5", "AT+NNMI=0, 1, 2", "the receive mode is set"),
        Row("2.3.6", "AT+NCFG=?", otherBytes),
        Row("2.3.6", "AT+NCFG=0", mixed),
        Row("2.3.6", "AT+NCFG=0,<value>", "a new lifetime asks for one restart and no more"),
        Row("2.3.6", "remark 2: 1 to 900 is 900", "a lifetime of 1 to 900 seconds means 900"),
        Row("2.3.6", "range 0 to 2592000", "a lifetime out of range reaches no module"),
        Row("2.3.7", "AT+NMSTATUS?", mixed),
        Row("2.3.7", "UNINITIALISED", state),
        Row("2.3.7", "REGISTERING", "a connection that is under way is awaited, not opened again"),
        Row("2.3.7", "REJECTED_BY_SERVER", "event 1 is explained by the module's status"),
        Row("2.3.7", "TIMEOUT", "event 1 is explained by the module's status"),
        Row("2.3.7", "REGISTERED", "a module that is connected and not observed is disconnected first"),
        Row("2.3.7", "REGISTERED_AND_OBSERVED", "a module that is registered already is left alone"),
        Row("2.3.7", "DEREGISTERED", "what is not connected needs no closing"),
        Row("2.3.7", "RESUMPTION_FAILED", "a connection is opened, and ends with events 0 and 3"),
        Row("2.3.8", "AT+QLWULDATASTATUS?", otherBytes),
        Row("2.3.8", "0 not sent", uplinkStatus), Row("2.3.8", "1 sent", uplinkStatus),
        Row("2.3.8", "2 failed", uplinkStatus), Row("2.3.8", "3 timed out", uplinkStatus),
        Row("2.3.8", "4 delivered", "without an event the module is asked"),
        Row("2.3.8", "5 RESET", "without an event, a status of 5 asks for a new connection"),
        Row("2.3.9", "AT+NQMGR", otherBytes),
        Row("2.3.9", "BUFFERED=,RECEIVED=,DROPPED=", "the counts of NQMGR are read"),
        Row(
            "2.3.9", "dropped since the start",
            "a counter that begins anew is added, whether the restart was seen or not"),
    ]

    private static let events =
        (-1...10).map { Row("3.1", "+QLWEVTIND: \($0)", event) }
        + [
            Row(
                "3.1", "event 10: only a new connection helps",
                "a broken connection is opened anew though the module still shows it")
        ]

    private static let reports = [
        Row("3.2", "+NNMI", "a bare NNMI says that data wait"),
        Row("3.2", "+NNMI: <length>,<data>", "a message is a downlink"),
        Row("3.3", "+NNMI: \"recv\",buff full", "a full buffer is an event, and a reason to fetch"),
        Row("3.4", "+QIND: \"FOTA\",\"DOWNLOAD START\"", steps),
        Row("3.5", "+QIND: \"FOTA\",\"DOWNLOADING\",<value>", steps),
        Row("3.6", "+QIND: \"FOTA\",\"DOWNLOAD\",0", steps),
        Row("3.6", "+QIND: \"FOTA\",\"DOWNLOAD\",2, 4, 9", "a download that failed says why"),
        Row("3.7", "+QIND: \"FOTA\",\"START\"", steps),
        Row("3.8", "+QIND: \"FOTA\",\"UPDATING\",<percent>,<total_num>,<current_bin>", steps),
        Row("3.9", "+QIND: \"FOTA\",\"END\",0", steps),
        Row("3.9", "+QIND: \"FOTA\",\"END\",255", "an update that failed says why"),
        Row("4.1.2", "+CGPADDR: 0,\"11.168.11.169\"", "an address is one that is told"),
        Row(
            "4.1.2", "+QNBIOTEVENT: \"ENTER DEEPSLEEP\", \"EXIT DEEPSLEEP\"",
            "a common report is understood in every spelling"),
        Row("4.2.2", "+CSCON:0, +QNBITEVENT", "a common report is understood in every spelling"),
    ]

    private static let codes = [
        1, 2, 3, 5, 8, 14, 16, 17, 303, 801, 950, 951, 952, 953, 954, 955, 957, 958, 959, 960,
    ]
}
