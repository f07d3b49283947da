import Reactor
import Testing
import VirtualModules

/// Bytes never pass faster than the rate allows. How slow the test's machine is does not matter.
@Suite struct PacingTests {
    @Test(arguments: [4800, 9600, 57600, 115_200])
    func `an answer takes its time both ways`(baud: Int) async throws {
        try await withHost(.with { $0.baud = baud }, baud: baud) { _, host in
            let started = await host.now
            let command = "AT+CGSN=1"
            let answer = await host.command(command)
            #expect(answer == "\r\n+CGSN: 869334050000017\r\n\r\nOK\r\n")
            let perByte = 10.0 / Double(baud)
            for arrival in await host.arrivals {
                let bytes = command.utf8.count + 1 + arrival.total
                #expect((arrival.time - started).inSeconds >= perByte * Double(bytes) * 0.999)
            }
        }
    }

    @Test func `a long report is paced from its first byte to its last`() async throws {
        try await withHost(.with { $0.baud = 115_200 }) { module, host in
            #expect(await host.register())
            #expect(await host.ok("AT+NNMI=1"))
            let before = await host.arrivals.count
            let bytesBefore = await host.bytes.count
            let started = await host.now
            await module.send(downlink: [UInt8](repeating: 9, count: 1024))
            #expect(await host.until("0909\r\n").utf8.count == 2 + 12 + 2048 + 2)
            let arrivals = await host.arrivals[before...]
            // Not in one piece, and no piece early.
            #expect(arrivals.count > 1)
            for arrival in arrivals {
                let bytes = Double(arrival.total - bytesBefore)
                #expect((arrival.time - started).inSeconds >= bytes * 10 / 115_200 * 0.999)
            }
        }
    }

    @Test func `at another rate than the module's nothing is understood`() async throws {
        try await withHost(.with { $0.baud = 9600 }, baud: 115_200) { module, host in
            await host.write("AT\r")
            await module.wait { $0.hearsNoise }
            await module.report("+NNMI")
            let noise = await host.until("\0\0\0\0")
            #expect(noise == "\0\0\0\0")
            #expect(await module.log.allSatisfy { $0.kind != .command })
        }
    }
}
