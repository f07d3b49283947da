import AT
import Testing

@testable import Platforms

/// Chapter 4 of the note, the codes of compatible firmware, and what follows from each.
@Suite struct OneNETErrorTests {
    static let table: [(code: Int, name: String, text: String, remedy: ModuleError.Remedy)] = [
        (651, "memory_error", "the module has not enough memory", .tryLater),
        (652, "parameter_error", "a parameter is wrong", .giveUp),
        (653, "operation_not_supported", "the operation is not supported", .unknown),
        (654, "sdk_error", "the module's OneNET software has failed", .tryLater),
        (655, "not_found_error", "the module has not found what the command names", .tryLater),
        (100, "unknown_error", "the module cannot say what is wrong", .unknown),
        (601, "parameter_error", "a parameter is wrong", .giveUp),
        (602, "status_error", "the module is not in a state for this", .register),
        (656, "configuration_error", "the module could not save its configuration", .unknown),
        (657, "conflict_error", "another operation of the module stands against it", .tryLater),
        (658, "task_error", "the module could not hand the command on", .tryLater),
        (659, "no_object_memory", "the module has no room for another object", .tryLater),
    ]

    @Test(arguments: table)
    func `a code has its name, its text and its remedy`(
        code: Int, name: String, text: String, remedy: ModuleError.Remedy
    ) {
        let error = OneNETError.codes[code]
        #expect(error.remedy == remedy)
        #expect(error.published == PlatformError(code: code, name: name, text: text, source: .module))
    }

    @Test(arguments: [3, 50, 55, 302, 304, 308])
    func `a code of other firmware is one to try later`(code: Int) {
        #expect(OneNETError.codes[code].remedy == .tryLater)
        #expect(OneNETError.codes[code].name.hasPrefix("module_"))
    }

    @Test(arguments: [0, 650, 660, 9999, -1])
    func `an unknown code keeps its number`(code: Int) {
        #expect(OneNETError.codes[code].remedy == .unknown)
        #expect(
            OneNETError.codes[code].published
                == PlatformError(
                    code: code, name: "error_\(code)", text: "the module answered with error \(code)", source: .module))
    }

    @Test func `no code is in the table twice`() {
        #expect(Set(OneNETError.codes.all.map(\.code)).count == OneNETError.codes.all.count)
    }

    @Test(
        arguments: [
            (601, true), (602, true), (651, true), (659, true), (100, false), (58, false), (nil, false), (650, false),
        ] as [(Int?, Bool)])
    func `a code of the suite says that the command is known`(code: Int?, expected: Bool) {
        #expect(OneNETError.provesCommand(code) == expected)
    }
}
