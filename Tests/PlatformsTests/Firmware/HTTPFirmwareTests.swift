import AT
import Platforms
import Testing

/// AT+QFOTADL: its commands, its reports in every spelling, and its two tables of errors.
@Suite struct HTTPFirmwareTests {
    @Test func `the commands are those of the note`() throws {
        let address = try PackageAddress("http://224.168.203.81:3029/update.pack")
        #expect(
            FirmwareCommand.fromServer(address).description == #"AT+QFOTADL="http://224.168.203.81:3029/update.pack""#)
        #expect(FirmwareCommand.fromFiles.description == "AT+QFOTADL=1")
        #expect(
            FirmwareCommand.file(address, name: nil).description
                == #"AT+QFOTADL=2,"http://224.168.203.81:3029/update.pack""#)
        #expect(
            FirmwareCommand.file(address, name: "mcu.bin").description.hasSuffix(#",update.pack","mcu.bin""#) == false)
        #expect(FirmwareCommand.file(address, name: "mcu.bin").description.hasSuffix(#"/update.pack","mcu.bin""#))
        #expect(FirmwareCommand.sleepOff.map(\.description) == ["AT+QSCLK=0", "AT+CPSMS=0", "AT+CEDRXS=0"])
    }

    @Test(
        arguments: [
            (#"+QIND: "FOTA","HTTPSTART""#, FirmwareReport.downloadStarted),
            (#"+QIND: "FOTA","DOWNLOADING",1%"#, .downloading(bytes: nil, percent: 1)),
            (#"+QIND: "FOTA","DOWNLOADING", 37%"#, .downloading(bytes: nil, percent: 37)),
            (#"+QIND: "FOTA","DOWNLOADING",100"#, .downloading(bytes: nil, percent: 100)),
            (#"+QIND: "FOTA","HTTPEND",0"#, .downloaded), (#"+QIND:"FOTA","HTTPEND",0"#, .downloaded),
            (#"+QIND: "FOTA","DOWNLOAD SUCCESS""#, .downloaded), (#"+QIND: "FOTA","START""#, .updateStarted),
            (#"+QIND: "FOTA","UPDATING",2%"#, .updating(percent: 2)),
            (#"+QIND: "FOTA","UPDATING",0%,1,1"#, .updating(percent: 0)),
            (#"+QIND: "FOTA","UPDATING", "99%""#, .updating(percent: 99)),
            (#"+QIND: "FOTA","UPDATING",250"#, .updating(percent: 100)),
            (#"+QIND: "FOTA","END",0"#, .ended),
        ] as [(Line, FirmwareReport)])
    func `a report is a step`(_ line: Line, _ report: FirmwareReport) {
        #expect(HTTPFirmware.understand(line) == [.firmware(report)])
    }

    @Test(arguments: [
        (6500, "unknown_error"), (6501, "bad_parameter"), (6502, "no_space"), (6503, "download_failed"),
        (6504, "package_not_found"), (6505, "write_failed"), (6506, "no_package"), (6507, "bad_package"),
        (6509, "out_of_memory"), (6599, "download_error_6599"),
    ])
    func `the end of a download has the table's error`(_ code: Int, _ name: String) throws {
        let events = HTTPFirmware.understand(Line(Array(#"+QIND: "FOTA","HTTPEND",\#(code)"#.utf8)))
        guard case .firmware(.downloadFailed(let error))? = events.first else {
            Issue.record("\(events)")
            return
        }
        #expect((error.code, error.name, error.source) == (code, name, .module))
        #expect(!error.text.isEmpty)
    }

    @Test(arguments: [(6508, "update_failed"), (9, "update_error_9")])
    func `the end of an update has the table's error`(_ code: Int, _ name: String) {
        let events = HTTPFirmware.understand(Line(Array(#"+QIND: "FOTA","END",\#(code)"#.utf8)))
        guard case .firmware(.updateFailed(let error))? = events.first else {
            Issue.record("\(events)")
            return
        }
        #expect((error.code, error.name) == (code, name))
    }

    @Test func `a failure without a number is one too`() {
        guard case .firmware(.downloadFailed(let error))? = HTTPFirmware.understand(#"+QIND: "FOTA","FAIL""#).first
        else {
            Issue.record("not understood")
            return
        }
        #expect(error.code == nil)
    }

    @Test(
        arguments: [#"+QIND: "SMS",1"#, #"+QIND: "FOTA","DANCE""#, #"+QIND: "FOTA""#, #"+QIND: "FOTA","HTTPEND",x"#]
            as [Line])
    func `what is no step is none`(_ line: Line) {
        #expect(HTTPFirmware.understand(line).isEmpty)
    }

    @Test func `files, GSM and power saving are read`() {
        #expect(FirmwareCommand.readFile(#"+QFLST: "fota.pack",20135"#)?.name == "fota.pack")
        #expect(FirmwareCommand.readFile(#"+QFLST: "fota.pack",20135"#)?.size == 20_135)
        #expect(FirmwareCommand.isGSM(#"+COPS: 0,2,"46011",0"#))
        #expect(!FirmwareCommand.isGSM(#"+COPS: 0,2,"46011",9"#))
        #expect(!FirmwareCommand.isGSM(nil))
        #expect(
            PowerSaving.powerSavingMode.restoring(#"+CPSMS: 1,,,"01000011","00000100""#)
                == #"AT+CPSMS=1,,,"01000011","00000100""#)
        #expect(PowerSaving.powerSavingMode.restoring(#"+CPSMS: 0,,,"01000011","00000100""#) == nil)
        #expect(PowerSaving.discontinuousReception.restoring(#"+CEDRXS: 5,"0101""#) == #"AT+CEDRXS=1,5,"0101""#)
        #expect(PowerSaving.discontinuousReception.restoring("+CEDRXS: 0") == nil)
    }
}
