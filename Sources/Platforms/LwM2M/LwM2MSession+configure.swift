import AT

/// What the module is told before it registers.
extension LwM2MSession {
    func wishedConfiguration() async throws(SessionFailure) -> LwM2MConfiguration {
        let endpoint = try await endpoint()
        return LwM2MConfiguration(
            isBootstrap: options.bootstrap, host: options.host, port: options.port, endpoint: endpoint,
            lifetime: lifetime, key: options.psk.map { LwM2MKey(id: options.pskID ?? endpoint, key: $0) },
            binding: options.binding)
    }

    private func endpoint() async throws(SessionFailure) -> String {
        if let endpoint = options.endpoint { return endpoint }
        if identity.imei == nil {
            identity.imei = Inquiry.readDigits(try await ask(Inquiry.imei)?.lines.first)
        }
        guard let imei = identity.imei else {
            throw .failed(
                PlatformError(name: "no_imei", text: "the module does not tell its IMEI", source: .module))
        }
        guard options.service == .ctAEP else { return imei }
        if identity.imsi == nil {
            identity.imsi = Inquiry.readDigits(try await ask(Inquiry.imsi)?.lines.first)
        }
        guard let imsi = identity.imsi else {
            throw .failed(
                PlatformError(
                    name: "no_imsi", text: "the module does not tell its IMSI: check the SIM", source: .module))
        }
        return "urn:imei-imsi:\(imei)-\(imsi)"
    }

    /// What QLACFG shows; nothing if the module does not tell.
    func shownSettings() async throws(SessionFailure) -> [LwM2MSetting] {
        let shown = (try await ask(LwM2MCommand.settings)?.lines ?? []).compactMap(LwM2MSetting.init)
        for case .retransmission(let retransmission) in shown { self.retransmission = retransmission }
        return shown
    }

    func set(_ settings: [LwM2MSetting]) async throws(SessionFailure) {
        for setting in settings {
            try await demand(try command { () throws(Quoted.Refusal) in try LwM2MCommand.set(setting) })
            if case .retransmission(let retransmission) = setting { self.retransmission = retransmission }
        }
    }

    func objectPlan() async throws(SessionFailure) -> LwM2MObjectPlan {
        let wished = resources.objects.map { LwM2MObject($0) }
        if let fault = LwM2MObjectPlan.fault(of: wished) { throw .failed(fault) }
        let shown = (try await ask(LwM2MCommand.objects)?.lines ?? []).compactMap(LwM2MObject.init)
        return LwM2MObjectPlan(wished: wished, shown: shown)
    }

    /// False if the platform did not take it. A module that is registered tells the platform and reports the result;
    /// some never does.
    func carryOut(_ plan: LwM2MObjectPlan, isRegistered: Bool = true) async throws(SessionFailure) -> Bool {
        for id in plan.deleted {
            deleting.expect()
            defer { deleting.end() }
            try await demand(LwM2MCommand.delete(object: id))
            guard isRegistered else { continue }
            if let code = try await result(deleting, atMost: Limit.result), code != 0 { return false }
        }
        for object in plan.added {
            adding.expect()
            defer { adding.end() }
            try await demand(LwM2MCommand.add(object))
            guard isRegistered else { continue }
            if let code = try await result(adding, atMost: Limit.result), code != 0 { return false }
        }
        return true
    }
}
