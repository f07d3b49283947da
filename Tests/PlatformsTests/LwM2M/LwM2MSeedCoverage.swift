/// Everything that the standard LwM2M note (BC260Y-CN R01, version 1.2) defines, and the test that covers it.
enum LwM2MSeedCoverage {
    typealias Row = SeedRow

    private static let written = "a command is written as the note writes it"
    private static let config = "QLACONFIG names server, endpoint and lifetime"
    private static let key = "QLACONFIG with a key hides it from the log"
    private static let settings = "QLACFG sets, and reads back what it shows"
    private static let values = "a value of each type stands where it should"
    private static let numbers = "every result has the number that the command knows"
    private static let limits = "what no module takes reaches none"
    private static let kept = "a registration that is as wished is kept with its observations"
    private static let event = "a report is an event with every field"
    private static let request = "a request is understood field by field"
    private static let result = "a result has its name, its text and its remedy"
    private static let state = "a state of QLASTATUS is known"
    private static let interval = "the interval of renewals follows from the lifetime"
    private static let step = "a step of an update is understood in every spelling"
    private static let download = "a download that failed has its name"
    private static let examples = "the examples of the response commands"
    private static let parts = "several values are answered in parts, the last with index 0"
    private static let order = "a confirmed uplink ends with its acknowledgement, in any order"
    private static let data = "Andlink takes data without an observation"

    static let rows: [Row] = setup + registration + objects + answers + uplinks + reports + firmware + clouds + codes

    private static let setup =
        [
            Row("2.1", "AT+QLACONFIG?", kept),
            Row("2.1", "AT+QLACONFIG? with OK alone", "a module that tells nothing is registered anew"),
            Row("2.1", "its answer, with and without a key", "what QLACONFIG shows is read"),
            Row("2.1", "AT+QLACONFIG=0,<serverIP>,<port>,<endpoint>,<lifetime>,3", config),
            Row("2.1", "AT+QLACONFIG=1,… bootstrap", config),
            Row("2.1", "security_mode 0, PSK_ID, PSK", key), Row("2.1", "binding_mode 0, 1", key),
            Row("2.1", "limits of 150 and 256 bytes and of the lifetime", limits),
            Row("2.1", "ERROR while registered", "a registration elsewhere is ended and a new one made"),
            Row("2.1", "ERROR of a parameter", "a step that is refused is named"),
            Row(
                "2.1", "remark 1: of a bootstrap server only what it assigned is kept",
                "which bootstrap server has assigned a server is not asked"),
            Row("2.1", "interval of renewals", interval),
            Row("2.2", "AT+QLACFG?", kept),
            Row("2.2", "dtls_* before a registration, with a key", "with a key, the handshake is set too"),
            Row("2.2", "limits of the retransmissions", "the end of retransmissions follows from their settings"),
            Row("2.2", "platform 0, 1, 2", "a service has its platform"),
            Row("2.2", "remark: cfg_res 3,0,17 on Andlink", "every setting is made where the module shows none"),
            Row("2.2", "auto_ack 1: no value in the answer", "with automatic answers the values are reported instead"),
        ]
        + [
            "retransmit", "auto_ack", "platform", "cfg_res", "lifetime_enable", "dtls_mode", "dtls_version",
        ].flatMap { [Row("2.2", "AT+QLACFG=\"\($0)\",…", settings), Row("2.2", "AT+QLACFG=\"\($0)\"", settings)] }

    private static let registration = [
        Row("2.3", "AT+QLAREG", written),
        Row("2.3", "+QLAREG: 0", "a new registration configures, offers objects and ends with the result"),
        Row("2.3", "+QLAREG: <result_code>", "a registration that fails says why"),
        Row("2.3", "ERROR", "a step that is refused is named"),
        Row("2.4", "AT+QLAUPDATE=0,<lifetime>[,<rai_mode>]", written),
        Row("2.4", "AT+QLAUPDATE=1,<binding_mode>[,<rai_mode>]", written),
        Row("2.4", "range of the lifetime", "a lifetime out of range reaches no module"),
        Row("2.4", "+QLAUPDATE: 0,<messageID>", "an update ends with its result, in either order"),
        Row(
            "2.4", "remark: ERROR after the lifetime",
            "an update that fails is a failure while the module is registered, else a new registration"),
        Row("2.5", "AT+QLADEREG", written),
        Row(
            "2.5", "+QLADEREG: <result_code>",
            "an end that fails is a failure only while the module is still registered"),
        Row("2.5", "ERROR", "a session that is not recovered is ended and a new registration made"),
    ]

    private static let objects = [
        Row("2.6", "AT+QLAADDOBJ?", "answers are told from the reports among them"),
        Row("2.6", "+QLAADDOBJ: <objectID>,<instantID>,…", "an object is told from the result of adding one"),
        Row("2.6", "AT+QLAADDOBJ=<objectID>,<instantID>,<number>,<resourceID>…", written),
        Row("2.6", "+QLAADDOBJ: <result_code>", "a missing object is added, a left-over one deleted, while registered"),
        Row("2.6", "remark 1: limits", "a module takes 3 objects, 4 instances and 14 resources"),
        Row("2.6", "remark 2: built-in objects", "a plan brings what is wished and no more"),
        Row("2.6", "remark 3: not while registering", "a module that is on its way is awaited"),
        Row("2.7", "AT+QLADELOBJ=<objectID>", written),
        Row("2.7", "+QLADELOBJ: <result_code>", "an object that the platform does not take wants a new registration"),
        Row(
            "2.7", "remark 2: only what was added",
            "objects that are left over or different are deleted before the new ones are added"),
    ]

    private static let answers = [
        Row("2.8", "AT+QLARDRSP=…", values), Row("2.8", "result 1, 11 to 15", numbers),
        Row("2.8", "value_type 1 to 5, len", values), Row("2.8", "index N−1 to 0", parts),
        Row("2.8", "+QLARDRSP: 0", examples),
        Row("2.8", "ERROR, remark 2", "a request whose answer failed is answered again, but not carried out again"),
        Row("2.9", "AT+QLAWRRSP=<messageID>,<result>[,<rai_mode>]", written), Row("2.9", "result 2, 11 to 14", numbers),
        Row("2.9", "+QLAWRRSP: 0", examples),
        Row("2.10", "AT+QLAEXERSP=<messageID>,<result>[,<rai_mode>]", written),
        Row("2.10", "result 2, 11 to 14", numbers), Row("2.10", "+QLAEXERSP: 0", examples),
        Row("2.11", "AT+QLAOBSRSP=…", values), Row("2.11", "result 1, 11 to 15", numbers),
        Row("2.11", "index N−1 to 0", parts), Row("2.11", "+QLAOBSRSP: 0", examples),
        Row("2.11", "ERROR", "an observation whose answer is refused is none"),
        Row(
            "2.11", "observations do not outlive power",
            "a registration that is of no use is ended though the module still shows it"),
    ]

    private static let uplinks =
        [
            Row("2.12", "AT+QLANOTIFY=…", values),
            Row("2.12", "ACK 0", "an unconfirmed uplink ends with the module's result"),
            Row("2.12", "ACK 1", order), Row("2.12", "rai_mode", "an unconfirmed uplink ends with the module's result"),
            Row("2.12", "index N−1 to 0", "several readings are one report, the last with index 0"),
            Row(
                "2.12", "ERROR, remark 1", "repeated refusals lead to one new registration, not to one after the other"),
            Row("2.12", "remark 2: quotes and length", "raw data for a resource of text go as text where they can"),
            Row("2.13", "AT+QLASENDDATA=1,…, 2,…", "QLASENDDATA takes a string or bytes"),
            Row("2.13", "ACK 0, rai_mode", data),
            Row("2.13", "ACK 1", "confirmed data end with their acknowledgement"),
            Row("2.13", "remark 1: Andlink only", data),
            Row("2.14", "AT+QLASTATUS?", written),
        ] + (0...7).map { Row("2.14", "status \($0)", state) }

    private static let reports = [
        Row("3.1", "+QLAURC: \"ping\"", "a renewal that fails asks for the module's status"),
        Row("3.2", "+QLAURC: \"observe\"", request),
        Row("3.2", "flag 0, 1", "the observe flag is read as the module means it"),
        Row("3.3", "+QLAURC: \"write\"", request), Row("3.3", "value_type 1 to 5", request),
        Row("3.3", "index", "a write in parts is one request"), Row("3.4", "+QLAURC: \"read\"", request),
        Row("3.4", "URI_query", request), Row("3.5", "+QLAURC: \"execute\"", request),
        Row("3.6", "+QLAURC: \"bs_finished\"", event), Row("3.7", "+QLAURC: \"report\"", order),
        Row("3.8", "+QLAURC: \"report_ack\"", order),
        Row("3.9", "+QLAURC: \"send_ack\"", "confirmed data end with their acknowledgement"),
        Row("3.10", "+QLAURC: \"lifetime_changed\"", "the platform's lifetime is the one that is renewed"),
        Row("3.11", "+QLAURC: \"binding_changed\"", event),
        Row("3.12", "+QLAURC: \"recovered\"", "a session that was not recovered is lost"),
        Row("3.13", "+QLAURC: \"lw_event\"", "a reset ends the observation, and a second one the registration"),
    ]

    private static let firmware =
        [
            Row("4.3.1", "+QIND: \"FOTA\",\"COAPSTART\"", step), Row("4.3.2", "+QIND: \"FOTA\",\"COAPEND\",0", step),
            Row("4.3.3", "+QIND: \"FOTA\",\"START\"", step),
            Row("4.3.4", "+QIND: \"FOTA\",\"UPDATING\",<percent>", step),
            Row("4.3.5", "+QIND: \"FOTA\",\"END\",0", step),
            Row("4.3.5", "+QIND: \"FOTA\",\"END\",255", "an update that failed has its name"),
            Row("4.1.2", "registers again afterwards", "the dialogue of a firmware update"),
        ] + [1, 12, 13, 99, 100, 101].map { Row("4.3.2", "dl_err \($0)", download) }

    private static let clouds = [
        Row("5.2.2", "China Telecom IoT", "the dialogue with China Telecom IoT"),
        Row("5.3.2", "China Telecom AEP", "the dialogue with China Telecom AEP"),
        Row("5.4.2", "Andlink", "the dialogue with Andlink"),
        Row("5.5.2", "China Unicom DMP", "the dialogue with China Unicom DMP"),
        Row("5.6.4", "firmware on AEP", "the dialogue of a firmware update"),
        Row("5.7.6", "firmware on IoT", "the dialogue of a firmware update"),
    ]

    private static let codes = [0, 1, 2, 3, 4, 5, 400, 403, 404, 412, 900].map {
        Row("6", "result \($0)", result)
    }
}
