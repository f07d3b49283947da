import AT

/// What OneNET's commands can carry (3.3.11 and 3.3.15), so that what is more is refused before it is accepted.
package enum OneNETLimit {
    /// Of one value. Several in a report have less together (remark 1 of both).
    package static let bytes = ResourceValue.longestString

    /// An answer or a report has at most so many values: their index goes from 10 to 0.
    package static let values = 11

    /// The longest list of resources in an answer to a discover, in bytes (3.3.9).
    package static let list = 255

    /// Why an answer to a read cannot have these values.
    package static func fault(ofAnswer readings: [ResourceReading]) -> PlatformError? {
        do throws(PlatformError) {
            _ = try parameters(of: readings, in: "answer")
            return nil
        } catch {
            return error
        }
    }

    /// Why these values cannot be one report.
    package static func fault(ofReport readings: [ResourceReading]) -> PlatformError? {
        do throws(PlatformError) {
            _ = try report(of: readings)
            return nil
        } catch {
            return error
        }
    }

    static func report(of readings: [ResourceReading]) throws(PlatformError) -> [ValueParameters] {
        let values = try parameters(of: readings, in: "report")
        let size = values.reduce(0) { $0 + $1.length }
        guard values.count == 1 || size < bytes else {
            throw fault("too_long", "the report has \(size) bytes; at most \(bytes - 1) are expected")
        }
        return values
    }

    private static func parameters(
        of readings: [ResourceReading], in message: String
    ) throws(PlatformError) -> [ValueParameters] {
        guard readings.count <= values else {
            throw fault(
                "too_many_values", "the \(message) has \(readings.count) values; at most \(values) are expected")
        }
        var parameters: [ValueParameters] = []
        for reading in readings { parameters.append(try self.parameters(of: reading.value, at: reading.path)) }
        return parameters
    }

    static func parameters(of value: ResourceValue, at path: ResourcePath) throws(PlatformError) -> ValueParameters {
        let parameters: ValueParameters
        do throws(Quoted.Refusal) {
            parameters = try ValueParameters(value)
        } catch {
            throw fault(
                "bad_value",
                "\(path): \(error) With it at most \(ResourceValue.longestOpaque) bytes are expected.")
        }
        // The cloud may write more into an opaque resource than a command can carry back.
        let limit = parameters.type == 2 ? ResourceValue.longestOpaque : bytes
        guard parameters.length <= limit else {
            throw fault(
                "too_long", "\(path): the value has \(parameters.length) bytes; at most \(limit) are expected")
        }
        return parameters
    }

    private static func fault(_ name: String, _ text: String) -> PlatformError {
        PlatformError(name: name, text: text, source: .bridge)
    }
}
