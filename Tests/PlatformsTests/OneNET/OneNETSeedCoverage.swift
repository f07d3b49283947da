/// Everything that the OneNET note (BC260Y-CN, version 1.1) defines, and the test that covers it.
enum OneNETSeedCoverage {
    typealias Row = SeedRow

    private static let otherBytes = "every other command is written as the note writes it"
    private static let values = "a value is written by its type"
    private static let results = "every result has its number"
    private static let mixed = "answers are told from the reports among them"
    private static let request = "a request is read field by field"
    private static let observation = "an observation is understood in every spelling"
    private static let written = "a written value is read by its type"
    private static let arguments = "MIPLCONFIG has all its parameters"
    private static let fresh = "a fresh module is configured, filled and registered in this order"
    private static let code = "a code has its name, its text and its remedy"
    private static let event = "every event has its name, however it is spelt"
    private static let effect = "an event may end the registration"
    private static let fails = "a registration that fails says why, and is made anew"
    private static let steps = "events 40 to 43 are steps, and 48 and 49 say nothing of the update"
    private static let indications = "a step is understood in every spelling"
    private static let acknowledgement = "an acknowledgement is found by its number"
    private static let readInstance = "a read of an instance has all values, whose index counts down"
    private static let limits = "data that no command can carry are refused with a reason"

    static let rows: [Row] =
        commands + answers + reporting + errors + reports + events + firmware + dialogues
        + testForms.map { Row("3.3", "AT+\($0)=?", "every command has its test form") }

    /// MIPLCREATE and MIPLVER have none.
    private static let testForms = [
        "MIPLCONFIG", "MIPLDELETE", "MIPLADDOBJ", "MIPLDELOBJ", "MIPLOPEN", "MIPLCLOSE", "MIPLDISCOVERRSP",
        "MIPLOBSERVERSP", "MIPLREADRSP", "MIPLWRITERSP", "MIPLEXECUTERSP", "MIPLPARAMETERRSP", "MIPLNOTIFY",
        "MIPLUPDATE",
    ]

    private static let commands = [
        Row("3.3.1", "AT+MIPLCONFIG?", "the answer of MIPLCONFIG is read"),
        Row("3.3.1", "<mode>,<recv_data_format>", arguments), Row("3.3.1", "<bsMode>,<ip>,<port>", arguments),
        Row("3.3.1", "<auto_update>", arguments),
        Row("3.3.1", "<bsMode>=0: the server", "without bootstrap the server is the one to register at"),
        Row("3.3.1", "<bsMode>=1: default server", "without a server the module's bootstrap server is taken"),
        Row("3.3.1", "remark 1: before MIPLCREATE", fresh),
        Row(
            "3.3.1", "remark 2: no automatic update",
            "firmware that does not know the automatic update is renewed by us"),
        Row("3.3.1", "ERROR", "a configuration that is refused in every form is a failure with the module's error"),
        Row("3.3.2", "AT+MIPLCREATE", fresh),
        Row("3.3.2", "+MIPLCREATE: <ref>", "the number of the instance is the module's"),
        Row("3.3.2", "ERROR", "an instance that shows only by refusing another is deleted with its objects"),
        Row("3.3.3", "AT+MIPLDELETE=<ref>", "objects, registration and instance end in this order"),
        Row("3.3.3", "ERROR", "a module that refuses to delete says so"),
        Row("3.3.4", "AT+MIPLVER?", "the version of the suite is asked for, and may be missing"),
        Row("3.3.5", "AT+MIPLADDOBJ", "MIPLADDOBJ has a digit for every instance"),
        Row("3.3.5", "<attrCount>,<actCount>", "resources of several instances are counted once"),
        Row(
            "3.3.5", "ERROR",
            "an object that the module refuses is a failure, and the instance is deleted at the next attempt"),
        Row("3.3.5", "forgotten by a restart", "a restart of the module leaves nothing to delete"),
        Row("3.3.6", "AT+MIPLDELOBJ=<ref>,<objId>", "objects, registration and instance end in this order"),
        Row("3.3.6", "ERROR", "an object that is there from before is described anew"),
        Row("3.3.7", "AT+MIPLOPEN=<ref>,<lifetime>[,<timeout>]", otherBytes),
        Row("3.3.7", "<lifetime> 0 is 3600", "a lifetime of 0 is an hour"),
        Row("3.3.7", "<lifetime> 15 to 268435455", "a lifetime out of range reaches no module"),
        Row("3.3.7", "<timeout>", "a result that never comes is a failure after the module's own time"),
        Row("3.3.7", "ERROR", "an opening that is refused says why"),
        Row("3.3.8", "AT+MIPLCLOSE=<ref>", "the instance is not deleted before event 15"),
        Row("3.3.8", "ERROR", "an end that follows a refusal is awaited"),
        Row("3.3.16", "AT+MIPLUPDATE=<ref>,<lifetime>,<withObjectFlag>[,<raiMode>]", otherBytes),
        Row("3.3.16", "<lifetime>", "a renewal with a lifetime out of range reaches no module"),
        Row("3.3.16", "ERROR", "a renewal that is refused keeps the lifetime"),
    ]

    private static let answers = [
        Row("3.3.9", "AT+MIPLDISCOVERRSP and MIPLDISCOVERERRSP", otherBytes), Row("3.3.9", "<result>", results),
        Row("3.3.9", "<length> up to 255", "a list of resources is cut where the note ends it"),
        Row("3.3.9", "<valuestring>", "a discover names the resources of all instances once"),
        Row("3.3.9", "<raiMode>", otherBytes),
        Row("3.3.10", "AT+MIPLOBSERVERSP", otherBytes), Row("3.3.10", "<result>", results),
        Row(
            "3.3.10", "MIPLOBSEVERSP, MIPLOBSEIVERSP",
            "a response is tried in every spelling, and the module's is remembered"),
        Row("3.3.11", "AT+MIPLREADRSP", values),
        Row("3.3.11", "<result>", "a read without a value has a result and nothing else"),
        Row("3.3.11", "<valueType>, <len>, <value>", values), Row("3.3.11", "<raiMode>", values),
        Row("3.3.11", "<index> 0 to 10", "an answer to a read has at most eleven values"),
        Row("3.3.11", "<flag> 0", readInstance),
        Row("3.3.11", "remark 1: less than 1024 bytes", "a value that no command can carry is not acceptable"),
        Row("3.3.12", "AT+MIPLWRITERSP", otherBytes), Row("3.3.12", "<result>", results),
        Row("3.3.13", "AT+MIPLEXECUTERSP, <raiMode>", otherBytes), Row("3.3.13", "<result>", results),
        Row("3.3.14", "AT+MIPLPARAMETERRSP", otherBytes), Row("3.3.14", "<result>", results),
        Row(
            "3.3.14", "MIPLPARAMETERESP, MIPLPARAMETERSP",
            "a response is tried in every spelling, and the module's is remembered"),
        Row("3.3", "ERROR of the responses", "a part that fails ends the answer"),
    ]

    private static let reporting = [
        Row("3.3.15", "AT+MIPLNOTIFY", values),
        Row("3.3.15", "<msgId> of the observation", "readings are one report, whose index counts down"),
        Row("3.3.15", "<len> of types 1 and 2", limits),
        Row("3.3.15", "<index> 0 to 10", "a report of more than eleven values is refused"),
        Row("3.3.15", "<ackId> 0", "raw data go to the data resource"),
        Row("3.3.15", "<ackId> 1 to 65535", "ackIds go from 1 to 65535 and never to one that is outstanding"),
        Row("3.3.15", "<raiMode>", "raw data go to the data resource"),
        Row("3.3.15", "remark 1: less than 1024 bytes in all", "a report of 1024 bytes is refused"),
        Row("3.3.15", "remark 2: a part that fails", "a part that fails fails the whole report, which begins again"),
        Row("3.3.15", "ERROR", "a refusal has the consequence of its code"),
    ]

    private static let errors =
        [651, 652, 653, 654, 655].map { Row("4", "error \($0)", code) }
        + [100, 601, 602, 656, 657, 658, 659].map { Row("4", "error \($0) of compatible firmware", code) }

    private static let reports = [
        Row("5.1", "+MIPLDISCOVER: <ref>,<msgId>,<objId>", request),
        Row("5.2", "+MIPLOBSERVE and its spellings", observation),
        Row("5.2", "<flag> 1", observation), Row("5.2", "<flag> 0", "flag 0 ends an observation"),
        Row("5.2", "<insId> and <resId> of -1", observation),
        Row("5.3", "+MIPLREAD: <ref>,<msgId>,<objId>,<insId>,<resId>", request), Row("5.3", "+MIPREAD", request),
        Row("5.4", "+MIPLWRITE", written), Row("5.4", "<valueType> 1 to 5, <len>, <value>", written),
        Row("5.4", "<flag>,<index>", "a write in parts is one request"),
        Row("5.4", "text with line ends", "a text of announced length is heard whole"),
        Row("5.5", "+MIPLEXECUTE: <ref>,<msgId>,<objId>,<insId>,<resId>[,<len>,<arguments>]", request),
        Row("5.6", "+MIPLPARAMETER: <ref>,<msgId>,<objId>,<insId>,<resId>,<len>,<parameter>", request),
        Row("5", "reports among answers", mixed),
        Row("5", "repeated reports", "a request that the module repeats is one request"),
        Row("5.7", "<extend> of 14, 20 and 25", "the further fields have their names"),
        Row("5.7", "<ackId>", acknowledgement),
    ]

    private static let events =
        [1, 2, 4, 11, 14, 20, 21, 25, 26].map { Row("5.7", "event \($0)", event) }
        + [3, 5, 7, 8].map { Row("5.7", "event \($0)", fails) }
        + [6].map { Row("5.7", "event \($0)", fresh) }
        + [9, 10, 12, 13, 15].map { Row("5.7", "event \($0)", effect) }
        + [40, 41, 42, 43, 48, 49].map { Row("5.7", "event \($0)", steps) }
        + [
            Row("5.7", "event 14 is answered", "event 14 is answered by a renewal at once, and by no second"),
            Row("5.7", "event 12 and 13 of a renewal", "a renewal that fails ends the registration"),
        ]

    private static let firmware = [
        Row("5.8", "+QIND: \"FOTA\",\"START\"", indications),
        Row("5.9", "+QIND: \"FOTA\",\"UPDATING\",<percent>", indications),
        Row("5.10", "+QIND: \"FOTA\",\"END\",0 and 255", indications),
        Row("6.1.3", "48 is not the success of the update", steps),
        Row("6.2", "registered again after an update", "after an update the module is registered again"),
        Row("7.10.6", "UPDATING,3%,1,1", indications),
    ]

    private static let dialogues = [
        Row("7.2", "registering", "7_2 registering, observing, discovering and ending"),
        Row("7.3.1", "read of a resource", "7_3_1 a read"), Row("7.3.2", "read of an instance", readInstance),
        Row("7.3.3", "read of an object", "a read of an object counts over its instances"),
        Row("7.4.1", "write of a resource", "7_4_1 writes of a resource"),
        Row("7.4.1", "single write with index 2", "a part that stays alone is a whole write"),
        Row("7.4.2", "write of an instance", "7_4_2 a write of an instance"), Row("7.5", "execute", "7_5 an execute"),
        Row("7.6", "attributes", "7_6 attributes"), Row("7.7", "observation", "7_7 an observation"),
        Row("7.8.1", "report of a resource", "raw data go to the data resource"),
        Row("7.8.2", "report of an instance", "7_8 reports"),
        Row("7.8.3", "report of an object", "an object that is observed is reported instance by instance"),
        Row("7.8.4", "ackId of a resource", acknowledgement),
        Row("7.8.5", "ackId of an instance", "a confirmed report ends with event 26 of its ackId"),
        Row("7.9", "renewal", "7_9 a renewal"),
    ]
}
