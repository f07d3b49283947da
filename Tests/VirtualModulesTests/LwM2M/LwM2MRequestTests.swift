import Reactor
import Testing
import VirtualModules

/// The cloud's requests, and how their answers are judged.
@Suite struct LwM2MRequestTests {
    /// S3 3.2 to 3.5.
    @Test(arguments: [
        (CloudOrder(.read, "3303/0/5700"), #""read",8095,3303,0,5700"#),
        (CloudOrder(.read, "3303/0"), #""read",8095,3303,0,-1"#),
        (CloudOrder(.read, "3303"), #""read",8095,3303,-1,-1"#),
        (
            CloudOrder(.write, "3303/0/5700", payload: Array("QQECTEL".utf8)),
            #""write",8095,3303,0,5700,2,7,"5151454354454C",0"#
        ),
        (CloudOrder(.write, "3303/0/5700", text: #"{"a":1}"#), #""write",8095,3303,0,5700,1,7,"{"a":1}",0"#),
        (CloudOrder(.execute, "3303/0/5605"), #""execute",8095,3303,0,5605"#),
        (CloudOrder(.observe, "3303/0"), #""observe",8095,0,3303,0,-1"#),
        (CloudOrder(.cancelObserve, "3303/0/5700"), #""observe",8095,1,3303,0,5700"#),
    ])
    func `a request becomes the note's report`(order: CloudOrder, report: String) async throws {
        try await withRegistered { module, host in
            #expect(await module.request(order) == 8095)
            #expect(await host.lines(["+QLAURC: \(report)"]))
        }
    }

    @Test func `a number of a request may exceed sixteen bits`() async throws {
        try await withRegistered { module, host in
            await module.withCloud { $0.nextMessageID = 4_294_967_295 }
            await module.request(CloudOrder(.execute, "3303/0/5605"))
            #expect(await host.lines([#"+QLAURC: "execute",4294967295,3303,0,5605"#]))
            #expect(await host.lines("AT+QLAEXERSP=4294967295,2", "OK", "+QLAEXERSP: 0"))
        }
    }

    @Test func `a query and the other spelling of observe are possible`() async throws {
        try await withRegistered { module, host in
            var spelling = Spelling()
            spelling.observesWithOne = true
            await module.setSpelling(spelling)
            var order = CloudOrder(.read, "3303/0/5700")
            order.query = "name=1"
            await module.request(order)
            await module.request(CloudOrder(.observe, "3303/0/5700"))
            #expect(
                await host.lines([
                    #"+QLAURC: "read",8095,3303,0,5700,"name=1""#, #"+QLAURC: "observe",8096,1,3303,0,5700"#,
                ]))
        }
    }

    @Test(arguments: [
        (CloudOrder(.write, "3303/0/5700", payload: [1]), "AT+QLAWRRSP=8095,2", "+QLAWRRSP: 0", 2, ""),
        (CloudOrder(.write, "3303/0/5700", payload: [1]), "AT+QLAWRRSP=8095,11,1", "+QLAWRRSP: 0", 11, ""),
        (CloudOrder(.execute, "3303/0/5605"), "AT+QLAEXERSP=8095,14", "+QLAEXERSP: 0", 14, ""),
        (CloudOrder(.read, "3303/0/5700"), "AT+QLARDRSP=8095,1,3303,0,5700,4,4,21.5,0", "+QLARDRSP: 0", 1, "21.5"),
        (CloudOrder(.read, "3303/0/5701"), #"AT+QLARDRSP=8095,1,3303,0,5701,1,3,"Cel",0,2"#, "+QLARDRSP: 0", 1, "Cel"),
        // An error may name what was asked for.
        (CloudOrder(.read, "3303"), #"AT+QLARDRSP=8095,13,3303,-1,-1,1,0,"",0"#, "+QLARDRSP: 0", 13, ""),
        (CloudOrder(.observe, "3303/0/5700"), "AT+QLAOBSRSP=8095,1,3303,0,5700,4,4,1.0,0", "+QLAOBSRSP: 0", 1, "1.0"),
    ])
    func `an answer reaches the cloud`(
        order: CloudOrder, command: String, result: String, code: Int, text: String
    ) async throws {
        try await withRegistered { module, host in
            let id = await module.request(order)
            _ = await host.until("\r\n+QLAURC: ")
            _ = await host.until("\r\n")
            #expect(await host.lines(command, "OK", result))
            let answer = try #require(await module.waitForAnswer(to: id))
            #expect(answer.code == code)
            #expect(answer.values.map(\.text).joined() == text)
            #expect(!answer.isLate && !answer.isDouble)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `published firmware speaks otherwise`() async throws {
        try await withRegistered { module, host in
            var spelling = Spelling()
            (spelling.showsUpdateNumber, spelling.omitsObjectResults, spelling.continuesWith231) = (true, true, true)
            await module.setSpelling(spelling)
            #expect(await host.lines("AT+QLAUPDATE=0,300", "+QLAUPDATE: 8563", "OK", "+QLAUPDATE: 0,8563"))
            #expect(await host.ok("AT+QLAADDOBJ=3311,0,1,5850"))
            // Until the cloud knows of it; no report comes before the next one.
            await module.wait { $0.withCloud { $0.updates } == 2 }
            await module.request(CloudOrder(.read, "3303"))
            #expect(await host.lines([#"+QLAURC: "read",8095,3303,-1,-1"#]))
            #expect(await host.lines("AT+QLARDRSP=8095,1,3303,0,5700,4,4,1.5,1", "OK", "+QLARDRSP: 231"))
            #expect(await host.lines("AT+QLARDRSP=8095,1,3303,1,5700,4,4,2.5,0", "OK", "+QLARDRSP: 0"))
        }
    }

    @Test func `a whole object is answered value by value, the index counting down`() async throws {
        try await withRegistered { module, host in
            let id = await module.request(CloudOrder(.read, "3303"))
            _ = await host.until("-1\r\n")
            #expect(await host.lines("AT+QLARDRSP=8095,1,3303,0,5700,4,4,1.5,2", "OK", "+QLARDRSP: 0"))
            #expect(await host.lines(#"AT+QLARDRSP=8095,1,3303,0,5701,1,3,"Cel",1"#, "OK", "+QLARDRSP: 0"))
            #expect(await module.withCloud { $0.answers.isEmpty })
            #expect(await host.lines("AT+QLARDRSP=8095,1,3303,1,5700,4,4,2.5,0", "OK", "+QLARDRSP: 0"))
            let answer = try #require(await module.waitForAnswer(to: id))
            #expect(answer.values.map(\.path) == ["3303/0/5700", "3303/0/5701", "3303/1/5700"])
            #expect(answer.values.map(\.type) == [.float, .string, .float])
            #expect(await module.breaches.isEmpty)
        }
    }

    /// After the first value, with index 2, of an answer to a read of 3303/0.
    @Test(arguments: [
        ("AT+QLARDRSP=8095,1,3303,0,5701,4,4,1.5,0", "wrong order"),
        ("AT+QLARDRSP=8095,1,3303,0,5701,4,4,1.5,2", "wrong order"),
        (#"AT+QLARDRSP=8095,13,3303,0,5701,1,0,"",1"#, "changes its result"),
        ("AT+QLARDRSP=8095,1,3303,1,5700,4,4,1.5,1", "another path"),
        ("AT+QLARDRSP=8095,1,3303,0,5702,4,4,1.5,1", "another path"),
        ("AT+QLARDRSP=8095,1,3303,0,-1,4,4,1.5,1", "another path"),
        ("AT+QLARDRSP=8095,1,3304,0,5700,4,4,1.5,1", "another path"),
        ("AT+QLARDRSP=8096,1,3303,0,5701,4,4,1.5,1", "nobody asked"),
        ("AT+QLAOBSRSP=8095,1,3303,0,5701,4,4,1.5,1", "no request of this kind"),
        ("AT+QLAWRRSP=8095,2", "no request of this kind"), ("AT+QLAEXERSP=8095,2", "no request of this kind"),
    ])
    func `an answer that does not fit is refused and counted`(command: String, breach: String) async throws {
        try await withRegistered { module, host in
            await module.request(CloudOrder(.read, "3303/0"))
            _ = await host.until("-1\r\n")
            #expect(await host.lines("AT+QLARDRSP=8095,1,3303,0,5700,4,4,1.5,2", "OK", "+QLARDRSP: 0"))
            #expect(await host.command(command) == "\r\nERROR\r\n")
            let breaches = await module.breaches
            #expect(breaches.count == 1)
            #expect(breaches.allSatisfy { $0.contains(breach) }, "\(breaches)")
            #expect(await module.withCloud { $0.answers.isEmpty })
        }
    }

    @Test func `a second answer is refused and counted`() async throws {
        try await withRegistered { module, host in
            let id = await module.request(CloudOrder(.execute, "3303/0/5605"))
            _ = await host.until("5605\r\n")
            #expect(await host.lines("AT+QLAEXERSP=8095,2", "OK", "+QLAEXERSP: 0"))
            #expect(await host.command("AT+QLAEXERSP=8095,2") == "\r\nERROR\r\n")
            #expect(await module.withCloud { $0.answeredTwice } == 1)
            #expect(await module.withCloud { $0.answers.map(\.isDouble) } == [false, true])
            #expect(await module.waitForAnswer(to: id)?.isDouble == false)
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `an answer has ten seconds`() async throws {
        try await withTime { module, host, time in
            for _ in 0..<3 { await module.request(CloudOrder(.execute, "19/0/0")) }
            _ = await host.until("8098,19,0,0\r\n")
            await time.advance(by: .seconds(10))
            #expect(await host.lines("AT+QLAEXERSP=8096,2", "OK", "+QLAEXERSP: 0"))
            await time.advance(by: .milliseconds(1))
            #expect(await module.withCloud { $0.neverAnswered } == 2)
            #expect(await host.lines("AT+QLAEXERSP=8097,2", "OK", "+QLAEXERSP: 0"))
            #expect(await module.withCloud { [$0.answeredLate, $0.neverAnswered] } == [1, 1])
            let answers = await module.withCloud { $0.answers.suffix(2) }
            #expect(answers.map(\.id) == [8096, 8097])
            #expect(answers.map(\.isLate) == [false, true])
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a request is repeated with its id until it is answered`() async throws {
        try await withTime { module, host, time in
            var order = CloudOrder(.execute, "19/0/0")
            order.retransmissions = [.seconds(2), .seconds(4), .seconds(8)]
            await module.request(order)
            let report = "\r\n+QLAURC: \"execute\",8096,19,0,0\r\n"
            #expect(await host.until("0,0\r\n") == report)
            await time.advance(by: .seconds(6))
            #expect(await host.until(report + report) == report + report)
            #expect(await host.lines("AT+QLAEXERSP=8096,2", "OK", "+QLAEXERSP: 0"))
            await time.advance(by: .seconds(10))
            #expect(await host.command("AT") == "\r\nOK\r\n")
        }
    }

    @Test func `a write in parts counts its index down and is answered once`() async throws {
        try await withRegistered { module, host in
            var order = CloudOrder(.write, "3303/0")
            order.parts = [CloudOrder.Part("3303/0/5700", [1, 2]), CloudOrder.Part("3303/0/5701", [3])]
            order.pause = .milliseconds(5)
            let id = await module.request(order)
            #expect(
                await host.lines([
                    #"+QLAURC: "write",8095,3303,0,5700,2,2,"0102",1"#,
                    #"+QLAURC: "write",8095,3303,0,5701,2,1,"03",0"#,
                ]))
            #expect(await host.lines("AT+QLAWRRSP=8095,2", "OK", "+QLAWRRSP: 0"))
            #expect(await module.waitForAnswer(to: id)?.code == 2)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `an answer before the last part is refused`() async throws {
        try await withRegistered { module, host in
            var order = CloudOrder(.write, "3303/0")
            order.parts = [CloudOrder.Part("3303/0/5700", [1]), CloudOrder.Part("3303/0/5701", [3])]
            order.pause = .seconds(3600)
            await module.request(order)
            #expect(await host.lines([#"+QLAURC: "write",8095,3303,0,5700,2,1,"01",1"#]))
            #expect(await host.command("AT+QLAWRRSP=8095,2") == "\r\nERROR\r\n")
            #expect(await module.breaches.map { $0.contains("before the last part") } == [true])
        }
    }

    @Test func `a restart between the parts forgets them`() async throws {
        try await withRegistered { module, host in
            var order = CloudOrder(.write, "3303/0")
            order.parts = [CloudOrder.Part("3303/0/5700", [1]), CloudOrder.Part("3303/0/5701", [3])]
            order.partsBeforeReset = 1
            await module.request(order)
            #expect(await host.lines([#"+QLAURC: "write",8095,3303,0,5700,2,1,"01",1"#, "RDY"]))
            _ = await host.until("+IP: 10.177.135.245\r\n")
            // The first command might have crossed the banner.
            #expect(await host.ok("AT"))
            #expect(await host.command("AT+QLAWRRSP=8095,2") == "\r\nERROR\r\n")
            #expect(await module.breaches.map { $0.contains("nobody asked") } == [true])
        }
    }
}
