import Glibc
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

        @Test func metricsThatCannotBeWrittenAreToldBeforeAnythingIsTaken() throws {
            let folder = try TemporaryDirectory()
            for (path, why) in [
                (folder.path + "/nosuch/m.prom", "No such file or directory"),
                (folder.path, "is there and is no regular file"),
                ("/dev/null", "is there and is no regular file"),
            ] {
                let arguments = ["work", "--broker", "amqp://127.0.0.1:1", "-j", "1", "--metrics-file", path]
                let outcome = try run(Launch(binary: .amqp, arguments: arguments))
                outcome.expect(74, "")
                #expect(outcome.errorText == "phash-amqp: metrics file '\(path)': \(why)\n", outcome.story)
            }
        }

        @Test func aKernelThatNoCPUHasIsRefused() throws {
            let outcome = try run(
                Launch(
                    binary: .amqp, arguments: ["work", "--broker", "amqp://127.0.0.1:1"],
                    environment: ["PHASH_KERNEL": "foo"]))
            outcome.expect(78, "")
            #expect(outcome.errorText.hasPrefix("phash-amqp: PHASH_KERNEL: 'foo' is "), outcome.story)
        }

        @Test func theBridgeIsForNobodyButPhash() throws {
            let outcome = try run(Launch(binary: .amqp, arguments: ["--bridge"]))
            outcome.expect(64, "")
            #expect(
                outcome.errorText == "phash-amqp: --bridge: is for phash's own children, and has no other use\n",
                outcome.story)
        }

        /// Each attempt fails in the same way until the broker is there, which may take days.
        @Test func aDaemonWithoutABrokerSaysSoOnce() throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe bind(listener, pointer, size) == 0 && listen(listener, 16) == 0
                        && getsockname(listener, pointer, &size) == 0
                }
            }
            try #require(isListening)
            let url = "amqp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
            let daemon = try RunningProgram("work", "--broker", url, "-j", "1", binary: .amqp)
            var attempts = 0
            try daemon.wait("attempts") {
                let connection = accept(listener, nil, nil)
                if connection >= 0 {
                    attempts += 1
                    close(connection)
                }
                return attempts == 8
            }
            daemon.signal(SIGTERM)
            let outcome = try daemon.finish()
            #expect(
                outcome.errorText
                    == "phash-amqp: \(url): \(url.dropFirst(7)) has closed the connection during the login; trying again\n",
                outcome.story)
        }
    }
}
