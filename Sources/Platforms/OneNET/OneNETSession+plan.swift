import AT

/// What an uplink becomes: reports under observations, or a reason why not.
extension OneNETSession {
    enum Plan {
        case send([OneNETNotification])
        case end(SendResult)
    }

    func plan(_ uplink: UplinkData) -> Plan {
        uplink.readings.isEmpty ? plan(raw: uplink.payload) : plan(readings: uplink.readings)
    }

    private func plan(raw payload: [UInt8]) -> Plan {
        guard let dataUp = options.dataUp, let kind = resources.kind(of: dataUp) else {
            return .end(
                .refused(
                    PlatformError(
                        name: "no_data_resource",
                        text: "raw data have no place to go: data_up must name a resource of a [[module.object]]",
                        source: .bridge)))
        }
        guard let observation = usableObservation(of: dataUp) else {
            return .end(
                .later(
                    PlatformError(
                        name: "not_observed", text: "the platform does not observe resource \(dataUp)", source: .cloud))
            )
        }
        do throws(PlatformError) {
            let value = try OneNETLimit.parameters(of: try value(payload, kind), at: dataUp)
            return .send([OneNETNotification(messageID: observation.messageID, values: [(dataUp, value)])])
        } catch {
            return .end(.refused(error))
        }
    }

    /// Bytes that are no text go as they are into a string resource too, if they are not too many.
    private func value(_ payload: [UInt8], _ kind: ResourceKind) throws(PlatformError) -> ResourceValue {
        if kind == .string, String(validating: payload, as: UTF8.self) == nil,
            payload.count <= ResourceValue.longestOpaque
        {
            return .opaque(payload)
        }
        do throws(ResourceValue.Fault) {
            return try ResourceValue(published: payload, kind: kind)
        } catch {
            throw PlatformError(name: "bad_value", text: error.description, source: .bridge)
        }
    }

    /// One report under the observation that covers all of them, where there is one; else one under each that there is.
    private func plan(readings: [ResourceReading]) -> Plan {
        var groups: [(messageID: Int, readings: [ResourceReading])] = []
        for reading in readings {
            guard let observation = observation(of: reading.path, among: readings.count) else { continue }
            let place = groups.firstIndex { group in
                // Instances of an object are reports of their own (7.8.3).
                group.messageID == observation.messageID && group.readings[0].path.instance == reading.path.instance
            }
            if let place {
                groups[place].readings.append(reading)
            } else {
                groups.append((observation.messageID, [reading]))
            }
        }
        guard !groups.isEmpty else { return .end(.unobserved) }
        if groups.contains(where: { unansweredObservations.contains($0.messageID) }) {
            return .end(
                .later(
                    PlatformError(
                        name: "not_observed", text: "the platform's observation is not answered yet", source: .bridge)))
        }
        do throws(PlatformError) {
            var notifications: [OneNETNotification] = []
            for group in groups { notifications.append(try notification(group.messageID, group.readings)) }
            return .send(notifications)
        } catch {
            return .end(.refused(error))
        }
    }

    private func notification(
        _ messageID: Int, _ readings: [ResourceReading]
    ) throws(PlatformError) -> OneNETNotification {
        let parameters = try OneNETLimit.report(of: readings)
        return OneNETNotification(
            messageID: messageID, values: zip(readings, parameters).map { ($0.path, $1) })
    }

    /// Of several readings the widest observation keeps them together; of one, the narrowest is meant.
    private func observation(of path: ResourcePath, among count: Int) -> ResourceModel.Observation? {
        if count > 1 {
            for wide in [ObjectPath(object: path.object, instance: path.instance), ObjectPath(object: path.object)] {
                if let observation = resources.observations[wide] { return observation }
            }
        }
        return resources.observation(of: path)
    }

    /// Its request is answered, so that the platform knows of it too.
    func usableObservation(of path: ResourcePath) -> ResourceModel.Observation? {
        guard let observation = resources.observation(of: path),
            !unansweredObservations.contains(observation.messageID)
        else { return nil }
        return observation
    }
}
