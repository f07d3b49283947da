/// All that bridge.conf says, checked and with every default in its place.
package struct Configuration: Sendable, Equatable {
    package var mqtt: MQTTSettings
    package var bridge: BridgeSettings
    package var homeAssistant: HomeAssistantSettings
    /// In the order of the file; no two of one name or port.
    package var modules: [ModuleSettings]

    package init(
        mqtt: MQTTSettings = MQTTSettings(), bridge: BridgeSettings = BridgeSettings(),
        homeAssistant: HomeAssistantSettings = HomeAssistantSettings(), modules: [ModuleSettings] = []
    ) {
        self.mqtt = mqtt
        self.bridge = bridge
        self.homeAssistant = homeAssistant
        self.modules = modules
    }
}

/// `[mqtt]`: the broker, and how the bridge appears there.
package struct MQTTSettings: Sendable, Equatable {
    package enum Version: String, Sendable, CaseIterable {
        /// 5 first, 3.1.1 where the broker refuses that.
        case auto
        case v5 = "5"
        case v311 = "3.1.1"
    }

    /// At least one; tried in turn.
    package var brokers = [ServerAddress(host: "127.0.0.1", port: 1883)]
    package var version = Version.auto
    package var clientID = "narrowbridge"
    package var username: String?
    package var password: Secret?
    package var baseTopic = "narrowbridge"
    /// Seconds.
    package var keepalive = 60
    /// Nil without `[mqtt.tls]`: not encrypted.
    package var tls: TLSSettings?

    package init() {}
}

/// `[mqtt.tls]`.
package struct TLSSettings: Sendable, Equatable {
    /// Nil: the certificates that the system trusts.
    package var caFile: String?
    package var identity: Identity?

    /// The bridge's own certificate and its key, for brokers that ask for one.
    package struct Identity: Sendable, Equatable {
        package var certificateFile: String
        package var keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    package init(caFile: String? = nil, identity: Identity? = nil) {
        self.caFile = caFile
        self.identity = identity
    }
}

/// `[bridge]`: the daemon itself.
package struct BridgeSettings: Sendable, Equatable {
    package enum LogLevel: String, Sendable, CaseIterable {
        case debug, info, notice, warning, error
    }

    package enum LogFormat: String, Sendable, CaseIterable {
        /// The journal's form under systemd, else text.
        case auto
        case text, json
    }

    package var stateDirectory = "/var/lib/narrowbridge"
    /// Nil: no metrics, health or page.
    package var http: ServerAddress? = ServerAddress(host: "127.0.0.1", port: 9464)
    /// The address stands in the file; a default that is taken stops nobody.
    package var isHTTPChosen = false
    /// What allows the page to send uplinks and commands; nil: it only shows.
    package var httpToken: Secret?
    /// Further names under which browsers reach the page, as behind a proxy.
    package var httpHosts: [String] = []
    package var logLevel = LogLevel.info
    package var logFormat = LogFormat.auto

    package init() {}
}

/// `[homeassistant]`: whether modules announce themselves to the hub.
package struct HomeAssistantSettings: Sendable, Equatable {
    package var enabled = false
    package var discoveryPrefix = "homeassistant"

    package init() {}
}
