/// How the next update by AT+QFOTADL goes, and how this module's firmware tells it (S1 2.2.2).
///
/// What is at an address of this machine is really fetched from there; of any other address a package of `size` comes.
package struct FetchPlan: Sendable {
    /// When a successful update says so.
    package enum End: Sendable { case beforeRestart, afterRestart, never }

    package enum Words: Sendable {
        /// `"DOWNLOADING",37%` (S1 2.3).
        case note
        /// `"DOWNLOADING",37` (S1 2.2.2.1).
        case plain
        /// Other firmware of this kind: `"DOWNLOADING", 37%`, each twice, `"DOWNLOAD SUCCESS"` or `"FAIL"`, then silence.
        case terse
    }

    /// Instead of OK.
    package var refusal: Int?
    package var size = 20_135
    /// Between two reports of progress, which are so many percent apart.
    package var stepTime = Duration.milliseconds(50)
    package var stepPercent = 10
    /// HTTPEND's.
    package var downloadResult = 0
    /// END's.
    package var installationResult = 0
    /// At so many percent what fails does so, and what never ends falls silent.
    package var turningPoint = 50
    package var downloadHalts = false
    package var installationHalts = false
    /// Nil: the present one, counted up.
    package var revision: String?
    package var end = End.beforeRestart
    package var words = Words.note
    /// Fetched in pieces of so many bytes, each by a range; nil: as a whole.
    package var pieceSize: Int?

    package init() {}

    package static func with(_ change: (inout FetchPlan) -> Void) -> FetchPlan {
        var plan = FetchPlan()
        change(&plan)
        return plan
    }
}

/// A file in the module's own memory, as AT+QFLST lists it.
package struct ModuleFile: Sendable, Equatable {
    package let name: String
    package let size: Int

    package init(_ name: String, size: Int) {
        self.name = name
        self.size = size
    }
}

/// What a module with AT+QFOTADL keeps.
struct Fetching {
    /// The name of a package that AT+QFOTADL=1 installs.
    static let packageName = "fota.pack"

    var plan = FetchPlan()
    /// They outlive everything.
    var files: [ModuleFile] = []
    var capacity = 262_144
    /// An installation that lost its power, and how far it was.
    var interrupted: (plan: FetchPlan, percent: Int)?

    var space: Int { capacity - files.reduce(0) { $0 + $1.size } }

    mutating func keep(_ file: ModuleFile) {
        files.removeAll { $0.name == file.name }
        files.append(file)
    }
}

/// A download under way; lost with power.
struct FetchCourse {
    enum Purpose {
        case installation
        case file(String)
    }

    let plan: FetchPlan
    let purpose: Purpose
    /// Nil: of no real server.
    let fetch: PackageFetch?
    var percent = 0
    var size = 0
}
