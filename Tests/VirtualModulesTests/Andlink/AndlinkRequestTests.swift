import Reactor
import Testing
import VirtualModules

/// Reads and writes of the cloud, and how the answers are judged (S4 3.6, 4.1, 4.2).
@Suite struct AndlinkRequestTests {
    private func ask(_ module: VirtualModule, _ host: RawHost, _ order: CloudOrder) async throws -> Asked {
        await module.request(order)
        _ = await host.until("\r\n")
        return try #require(Asked(await host.until("\r\n")))
    }

    @Test func `a read has a query or none`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.withCloud { cloud in
                cloud.nextMessageID = 9415
                cloud.andlink.nextToken = "6857D31A64CCBC95"
            }
            var order = CloudOrder(.read, "19/1/0")
            order.query = "lwm2m=1.&ep=12345&name=123456"
            await module.request(order)
            let expected = "\r\n+QLAREAD: 9415,\"6857D31A64CCBC95\",\"lwm2m=1.&ep=12345&name=123456\"\r\n"
            #expect(await host.until("456\"\r\n") == expected)
            #expect(await host.sends("AT+QLASENDRSP=9415,6857D31A64CCBC95,1,3", data: "abc"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [
        (false, false, true, "+QLAWRITE: 70000,0A,on,\"off\",,\"1\""),
        (true, false, true, "+QLAWRITE: 70000,0A,6F6E2C226F6666222C2C223122"),
        (false, true, false, "+QLAWRITE:70000,\"0A\",on,\"off\",,\"1\""),
    ])
    func `a write is spelled as told`(hex: Bool, quotes: Bool, space: Bool, report: String) async throws {
        let change = { @Sendable (options: inout ModuleOptions) in
            options.spelling.andlink.writesHex = hex
            options.spelling.andlink.quotesWriteToken = quotes
            options.spelling.andlink.spacesRequests = space
        }
        try await withBC28(.andlink(change)) { module, host in
            #expect(await host.registerAndlink())
            await module.withCloud { cloud in
                cloud.nextMessageID = 70_000
                cloud.andlink.nextToken = "0A"
            }
            await module.request(CloudOrder(.write, "19/1/0", text: #"on,"off",,"1""#))
            #expect(await host.until("\r\n") + host.until("\r\n") == "\r\n\(report)\r\n")
            #expect(await host.ok("AT+QLASENDRSP=70000,\"0a\",2,0"))
            #expect(await module.waitForAnswer(to: 70_000)?.code == 2)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a write with a query ends in it`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.withCloud { $0.andlink.nextToken = "0A" }
            var order = CloudOrder(.write, "19/1/0", text: "x,y")
            order.query = "q=1"
            await module.request(order)
            #expect(await host.until("\"\r\n") == "\r\n+QLAWRITE: 8095,0A,x,y,\"q=1\"\r\n")
        }
    }

    @Test func `all byte values come down and go up`() async throws {
        try await withBC28(.andlink { $0.spelling.andlink.writesHex = true }) { module, host in
            #expect(await host.registerAndlink())
            let bytes = (0...255).map { UInt8($0) }
            await module.withCloud { $0.andlink.nextToken = "0A" }
            await module.send(downlink: bytes)
            let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
            #expect(await host.until("FF\r\n") == "\r\n+QLAWRITE: 8095,0A,\(digits)\r\n")
            #expect(await host.ok("AT+QLASENDRSP=8095,0A,2,0"))
            let asked = try await ask(module, host, CloudOrder(.read, "19/1/0"))
            let (_, answer) = await host.command("AT+QLASENDRSP=\(asked.id),\(asked.token),1,256", data: bytes)
            #expect(answer == "\r\nOK\r\n")
            #expect(await module.waitForAnswer(to: asked.id)?.values.map(\.bytes) == [bytes])
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `what is no text comes down as it is`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.withCloud { $0.andlink.nextToken = "0A" }
            let bytes = (0...255).map { UInt8($0) }.filter { $0 != 0x0A && $0 != 0x0D }
            let before = await host.bytes.count
            await module.send(downlink: bytes)
            let expected = Array("\r\n+QLAWRITE: 8095,0A,".utf8) + bytes + Array("\r\n".utf8)
            await module.wait { $0.log.contains { $0.text.hasPrefix("+QLAWRITE") } }
            while await host.bytes.count < before + expected.count { _ = await host.until("\r\n") }
            #expect(await Array(host.bytes[before...]) == expected)
        }
    }

    @Test(arguments: [
        (CloudOrder.Kind.read, 1, "abc"), (.read, 11, ""), (.read, 12, ""), (.read, 13, ""), (.read, 14, ""),
        (.write, 2, ""), (.write, 13, ""), (.write, 14, ""),
    ])
    func `each result reaches the cloud`(kind: CloudOrder.Kind, result: Int, data: String) async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            let asked = try await ask(module, host, CloudOrder(kind, "19/1/0", text: "x"))
            let command = "AT+QLASENDRSP=\(asked.id),\(asked.token),\(result),\(data.utf8.count)"
            #expect(await data.isEmpty ? host.ok(command) : host.sends(command, data: data))
            let answer = try #require(await module.waitForAnswer(to: asked.id))
            #expect(answer.code == result)
            #expect(answer.values.map(\.text) == (data.isEmpty ? [] : [data]))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a result must fit its request`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            let read = try await ask(module, host, CloudOrder(.read, "19/1/0"))
            #expect(await host.command("AT+QLASENDRSP=\(read.id),\(read.token),2,0") == "\r\n+CME ERROR: 50\r\n")
            let write = try await ask(module, host, CloudOrder(.write, "19/1/0", text: "x"))
            #expect(await host.command("AT+QLASENDRSP=\(write.id),\(write.token),1,0") == "\r\n+CME ERROR: 50\r\n")
            #expect(await module.breaches.count == 2)
        }
    }

    @Test func `a wrong token and a wrong number are refused`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            let asked = try await ask(module, host, CloudOrder(.read, "19/1/0"))
            #expect(await host.command("AT+QLASENDRSP=\(asked.id),FF,13,0") == "\r\n+CME ERROR: 50\r\n")
            let wrong = await host.command("AT+QLASENDRSP=\(asked.id + 1),\(asked.token),13,0")
            #expect(wrong == "\r\n+CME ERROR: 516\r\n")
            #expect(await module.breaches.count == 2)
            #expect(await host.ok("AT+QLASENDRSP=\(asked.id),\(asked.token),13,0"))
        }
    }

    @Test func `a second answer is refused without a prompt, and counted`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            let asked = try await ask(module, host, CloudOrder(.read, "19/1/0"))
            #expect(await host.sends("AT+QLASENDRSP=\(asked.id),\(asked.token),1,1", data: "a"))
            let second = await host.command("AT+QLASENDRSP=\(asked.id),\(asked.token),1,1")
            #expect(second == "\r\n+CME ERROR: 516\r\n")
            #expect(await module.withCloud { $0.answeredTwice } == 1)
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(arguments: [(9, 0), (11, 1)])
    func `ten seconds count from the report's start`(seconds: Int, late: Int) async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            let asked = try await ask(module, host, CloudOrder(.read, "19/1/0"))
            await time.advance(by: .seconds(seconds))
            #expect(await module.withCloud { $0.neverAnswered } == late)
            let (_, answer) = await host.command("AT+QLASENDRSP=\(asked.id),\(asked.token),1,1", data: [1])
            #expect(answer == (late == 0 ? "\r\nOK\r\n" : "\r\n+CME ERROR: 516\r\n"))
            #expect(await module.withCloud { $0.answeredLate } == late)
            #expect(await module.withCloud { $0.neverAnswered } == 0)
            #expect(await module.breaches.count == late)
        }
    }

    @Test func `a request comes again until it is answered`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            var order = CloudOrder(.read, "19/1/0")
            order.retransmissions = [.seconds(2), .seconds(4), .seconds(8)]
            let asked = try await ask(module, host, order)
            await time.advance(by: .seconds(2))
            _ = await host.until("\r\n")
            let again = try #require(Asked(await host.until("\r\n")))
            #expect(again.id == asked.id && again.token == asked.token)
            #expect(await host.ok("AT+QLASENDRSP=\(asked.id),\(asked.token),13,0"))
            await time.advance(by: .seconds(60))
            #expect(await host.ok("AT"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a restart forgets what was asked`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            let asked = try await ask(module, host, CloudOrder(.read, "19/1/0"))
            await module.reset()
            #expect(await host.until("+QLAEVTIND:5\r\n").hasSuffix("+QLAEVTIND:5\r\n"))
            // The first command could have crossed the banner.
            #expect(await host.ok("AT"))
            let answer = await host.command("AT+QLASENDRSP=\(asked.id),\(asked.token),13,0")
            #expect(answer == "\r\n+CME ERROR: 516\r\n")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(arguments: [CloudOrder.Kind.execute, .observe, .discover, .cancelObserve, .writeAttributes])
    func `other requests do not exist here`(kind: CloudOrder.Kind) async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.request(CloudOrder(kind, "19/1/0"))
            #expect(await module.log.contains { $0.text == "Andlink has no request to \(kind.rawValue)" })
            #expect(await host.ok("AT"))
        }
    }

    @Test func `each uplink may be answered by a write`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.withCloud { cloud in
                cloud.reply = Array("done".utf8)
                cloud.andlink.nextToken = "0A"
            }
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
            #expect(await host.until("done\r\n") == "\r\n+QLAWRITE: 8095,0A,done\r\n")
        }
    }
}
