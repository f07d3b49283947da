/// What of a BC28 its note leaves open, or what differs between its firmwares.
package struct AndlinkOptions: Sendable {
    /// Which commands tell the state of a confirmed message (S4 3.7 names one, and shows the other).
    package enum StatusCommands: Sendable { case both, short, long }

    /// Said when the module restarts without having been told to.
    package var rebootCause = RebootCause.applicationWatchdog
    /// A message that comes while a confirmed one is under way is refused with this: 159 or 516.
    package var refusalWhileBusy = 159
    /// And so is one that needs no confirmation.
    package var refusesPlainWhileBusy = false
    package var statusCommands = StatusCommands.both
    /// The three commands that the note marks as being developed; unknown to the firmware if false.
    package var hasCommandsInDevelopment = true
    /// The registration mode of a new module, until QLAREGSWT changes it.
    package var registersItself = true
    /// MO_DATA_ENABLED follows REGISTERED when the data object is observed.
    package var tellsDataEnabled = true
    /// Data is refused until the data object is observed.
    package var needsObservation = false
    /// QLASECSWT survives a restart; by S4 2.3, note 1, it does not.
    package var savesEncryption = false
    /// AT+QLADTLSSTAT? before any handshake tells 1, or is refused (S4 3.12 says both).
    package var tellsIdleHandshake = true
    package var lifetime = Duration.seconds(86_400)
    /// How long the prompt waits for data, in the line's own time.
    package var dataPatience = Duration.seconds(60)
    /// Reports that come while data is awaited are lost instead of standing beside it.
    package var losesReportsDuringData = false
    /// The data of the direct form are hexadecimal digits.
    package var takesHexDirectly = false
    /// Events 6 and 7 come in automatic mode, too.
    package var tellsStepsInAutomaticMode = false
    /// FIRMWARE DOWNLOAD FAILED or UPDATE FAILED after the host has cancelled.
    package var tellsCancellation = false
    /// FIRMWARE UPDATE OVER comes after a failed update, too.
    package var tellsEndOfFailure = false
    /// AT+QLAFOTARESET=1 is obeyed while firmware is downloaded.
    package var yieldsToUrgentData = true

    package init() {}
}

/// How a BC28 spells, where its note has more than one spelling.
package struct AndlinkSpelling: Sendable {
    package enum Prompt: String, Sendable, CaseIterable {
        case plain = "\r\n>"
        case spaced = "\r\n> "
        case bare = ">"
        case onItsLine = "\r\n>\r\n"
    }

    package var prompt = Prompt.plain
    /// `+QSETPSK:` and `+QSETBSPSK:` as in the examples, or with their commands' names.
    package var shortensKeyNames = true
    /// `+CQFG:` as in the example of 3.13, or `+QCFG:`.
    package var swapsConfiguration = true
    /// `+QLAULDATASTATUS:` instead of `+QLADATASTATUS:` (S4 6.1 and 6.2).
    package var lengthensDataStatus = false
    /// `+QLAEVTIND: 0` instead of `+QLAEVTIND:0`.
    package var spacesEvents = false
    /// `+QLAREAD: 1` instead of `+QLAREAD:1`, and the same for writes.
    package var spacesRequests = true
    package var quotesWriteToken = false
    /// What the cloud writes comes as hexadecimal digits, else as it is.
    package var writesHex = false
    /// `Neul ` as real modules say it; the note has no space.
    package var spacesBanner = true

    package init() {}
}

/// What Andlink's cloud does beside what every cloud does.
package struct AndlinkCloud: Sendable {
    package var bootstrap = ModuleCloud.Registration.accept
    package var bootstrapTime = Duration.milliseconds(200)
    /// The only address and port of a bootstrap server that answers; nil: all do.
    package var bootstrapServer: String?
    /// The key for it; nil: any.
    package var bootstrapPSK: [UInt8]?
    package var handshakeTime = Duration.milliseconds(100)
    package var deregistration = ModuleCloud.Registration.accept
    package var observesFirmware = true
    /// The token of the next request; nil: one made of its number.
    package var nextToken: String?
    /// How often the module asks before it gives up.
    package var attempts = 2

    package internal(set) var bootstraps = 0
    package internal(set) var handshakes = 0
    /// As 3/0/17 says it.
    package internal(set) var deviceType: String?
    package internal(set) var registrationWasEncrypted = false

    package init() {}
}

extension ModuleOptions {
    /// A BC28 at its usual 9600 baud.
    package static var bc28: ModuleOptions {
        var options = ModuleOptions()
        (options.platform, options.baud) = (.andlink, 9600)
        return options
    }
}
