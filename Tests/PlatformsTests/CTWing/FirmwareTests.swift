import AT
import Platforms
import Testing

/// The firmware reports of the note (3.4 to 3.9), in every spelling.
@Suite struct FirmwareTests {
    private func error(_ code: Int, _ name: String, _ text: String) -> PlatformError {
        PlatformError(code: code, name: name, text: text, source: .module)
    }

    @Test(
        arguments: [
            ("\"DOWNLOAD START\"", .downloadStarted),
            ("\"DOWNLOADING\",512", .downloading(bytes: 512, percent: nil)),
            ("\"DOWNLOADING\",0", .downloading(bytes: 0, percent: nil)),
            ("\"DOWNLOADING\", 37%", .downloading(bytes: nil, percent: 37)),
            ("\"DOWNLOADING\",100%", .downloading(bytes: nil, percent: 100)),
            ("\"DOWNLOADING\"", .downloading(bytes: nil, percent: nil)),
            ("\"DOWNLOAD\",0", .downloaded),
            ("\"START\"", .updateStarted),
            ("\"UPDATING\",2%,1,1", .updating(percent: 2)),
            ("\"UPDATING\",100%,1,1", .updating(percent: 100)),
            ("\"UPDATING\",50", .updating(percent: 50)),
            ("\"UPDATING\",50%", .updating(percent: 50)),
            ("\"UPDATING\",250%,1,1", .updating(percent: 100)),
            ("\"UPDATING\"", .updating(percent: nil)),
            ("\"END\",0", .ended),
        ] as [(String, FirmwareReport)], ["+QIND: \"FOTA\",", "+QIND:\"FOTA\",", "+QIND: \"FOTA\", ", "+QIND: FOTA,"])
    func `a step is understood in every spelling`(step: (text: String, report: FirmwareReport), head: String) {
        let line = Line(Array((head + step.text).utf8))
        #expect(CTWingFirmware.understand(line) == [.firmware(step.report)])
        #expect(makeSession().session.understand(line) == [.firmware(step.report)])
    }

    @Test(arguments: [
        (2, "out_of_memory", "the module has not enough memory for the download"),
        (4, "disconnected", "the connection broke while downloading"),
        (9, "invalid_url", "the platform gave an invalid URL"),
        (5, "download_error_5", "the download failed with result 5"),
        (77, "download_error_77", "the download failed with result 77"),
    ])
    func `a download that failed says why`(code: Int, name: String, text: String) {
        let line = Line(Array("+QIND: \"FOTA\",\"DOWNLOAD\",\(code)".utf8))
        #expect(CTWingFirmware.understand(line) == [.firmware(.downloadFailed(error(code, name, text)))])
    }

    @Test(arguments: [
        (255, "update_failed", "the update failed"), (1, "update_error_1", "the update failed with result 1"),
    ])
    func `an update that failed says why`(code: Int, name: String, text: String) {
        let line = Line(Array("+QIND: \"FOTA\",\"END\",\(code)".utf8))
        #expect(CTWingFirmware.understand(line) == [.firmware(.updateFailed(error(code, name, text)))])
    }

    @Test(arguments: [
        "+QIND: \"FOTA\"", "+QIND: \"FOTA\",\"DOWNLOAD\"", "+QIND: \"FOTA\",\"DOWNLOAD\",x", "+QIND: \"FOTA\",\"END\"",
        "+QIND: \"FOTA\",\"DANCING\",3", "+QIND: \"PSM\",\"START\"", "+QIND", "+QIND:",
    ])
    func `what is no step means nothing`(line: String) {
        #expect(CTWingFirmware.understand(Line(Array(line.utf8))) == [])
    }

    @Test(arguments: ["999999999999999999999", "-5", "x"])
    func `a number of bytes that cannot be is not invented`(text: String) {
        let events = CTWingFirmware.understand(Line(Array("+QIND: \"FOTA\",\"DOWNLOADING\",\(text)".utf8)))
        #expect(events == [.firmware(.downloading(bytes: nil, percent: nil))])
    }
}
