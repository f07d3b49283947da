/// The dialogues of S3 5 between host and module, in the form that `RawHost.play` reads.
enum LwM2MTranscripts {
    static let beginning = """
        AT+QRST=1
        OK
        RDY
        +CFUN: 1
        +CPIN: READY
        +IP: 10.177.135.245
        AT+QSCLK=0
        OK
        AT+CEREG?
        +CEREG: 0,1
        OK
        AT+CGPADDR?
        +CGPADDR: 0,"10.177.135.245"
        OK

        """

    /// S3 5.2.2.
    static let iot = """
        AT+QLACFG="platform",0
        OK
        AT+QLACONFIG=0,"180.101.147.115",5683,"867724030023557",300,3
        OK
        AT+QLAADDOBJ=19,0,1,0
        OK
        AT+QLAADDOBJ=19,1,1,0
        OK
        #request 23618
        AT+QLAREG
        OK
        +QLAREG: 0
        +QLAURC: "observe",23618,0,19,0,0
        AT+QLAOBSRSP=23618,1,19,0,0,2,9,"020001000400023238",0
        OK
        +QLAOBSRSP: 0
        AT+QLANOTIFY=19,0,0,2,9,"020001000400023438",0,0
        OK
        +QLANOTIFY: 0
        #report 8563
        AT+QLANOTIFY=19,0,0,2,9,"020001000400023438",0,1
        OK
        +QLAURC: "report",8563
        +QLANOTIFY: 0
        +QLAURC: "report_ack",0,8563
        #report 41760
        AT+QLAUPDATE=0,100
        OK
        +QLAUPDATE: 0,41760
        AT+QSCLK=1
        OK
        #sleep
        +QNBIOTEVENT: "ENTER DEEPSLEEP"
        #wake
        +QNBIOTEVENT: "EXIT DEEPSLEEP"
        +QLAURC: "recovered",0
        AT+QSCLK=0
        OK
        AT+CEREG?
        +CEREG: 0,1
        OK
        AT+CGPADDR?
        +CGPADDR: 0,"10.177.135.245"
        OK
        #report 52157
        AT+QLANOTIFY=19,0,0,2,9,"020001000400023238",0,1,2
        OK
        +QLAURC: "report",52157
        +QLANOTIFY: 0
        +QLAURC: "report_ack",0,52157
        AT+QLADEREG
        OK
        +QLADEREG: 0
        AT+QSCLK=1
        OK
        """

    /// S3 5.3.2.
    static let aep = """
        AT+QLACFG="platform",1
        OK
        AT+QLACONFIG=0,"221.229.214.202",5683,"urn:imei-imsi:866971030603068-460111174747875",300,3
        OK
        AT+QLAADDOBJ=19,0,1,0
        OK
        AT+QLAADDOBJ=19,1,1,0
        OK
        #request 45419
        AT+QLAREG
        OK
        +QLAREG: 0
        +QLAURC: "observe",45419,0,19,0,0
        AT+QLAOBSRSP=45419,1,19,0,0,2,9,"020001000400023238",0
        OK
        +QLAOBSRSP: 0
        AT+QLANOTIFY=19,0,0,2,9,"020001000400023238",0,0
        OK
        +QLANOTIFY: 0
        #report 34218
        AT+QLANOTIFY=19,0,0,2,9,"020001000400023238",0,1
        OK
        +QLAURC: "report",34218
        +QLANOTIFY: 0
        +QLAURC: "report_ack",0,34218
        #report 8601
        AT+QLAUPDATE=0,100
        OK
        +QLAUPDATE: 0,8601
        AT+QLADEREG
        OK
        +QLADEREG: 0
        """

    private static let payload =
        "7b226f75746c6574537461747573223a2231222c2273657454696d65223a2231222c"
        + "226669726d77617265223a22312e30222c22736f667456657273696f6e223a22312e30227d"
    private static let data =
        "5b7b226e223a222f31392f312f30222c227673223a227b5c226f75746c65745374617475735c223a5c22305c222c5c22"
        + "73657454696d655c223a5c22315c222c5c226669726d776172655c223a5c22312e305c222c5c22736f66745665727369"
        + "6f6e5c223a5c22312e305c227d227d5d"

    /// S3 5.4.2, with the length that the hexadecimal data has.
    static let andlink = """
        AT+QLACFG="platform",2
        OK
        AT+QLACFG="cfg_res",3,0,17,"500677"
        OK
        AT+QLAADDOBJ=19,1,1,0
        OK
        AT+QLACONFIG=1,"lwm.home.komect.com",5683,"866971031275899",30,3
        OK
        AT+QLAREG
        OK
        +QLAURC: "binding_changed",U
        +QLAURC: "bs_finished"
        +QLAREG: 0
        +QLAURC: "read",8095,19,1,0
        AT+QLARDRSP=8095,1,19,1,0,2,\(payload.utf8.count / 2),"\(payload)",0
        OK
        +QLARDRSP: 0
        #down {"outletStatus":"1"}
        +QLAURC: "write",8096,19,1,0,1,20,"{"outletStatus":"1"}",0
        AT+QLAWRRSP=8096,2
        OK
        +QLAWRRSP: 0
        #report 5004
        AT+QLASENDDATA=2,\(data.utf8.count / 2),"\(data)",0
        OK
        +QLASENDDATA: 0,5004
        AT+QLASENDDATA=2,\(data.utf8.count / 2),"\(data)",1
        OK
        +QLASENDDATA: 0,5005
        +QLAURC: "send_ack",0,5005
        #report 8601
        AT+QLAUPDATE=0,100
        OK
        +QLAUPDATE: 0,8601
        AT+QLADEREG
        OK
        +QLADEREG: 0
        """

    /// S3 5.5.2.
    static let dmp = """
        AT+CREG?
        +CREG: 0,1
        OK
        AT+QLACFG="platform",1
        OK
        AT+QLACFG="auto_ack",1
        OK
        AT+QLACONFIG=0,"dmp-coap.cuiot.cn",5683,"861428040064744",300,3
        OK
        AT+QLAADDOBJ=3311,0,2,5850,5851
        OK
        #request 17015
        #report 14143
        AT+QLAREG
        OK
        +QLAREG: 0
        +QLAURC: "observe",17015,0,3311,0,-1
        AT+QLANOTIFY=3311,0,5850,5,1,1,0,1
        OK
        +QLAURC: "report",14143
        +QLANOTIFY: 0
        +QLAURC: "report_ack",0,14143
        AT+QLANOTIFY=3311,0,5851,3,4,500,0,1
        OK
        +QLAURC: "report",14144
        +QLANOTIFY: 0
        +QLAURC: "report_ack",0,14144
        AT+QLADEREG
        OK
        +QLADEREG: 0
        """
}
