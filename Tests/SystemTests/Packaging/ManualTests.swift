import TestSupport
import Testing
import VirtualModules

@testable import narrowbridge

/// Manual pages and completions are made from what the program says of itself: here it is seen that they get it all.
@Suite struct ManualTests {
    @Test func `the manual has every command with every option`() async throws {
        let page = try await page("narrowbridge.1")
        for command in Subcommands.all {
            #expect(page.contains("\n.SS \(command.name.replacing("-", with: "\\-"))\n"), "\(command.name)")
            for option in command.help.matches(of: /--[a-z-]+/) {
                #expect(page.contains(option.output.replacing("-", with: "\\-")), "\(command.name) \(option.output)")
            }
        }
    }

    @Test func `the manual of the configuration has every key of every table`() async throws {
        let page = try await page("bridge.conf.5")
        let lines = try Sources.text("bridge.conf").split(separator: "\n").map(String.init)
        let keys = lines.compactMap { $0.firstMatch(of: #/^#?([a-z_]+) = /#).map { String($0.output.1) } }
        #expect(keys.count > 40)
        for key in keys { #expect(page.contains("\\fB\(key) = "), "\(key)") }
        for table in lines.compactMap({ $0.firstMatch(of: #/^#?(\[.*\])$/#).map { String($0.output.1) } }) {
            #expect(page.contains("\n.SH \(table)\n"), "\(table)")
        }
    }

    private func page(_ name: String) async throws -> String {
        let directory = try TemporaryDirectory()
        try await run(Sources.path("scripts/manuals"), BridgeProcess.program, directory.path, "0")
        return try Sources.text(absolute: directory.file(name))
    }

    @Test func `bash completes commands, options and their values`() async throws {
        let commands = try await complete("")
        #expect(commands == ["--help", "--version"] + Subcommands.all.map { $0.name })
        let actions = try await complete("queue", "")
        #expect(actions == ["list", "drop", "retry"])
        let begun = try await complete("run", "--c")
        #expect(begun == ["--config"])
        let platforms = try await complete("simulate", "--platform", "")
        #expect(platforms == ModuleOptions.Platform.names)
        for command in Subcommands.all {
            let options = Set(command.help.matches(of: /--[a-z]+(-[a-z]+)*/).map { String($0.output.0) })
            let offered = try await complete(command.name, "--")
            #expect(Set(offered) == options.union(["--help"]), "\(command.name)")
        }
    }

    @Test(arguments: ["completions/_narrowbridge", "completions/narrowbridge.fish"])
    func `the other shells complete the same platforms`(_ file: String) throws {
        #expect(try Sources.text(file).contains(ModuleOptions.Platform.names.joined(separator: " ")))
    }

    /// What bash offers for the last word.
    private func complete(_ words: String...) async throws -> [String] {
        let script = """
            compopt() { :; }
            source '\(Sources.path("completions/narrowbridge"))'
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _narrowbridge
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let process = try await ChildProcess("bash", ["-c", script, "bash", BridgeProcess.program] + words)
        let status = try await process.exit()
        try #require(status == 0)
        return process.output.value.text.split(separator: "\n").map(String.init)
    }
}
