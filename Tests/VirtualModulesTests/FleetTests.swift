import Glibc
import Reactor
import Testing
import VirtualModules

@Suite struct FleetTests {
    @Test func `a thousand modules share one thread`() async throws {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let fleet = (0..<1000).map { number in
            let options = ModuleOptions.with {
                $0.imei = "86933405\(1_000_000 + number)"
                // However slow the machine is, none falls asleep before its turn.
                $0.sleepAfter = .seconds(3600)
            }
            return (options: options, path: temporaryPath())
        }
        try await withVirtualModules(fleet) { modules in
            let host = RawHost()
            for (index, module) in modules.enumerated() where index.isMultiple(of: 50) {
                try await host.open(module.path)
                #expect(await host.command("AT+CGSN=1") == "\r\n+CGSN: \(fleet[index].options.imei)\r\n\r\nOK\r\n")
                await host.close()
            }
            await host.end()
        }
    }
}
