package import Platforms

/// The clouds, as `platform = "…"` names them.
package enum Platform: String, Sendable, CaseIterable {
    case ctwing, lwm2m, onenet, andlink, none
}

/// The keys that one platform alone has.
package enum PlatformOptions: Sendable, Equatable {
    case ctwing(CTWingOptions)
    case lwm2m(LwM2MOptions)
    case onenet(OneNETOptions)
    case andlink(AndlinkOptions)
    case none

    // Inlined into another switch, it crashes the optimizer of Swift 6.3.1 (CopyPropagation).
    @inline(never) package var platform: Platform {
        switch self {
        case .ctwing: .ctwing
        case .lwm2m: .lwm2m
        case .onenet: .onenet
        case .andlink: .andlink
        case .none: .none
        }
    }
}

package struct CTWingOptions: Sendable, Equatable {
    package enum Receive: String, Sendable, CaseIterable {
        /// The module prints what arrives (NNMI=1).
        case push
        /// The module keeps what arrives until it is asked (NNMI=2, NMGR).
        case buffered
    }

    package var receive = Receive.push

    package init(receive: Receive = .push) { self.receive = receive }
}

package struct LwM2MOptions: Sendable, Equatable {
    package enum Service: String, Sendable, CaseIterable {
        case ctIoT = "ct-iot"
        case ctAEP = "ct-aep"
        case cuDMP = "cu-dmp"
        case andlink
    }

    package var service = Service.ctIoT
    /// Nil: the IMEI.
    package var endpoint: String?
    /// True: the server is the bootstrap server.
    package var bootstrap = false
    package var objects: [ObjectDescription] = []
    package var dataUp = ResourcePath(object: 19, instance: 0, resource: 0)
    package var dataDown = ResourcePath(object: 19, instance: 1, resource: 0)
    /// Resource 3/0/17, for Andlink.
    package var deviceType: String?
    /// Nil, here and below: as the module has it.
    package var retransmission: LwM2MRetransmission?
    package var binding: Binding?
    package var handshake: Handshake?
    package var dtlsVersion: DTLSVersion?

    /// How the cloud reaches the module.
    package enum Binding: String, Sendable, CaseIterable {
        case udp
        /// What is for a module that sleeps waits at the cloud.
        case udpWithQueue = "udp-queue"
    }

    /// Of an encrypted device after deep sleep.
    package enum Handshake: String, Sendable, CaseIterable {
        case full, resumption
    }

    package enum DTLSVersion: String, Sendable, CaseIterable {
        case oldest = "1.0"
        case newer = "1.2"
        case asTheServerLikes = "auto"
    }

    package init() {}
}

package struct OneNETOptions: Sendable, Equatable {
    /// True, as in the module itself: the server, or the one that the module knows, is the bootstrap server.
    package var bootstrap = true
    package var objects: [ObjectDescription] = []
    /// Nil: raw uplinks have no place to go and are refused.
    package var dataUp: ResourcePath?
    package var dataDown: ResourcePath?

    package init() {}
}

package struct AndlinkOptions: Sendable, Equatable {
    package enum FirmwareMode: String, Sendable, CaseIterable {
        case automatic
        /// Each step waits for the command `firmware/decide`.
        case controlled
    }

    /// At least one of this and the module's `server` is there.
    package var bootstrapServer: ServerAddress?
    package var deviceType: String?
    package var firmwareMode = FirmwareMode.automatic
    /// The path under which requests appear, since theirs carry none.
    package var dataDown = ResourcePath(object: 19, instance: 1, resource: 0)

    package init() {}
}
