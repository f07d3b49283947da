import Bridge
import Testing

struct SecretFileTests {
    @Test(arguments: [("secret", "secret"), ("secret\n", "secret"), ("two words\r\n", "two words"), (" é ", " é ")])
    func `a password is its file's text without the last newline`(content: String, password: String) throws {
        try withFolder(["password": Array(content.utf8)]) { folder in
            let text = "[mqtt]\nusername = \"u\"\npassword_file = \"password\""
            let configuration = try Configuration.parse(Array(text.utf8), file: folder + "/bridge.conf")
            #expect(configuration.mqtt.password == Secret(password))
        }
    }

    @Test(
        arguments: [
            ([], "the file of 'password_file' is empty"),
            ([0x0A], "the file of 'password_file' is empty"),
            ([0x61, 0x0A, 0x62], "the file of 'password_file' is not one line of text"),
            ([0xFF], "the file of 'password_file' is not one line of text"),
        ] as [([UInt8], String)])
    func `a file without a secret is refused`(content: [UInt8], found: String) throws {
        try withFolder(["p": content]) { folder in
            let faults = faults(in: "[mqtt]\nusername = \"u\"\npassword_file = \"\(folder)/p\"")
            #expect(faults == ["f:3:17: \(found); expected a file with the secret alone"])
        }
    }

    @Test func `a file that cannot be read is refused, a folder and a missing one alike`() throws {
        try withFolder([:]) { folder in
            for (path, reason) in [(folder, "Is a directory"), (folder + "/no", "No such file or directory")] {
                let faults = faults(in: "[mqtt]\nusername = \"u\"\npassword_file = \"\(path)\"")
                let found = "'password_file' names \(path), which cannot be read (\(reason))"
                #expect(faults == ["f:3:17: \(found); expected a file that can be read"])
            }
        }
    }

    @Test func `a password needs a name`() throws {
        try withFolder(["p": [0x61]]) { folder in
            let faults = faults(in: "[mqtt]\npassword_file = \"\(folder)/p\"")
            #expect(faults == ["f:2:17: 'password_file' stands without 'username'; expected both or none"])
        }
    }

    @Test func `a certificate and its key stand together`() throws {
        try withFolder(["c": [0x61], "k": [0x61]]) { folder in
            #expect(
                faults(in: "[mqtt.tls]\ncert_file = \"\(folder)/c\"")
                    == ["f:2:13: 'cert_file' stands without 'key_file'; expected both or none"])
            #expect(
                faults(in: "[mqtt.tls]\nkey_file = \"\(folder)/k\"")
                    == ["f:2:12: 'key_file' stands without 'cert_file'; expected both or none"])
            // A file that is not there is told once, and not as one that does not stand there.
            #expect(faults(in: "[mqtt.tls]\ncert_file = \"\(folder)/c\"\nkey_file = \"\(folder)/no\"").count == 1)
            let text = "[mqtt.tls]\nca_file = \"c\"\ncert_file = \"c\"\nkey_file = \"k\""
            let tls = try Configuration.parse(Array(text.utf8), file: folder + "/f").mqtt.tls
            #expect(tls?.caFile == folder + "/c")
            #expect(tls?.identity?.certificateFile == folder + "/c" && tls?.identity?.keyFile == folder + "/k")
        }
    }

    @Test func `a key stands in the configuration or in a file, not in both`() throws {
        try withFolder(["psk": Array("00ff\n".utf8), "bad": Array("hello".utf8)]) { folder in
            let text = module("ctwing", "psk_file = \"\(folder)/psk\"")
            let settings = try Configuration.parse(Array(text.utf8), file: "f").modules.first
            #expect(settings?.psk == Secret("00ff"))
            #expect(
                faults(in: module("ctwing", "psk = \"00\"", "psk_file = \"\(folder)/psk\""))
                    == ["f:7:12: 'psk_file' stands beside 'psk'; expected one of the two"])
            #expect(
                faults(in: module("ctwing", "psk_file = \"\(folder)/bad\"")) == [
                    "f:6:12: the file of 'psk_file' holds something else; expected 2 to 256 hexadecimal digits, an even number"
                ])
        }
    }

    @Test func `a secret never shows itself`() throws {
        let secret = Secret("hunter2")
        var dumped = ""
        dump((secret, [secret]), to: &dumped)
        var settings = MQTTSettings()
        settings.password = secret
        for text in ["\(secret)", String(reflecting: secret), "\(settings)", String(reflecting: [secret]), dumped] {
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.revealed == "hunter2" && secret != Secret("hunter3"))
        for line in ["psk = \"hunter2\"", "psk = 'hunter2hunter2'"] {
            #expect(!faults(in: module("ctwing", line)).joined().contains("hunter2"))
        }
    }
}
