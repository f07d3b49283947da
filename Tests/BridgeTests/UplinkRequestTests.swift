import Bridge
import MQTT
import Testing

/// What clients may publish to `up` and `up/json`, and how it is refused.
@Suite struct UplinkRequestTests {
    private func request(
        _ json: String, _ properties: Properties? = nil
    ) -> Result<UplinkRequest, Rejection> {
        do throws(Rejection) {
            return .success(try UplinkRequest(json: Array(json.utf8), properties: properties))
        } catch {
            return .failure(error)
        }
    }

    private static func made(_ payload: [UInt8], _ change: (inout UplinkRequest) -> Void = { _ in }) -> UplinkRequest {
        var request = UplinkRequest(payload: payload)
        change(&request)
        return request
    }

    @Test(arguments: [
        (#"{"text":"hi"}"#, made(Array("hi".utf8))),
        (#"{"text":"ü\u0000\n"}"#, made(Array("ü\0\n".utf8))),
        (#"{"text":""}"#, made([])),
        (#"{"hex":"00ffAb"}"#, made([0, 255, 0xAB])),
        (#"{"base64":"AAEC/w=="}"#, made([0, 1, 2, 255])),
        (#"{"json":{"a": [1, 2.50, "x y"]}}"#, made(Array(#"{"a":[1,2.50,"x y"]}"#.utf8))),
        (#"{"json":null}"#, made(Array("null".utf8))),
        (
            #" {"text":"hi","id":"a","confirm":true,"rai":2,"ttl":60,"priority":"high"} "#,
            made(Array("hi".utf8)) {
                $0.id = "a"
                $0.confirm = true
                $0.rai = 2
                $0.ttl = 60
                $0.isHighPriority = true
            }
        ),
        (
            #"{"text":"hi","id":17,"confirm":false,"rai":0,"ttl":1,"priority":"normal"}"#,
            made(Array("hi".utf8)) {
                $0.id = "17"
                $0.confirm = false
                $0.rai = 0
                $0.ttl = 1
            }
        ),
        (#"{"text":"hi","ttl":31536000}"#, made(Array("hi".utf8)) { $0.ttl = 31_536_000 }),
    ])
    func `JSON says what is sent and how`(json: String, expected: UplinkRequest) {
        #expect(request(json) == .success(expected))
    }

    @Test(arguments: [
        ("", "not_json"), ("{", "not_json"), ("hello", "not_json"), (#"{"text":"a"} x"#, "not_json"),
        ("[]", "not_an_object"), ("17", "not_an_object"), ("null", "not_an_object"), (#""text""#, "not_an_object"),
        ("{}", "no_body"), (#"{"confirm":true}"#, "no_body"),
        (#"{"text":"a","hex":"00"}"#, "two_bodies"), (#"{"json":1,"base64":"AA=="}"#, "two_bodies"),
        (#"{"text":1}"#, "wrong_type"), (#"{"hex":null}"#, "wrong_type"), (#"{"base64":["AA=="]}"#, "wrong_type"),
        (#"{"hex":"abc"}"#, "odd_hex"), (#"{"hex":"zz"}"#, "bad_hex"), (#"{"hex":"0 "}"#, "bad_hex"),
        (#"{"hex":"é"}"#, "bad_hex"),
        (#"{"base64":"AAE"}"#, "bad_base64"), (#"{"base64":"====" }"#, "bad_base64"),
        (#"{"text":"a","confirm":1}"#, "wrong_type"), (#"{"text":"a","confirm":"true"}"#, "wrong_type"),
        (#"{"text":"a","rai":3}"#, "bad_rai"), (#"{"text":"a","rai":-1}"#, "bad_rai"),
        (#"{"text":"a","rai":"1"}"#, "bad_rai"), (#"{"text":"a","rai":0.5}"#, "bad_rai"),
        (#"{"text":"a","ttl":0}"#, "bad_ttl"), (#"{"text":"a","ttl":31536001}"#, "bad_ttl"),
        (#"{"text":"a","ttl":1.5}"#, "bad_ttl"), (#"{"text":"a","ttl":null}"#, "bad_ttl"),
        (#"{"text":"a","ttl":1e400}"#, "bad_ttl"),
        (#"{"text":"a","priority":"urgent"}"#, "bad_priority"), (#"{"text":"a","priority":1}"#, "bad_priority"),
        (#"{"text":"a","Confirm":true}"#, "unknown_member"), (#"{"text":"a","topic":"x"}"#, "unknown_member"),
        (#"{"text":"a","id":""}"#, "bad_id"), (#"{"text":"a","id":null}"#, "wrong_type"),
        (#"{"text":"a","id":{"b":1}}"#, "wrong_type"),
    ])
    func `what is wrong is named`(json: String, name: String) {
        guard case .failure(let rejection) = request(json) else {
            Issue.record("it is taken")
            return
        }
        #expect(rejection.name == name)
        #expect(!rejection.text.isEmpty && rejection.text.utf8.count < 250)
    }

    @Test func `an id has 1 to 128 bytes`() {
        let longest = String(repeating: "ü", count: 64)
        #expect(request("{\"text\":\"a\",\"id\":\"\(longest)\"}") == .success(Self.made([0x61]) { $0.id = longest }))
        guard case .failure(let rejection) = request("{\"text\":\"a\",\"id\":\"\(longest)x\"}") else {
            Issue.record("it is taken")
            return
        }
        #expect(rejection.name == "bad_id")
    }

    @Test(arguments: [
        #"{"rai":9,"id":"mine","text":"a"}"#, #"{"id":"mine"}"#, #"{"hex":"a","id":"mine"}"#,
        #"{"unknown":1,"id":"mine"}"#,
    ])
    func `a refusal names the client's id, wherever that stands`(json: String) {
        guard case .failure(let rejection) = request(json) else {
            Issue.record("it is taken")
            return
        }
        #expect(rejection.id == "mine")
    }

    // MARK: Properties of MQTT 5

    private func user(_ pairs: (String, String)...) -> Properties {
        Properties(user: pairs.map { Properties.User($0.0, $0.1) })
    }

    @Test func `properties say for raw bytes what JSON says`() throws {
        var properties = user(("id", "p"), ("confirm", "true"), ("rai", "1"), ("priority", "high"), ("other", "x"))
        properties.expiry = 90
        let expected = Self.made([0, 13, 10]) {
            $0.id = "p"
            $0.confirm = true
            $0.rai = 1
            $0.ttl = 90
            $0.isHighPriority = true
        }
        #expect(try UplinkRequest(raw: [0, 13, 10], properties: properties) == expected)
        #expect(try UplinkRequest(raw: [7], properties: nil) == Self.made([7]))
    }

    @Test func `the JSON form has the last word`() {
        var properties = user(("id", "p"), ("confirm", "true"), ("rai", "1"), ("priority", "high"))
        properties.expiry = 90
        let json = #"{"text":"a","id":"j","confirm":false,"rai":2,"ttl":5,"priority":"normal"}"#
        let expected = Self.made([0x61]) {
            $0.id = "j"
            $0.confirm = false
            $0.rai = 2
            $0.ttl = 5
        }
        #expect(request(json, properties) == .success(expected))
    }

    @Test(arguments: [
        ("confirm", "yes", "wrong_type"), ("confirm", "", "wrong_type"), ("rai", "3", "bad_rai"),
        ("rai", "x", "bad_rai"), ("priority", "HIGH", "bad_priority"), ("id", "", "bad_id"),
    ])
    func `a wrong property is refused, with the id that stands behind it`(name: String, value: String, error: String) {
        do throws(Rejection) {
            let properties = name == "id" ? user((name, value)) : user((name, value), ("id", "mine"))
            _ = try UplinkRequest(raw: [1], properties: properties)
            Issue.record("it is taken")
        } catch {
            #expect(error.id == (name == "id" ? nil : "mine"))
        }
        guard case .failure(let rejection) = request(#"{"text":"a","id":"mine"}"#, user((name, value))) else {
            // The JSON form has an id of its own, so the other is not looked at.
            #expect(name == "id")
            return
        }
        #expect(rejection.name == error && rejection.id == "mine")
    }

    @Test func `a long property is not repeated at length`() {
        do throws(Rejection) {
            _ = try UplinkRequest(raw: [1], properties: user(("rai", String(repeating: "x", count: 60_000))))
            Issue.record("it is taken")
        } catch {
            #expect(error.text.utf8.count < 250)
        }
    }
}
