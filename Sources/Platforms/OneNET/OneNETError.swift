/// The error codes of the OneNET commands (BC260Y-CN OneNET note, chapter 4, table 3, and those of compatible firmware),
/// and what follows from each for a report.
package enum OneNETError {
    package static let codes = ErrorCodes(
        prefix: "error_",
        [
            .init(651, "memory_error", "the module has not enough memory", .tryLater),
            .init(652, "parameter_error", "a parameter is wrong", .giveUp),
            // Compatible firmware has it for a missing instance.
            .init(653, "operation_not_supported", "the operation is not supported", .unknown),
            .init(654, "sdk_error", "the module's OneNET software has failed", .tryLater),
            // Of the instance, the object or the observation; in compatible firmware there is no network.
            .init(655, "not_found_error", "the module has not found what the command names", .tryLater),
            // Compatible firmware.
            .init(100, "unknown_error", "the module cannot say what is wrong", .unknown),
            .init(601, "parameter_error", "a parameter is wrong", .giveUp),
            .init(602, "status_error", "the module is not in a state for this", .register),
            .init(656, "configuration_error", "the module could not save its configuration", .unknown),
            .init(657, "conflict_error", "another operation of the module stands against it", .tryLater),
            .init(658, "task_error", "the module could not hand the command on", .tryLater),
            .init(659, "no_object_memory", "the module has no room for another object", .tryLater),
            .init(3, "module_not_allowed", "not allowed at this moment", .tryLater),
            .init(50, "module_busy_or_parameter", "the module is busy, or a parameter is wrong", .tryLater),
            .init(55, "module_not_allowed", "not allowed at this moment", .tryLater),
            .init(302, "module_busy", "another command is being carried out", .tryLater),
            .init(304, "module_no_network", "there is no network", .tryLater),
            .init(308, "module_timeout", "the module's own time limit is over", .tryLater),
        ])

    /// A code that only a command gives which the module knows; plain ERROR, or another code, may mean that it does not.
    package static func provesCommand(_ code: Int?) -> Bool {
        guard let code else { return false }
        return (601...602).contains(code) || (651...659).contains(code)
    }
}
