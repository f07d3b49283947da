extension ModuleOptions.Platform {
    /// The module that the platform has. Each is a class of its own folder.
    func module(with body: ModuleBody) -> StandardModule {
        switch self {
        case .ctwing: CTWingModule(body: body)
        case .lwm2m(let service): LwM2MModule(body: body, service: service)
        case .onenet: OneNETModule(body: body)
        case .andlink: AndlinkModule(body: body)
        case .bc25: BC25Module(body: body, kind: .bc25)
        case .bc32: BC25Module(body: body, kind: .bc32)
        case .bare: StandardModule(body: body)
        }
    }
}

extension ModuleOptions.Platform {
    /// The words that `init` knows.
    package static let names =
        ["ctwing", "onenet", "andlink", "none", "bc25", "bc32", "lwm2m"]
        + LwM2MService.allCases.map { "lwm2m:\($0.rawValue)" }

    /// `ctwing`, `none`, `lwm2m` for AEP, `lwm2m:cu-dmp` for another of its clouds.
    package init?(_ name: String) {
        switch name {
        case "ctwing": self = .ctwing
        case "onenet": self = .onenet
        case "andlink": self = .andlink
        case "none": self = .bare
        case "bc25": self = .bc25
        case "bc32": self = .bc32
        case "lwm2m": self = .lwm2m(.ctAEP)
        default:
            guard name.hasPrefix("lwm2m:"), let service = LwM2MService(rawValue: String(name.dropFirst(6))) else {
                return nil
            }
            self = .lwm2m(service)
        }
    }
}
