/// The clouds that a standard LwM2M client reaches (BC260Y-CN R01 note, 5.2 to 5.5).
package enum LwM2MService: String, Sendable, CaseIterable {
    case ctIoT = "ct-iot"
    case ctAEP = "ct-aep"
    case cuDMP = "cu-dmp"
    case andlink

    /// 2.2, platform.
    package var platform: Int {
        switch self {
        case .ctIoT: 0
        case .ctAEP, .cuDMP: 1
        case .andlink: 2
        }
    }

    /// The module answers observations by itself.
    package var acknowledgesObservations: Bool { self == .cuDMP }

    /// Takes data without an observation (2.13).
    package var takesData: Bool { self == .andlink }
}

extension LwM2MSession {
    package struct Options: Equatable, Sendable {
        package var service: LwM2MService
        package var host: String
        package var port: Int
        /// The server is the bootstrap server.
        package var bootstrap: Bool
        /// Nil: made of what the module is.
        package var endpoint: String?
        package var lifetime: Int
        /// Nil: not encrypted.
        package var psk: String?
        /// Nil: the endpoint.
        package var pskID: String?
        /// Where payloads go that name no resource; not needed on Andlink.
        package var dataUp: ResourcePath
        /// Resource 3/0/17.
        package var deviceType: String?
        /// Nil, here and below: as the module has it.
        package var retransmission: LwM2MRetransmission?
        package var binding: LwM2MBinding?
        /// With a key only.
        package var dtlsMode: Int?
        package var dtlsVersion: Int?

        package init(
            service: LwM2MService, host: String, port: Int, bootstrap: Bool = false, endpoint: String? = nil,
            lifetime: Int, psk: String? = nil, pskID: String? = nil,
            dataUp: ResourcePath = ResourcePath(object: 19, instance: 0, resource: 0), deviceType: String? = nil,
            retransmission: LwM2MRetransmission? = nil, binding: LwM2MBinding? = nil, dtlsMode: Int? = nil,
            dtlsVersion: Int? = nil
        ) {
            self.service = service
            self.host = host
            self.port = port
            self.bootstrap = bootstrap
            self.endpoint = endpoint
            self.lifetime = lifetime
            self.psk = psk
            self.pskID = pskID
            self.dataUp = dataUp
            self.deviceType = deviceType
            self.retransmission = retransmission
            self.binding = binding
            self.dtlsMode = dtlsMode
            self.dtlsVersion = dtlsVersion
        }

        /// What QLACFG should show. The module renews its registration by itself.
        package var settings: [LwM2MSetting] {
            var settings: [LwM2MSetting] = [
                .platform(service.platform), .acknowledgesObservations(service.acknowledgesObservations),
                .renewsRegistration(true),
            ]
            if let retransmission { settings.append(.retransmission(retransmission)) }
            if service == .andlink, let deviceType {
                settings.append(.resource(ResourcePath(object: 3, instance: 0, resource: 17), deviceType))
            }
            guard psk != nil else { return settings }
            if let dtlsMode { settings.append(.dtlsMode(dtlsMode)) }
            if let dtlsVersion { settings.append(.dtlsVersion(dtlsVersion)) }
            return settings
        }
    }
}
