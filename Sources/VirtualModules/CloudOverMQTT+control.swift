import JSON

/// Why an order on the control topic was not obeyed.
struct ControlError: Error, CustomStringConvertible {
    let description: String
}

extension VirtualModule {
    func obey(_ order: String, _ value: JSONValue) throws {
        let duration = value["seconds"]?.double.map { Duration.seconds($0) }
        switch order {
        case "reset": reset()
        case "unplug": unplug()
        case "plug": try plugIn()
        case "power_cut": cutPower()
        case "power_on": powerOn()
        case "sleep": enterSleep()
        case "observe": observeData()
        case "unobserve": cancelObservation()
        case "accept": withCloud { $0.registration = .accept }
        case "reject": withCloud { $0.registration = .reject }
        case "ignore": withCloud { $0.registration = .ignore }
        case "ack": withCloud { $0.acknowledgement = .after(duration ?? .milliseconds(50)) }
        case "ack_never": withCloud { $0.acknowledgement = .never }
        case "ack_lost": withCloud { $0.acknowledgement = .lost }
        case "rst": withCloud { $0.acknowledgement = .reset }
        case "update_result": withCloud { $0.updateResult = value["code"]?.integer ?? 0 }
        case "buffer_full": fail(Fault(.bufferFull))
        case "report": report(value["line"]?.string ?? "")
        case "fault": fail(try Self.fault(value, duration))
        case "heal": heal()
        case "firmware": updateFirmware(firmware(value))
        case "fetch": plan(Self.plan(value))
        case "keep_file": keep(ModuleFile(value["name"]?.string ?? "fota.pack", size: value["size"]?.integer ?? 20_135))
        default: throw ControlError(description: "there is no order \"\(order)\"")
        }
    }

    private static func fault(_ value: JSONValue, _ duration: Duration?) throws(ControlError) -> Fault {
        let effect: Fault.Effect
        switch value["effect"]?.string {
        case "drop_answer": effect = .dropAnswer
        case "delay_answer": effect = .delayAnswer(duration ?? .seconds(10))
        case "answer": effect = .answer(value["line"]?.string ?? "ERROR")
        case "echo": effect = .echo
        case "lose_line_feed": effect = .loseLineFeed
        case "report_first": effect = .reportFirst
        case "double_report": effect = .doubleReport
        case "reset_before": effect = .resetBefore
        case "reset_after": effect = .resetAfter
        case "power_cut": effect = .powerCut(duration)
        case "hang_up": effect = .hangUp(duration)
        case "ignore_bytes": effect = .ignoreBytes(value["count"]?.integer ?? 1)
        default: throw ControlError(description: "there is no such effect")
        }
        return Fault(effect, on: value["on"]?.string ?? "", always: value["always"]?.bool ?? false)
    }

    private func firmware(_ value: JSONValue) -> FirmwareTask {
        let outcome: FirmwareTask.Outcome =
            if let code = value["download_error"]?.integer {
                .downloadFailure(code)
            } else if let code = value["update_error"]?.integer {
                .updateFailure(code)
            } else {
                .success(revision: value["revision"]?.string ?? module.nextRevision)
            }
        var task = FirmwareTask(outcome)
        if let size = value["size"]?.integer, size > 0 { task.size = size }
        if let seconds = value["step_seconds"]?.double { task.stepTime = .seconds(seconds) }
        return task
    }

    /// `{"do":"fetch","download_error":6503}` and the like: how the next updates by AT+QFOTADL go.
    private static func plan(_ value: JSONValue) -> FetchPlan {
        var plan = FetchPlan()
        plan.refusal = value["refusal"]?.integer
        plan.downloadResult = value["download_error"]?.integer ?? 0
        plan.installationResult = value["update_error"]?.integer ?? 0
        plan.revision = value["revision"]?.string
        plan.pieceSize = value["piece"]?.integer
        if let size = value["size"]?.integer, size > 0 { plan.size = size }
        if let seconds = value["step_seconds"]?.double { plan.stepTime = .seconds(seconds) }
        if let percent = value["step_percent"]?.integer, 1...100 ~= percent { plan.stepPercent = percent }
        return plan
    }
}
