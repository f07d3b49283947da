import Platforms

/// The events that the hub knows by name. It wants to be told all of them beforehand, and there is no end of them; so
/// the rest is `other`, with its name beside it.
enum HubEvents {
    static let other = "other"

    static let requests = ["read", "write", "execute", "observe", "cancel_observe", "discover", "write_attributes"]

    private static let common = [
        "attached", "detached", "asleep", "awake", "module_restarted", "restarting_module", "command_timed_out",
        "line_in_step_again",
    ]

    static func names(_ platform: Platform) -> [String] {
        switch platform {
        case .none: common
        case .ctwing:
            common + [
                "connected", "connection_exception", "registration_rejected_or_timed_out", "lifetime_updated",
                "observed", "uplink_acknowledged", "uplink_not_acknowledged", "uplink_reset_by_platform",
                "session_resumed", "session_resumption_failed", "module_buffer_full",
            ]
        case .lwm2m:
            common + [
                "registration_result", "deregistration_result", "update_result", "session_recovered",
                "lifetime_changed", "report_acknowledged", "observation_reset", "answer_failed", "incomplete_write",
            ]
        case .onenet:
            common + [
                "connected", "connection_failed", "registered", "registration_failed", "registration_timed_out",
                "lifetime_expired", "halted", "update_succeeded", "update_failed", "deregistered",
                "uplink_acknowledged", "uplink_not_acknowledged", "answer_failed", "incomplete_write",
            ]
        case .andlink:
            common + [
                "registered", "deregistered", "registration_updated", "observed", "bootstrapped", "firmware_offered",
                "firmware_downloaded", "uplink_acknowledged", "uplink_failed", "uplink_timed_out",
                "uplink_reset_by_platform", "dtls_established", "dtls_failed", "answer_failed",
            ]
        }
    }

    /// Details become attributes, beside the event's own name and time.
    static func template(_ platform: Platform) -> String {
        let names = names(platform).map { "'\($0)'" }.joined(separator: ",")
        return "{% set e = value_json.event %}{{ dict(value_json.detail, event_type=e if e in [\(names)] else"
            + " '\(other)', event=e, time=value_json.time) | tojson }}"
    }
}
