import AT
import Platforms
import Serial

/// What a module's configuration means in terms of lines and sessions.
extension ModuleSettings {
    var endpoint: Endpoint {
        switch port {
        case .device(let path): .device(path: path)
        case .tcp(let host, let port): .tcp(host: host, port: Int(port))
        }
    }

    var family: ModuleFamily { platform == .andlink ? .neul : .standard }

    var hasCloud: Bool { platform != .none }

    var reportCatalog: ReportCatalog {
        switch options {
        case .ctwing: .ctwing
        case .lwm2m: .lwm2m
        case .onenet: .onenet
        case .andlink: .andlink
        case .none: .common
        }
    }

    func makeSession(channel: any CommandChannel, resources: ResourceModel) -> (any PlatformSession)? {
        switch options {
        case .ctwing(let options):
            server.map { CTWingSession(options: ctwing(options, $0), channel: channel) }
        case .lwm2m(let options):
            server.map { LwM2MSession(options: lwm2m(options, $0), resources: resources, channel: channel) }
        case .onenet(let options):
            OneNETSession(
                options: .init(
                    host: server?.host, port: server.map { Int($0.port) } ?? 5683, bootstrap: options.bootstrap,
                    lifetime: lifetime, dataUp: options.dataUp),
                resources: resources, channel: channel)
        case .andlink(let options):
            AndlinkSession(options: andlink(options), resources: resources, channel: channel)
        case .none: nil
        }
    }

    private func ctwing(_ options: CTWingOptions, _ server: ServerAddress) -> CTWingSession.Options {
        .init(
            host: server.host, port: Int(server.port), psk: psk?.revealed, lifetime: lifetime,
            receiveMode: options.receive == .push ? .push : .buffered)
    }

    private func lwm2m(_ options: LwM2MOptions, _ server: ServerAddress) -> LwM2MSession.Options {
        let service: LwM2MService =
            switch options.service {
            case .ctIoT: .ctIoT
            case .ctAEP: .ctAEP
            case .cuDMP: .cuDMP
            case .andlink: .andlink
            }
        return .init(
            service: service, host: server.host, port: Int(server.port), bootstrap: options.bootstrap,
            endpoint: options.endpoint, lifetime: lifetime, psk: psk?.revealed, pskID: pskID, dataUp: options.dataUp,
            deviceType: options.deviceType, retransmission: options.retransmission,
            binding: options.binding.map { $0 == .udp ? .udp : .udpWithQueue },
            dtlsMode: options.handshake.map { $0 == .full ? 0 : 1 },
            dtlsVersion: options.dtlsVersion.flatMap(LwM2MOptions.DTLSVersion.allCases.firstIndex))
    }

    private func andlink(_ options: AndlinkOptions) -> AndlinkSession.Options {
        func address(_ server: ServerAddress?) -> AndlinkSession.Options.Address? {
            server.map { .init(host: $0.host, port: Int($0.port)) }
        }
        return .init(
            server: address(server), bootstrapServer: address(options.bootstrapServer), psk: psk?.revealed,
            pskID: pskID, deviceType: options.deviceType,
            firmwareMode: options.firmwareMode == .controlled ? .controlled : .automatic, dataDown: options.dataDown)
    }
}

extension ReportCatalog {
    // One of each for all modules.
    fileprivate static let ctwing = common.adding(CTWingSession.reports)
    fileprivate static let lwm2m = common.adding(LwM2MSession.reports)
    fileprivate static let onenet = common.adding(OneNETSession.reports)
    fileprivate static let andlink = common.adding(AndlinkSession.reports)
}
