import BrokerTestKit
import Foundation
import Testing

extension TheProgram {
    /// `--broker`: the same filter, with its children on other machines. Needs RabbitMQ, which `make setup` installs.
    @Suite struct Broker {
        private static func lines(_ count: Int) -> [UInt8] { Array((1...count).map { "word-\($0)\n" }.joined().utf8) }

        /// What comes out is what comes out without a broker, whatever the options.
        @Test func everythingIsAsWithoutABroker() throws {
            let corner = try BrokerCorner()
            try corner.daemon()
            let odd = Array("plain\n\nb\r\nfar too long for it\n".utf8) + [0xFF, 0, 0x22, 0x0A] + Array("last".utf8)
            let objects = Array(#"{"a":"x","n":1.50}"#.utf8) + [0x0A] + Array("no\n{}\n".utf8)
            let runs: [([String], [UInt8])] = [
                (["-r", "2000"], Self.lines(3_000)), (["-r", "3", "--tag", "--encoding", "base64"], Self.lines(10)),
                (["-r", "1", "-a", "md5", "--format", "hex", "--max-line", "12"], odd),
                (["-r", "2", "--crlf", "--no-input", "--max-line", "12"], odd), (["-0", "-r", "1"], odd),
                (["-r", "2", "--json-field", "/a"], objects),
                (["-r", "2", "--json-field", "/a", "--missing", "skip"], objects), (["-r", "5"], []),
                (["-r", "1", "-j", "1"], Self.lines(20_000)), (["-r", "1"], Array("\n".utf8)),
            ]
            for (arguments, input) in runs {
                let outcome = try corner.filter(arguments, input: input)
                let expected = try phash(arguments, input: input)
                let isSame = outcome.output == expected.output && outcome.ending == expected.ending
                #expect(isSame && outcome.errorText.isEmpty, outcome.story)
            }
            let unordered = try corner.filter(["-r", "100", "-u"], input: Self.lines(2_000))
            let expected = try phash(["-r", "100"], input: Self.lines(2_000))
            #expect(unordered.lines.sorted() == expected.lines.sorted(), unordered.story)
            let run = Oracle.Run(arguments: ["-r", "100", "-u"], input: Self.lines(2_000), output: unordered.output)
            try Oracle.expectRight([run])
        }

        @Test func twoFiltersAndThreeDaemonsAtOnce() throws {
            let corner = try BrokerCorner()
            for _ in 0..<3 { try corner.daemon(["-j", "1"]) }
            let runs = [["-r", "3000"], ["-r", "2000", "-a", "sha256"]]
            let filters = try runs.map { try RunningProgram(corner.launch($0)) }
            for filter in filters {
                filter.send(Self.lines(4_000))
                filter.closeInput()
            }
            for (filter, arguments) in zip(filters, runs) {
                let outcome = try filter.waitForEnd()
                let isSame = try outcome.output == phash(arguments, input: Self.lines(4_000)).output
                #expect(isSame && outcome.ending == .exit(0), outcome.story)
            }
        }

        /// Nothing waits for a batch to fill.
        @Test func aLoneLineIsAnsweredWithStdinOpen() throws {
            let corner = try BrokerCorner()
            try corner.daemon()
            let filter = try RunningProgram(corner.launch(["-r", "1"]))
            for text in ["a", "b", "c"] {
                filter.send(text + "\n")
                #expect(try filter.nextLine().contains("\"input\":\"\(text)\""))
            }
            try filter.finish().expect(0)
            let queues = try corner.broker.administer("list_queues", "name")
            #expect(!queues.contains("\(corner.queue).reply"), "the queue of replies goes with its filter: \(queues)")
        }

        @Test func theBridgeIsTheOnlyChildAndCalledPhash() throws {
            let corner = try BrokerCorner()
            try corner.daemon()
            let filter = try RunningProgram(corner.launch(["-r", "1"]))
            filter.send("x\n")
            _ = try filter.nextLine()
            let children = BrokerCorner.children(of: filter)
            #expect(children.count == 1 && children.allSatisfy { ProcessTable.entry($0)?.name == "phash" })
            let command = try String(contentsOfFile: "/proc/\(children[0])/cmdline", encoding: .utf8)
            #expect(command == "phash\0--bridge\0", "nothing about the broker")
            filter.signal(SIGKILL)
            _ = try filter.waitForExit()
            try filter.wait("the end of the bridge") { !ProcessTable.isAlive(children[0]) }
        }

        // MARK: Keys

        @Test func aKeyStaysWhereItIsAndHasToBeTheSame() throws {
            let corner = try BrokerCorner()
            let folder = try TemporaryDirectory()
            let key = try folder.file("key", holding: Array(String(repeating: "k", count: 40).utf8))
            let other = try folder.file("other", holding: Array(String(repeating: "o", count: 40).utf8))
            let arguments = ["-r", "2", "--key-file", key, "--tag"]
            let wrong = try corner.daemon(["-j", "1", "--key-file", other])
            let refused = try corner.filter(arguments + ["--broker-timeout", "3"], input: Self.lines(3))
            refused.expect(69, "")
            #expect(refused.errorText.contains("the key here is another one"), refused.story)
            wrong.signal(SIGTERM)
            _ = try wrong.waitForExit()
            let without = try corner.daemon(["-j", "1"])
            let none = try RunningProgram(corner.launch(arguments))
            none.send(Self.lines(3))
            try none.wait("the refusal") { none.errorText.contains("there is none here") }
            none.signal(SIGKILL)
            _ = try none.waitForExit()
            without.signal(SIGTERM)
            _ = try without.waitForExit()
            try corner.daemon(["-j", "1", "--key-file", key])
            try corner.filter(arguments, input: Self.lines(3)).expect(
                0, phash(arguments, input: Self.lines(3)).outputText)
        }

        // MARK: Connections

        @Test func withoutABrokerTheChildrenHereGoOnOrItEnds() throws {
            let corner = try BrokerCorner()
            let nowhere = "amqp://127.0.0.1:1"
            let ended = try corner.filter(["-r", "1", "--broker-timeout", "3"], input: Self.lines(5), url: nowhere)
            ended.expect(69, "")
            #expect(ended.errorText.contains("Connection refused"), ended.story)
            let here = try corner.filter(
                ["-r", "1", "-j", "1", "--broker-timeout", "0.3"], input: Self.lines(5), url: nowhere)
            #expect(here.ending == .exit(0), here.story)
            #expect(try here.output == phash(["-r", "1"], input: Self.lines(5)).output, here.story)
            // Nobody takes batches from this one.
            let idle = try corner.filter(["-r", "1", "--broker-timeout", "3"], input: Self.lines(5))
            idle.expect(69, "")
            #expect(idle.errorText.contains("nobody takes batches"), idle.story)
            try corner.filter(["-r", "1"], url: nowhere).expect(0, "")
        }

        @Test func aWrongPasswordIsToldAtOnce() throws {
            let corner = try BrokerCorner()
            let url = corner.broker.url.replacingOccurrences(of: "//", with: "//bob:hunter2@")
            let outcome = try run(
                Launch(
                    arguments: ["--queue", corner.queue, "-r", "1"],
                    environment: ["PHASH_BROKER_URL": url, "PHASH_BRIDGE": try Binary.amqp.path()]),
                input: Self.lines(5))
            outcome.expect(69, "")
            #expect(outcome.errorText.contains("password") && !outcome.errorText.contains("hunter2"), outcome.story)
            let daemon = try run(
                Launch(
                    binary: .amqp, arguments: ["work", "--queue", corner.queue, "-j", "1"],
                    environment: ["PHASH_BROKER_URL": url]))
            daemon.expect(69, "")
            #expect(daemon.errorText.contains("password") && !daemon.errorText.contains("hunter2"), daemon.story)
        }

        @Test func aConnectionMayBeEncryptedAndIsVerified() throws {
            let corner = try BrokerCorner()
            try corner.daemon(url: corner.broker.encryptedURL())
            let input = Self.lines(500)
            let good = try corner.filter(["-r", "100"], input: input, url: corner.broker.encryptedURL())
            good.expect(0, try phash(["-r", "100"], input: input).outputText)
            let other = try corner.filter(
                ["-r", "1"], input: input, url: corner.broker.encryptedURL(authority: "other"))
            other.expect(69, "")
            #expect(other.errorText.contains("certificate"), other.story)
        }

        @Test func aDaemonHashesWithTheKernelThatItIsToldTo() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon(["-j", "1"], environment: ["PHASH_KERNEL": "openssl"])
            try corner.filter(["-r", "3"], input: Self.lines(3)).expect(
                0, phash(["-r", "3"], input: Self.lines(3)).outputText)
            try daemon.wait("its child") { daemon.errorText.contains("ready, lanes: 1\n") }
        }

        /// Told by the broker only when one is too large; others go on.
        @Test func whatIsLargerThanAMessageMayBeEndsNobodyElse() throws {
            let corner = try BrokerCorner()
            func limitMessages(to size: Int) throws {
                try corner.broker.administer("eval", "application:set_env(rabbit, max_message_size, \(size)).")
            }
            // As much as RabbitMQ 4 takes by itself.
            try limitMessages(to: 16 << 20)
            defer { try? limitMessages(to: 128 << 20) }
            let daemon = try corner.daemon(["-j", "1"])
            let arguments = ["-r", "1", "--max-line", "64M", "--broker-timeout", "3"]
            // Six bytes each in the results.
            let results = try corner.filter(arguments, input: [UInt8](repeating: 1, count: 4 << 20))
            #expect(results.ending == .exit(69) && results.output.isEmpty, results.story)
            #expect(results.errorText.contains("larger than what the broker takes in a message"), results.story)
            let input = try corner.filter(arguments, input: [UInt8](repeating: 0x61, count: 20 << 20))
            #expect(input.ending == .exit(69) && input.output.isEmpty, input.story)
            #expect(input.errorText.contains("bytes, and the broker takes 16777216 at most"), input.story)
            try corner.filter(["-r", "1"], input: Self.lines(3)).expect(
                0, phash(["-r", "1"], input: Self.lines(3)).outputText)
            #expect(daemon.ending == nil)
        }

        // MARK: Daemons

        @Test func aDaemonThatIsToldToEndFinishesWhatItHas() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon(["-j", "1"])
            let filter = try RunningProgram(corner.launch(["-r", "300000"]))
            filter.send(Self.lines(4))
            try daemon.wait("a child at work") { !BrokerCorner.children(of: daemon).isEmpty }
            daemon.signal(SIGTERM)
            let outcome = try filter.finish()
            outcome.expect(0, try phash(["-r", "300000"], input: Self.lines(4)).outputText)
            #expect(try daemon.waitForExit() == .signal(SIGTERM))
        }

        /// What it has done is not known to the broker, which gives it to others when it is back.
        @Test func aDaemonThatIsToldToEndWithoutABrokerEnds() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon(["-j", "1"])
            let filter = try RunningProgram(corner.launch(["-r", "300000"]))
            filter.send(Self.lines(4))
            try daemon.wait("a child at work") { !BrokerCorner.children(of: daemon).isEmpty }
            try corner.broker.kill()
            defer { try? corner.broker.start() }
            daemon.signal(SIGTERM)
            #expect(try daemon.waitForExit() == .signal(SIGTERM), daemon.story)
            filter.signal(SIGKILL)
            _ = try filter.waitForExit()
        }

        @Test func aDaemonTellsWhatItHasDone() throws {
            let corner = try BrokerCorner()
            let folder = try TemporaryDirectory()
            let daemon = try corner.daemon(["-j", "1", "--metrics-file", folder.path + "/m.prom"])
            try corner.filter(["-r", "1"], input: Self.lines(5)).expect(0)
            // The broker's confirmation may come after the filter's answer.
            try daemon.wait("its status") {
                daemon.signal(SIGUSR1)
                return daemon.errorText.contains("\"batches_answered\":1,")
            }
            daemon.signal(SIGTERM)
            #expect(try daemon.waitForExit() == .signal(SIGTERM))
            let metrics = try String(contentsOfFile: folder.path + "/m.prom", encoding: .utf8)
            #expect(metrics.contains("\nphash_batches_answered_total 1\n"), "\(metrics)")
        }
    }
}
