package import Reactor

/// What a virtual module is, how fast it is, and how it spells.
package struct ModuleOptions: Sendable {
    /// What the module does when its line first appears.
    package enum Start: Sendable {
        /// It has been on for long, and is in the network.
        case running
        /// It was just switched on: the banner comes first.
        case booting
    }

    /// Which modules there are: what they are decides their firmware, commands and cloud.
    package enum Platform: Sendable, Equatable {
        /// BC260Y-CN R02.
        case ctwing
        /// BC260Y-CN R01.
        case lwm2m(LwM2MService)
        /// BC260Y-CN.
        case onenet
        /// BC28.
        case andlink
        /// Without any cloud: firmware updates only.
        case bc25
        case bc32
        /// A BC260Y-CN without any cloud.
        case bare
    }

    package var platform = Platform.ctwing
    /// A BC28's own.
    package var andlink = AndlinkOptions()
    package var imei = "869334050000017"
    package var serialNumber = "MPY21A00D000017"
    package var imsi = "460113000000017"
    package var iccid = "89861121000000000017"
    /// Nil: a usual one of the platform.
    package var revision: String?
    package var address = "11.40.70.201"
    /// A BC32 that found no NB-IoT.
    package var isInGSM = false

    /// Both directions are paced to this rate, ten bits a byte; 0 is as fast as the machine goes.
    package var baud = 0
    /// Between the end of a command and the beginning of its answer.
    package var thinkTime = Duration.zero
    package var start = Start.running
    package var bootTime = Duration.milliseconds(500)
    /// From the banner to the network.
    package var attachTime = Duration.seconds(2)
    /// How long CFUN takes.
    package var radioTime = Duration.milliseconds(500)

    /// Without a byte for so long, a module that may sleep does.
    /// The hardware's ten seconds are `hardwareSleep`; without them no test depends on how slow its machine is.
    package var sleepAfter = Duration.seconds(86_400)
    package static let hardwareSleep = Duration.seconds(10)
    /// From the first byte to the first that is heard; those in between are lost.
    package var wakeTime = Duration.milliseconds(100)
    /// False: the connection is gone after deep sleep, and the report is 7 instead of 6.
    package var resumesAfterSleep = true
    package var reportsDeepSleep = true

    package var echo = false
    package var spelling = Spelling()
    /// What differs between builds of OneNET's firmware.
    package var oneNET = OneNETHabits()
    package var keepsLog = true

    /// Protocol time: registration, acknowledgements, sleep. Nil is the reactor's own.
    package var time: (any TimeSource)?
    /// How many seconds of protocol time pass in one: with 1000, a time-out of 124 s takes 0.124 s.
    package var timeScale = 1.0

    package init() {}
}

/// The four clouds behind the standard LwM2M client (S3 5.2 to 5.5).
package enum LwM2MService: String, Sendable, CaseIterable {
    case ctIoT = "ct-iot"
    case ctAEP = "ct-aep"
    case cuDMP = "cu-dmp"
    case andlink
}

/// Spellings that the seed and published firmware know.
package struct Spelling: Sendable {
    package enum NewMessage: Sendable { case plain, quoted, unspaced }
    package enum Event: Sendable { case spaced, unspaced, equals }

    /// A BC28's own.
    package var andlink = AndlinkSpelling()
    /// `+NNMI: 4,AAAA0000`, `+NNMI: 4,"AAAA0000"`, `+NNMI:4,AAAA0000`.
    package var newMessage = NewMessage.plain
    /// `+QLWEVTIND: 4`, `+QLWEVTIND:4`, `+QLWEVTIND=4`.
    package var event = Event.spaced
    /// `"binding_changed","U"` instead of `"binding_changed",U` (S3 3.11 and 5.4.2).
    package var quotesBinding = false
    /// In `"observe"`: 1 is observe, 0 is cancel; S3 has it the other way round, published firmware so.
    package var observesWithOne = false
    /// What published LwM2M firmware does beside S3: the number of an update before OK, no results of added and deleted
    /// objects, and result 231 for a value that is not an answer's last.
    package var showsUpdateNumber = false
    package var omitsObjectResults = false
    package var continuesWith231 = false

    package init() {}
}
