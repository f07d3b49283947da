/// The error codes of the China Telecom platform (BC260Y-CN R02 note, chapter 6, table 3).
package enum CTWingError {
    package static let codes = ErrorCodes(
        prefix: "CME_ERROR_",
        [
            .init(1, "CTIOT_EB_OTHER", "some other error", .unknown),
            .init(2, "CTIOT_EB_PARAMETER_NUM_ERROR", "wrong number of parameters", .giveUp),
            .init(3, "CTIOT_EB_PARAMETER_VALUE_ERROR", "wrong value of a parameter", .giveUp),
            .init(5, "CTIOT_ED_PSK_ERROR", "the pre-shared key could not be set", .giveUp),
            .init(8, "CTIOT_EA_PARAM_NOT_INITIALIZED", "the connection's parameters are not initialised", .register),
            .init(14, "CTIOT_EB_DATA_LENGTH_OVERRUN", "the data are longer than the limit", .giveUp),
            .init(
                16, "CTIOT_EA_CONNECT_FAILED_SIMCARD", "no connection, because of the SIM card or the like", .tryLater),
            .init(17, "CTIOT_EB_DATA_LENGTH_NOT_EVEN", "the data have an odd number of hexadecimal digits", .giveUp),
            .init(303, "CTIOT_EE_OPERATOR_NOT_SUPPORTED", "the operation is not supported", .giveUp),
            .init(801, "CTIOT_EB_NO_RECV_DATA", "no data have been received", .unknown),
            .init(950, "CTIOT_EA_ENGINE_EXCEPTION", "the module's engine has failed", .tryLater),
            .init(951, "CTIOT_EA_NETWORK_TRAFFIC", "no connection: the network is congested", .tryLater),
            .init(952, "CTIOT_EA_SIGNAL_LEVEL2", "the coverage is too poor", .tryLater),
            .init(953, "CTIOT_EA_ENGINE_REBOOT", "the module's engine has failed and wants a restart", .restart),
            .init(954, "CTIOT_EA_NOT_LOGIN", "not logged in to the platform", .register),
            .init(955, "CTIOT_EA_LOGIN_PROCESSING", "logging in to the platform is still going on", .tryLater),
            .init(957, "CTIOT_EA_CONNECT_USELESS_TEMP", "the connection cannot be used for the moment", .tryLater),
            .init(958, "CTIOT_EA_OPERATION_FAILED_NOSESSION", "there is no session", .register),
            .init(959, "CTIOT_EA_OPERATION_NOT_PERMITTED", "the operation is not permitted", .register),
            .init(
                960, "CTIOT_EA_OPERATION_NO_AUTHSTR",
                "authentication by SIM id is asked for, but nothing is set for it",
                .giveUp),
            // Compatible firmware has numbers of its own for the same situations.
            .init(
                50, "MODULE_BUSY_OR_PARAMETER", "a confirmed uplink is still outstanding, or a parameter is wrong",
                .tryLater),
            .init(55, "MODULE_NOT_ALLOWED", "not allowed at this moment", .tryLater),
            .init(302, "MODULE_BUSY", "another command is being carried out", .tryLater),
            .init(304, "MODULE_NO_NETWORK", "there is no network", .tryLater),
            .init(308, "MODULE_TIMEOUT", "the module's own time limit is over", .tryLater),
        ])
}
