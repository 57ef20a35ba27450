import Testing

extension TheProgram {
    /// What can be wrong before anything is sent to a broker.
    @Suite struct BrokerUsage {
        private static let secret = "hunter2"
        private static let url = "amqp://alice:\(secret)@127.0.0.1"

        @Test func theProgramThatSpeaksToBrokersHasToBeThere() throws {
            let outcome = try run(
                Launch(arguments: ["--broker", "amqp://h"], environment: ["PHASH_BRIDGE": "/nosuch/phash-amqp"]))
            outcome.expect(69, "")
            #expect(
                outcome.errorText
                    == "phash: --broker: the program phash-amqp is missing: it was looked for in /nosuch/phash-amqp\n")
        }

        @Test func aPasswordIsShownNowhere() throws {
            for launch in [
                Launch(arguments: ["config", "--broker", Self.url]),
                Launch(arguments: ["config"], environment: ["PHASH_BROKER_URL": Self.url]),
                Launch(arguments: ["--broker", Self.url + ":x"]), Launch(arguments: [Self.url]),
                Launch(arguments: ["--brokr", Self.url]),
                Launch(arguments: [], environment: ["PHASH_BROKER_URL": Self.url + ":x"]),
                Launch(arguments: ["check", "--broker", Self.url]),
                Launch(binary: .amqp, arguments: [Self.url]),
                Launch(binary: .amqp, arguments: ["work", "--broker", Self.url + ":x"]),
            ] {
                let outcome = try run(launch)
                for text in [outcome.outputText, outcome.errorText] {
                    #expect(!text.contains(Self.secret) && !text.contains("alice"), "\(outcome.errorText)")
                }
            }
        }

        @Test func aURLThatIsWrongIsRefusedWhereItWasWritten() throws {
            try phash(["--broker", "http://h"]).expect(64, "")
            try run(Launch(environment: ["PHASH_BROKER_URL": "http://h"])).expect(78, "")
            try phash(["--broker-file", "/nosuch"]).expect(78, "")
            try phash(["--queue", "a b"]).expect(64, "")
            try phash(["--broker-timeout", "soon"]).expect(64, "")
        }

        @Test func aCheckHasNoBroker() throws {
            try phash(["check", "--broker", "amqp://h"]).expect(64, "")
            try run(Launch(arguments: ["check"], environment: ["PHASH_BROKER_URL": "http://h"])).expect(65, "")
        }

        @Test func theDaemonSaysWhatItIs() throws {
            let version = try run(Launch(binary: .amqp, arguments: ["--version"]))
            version.expect(0, try "phash-amqp" + phash("--version").outputText.dropFirst("phash".count))
            for arguments in [["--help"], ["work", "--help"]] {
                let help = try run(Launch(binary: .amqp, arguments: arguments))
                help.expect(0)
                #expect(help.outputText.contains("work") && !help.outputText.contains("--bridge"), help.story)
            }
        }

        @Test(
            arguments: [
                ([], 64), (["--nosuch"], 64), (["work"], 64), (["work", "--rounds", "1"], 64),
                (["work", "--broker", "http://h"], 64), (["work", "--broker-file", "/nosuch"], 78),
                (["work", "--broker", "amqp://h", "--key-file", "/nosuch"], 78),
                (["work", "--broker", "amqp://h", "-j", "x"], 64),
            ] as [([String], Int32)])
        func theDaemonRefusesWhatIsWrong(arguments: [String], status: Int32) throws {
            let outcome = try run(Launch(binary: .amqp, arguments: arguments))
            #expect(outcome.ending == .exit(status) && outcome.output.isEmpty, outcome.story)
            #expect(outcome.errorText.hasPrefix("phash-amqp: "), outcome.story)
        }
    }
}
