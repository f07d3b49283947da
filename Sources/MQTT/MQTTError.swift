package import Reactor

/// Why there is no connection to a broker, in a sentence a person can act on.
package struct MQTTError: Error, Equatable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case hostNotFound
        case cannotConnect(SystemError)
        case unreadableFile(SystemError)
        case tls(String)
        case refused(ReasonCode)
        case noAnswer
        case closedBeforeAnswer(tls: Bool)
        /// By the broker; with the code of its DISCONNECT in version 5, if it sent one.
        case closed(ReasonCode?)
        case silent
        case library(String)
    }

    package let broker: BrokerAddress
    package let reason: Reason

    package init(broker: BrokerAddress, reason: Reason) {
        self.broker = broker
        self.reason = reason
    }

    package var description: String { "broker \(broker): \(sentence)" }

    private var sentence: String {
        switch reason {
        case .hostNotFound: "the host name cannot be found"
        case .cannotConnect(let error): "cannot connect: \(error.reason)"
        case .unreadableFile(let error): "cannot read \(error.operation): \(error.reason)"
        case .tls(let detail): "TLS failed: \(detail)"
        case .refused(let code): refusal(code)
        case .noAnswer: "did not answer the connection request in time; is it an MQTT listener, with or without TLS?"
        case .closedBeforeAnswer(tls: false):
            "closed the connection without answering; is it an MQTT listener, and one without TLS?"
        case .closedBeforeAnswer(tls: true):
            "closed the connection without answering; does it ask for a client certificate (cert_file, key_file)?"
        case .closed(.some(.sessionTakenOver)): "another client has connected with the same client_id"
        case .closed(.some(let code)): "closed the connection: \(code)"
        case .closed(.none): "closed the connection"
        case .silent: "has not answered for one and a half keepalive periods"
        case .library(let detail): detail
        }
    }

    private func refusal(_ code: ReasonCode) -> String {
        switch code {
        case .badUsernameOrPassword: "refused the user name or password"
        case .notAuthorized:
            "refused the connection: not authorized (wrong user name or password, or no right to connect)"
        case .clientIDNotValid: "refused the client_id"
        case .serverUnavailable: "refused the connection: it is not available now"
        case .unsupportedVersion: "refused this version of MQTT"
        default: "refused the connection: \(code)"
        }
    }
}
