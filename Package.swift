// swift-tools-version: 6.2
import PackageDescription

/// One list of settings for every Swift target.
let strict: [SwiftSetting] = [
    // `any` must be written out, so that dynamic dispatch is seen.
    .enableUpcomingFeature("ExistentialAny"),
    // An import is private to its file unless it says otherwise: C never leaks out of its wrapper.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // A member is found only through a module that the file itself imports.
    .enableUpcomingFeature("MemberImportVisibility"),
    // A type that conforms in isolation says so by inference.
    .enableUpcomingFeature("InferIsolatedConformances"),
    // Async functions stay on their caller's executor: no hop that is not written down.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Weak captures cannot be reassigned.
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    // Every touch of C or of raw memory says `unsafe`.
    .strictMemorySafety(),
    // A warning is a fault; a deprecation in a later toolchain is not.
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "narrowbridge",
    targets: [
        // C, each behind one wrapper.
        .target(name: "CLinux"),
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CTOML", cxxSettings: [.unsafeFlags(["-std=c++17"])]),

        // Leaves: pure, no I/O.
        library("AT"),
        library("JSON"),

        // The machine: one event loop, and what hangs on it.
        library("Reactor", ["CLinux"]),
        library("Serial", ["Reactor", "CLinux"]),
        library("MQTT", ["Reactor", "CMosquitto", "CLinux"]),
        library("Store", ["Reactor", "CSQLite"]),
        library("HTTP", ["Reactor", "CMicroHTTPD"]),
        library("FileServer", ["HTTP", "Reactor"]),
        .target(
            name: "WebPage",
            resources: ["page.html", "page.css", "page.js", "actions.js", "icon.svg"].map {
                .embedInCode(.init(stringLiteral: $0))
            },
            swiftSettings: strict),

        // What `narrowbridge watch` shows: messages in, lines out.
        library("Watch", ["JSON", "Reactor"]),

        // The modules and their clouds.
        library("Platforms", ["AT"]),
        library("Modem", ["AT", "Serial", "Reactor"]),
        library(
            "Bridge",
            [
                "AT", "JSON", "Reactor", "Serial", "Modem", "Platforms", "MQTT", "Store", "HTTP", "WebPage", "CTOML",
                "CSystemd",
            ]),
        library("VirtualModules", ["AT", "JSON", "Reactor", "Serial", "MQTT"]),
        .executableTarget(
            name: "narrowbridge",
            dependencies: [
                "AT", "JSON", "Bridge", "VirtualModules", "Reactor", "Serial", "Modem", "MQTT", "Platforms", "Store",
                "HTTP", "FileServer", "Watch",
            ],
            swiftSettings: strict),

        // Brokers, temporary folders and pseudo-terminals for the tests.
        .target(name: "TestSupport", dependencies: ["Reactor", "MQTT"], path: "Tests/Support", swiftSettings: strict),
        tests("ATTests", ["AT"]),
        tests("JSONTests", ["JSON"]),
        tests("ReactorTests", ["Reactor"]),
        tests("SerialTests", ["Serial", "Reactor", "TestSupport"]),
        tests("StoreTests", ["Store", "Reactor", "TestSupport"]),
        tests("FileServerTests", ["FileServer", "HTTP", "Reactor", "TestSupport"]),
        tests("WatchTests", ["Watch", "JSON", "Reactor"]),
        tests("MQTTTests", ["MQTT", "Reactor", "TestSupport"]),
        tests("PlatformsTests", ["Platforms", "AT"]),
        tests("ModemTests", ["Modem", "Platforms", "AT", "Serial", "Reactor"]),
        tests(
            "BridgeTests",
            [
                "Bridge", "AT", "JSON", "Reactor", "Platforms", "MQTT", "Store", "Serial", "Modem", "HTTP",
                "TestSupport",
                "VirtualModules",
            ]),
        tests("VirtualModulesTests", ["VirtualModules", "MQTT", "AT", "JSON", "Reactor", "Serial", "TestSupport"]),
        tests(
            "SystemTests",
            [
                "narrowbridge", "Bridge", "VirtualModules", "AT", "JSON", "Reactor", "MQTT", "Store", "Serial",
                "TestSupport",
            ]),
    ],
    cxxLanguageStandard: .cxx17
)
