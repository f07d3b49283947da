import Reactor
import TestSupport
import Testing
import VirtualModules

/// AT+QFOTADL by the dialogues of the note (S1 2.3), and by what it says of lost power, errors and spellings.
@Suite struct FetchTests {
    private static let url = "http://224.168.203.81:3029/update.pack"

    private static func options(_ change: (inout ModuleOptions) -> Void = { _ in }) -> ModuleOptions {
        .with {
            ($0.platform, $0.bootTime, $0.attachTime) = (.bc25, .zero, .zero)
            $0.sleepAfter = .seconds(1_000_000)
            change(&$0)
        }
    }

    private static func steps(_ step: String, by percent: Int = 10) -> [String] {
        stride(from: percent, through: 100, by: percent).map { #"+QIND: "FOTA","\#(step)",\#($0)%"# }
    }

    private func lines(_ text: String) -> [String] { text.split(whereSeparator: \.isNewline).map(String.init) }

    private static let quick = FetchPlan.with { $0.stepTime = .milliseconds(1) }

    @Test(arguments: [ModuleOptions.Platform.bc25, .bc32, .ctwing])
    func `a package is fetched and installed`(_ platform: ModuleOptions.Platform) async throws {
        try await withHost(Self.options { $0.platform = platform }) { module, host in
            await module.plan(.with { ($0.stepTime, $0.revision) = (.milliseconds(1), "NEW") })
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.command("AT+COPS?").contains(#"+COPS: 0,2,"46011",9"#))
            #expect(await host.command("AT+CGDCONT?").contains(#"+CGDCONT: 1,"IP","cmnbiot","11.40.70.201",0,0"#))
            #expect(await host.ok("AT+QFOTADL=?"))
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            let told = lines(await host.until("RDY\r\n"))
            #expect(
                told == [#"+QIND: "FOTA","HTTPSTART""#] + Self.steps("DOWNLOADING")
                    + [#"+QIND: "FOTA","HTTPEND",0"#, #"+QIND: "FOTA","START""#] + Self.steps("UPDATING")
                    + [#"+QIND: "FOTA","END",0"#, "RDY"])
            _ = await host.until("READY\r\n")
            #expect(await host.command("AT+CGMR").contains("NEW"))
            #expect(await module.breaches == [])
        }
    }

    @Test func `a file is kept under the name of the url, under its own, or under the default`() async throws {
        try await withHost(Self.options()) { module, host in
            await module.plan(Self.quick)
            #expect(await host.ok("AT+QSCLK=0"))
            for end in ["test.bin\"", "test.bin\",\"mcu.bin\"", "a*b\""] {
                #expect(await host.ok("AT+QFOTADL=2,\"http://224.168.203.81:3029/\(end)"))
                let told = lines(await host.until("HTTPEND\",0\r\n"))
                #expect(told.first == #"+QIND: "FOTA","HTTPSTART""#)
            }
            #expect(
                await host.command("AT+QFLST")
                    == "\r\n+QFLST: \"test.bin\",20135\r\n+QFLST: \"mcu.bin\",20135\r\n+QFLST: \"mcu_update.bin\",20135\r\n\r\nOK\r\n"
            )
            #expect(await module.breaches == [])
        }
    }

    @Test func `a package among the module's files is installed, and without one it says so`() async throws {
        try await withHost(Self.options()) { module, host in
            await module.plan(Self.quick)
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.ok("AT+QFLST"))
            #expect(await host.command("AT+QFOTADL=1") == "\r\n+CME ERROR: 6506\r\n")
            await module.keep(ModuleFile("fota.pack", size: 20_135))
            #expect(await host.ok("AT+QFOTADL=1"))
            let told = lines(await host.until("RDY\r\n"))
            #expect(
                told == [#"+QIND: "FOTA","START""#] + Self.steps("UPDATING") + [#"+QIND: "FOTA","END",0"#, "RDY"])
            #expect(await module.files == [])
            #expect(await module.breaches == [])
        }
    }

    @Test(arguments: [6500, 6501, 6502, 6503, 6504, 6505, 6506, 6507, 6509])
    func `every error of a download is told at its command or at its end, and leaves the module at work`(
        _ code: Int
    ) async throws {
        try await withHost(Self.options()) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+CMEE=1"))
            await module.plan(.with { $0.refusal = code })
            #expect(await host.command("AT+QFOTADL=\"\(Self.url)\"") == "\r\n+CME ERROR: \(code)\r\n")
            await module.plan(.with { ($0.stepTime, $0.downloadResult) = (.milliseconds(1), code) })
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            let told = lines(await host.until("HTTPEND\",\(code)\r\n"))
            #expect(told.dropLast().last == #"+QIND: "FOTA","DOWNLOADING",50%"#)
            #expect(await host.ok("AT"))
            #expect(await module.breaches == [])
        }
    }

    @Test func `an installation that fails is given up at once`() async throws {
        try await withHost(Self.options()) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            await module.plan(.with { ($0.stepTime, $0.installationResult) = (.milliseconds(1), 6508) })
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            #expect(await host.until("END\",6508\r\n").contains("UPDATING\",50%"))
            #expect(await host.command("AT+CGMR").contains("BC25PAR01A03"))
            #expect(await module.breaches == [])
        }
    }

    @Test func `lost power interrupts an installation and ends a download`() async throws {
        try await withManualTime(Self.options()) { module, host, time in
            #expect(await host.ok("AT+QSCLK=0"))
            await module.plan(.with { $0.stepTime = .seconds(1) })
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            _ = await host.until("START\"\r\n")
            await time.advance(by: .seconds(3))
            _ = await host.until("DOWNLOADING\",30%\r\n")
            await module.cutPower()
            await module.powerOn()
            #expect(await host.until("READY\r\n").contains("RDY"))
            await time.advance(by: .milliseconds(1))
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            // Ten pieces and the end, the start and four steps.
            await time.advance(by: .seconds(14))
            _ = await host.until("UPDATING\",40%\r\n")
            await module.cutPower()
            await module.powerOn()
            await time.advance(by: .seconds(8))
            let told = lines(await host.until("RDY\r\n"))
            #expect(
                told == [#"+QIND: "FOTA","START""#] + Self.steps("UPDATING").dropFirst(4) + [
                    #"+QIND: "FOTA","END",0"#, "RDY",
                ])
            #expect(await module.breaches == [])
        }
    }

    @Test func `a module in GSM wants an active context`() async throws {
        let options = Self.options { ($0.platform, $0.isInGSM) = (.bc32, true) }
        try await withHost(options) { module, host in
            await module.plan(Self.quick)
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.command("AT+COPS?").contains(#"+COPS: 0,2,"46011",0"#))
            #expect(await host.command("AT+QFOTADL=\"\(Self.url)\"") == "\r\n+CME ERROR: 6503\r\n")
            #expect(await module.breaches.count == 1)
            #expect(await host.ok("AT+CGDCONT=1,\"IP\""))
            #expect(await host.ok("AT+CGACT=1,1"))
            #expect(await host.command("AT+CGDCONT?").contains(#"+CGDCONT: 1,"IP","","11.40.70.201",0,0"#))
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            _ = await host.until("RDY\r\n")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(
        arguments: [
            (.plain, .beforeRestart, "DOWNLOADING\",10\r\n", "END\",0\r\n\r\nRDY"),
            (.note, .afterRestart, "DOWNLOADING\",10%\r\n", "RDY\r\n\r\n+CFUN: 1\r\n\r\n+QIND: \"FOTA\",\"END\",0"),
            (.note, .never, "DOWNLOADING\",10%\r\n", "UPDATING\",100%\r\n\r\nRDY"),
            (
                .terse, .never, "DOWNLOADING\", 10%\r\n\r\n+QIND: \"FOTA\",\"DOWNLOADING\", 10%\r\n",
                "SUCCESS\"\r\n\r\nRDY"
            ),
        ] as [(FetchPlan.Words, FetchPlan.End, String, String)])
    func `other firmware tells it otherwise`(
        _ words: FetchPlan.Words, _ end: FetchPlan.End, _ progress: String, _ ending: String
    ) async throws {
        try await withHost(Self.options()) { module, host in
            await module.plan(.with { ($0.stepTime, $0.words, $0.end) = (.milliseconds(1), words, end) })
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            let text = await host.until("READY\r\n")
            #expect(text.contains(progress))
            #expect(text.contains(ending))
        }
    }

    @Test func `what never ends falls silent`() async throws {
        try await withManualTime(Self.options()) { module, host, time in
            #expect(await host.ok("AT+QSCLK=0"))
            await module.plan(.with { $0.downloadHalts = true })
            #expect(await host.ok("AT+QFOTADL=\"\(Self.url)\""))
            _ = await host.until("START\"\r\n")
            await time.advance(by: .seconds(86_400))
            #expect(await host.until("50%\r\n").contains("40%"))
            #expect(await module.isDownloading)
            #expect(await host.until("never", limit: .milliseconds(20)) == "")
        }
    }
}
