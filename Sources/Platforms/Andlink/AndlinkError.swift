/// The error codes of BC28 (Andlink note, chapter 5, tables 3 to 5).
package enum AndlinkError {
    /// Table 3, after 3GPP 27.007.
    private static let general: [ModuleError] = [
        .init(3, "operation_not_allowed", "operation not allowed", .tryLater),
        .init(4, "operation_not_supported", "operation not supported", .giveUp),
        .init(23, "memory_failure", "memory failure", .tryLater),
        .init(30, "no_network_service", "no network service", .tryLater),
        // Compatible firmware says so too while a confirmed uplink is outstanding.
        .init(50, "incorrect_parameters", "incorrect parameters", .unknown),
        .init(51, "command_disabled", "command implemented but currently disabled", .tryLater),
        .init(52, "command_aborted_by_user", "command aborted by user", .unknown),
        .init(159, "uplink_busy", "uplink busy/flow control", .tryLater),
    ]

    /// Table 4, after 3GPP 27.005.
    private static let messages: [ModuleError] = [
        .init(300, "me_failure", "ME failure", .tryLater),
        .init(301, "sms_service_reserved", "SMS service of ME reserved", .unknown),
        .init(302, "operation_not_allowed", "operation not allowed", .tryLater),
        .init(303, "operation_not_supported", "operation not supported", .giveUp),
        .init(304, "invalid_pdu_mode_parameter", "invalid PDU mode parameter", .giveUp),
        .init(305, "invalid_text_mode_parameter", "invalid text mode parameter", .giveUp),
        .init(310, "usim_not_inserted", "USIM not inserted", .tryLater),
        .init(311, "usim_pin_required", "USIM PIN required", .tryLater),
        .init(312, "ph_usim_pin_required", "PH-USIM PIN required", .tryLater),
        .init(313, "usim_failure", "USIM failure", .tryLater),
        .init(314, "usim_busy", "USIM busy", .tryLater),
        .init(315, "usim_wrong", "USIM wrong", .tryLater),
        .init(316, "usim_puk_required", "USIM PUK required", .tryLater),
        .init(317, "usim_pin2_required", "USIM PIN2 required", .tryLater),
        .init(318, "usim_puk2_required", "USIM PUK2 required", .tryLater),
        .init(320, "memory_failure", "memory failure", .tryLater),
        .init(321, "invalid_memory_index", "invalid memory index", .unknown),
        .init(322, "memory_full", "memory full", .tryLater),
        .init(330, "smsc_address_unknown", "SMSC address unknown", .unknown),
        .init(331, "no_network_service", "no network service", .tryLater),
        .init(332, "network_timeout", "network timeout", .tryLater),
        .init(340, "no_cnma_acknowledgement_expected", "no +CNMA acknowledgement expected", .unknown),
        .init(500, "unknown_error", "unknown error", .unknown),
    ]

    /// Table 5, of BC28 itself.
    private static let own: [ModuleError] = [
        .init(512, "required_parameter_not_configured", "required parameter not configured", .register),
        .init(513, "tup_not_registered", "TUP not registered", .register),
        .init(514, "at_internal_error", "AT internal error", .tryLater),
        .init(515, "cid_is_active", "CID is active", .unknown),
        .init(516, "incorrect_state_for_command", "incorrect state for command", .tryLater),
        .init(517, "cid_is_invalid", "CID is invalid", .unknown),
        .init(518, "cid_is_not_active", "CID is not active", .tryLater),
        .init(520, "deactivate_last_active_cid", "deactivate the last active CID", .unknown),
        .init(521, "cid_is_not_defined", "CID is not defined", .unknown),
        .init(522, "uart_parity_error", "UART parity error", .unknown),
        .init(523, "uart_frame_error", "UART frame error", .unknown),
        .init(524, "minimal_function_mode", "UE is in minimal function mode (AT+CFUN=0)", .tryLater),
        .init(525, "at_command_aborted_in_processing", "AT command aborted: in processing", .unknown),
        .init(526, "at_command_aborted_error", "AT command aborted: error", .unknown),
        .init(527, "command_interrupted", "command interrupted", .unknown),
        .init(528, "configuration_conflicts", "configuration conflicts", .unknown),
        .init(529, "during_fota_updating", "during FOTA updating", .tryLater),
        .init(530, "not_the_at_allocated_socket", "not the AT allocated socket", .unknown),
        .init(531, "usim_pin_is_blocked", "USIM PIN is blocked", .tryLater),
        .init(532, "usim_puk_is_blocked", "USIM PUK is blocked", .tryLater),
        .init(533, "not_mipi_module", "not mipi module", .giveUp),
        .init(534, "file_not_found", "file not found", .unknown),
        .init(535, "conditions_of_use_not_satisfied", "conditions of use not satisfied", .tryLater),
        .init(536, "at_uart_buffer_error", "AT UART buffer error", .unknown),
        .init(537, "back_off_timer_is_running", "back off timer is running", .tryLater),
    ]

    package static let codes = ErrorCodes(prefix: "CME_ERROR_", general + messages + own)
}
