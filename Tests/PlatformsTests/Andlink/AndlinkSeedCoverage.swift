/// Everything that the BC28 Andlink note (version 1.0) defines, and the test that covers it.
enum AndlinkSeedCoverage {
    typealias Row = SeedRow

    private static let bytes = "every command is written as the note writes it"
    private static let answer = "an answer is told from the reports among its lines"
    private static let time = "no command has less time than the note grants, and the quick ones have two seconds"
    private static let step = "a step is understood in every spelling"
    private static let state = "a state of QLASTATUS is known"
    private static let uplinkStatus = "a status of an uplink has its name, under both names of its own"
    private static let encryption = "a state of DTLS has its name"
    private static let event = "every event has its name, however it is spelt"
    private static let result = "an answer has the note's result, and no prompt without data"
    private static let modes = "confirmation and RAI choose one of the five modes"
    private static let decision = "a decision is one command"
    private static let code = "a code has its name, its text and its remedy"
    private static let cause = "a cause has its number, its name and its text"
    private static let inDevelopment = "commands in development may be refused"

    static let rows: [Row] =
        lines + settings + registration + data + firmware + reports + codes.map { Row("5", "error \($0)", code) }
        + examples + (1...24).map { Row("7", "cause \($0)", cause) }

    private static let lines = [
        Row("2", "Neul, OK after a start", "a restart ends with the cause, and its own OK belongs to nobody"),
        Row("2", "FIRMWARE DOWNLOADING", step), Row("2", "FIRMWARE DOWNLOAD FAILED", step),
        Row("2", "FIRMWARE DOWNLOADED", step), Row("2", "FIRMWARE UPDATING", step),
        Row("2", "FIRMWARE UPDATE SUCCESS", step), Row("2", "FIRMWARE UPDATE FAILED", step),
        Row("2", "FIRMWARE UPDATE OVER", "the end is a success only where the module says so"),
        Row(
            "2", "remark: no operation before UPDATE OVER",
            "after the restart of an update nothing is set before its end"),
        Row("2.2", "; joins commands", "the direct form takes no byte that could end or split a command"),
        Row("2.3", "OK, ERROR, +CME ERROR: <err>", "a module that refuses instead of prompting gets no byte"),
        Row(
            "2.3", "remark 1: in effect at once, not kept", "a server that is missing is set, and asks for one restart"),
    ]

    private static let settings = [
        Row("3.1", "AT+QLASERVERIP=\"BS\"", bytes), Row("3.1", "AT+QLASERVERIP=\"LWM2M\"", bytes),
        Row(
            "3.1", "AT+QLASERVERIP=\"DEL\",<IP_addr>,<port>",
            "servers of another configuration are deleted, and before ours are set"),
        Row("3.1", "AT+QLASERVERIP=\"DEL\",<IP_addr>", bytes),
        Row(
            "3.1", "deletes whatever is at the address",
            "what is deleted along with another at its address is set again"),
        Row("3.1", "AT+QLASERVERIP?", answer),
        Row("3.1", "port 5683 by default", "a server is read from its line"),
        Row("3.1", "300 ms", time),
        Row("3.2", "AT+QLASECSWT=0", "the switch of encryption is set where it is not as wished"),
        Row("3.2", "AT+QLASECSWT=1,0", bytes), Row("3.2", "AT+QLASECSWT=1,1", bytes),
        Row("3.2", "NAT type", "without NAT nothing is negotiated anew"), Row("3.2", "AT+QLASECSWT?", answer),
        Row("3.3", "AT+QLASETPSK=<PSK_ID>,<PSK>", "another key is replaced"),
        Row("3.3", "PSK_ID is the IMEI, or 0", "the key's id is the configured one, else the IMEI, else 0"),
        Row("3.3", "PSK", "a key that does not fit gets into no command"),
        Row("3.3", "AT+QLASETPSK?", "a key that the module shows under our id is not written again"),
        Row(
            "3.3", "in effect after a restart",
            "the encrypted example of the note is set whole, and asks for one restart"),
        Row("3.3", "2 s", time),
        Row("3.11", "AT+QLARESETDTLS", "after a failed negotiation the next uplink negotiates anew, once"),
        Row("3.12", "AT+QLADTLSSTAT?", "an answer that is the same bytes as a report is both"),
        Row("3.12", "0 established", encryption), Row("3.12", "1 not started", encryption),
        Row("3.12", "2 negotiating", encryption), Row("3.12", "3 failed", encryption),
        Row("3.12", "+QLADTLSSTAT:", "a failed negotiation writes the keys again, once"),
        Row("3.13", "AT+QCFG=\"LWM2M/DeviceType\",<DeviceType>", bytes),
        Row(
            "3.13", "AT+QCFG=\"LWM2M/DeviceType\"", "the device type is set where it differs, and asks for a restart"),
        Row("3.15", "AT+QLASETBSPSK=<PSK_ID>,<PSK>", bytes), Row("3.15", "AT+QLASETBSPSK?", answer),
        Row("3.15", "in development", inDevelopment),
        Row("3.16", "AT+QLABSSECSWT=0", "a bootstrap phase that was encrypted before is opened"),
        Row("3.16", "AT+QLABSSECSWT=1,0", bytes), Row("3.16", "AT+QLABSSECSWT=1,1", bytes),
        Row("3.16", "AT+QLABSSECSWT?", answer), Row("3.16", "in development", inDevelopment),
        Row("3.16", "in effect after a restart", "without NAT nothing is negotiated anew"),
    ]

    private static let registration =
        [
            Row("3.4", "AT+QLASREGIND=0", "a registration is begun, and ends with events 0 and 3"),
            Row("3.4", "AT+QLASREGIND=1", "a registration ends with event 1, and is not called lost"),
            Row("3.4", "+CME ERROR", "a registration that is refused says why"),
            Row("3.9", "AT+QLAREGSWT=0", "a module in automatic mode is made manual, with one restart"),
            Row("3.9", "AT+QLAREGSWT=1", bytes), Row("3.9", "AT+QLAREGSWT?", answer),
            Row("3.9", "REGISTERNOTIFY", "a module that is not ready yet is told again when it says REGISTERNOTIFY"),
            Row("3.9", "automatic registration", "a module that registers by itself is awaited"),
            Row("3.10", "AT+QLASTATUS?", answer),
        ]
        + [
            "UNINITIALISED", "MISSING_CONFIG", "INIITIALISING", "INIITIALISED", "INIT_FAILED", "REGISTERING",
            "REGISTERED", "DEREGISTERED", "MO_DATA_ENABLED", "NO_UE_IP", "REJECTED_BY_SERVER", "TIMEOUT_AND_RETRYING",
            "REG_FAILED", "DEREG_FAILED",
        ].map { Row("3.10", $0, state) }

    private static let data =
        [
            Row("3.5", "AT+QLASENDDATA=<mode>,<length>, >", "every byte goes behind the prompt, and no other"),
            Row(
                "3.5", "AT+QLASENDDATA=<mode>,<length>,<data>",
                "text goes within the command where the prompt is refused, and then at once"),
            Row("3.5", "0x0000", "an unconfirmed uplink ends with the module's OK"), Row("3.5", "0x0001", modes),
            Row("3.5", "0x0010", modes), Row("3.5", "0x0100", "a confirmed uplink ends with status 4"),
            Row("3.5", "0x0101", modes), Row("3.5", "length up to 1024", "1 to 1024 bytes go, all of them"),
            Row(
                "3.6", "AT+QLASENDRSP=<msgID>,<token>,<result>,<datalen>, >",
                "a read is answered with the value's bytes"),
            Row("3.6", "AT+QLASENDRSP=<msgID>,<token>,<result>,0", "any other answer has no data"),
            Row("3.6", "datalen up to 1024", "a value of 1024 bytes goes, a longer one does not"),
        ] + [1, 2, 11, 12, 13, 14].map { Row("3.6", "result \($0)", result) }
        + [
            Row("3.7", "AT+QLADATASTATUS?", "without a report the module is asked"),
            Row("3.7", "AT+QLAULDATASTATUS?", "the name that the module knows for the status is remembered"),
        ] + (0...5).map { Row("3.7", "status \($0)", uplinkStatus) }

    private static let firmware = [
        Row("3.8", "AT+QLAFOTAIND=0", "the firmware mode is set each time, refused or not"),
        Row("3.8", "AT+QLAFOTAIND=1", "the mode can be changed while the module is up"),
        Row("3.8", "AT+QLAFOTAIND=2", decision), Row("3.8", "AT+QLAFOTAIND=3", decision),
        Row("3.8", "AT+QLAFOTAIND=4", decision), Row("3.8", "AT+QLAFOTAIND=5", decision),
        Row("3.8", "example", "the controlled update of the note is followed to its end"),
        Row("3.14", "AT+QLAFOTARESET=1", "an update is stopped for urgent data, if the module lets it"),
        Row("3.14", "ERROR: no urgent data", "an update is stopped for urgent data, if the module lets it"),
    ]

    private static let reports =
        [
            Row(
                "4.1", "+QLAWRITE: <msgid>,<token>,<data>",
                "a write has all that stands between the token and the query"),
            Row("4.1", "<query>", "a write has all that stands between the token and the query"),
            Row("4.2", "+QLAREAD: <msgid>,<token>", "a read has id, token and perhaps a query"),
            Row("4.2", "<query>", "a read has id, token and perhaps a query"),
        ] + (0...7).map { Row("4.3", "+QLAEVTIND:\($0)", event) }
        + (0...5).map { Row("4.4", "+QLADATASTATUS:\($0)", uplinkStatus) }

    private static let examples = [
        Row("6.1", "QLASENDRSP and QLASENDDATA", "the answer and the uplink of the note's example are taken"),
        Row("6.1", "+QLAULDATASTATUS:4", "a confirmed uplink ends with status 4"),
        Row(
            "6.2", "the settings before AT+NRB",
            "the encrypted example of the note is set whole, and asks for one restart"),
        Row("6.2", "+QLADATASTATUS:4", "a confirmed uplink ends with status 4"),
    ]

    private static let codes =
        [3, 4, 23, 30, 50, 51, 52, 159, 300, 301, 302, 303, 304, 305, 310, 311, 312, 313, 314, 315, 316, 317, 318, 320]
        + [321, 322, 330, 331, 332, 340, 500] + Array(512...518) + Array(520...537)
}
