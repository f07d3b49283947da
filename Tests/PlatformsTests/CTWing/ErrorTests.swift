import Platforms
import Testing

/// Chapter 6 of the note: its twenty codes, and what follows from each.
@Suite struct ErrorTests {
    static let table: [(code: Int, name: String, text: String, remedy: ModuleError.Remedy)] = [
        (1, "CTIOT_EB_OTHER", "some other error", .unknown),
        (2, "CTIOT_EB_PARAMETER_NUM_ERROR", "wrong number of parameters", .giveUp),
        (3, "CTIOT_EB_PARAMETER_VALUE_ERROR", "wrong value of a parameter", .giveUp),
        (5, "CTIOT_ED_PSK_ERROR", "the pre-shared key could not be set", .giveUp),
        (8, "CTIOT_EA_PARAM_NOT_INITIALIZED", "the connection's parameters are not initialised", .register),
        (14, "CTIOT_EB_DATA_LENGTH_OVERRUN", "the data are longer than the limit", .giveUp),
        (16, "CTIOT_EA_CONNECT_FAILED_SIMCARD", "no connection, because of the SIM card or the like", .tryLater),
        (17, "CTIOT_EB_DATA_LENGTH_NOT_EVEN", "the data have an odd number of hexadecimal digits", .giveUp),
        (303, "CTIOT_EE_OPERATOR_NOT_SUPPORTED", "the operation is not supported", .giveUp),
        (801, "CTIOT_EB_NO_RECV_DATA", "no data have been received", .unknown),
        (950, "CTIOT_EA_ENGINE_EXCEPTION", "the module's engine has failed", .tryLater),
        (951, "CTIOT_EA_NETWORK_TRAFFIC", "no connection: the network is congested", .tryLater),
        (952, "CTIOT_EA_SIGNAL_LEVEL2", "the coverage is too poor", .tryLater),
        (953, "CTIOT_EA_ENGINE_REBOOT", "the module's engine has failed and wants a restart", .restart),
        (954, "CTIOT_EA_NOT_LOGIN", "not logged in to the platform", .register),
        (955, "CTIOT_EA_LOGIN_PROCESSING", "logging in to the platform is still going on", .tryLater),
        (957, "CTIOT_EA_CONNECT_USELESS_TEMP", "the connection cannot be used for the moment", .tryLater),
        (958, "CTIOT_EA_OPERATION_FAILED_NOSESSION", "there is no session", .register),
        (959, "CTIOT_EA_OPERATION_NOT_PERMITTED", "the operation is not permitted", .register),
        (
            960, "CTIOT_EA_OPERATION_NO_AUTHSTR",
            "authentication by SIM id is asked for, but nothing is set for it", .giveUp
        ),
    ]

    @Test func `the note has twenty codes`() { #expect(Set(Self.table.map(\.code)).count == 20) }

    @Test(arguments: table)
    func `a code has its name, its text and its remedy`(
        code: Int, name: String, text: String, remedy: ModuleError.Remedy
    ) {
        let error = CTWingError.codes[code]
        #expect(error.code == code)
        #expect(error.name == name)
        #expect(error.text == text)
        #expect(error.remedy == remedy)
        #expect(error.published == PlatformError(code: code, name: name, text: text, source: .module))
    }

    @Test(arguments: [50, 55, 302, 304, 308])
    func `a code of compatible firmware is one to try later`(code: Int) {
        #expect(CTWingError.codes[code].remedy == .tryLater)
        #expect(CTWingError.codes[code].name.hasPrefix("MODULE_"))
    }

    @Test(arguments: [0, 4, 6, 956, 961, 9999, -1])
    func `an unknown code keeps its number`(code: Int) {
        let error = CTWingError.codes[code]
        #expect(error.remedy == .unknown)
        #expect(
            error.published
                == PlatformError(
                    code: code, name: "CME_ERROR_\(code)", text: "the module answered with error \(code)",
                    source: .module))
    }

    @Test func `no code is in the table twice`() {
        let codes = CTWingError.codes.all.map(\.code)
        #expect(Set(codes).count == codes.count)
    }
}
