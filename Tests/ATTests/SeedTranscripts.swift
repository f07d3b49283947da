extension Transcript {
    /// Every dialogue of the seed for CTWing (2.3, 4.1.2, 4.2.2, 5.1.6.2), and the collisions of the other seeds.
    static let all: [Transcript] = [
        Transcript(
            "2.3: the commands one by one",
            """
            > AT+NCDPOPEN=?
            = OK
            > AT+NCDPOPEN="180.101.147.115",5683,"30313233"
            = OK
            ! +QLWEVTIND: 0
            ! +QLWEVTIND: 3
            > AT+NCDPCLOSE
            = ERROR
            > AT+NMGS=5,00454c4c4f
            = +CME ERROR: 50
            > AT+NMGR
            < +NMGR: 4,AAAA0000
            = OK
            > AT+NMGR
            = OK
            > AT+NNMI?
            < +NNMI: 2
            = OK
            > AT+NNMI=2
            = OK
            > AT+NCFG=?
            < +NCFG: 0[(0-2592000)]
            = OK
            > AT+NCFG=0
            < +NCFG: 86400
            = OK
            > AT+NCFG=0,86400
            = OK
            > AT+NMSTATUS?
            < +NMSTATUS: REGISTERED_AND_OBSERVED
            = OK
            > AT+QLWULDATASTATUS?
            < +QLWULDATASTATUS: 4
            = OK
            > AT+NQMGR
            < BUFFERED=0,RECEIVED=34,DROPPED=2
            = OK
            """),
        Transcript(
            "3: the reports",
            """
            ! +QLWEVTIND: -1
            ! +QLWEVTIND: 10
            ! +QLWEVTIND:6
            ! +QLWEVTIND=7
            ! +NNMI
            ! +NNMI: 4,AAAA0000
            ! +NNMI: "recv",buff full
            ! +QIND: "FOTA","DOWNLOAD START"
            ! +QIND: "FOTA","DOWNLOADING",512
            ! +QIND: "FOTA","DOWNLOAD",0
            ! +QIND: "FOTA","START"
            ! +QIND: "FOTA","UPDATING",2%,1,1
            ! +QIND: "FOTA","END",0
            """),
        Transcript(
            "4.1.2: the platform of China Telecom",
            """
            # RDY
            ! +CFUN: 1
            ! +CPIN: READY
            > AT+QSCLK=0
            = OK
            > AT+NNMI=2
            = OK
            > AT+CGPADDR?
            < +CGPADDR: 0,"11.168.11.169"
            = OK
            > AT+NCDPOPEN="180.101.147.115",5683
            = OK
            ! +QLWEVTIND: 0
            ! +QLWEVTIND: 3
            > AT+NMGS=5,00454c4c4f
            = OK
            ! +NNMI
            > AT+NQMGR
            < BUFFERED=1,RECEIVED=1,DROPPED=0
            = OK
            > AT+NMGR
            < +NMGR: 4,AAAA0000
            = OK
            > AT+NQMGR
            < BUFFERED=0,RECEIVED=1,DROPPED=0
            = OK
            > AT+QSCLK=1
            = OK
            ! +QNBIOTEVENT: "ENTER DEEPSLEEP"
            ! +QNBIOTEVENT: "EXIT DEEPSLEEP"
            ! +QLWEVTIND: 6
            > AT+QSCLK=0
            = OK
            > AT+NNMI=1
            = OK
            > AT+NMGS=7,"010548454c4c4f",100
            = OK
            ! +QLWEVTIND: 4
            ! +NNMI: 4,AAAA0000
            > AT+QLWULDATASTATUS?
            < +QLWULDATASTATUS: 4
            = OK
            > AT+QSCLK=1
            = OK
            """),
        Transcript(
            "4.2.2: the AEP platform",
            """
            # RDY
            ! +CFUN: 1
            ! +CPIN: READY
            > AT+QSCLK=0
            = OK
            > AT+CSCON=1
            = OK
            > AT+NNMI=1
            = OK
            > AT+CGPADDR?
            < +CGPADDR: 0,"11.40.70.201"
            = OK
            > AT+NCFG=0,86400
            = OK
            > AT+NCDPOPEN="221.229.214.202",5683
            = OK
            ! +QLWEVTIND: 0
            ! +QLWEVTIND: 3
            > AT+NMGS=7,"010548454c4c4f",1
            = OK
            ! +CSCON:0
            > AT+QSCLK=1
            = OK
            ! +QNBITEVENT: "ENTER DEEPSLEEP"
            ! +QNBITEVENT: "EXIT DEEPSLEEP"
            ! +QLWEVTIND: 6
            > AT+QSCLK=0
            = OK
            > AT+NMGS=7,"010548454c4c4f",102
            = OK
            ! +CSCON:1
            ! +QLWEVTIND: 4
            ! +CSCON:0
            > AT+QLWULDATASTATUS?
            < +QLWULDATASTATUS: 4
            = OK
            > AT+QSCLK=1
            = OK
            """),
        Transcript(
            "5.1.6.2: new firmware",
            """
            ! +CPIN: READY
            > AT+QSCLK=0
            = OK
            > AT+CGPADDR?
            < +CGPADDR: 0,"26.166.237.58"
            = OK
            > AT+NCDPOPEN="180.101.147.115",5683
            = OK
            ! +QLWEVTIND: 0
            ! +QLWEVTIND: 3
            ! +QLWEVTIND: 8
            ! +QIND: "FOTA","DOWNLOAD START"
            ! +QIND: "FOTA","DOWNLOADING",512
            ! +QIND: "FOTA","DOWNLOAD",0
            ! +QIND: "FOTA","START"
            ! +QIND: "FOTA","UPDATING",2%,1,1
            ! +QIND: "FOTA","UPDATING",100%,1,1
            ! +QIND: "FOTA","END",0
            ! +CPIN: READY
            > AT+QSCLK=0
            = OK
            > AT+CGPADDR?
            < +CGPADDR: 0,"26.238.47.96"
            = OK
            > AT+NCDPOPEN="180.101.147.115",5683
            = OK
            ! +QLWEVTIND: 0
            ! +QLWEVTIND: 3
            ! +QLWEVTIND: 9
            """),
        Transcript(
            "answers and reports of one name",
            """
            > AT+NNMI?
            ! +NNMI: 4,AAAA0000
            ! +NNMI
            < +NNMI: 1
            ! +NNMI: "recv",buff full
            = OK
            > AT+CEREG?
            ! +CEREG: 2
            < +CEREG: 0,1
            ! +CEREG: 1,"1A2B","0C3D4E5F",9
            = OK
            > AT+CSCON?
            ! +CSCON: 1
            < +CSCON: 1,1
            ! +CSCON: 0
            = OK
            > ATI
            < Quectel_Ltd
            ! +QLWEVTIND: 4
            < Quectel_BC260Y-CN
            ! ENTER PSM
            < Revision: BC260YCNAAR02A01
            = OK
            > AT+NRB
            ? Something else: OK
            = REBOOTING
            ? Boot: Unsigned
            # REBOOT_CAUSE_APPLICATION_AT
            ~ Neul
            ~ OK
            ! +CFUN: 1
            """),
    ]
}
