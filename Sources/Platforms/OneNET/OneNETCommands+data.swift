package import AT

/// The commands that answer the cloud (3.3.9 to 3.3.14) and report to it (3.3.15).
///
/// Their last parameter, the release assistance indication, is left out where it is nil.
extension OneNETCommand {
    /// Five responses whose names the note spells in several ways; what firmware takes is found by trying.
    package enum Response: String, Sendable, CaseIterable {
        case discover, observe, write, execute, parameter

        /// The likeliest first.
        package var names: [String] {
            switch self {
            case .discover: ["MIPLDISCOVERRSP", "MIPLDISCOVERERRSP"]
            case .observe: ["MIPLOBSERVERSP", "MIPLOBSEVERSP", "MIPLOBSEIVERSP"]
            case .write: ["MIPLWRITERSP"]
            case .execute: ["MIPLEXECUTERSP"]
            case .parameter: ["MIPLPARAMETERRSP", "MIPLPARAMETERESP", "MIPLPARAMETERSP"]
            }
        }
    }

    /// MIPLOBSERVERSP, MIPLWRITERSP, MIPLEXECUTERSP and MIPLPARAMETERRSP: a result and nothing else.
    package static func respond(
        _ name: String, _ reference: Int, to messageID: Int, result: Int, rai: UInt8? = nil
    ) -> Command {
        Command("AT+\(name)=\(reference),\(messageID),\(result)" + (rai.map { ",\($0)" } ?? ""))
    }

    /// MIPLDISCOVERRSP: the resources of the object, each once, as far as the list may be long.
    package static func discovered(
        named name: String = Response.discover.names[0], _ reference: Int, to messageID: Int, result: Int,
        resources: [UInt16], rai: UInt8? = nil
    ) -> Command {
        var list = ""
        var named: Set<UInt16> = []
        for resource in resources where named.insert(resource).inserted {
            let longer = list.isEmpty ? "\(resource)" : "\(list);\(resource)"
            if longer.utf8.count > OneNETLimit.list { break }
            list = longer
        }
        return Command(
            "AT+\(name)=\(reference),\(messageID),\(result),\(list.utf8.count),\"\(list)\""
                + (rai.map { ",\($0)" } ?? ""))
    }

    /// MIPLREADRSP: one value of the answer; `index` counts down to 0.
    package static func readResponse(
        _ reference: Int, to messageID: Int, result: Int, _ path: ResourcePath, _ value: ValueParameters, index: Int,
        rai: UInt8? = nil
    ) -> Command {
        var bytes = Array("AT+MIPLREADRSP=\(reference),\(messageID),\(result),".utf8)
        append(path, value, index: index, to: &bytes)
        if let rai { bytes.append(contentsOf: ",\(rai)".utf8) }
        return Command(bytes: bytes)
    }

    /// MIPLNOTIFY: one value of a report. The ackId (0: not confirmed) and the indication are always written: left out,
    /// the module may take those of the report before (3.1.1).
    package static func notify(
        _ reference: Int, under messageID: Int, _ path: ResourcePath, _ value: ValueParameters, index: Int,
        ackID: Int, rai: UInt8
    ) -> Command {
        var bytes = Array("AT+MIPLNOTIFY=\(reference),\(messageID),".utf8)
        append(path, value, index: index, to: &bytes)
        bytes.append(contentsOf: ",\(ackID),\(rai)".utf8)
        return Command(bytes: bytes)
    }

    /// `<objId>,<insId>,<resId>,<valueType>,<len>,<value>,<index>,<flag>`; the flag is always 0 (remark of 3.3.11).
    private static func append(
        _ path: ResourcePath, _ value: ValueParameters, index: Int, to bytes: inout [UInt8]
    ) {
        let quote = UInt8(ascii: "\"")
        bytes.append(
            contentsOf: "\(path.object),\(path.instance),\(path.resource),\(value.type),\(value.length),".utf8)
        if value.type == 1 { bytes.append(quote) }
        bytes.append(contentsOf: value.text)
        if value.type == 1 { bytes.append(quote) }
        bytes.append(contentsOf: ",\(index),0".utf8)
    }
}
