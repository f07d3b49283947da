import Testing
import VirtualModules

/// The dialogues of S3 5, word by word.
@Suite struct LwM2MDialogueTests {
    @Test(arguments: [
        (LwM2MService.ctIoT, LwM2MTranscripts.iot, 3), (.ctAEP, LwM2MTranscripts.aep, 2),
        (.andlink, LwM2MTranscripts.andlink, 2), (.cuDMP, LwM2MTranscripts.dmp, 2),
    ])
    func `a cloud's dialogue runs as the note shows it`(
        service: LwM2MService, dialogue: String, uplinks: Int
    ) async throws {
        try await withHost(.lwm2m(service)) { module, host in
            await host.play(LwM2MTranscripts.beginning + dialogue, with: module)
            #expect(await module.uplinks.count == uplinks)
            #expect(await module.status == "4")
            #expect(await module.breaches.isEmpty)
            #expect(await module.withCloud { $0.answeredTwice + $0.answeredLate + $0.neverAnswered } == 0)
        }
    }

    /// S3 5.6.4 and 5.7.6.
    @Test(arguments: [(LwM2MService.ctAEP, 1), (.ctIoT, 0)])
    func `an update runs as the note shows it`(service: LwM2MService, platform: Int) async throws {
        let registration = """
            AT+QLACFG="platform",\(platform)
            OK
            AT+QLACONFIG=0,"221.229.214.202",5683,"866971030603068",3000,3
            OK

            """
        let answer = #"AT+QLAOBSRSP=21295,1,19,0,0,2,9,"020001000400023238",0"#
        let percentages = [2, 16, 30, 44, 58, 72, 86, 100].map { #"+QIND: "FOTA","UPDATING",\#($0)%,1,1"# }
        try await withHost(.lwm2m(service)) { module, host in
            #expect(await host.ok("AT+QLAADDOBJ=19,0,1,0"))
            await host.play(
                """
                AT+QRST=1
                OK
                RDY
                +CFUN: 1
                +CPIN: READY
                +IP: 10.177.135.245
                ATI
                Quectel_Ltd
                Quectel_BC260Y-CN
                Revision: BC260YCNAAR01A03
                OK
                AT+QSCLK=0
                OK
                \(registration)
                #request 21295
                #report 50697
                #firmware BC260YCNAAR01A04
                AT+QLAREG
                OK
                +QLAREG: 0
                +QLAURC: "observe",21295,0,19,0,0
                \(answer)
                OK
                +QLAOBSRSP: 0
                +QIND: "FOTA","COAPSTART"
                +QIND: "FOTA","COAPEND",0
                +QLAURC: "report",50697
                +QLAURC: "report",50698
                +QIND: "FOTA","START"
                \(percentages.joined(separator: "\n"))
                RDY
                +CFUN: 1
                +QIND: "FOTA","END",0
                +CPIN: READY
                +IP: 10.177.135.245
                \(registration)
                #report 8030
                #request 62640
                AT+QLAREG
                OK
                +QLAREG: 0
                +QLAURC: "report",8030
                +QLAURC: "observe",62640,0,19,0,0
                ATI
                Quectel_Ltd
                Quectel_BC260Y-CN
                Revision: BC260YCNAAR01A04
                OK
                """, with: module)
            #expect(await module.breaches.isEmpty)
        }
    }

    /// The examples of S3 2.2 and 2.6, and every query.
    @Test func `settings are told back and outlast a restart`() async throws {
        try await withHost(.lwm2m()) { module, host in
            await host.play(
                """
                AT+QLACONFIG?
                OK
                AT+QLACFG="retransmit",4,5
                OK
                AT+QLACFG="platform",2
                OK
                AT+QLACFG="cfg_res",3,0,17,"500677"
                OK
                AT+QLACFG="auto_ack",1
                OK
                AT+QLACFG="lifetime_enable",0
                OK
                AT+QLACFG="dtls_mode",1
                OK
                AT+QLACFG="dtls_version",1
                OK
                AT+QLAADDOBJ=19,1,1,0
                OK
                AT+QLAADDOBJ=19,0,4,0,1,2,3
                OK
                AT+QLACONFIG=0,"1.2.3.4",5684,"me",86400,0,"id","0011",1
                OK
                AT+QLACFG="cfg_res",3,0,17
                +QLACFG: "cfg_res",3,0,17,"500677"
                OK
                AT+QLACFG="cfg_res"
                +QLACFG: "cfg_res",3,0,17,"500677"
                OK
                AT+QLACFG="retransmit"
                +QLACFG: "retransmit",4,5
                OK
                AT+QRST=1
                OK
                RDY
                +CFUN: 1
                +CPIN: READY
                +IP: 10.177.135.245
                AT+QLACFG?
                +QLACFG: "retransmit",4,5
                +QLACFG: "auto_ack",1
                +QLACFG: "platform",2
                +QLACFG:"cfg_res",3,0,17,"500677"
                +QLACFG: "lifetime_enable",0
                +QLACFG: "dtls_mode",1
                +QLACFG: "dtls_version",1
                OK
                AT+QLACONFIG?
                +QLACONFIG: 0,"1.2.3.4",5684,"me",86400,0,"id","0011",1
                OK
                AT+QLAADDOBJ?
                +QLAADDOBJ: 19,1,1,0
                +QLAADDOBJ: 19,0,4,0,1,2,3
                OK
                AT+QLADELOBJ=19
                OK
                AT+QLAADDOBJ?
                OK
                AT+QLASTATUS?
                +QLASTATUS: 0
                OK
                """, with: module)
            #expect(await module.breaches.isEmpty)
        }
    }
}
