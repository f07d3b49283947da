extension ModuleOptions.Platform {
    /// The module that the platform has. Each is a class of its own folder.
    func module(with body: ModuleBody) -> StandardModule {
        switch self {
        case .ctwing: CTWingModule(body: body)
        case .lwm2m(let service): LwM2MModule(body: body, service: service)
        case .onenet: OneNETModule(body: body)
        case .andlink: AndlinkModule(body: body)
        case .bare: StandardModule(body: body)
        }
    }
}
