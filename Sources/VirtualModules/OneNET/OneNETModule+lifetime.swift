import Reactor

/// How long a registration lives, seed 3.3.1 note 2 and 3.3.16.
extension OneNETModule {
    /// What is left of it when it is to be renewed: as long as a CoAP exchange may last.
    private static let reserve = 93

    func watchLifetime() {
        lifeNumber += 1
        let number = lifeNumber
        // Nine tenths are its real length (seed 3.3.7).
        let life = (session.suite?.lifetime ?? 0) * 9 / 10
        let rest = life > 2 * Self.reserve ? Self.reserve : life / 2
        later(.seconds(life - rest)) { module in
            guard module.lifeNumber == number, module.session.suite?.state == .registered else { return }
            if module.session.configuration.updatesItself {
                module.updateItself()
            } else if module.power == .on {
                module.event(14, rest)
            }
        }
        later(.seconds(life)) { module in
            if module.lifeNumber == number { module.lose(9) }
        }
    }

    /// It wakes for that (seed 3.3.1 note 2).
    private func updateItself() {
        guard power == .asleep || power == .waking else { return transmitUpdate(nil, rai: 0) }
        stir()
        step(body.options.wakeTime + .milliseconds(10)) { $0.transmitUpdate(nil, rai: 0) }
    }

    func update(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(3...4)
        try list.reference()
        let lifetime = try list.lifetime(1)
        _ = try list.number(2, 0...1, "withObjectFlag")
        let rai = try list.indication(3)
        let suite = try registration()
        guard !suite.isUpdating else { throw OneNETRefusal(.unsupported, "MIPLUPDATE while another is under way") }
        session.suite?.isUpdating = true
        return Answer(lines: [], result: .ok, afterwards: { [self] in transmitUpdate(lifetime, rai: rai) })
    }

    private func transmitUpdate(_ lifetime: Int?, rai: Int) {
        memory.isReachable = true
        showSignalling(rai: rai)
        switch cloud.registration {
        case .accept:
            step(cloud.registrationTime) { module in
                if let lifetime { module.session.suite?.lifetime = lifetime }
                module.cloud.lifetime = module.session.suite?.lifetime
                module.cloud.updates += 1
                module.endUpdate(11, isOfHost: lifetime != nil)
                module.watchLifetime()
                module.heard()
            }
        case .reject: step(cloud.registrationTime) { $0.endUpdate(12, isOfHost: lifetime != nil) }
        case .ignore: step(patience) { $0.endUpdate(13, isOfHost: lifetime != nil) }
        }
    }

    private func endUpdate(_ number: Int, isOfHost: Bool) {
        if isOfHost { session.suite?.isUpdating = false }
        event(number)
    }
}
