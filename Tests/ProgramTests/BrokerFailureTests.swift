import BrokerTestKit
import Foundation
import Testing

extension TheProgram {
    /// What goes wrong between a filter and its daemons: nothing is lost, nothing is written twice, and the order stays.
    @Suite struct BrokerFailures {
        private static let rounds = "2000"

        private static func lines(_ count: Int) -> [UInt8] { Array((1...count).map { "word-\($0)\n" }.joined().utf8) }

        /// Runs a filter while things are done to it, and expects what comes out without a broker.
        ///
        /// - Parameter disturb: Is called again and again while the filter runs, with how many lines have come out.
        private func expectSame(
            _ corner: BrokerCorner, lines count: Int, _ disturb: (RunningProgram, Int) throws -> Void
        ) throws {
            let arguments = ["-r", Self.rounds]
            let input = Self.lines(count)
            let filter = try RunningProgram(corner.launch(arguments))
            filter.send(input)
            filter.closeInput()
            let outcome = try filter.waitForEnd(seconds: 180) {
                try disturb(filter, filter.output.count { $0 == 0x0A })
            }
            try expectSame(outcome, arguments, input: input)
        }

        /// Expects what comes out without a broker.
        private func expectSame(_ outcome: Outcome, _ arguments: [String], input: [UInt8]) throws {
            let isSame = try outcome.output == phash(arguments, input: input).output
            #expect(isSame && outcome.ending == .exit(0), outcome.story)
        }

        @Test func daemonsThatAreKilledLoseNothing() throws {
            let corner = try BrokerCorner()
            var daemons = try (0..<2).map { _ in try corner.daemon(["-j", "1"]) }
            var kills = 0
            try expectSame(corner, lines: 12_000) { _, lines in
                guard lines > 1_500 * (kills + 1), kills < 6 else { return }
                kills += 1
                daemons[kills % 2].signal(SIGKILL)
                daemons[kills % 2] = try corner.daemon(["-j", "1"])
            }
            #expect(kills >= 4)
        }

        /// Its bridge ends, what it has sent is done and dropped, and others do not notice. The broker removes its queue, here
        /// at once.
        @Test func aFilterThatIsKilledHarmsNobody() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon()
            daemon.signal(SIGSTOP)
            let filter = try RunningProgram(corner.launch(["-r", Self.rounds]))
            filter.send(Self.lines(2_000))
            try corner.waitForBatches(of: filter)
            let bridges = BrokerCorner.children(of: filter)
            filter.signal(SIGKILL)
            #expect(try filter.waitForExit() == .signal(SIGKILL))
            try daemon.wait("the end of the bridge") {
                !bridges.isEmpty && !bridges.contains(where: ProcessTable.isAlive)
            }
            for queue in try corner.queues().keys where queue.hasPrefix("\(corner.queue).reply.") {
                try corner.broker.administer("delete_queue", queue)
            }
            daemon.signal(SIGCONT)
            try expectSame(corner, lines: 2_000) { _, _ in }
            try daemon.wait("its status") {
                daemon.signal(SIGUSR1)
                return daemon.errorText.contains(/"batches_orphaned":[1-9][0-9]*,.*"open_batches":0,/)
            }
            // The broker's count lags behind.
            try daemon.wait("an empty queue") { try corner.queues()["\(corner.queue).work"] == 0 }
        }

        /// It could be the batch's fault: a daemon begins it when nothing else is under way, and does it all the same.
        @Test func aBatchThatHasCostTwoDaemonsIsDoneByTheThird() throws {
            let corner = try BrokerCorner()
            let arguments = ["-r", "5000000"]
            let filter = try RunningProgram(corner.launch(arguments))
            filter.send(Self.lines(1))
            filter.closeInput()
            for _ in 0..<2 {
                let daemon = try corner.daemon(["-j", "1"])
                try daemon.wait("a child at work") { !BrokerCorner.children(of: daemon).isEmpty }
                daemon.signal(SIGKILL)
                _ = try daemon.waitForExit()
            }
            let last = try corner.daemon(["-j", "1"])
            try expectSame(filter.waitForEnd(), arguments, input: Self.lines(1))
            try last.wait("its status") {
                last.signal(SIGUSR1)
                return last.errorText.contains(#""batches_redelivered":1,"#)
            }
        }

        /// More orders at once than its doorbell holds.
        @Test func hundredsOfChildrenAreServedByOneBridge() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon(["-j", "400"])
            daemon.signal(SIGSTOP)
            let filter = try RunningProgram(corner.launch(["-r", Pace.endless]))
            filter.send(Self.lines(1))
            try corner.waitForBatches(of: filter)
            let bridge = try #require(BrokerCorner.children(of: filter).first)
            kill(bridge, SIGSTOP)
            filter.send(Self.lines(20_000))
            try filter.wait("more than a doorbell holds") { try filter.status()["in_flight"] as? Int ?? 0 >= 700 }
            kill(bridge, SIGCONT)
            try corner.waitForBatches(of: filter, 400)
            #expect(BrokerCorner.children(of: filter) == [bridge], filter.story)
            #expect(try filter.status()["restarts"] as? Int == 0)
            filter.signal(SIGKILL)
            _ = try filter.waitForExit()
        }

        @Test func aBridgeThatIsKilledLosesNothing() throws {
            let corner = try BrokerCorner()
            try corner.daemon()
            var killed: Set<pid_t> = []
            try expectSame(corner, lines: 8_000) { filter, lines in
                guard lines > 1_500 * (killed.count + 1), killed.count < 4 else { return }
                for child in BrokerCorner.children(of: filter) where killed.insert(child).inserted {
                    kill(child, SIGKILL)
                }
            }
            #expect(killed.count >= 2)
        }

        @Test func childrenOfADaemonThatAreKilledAreItsOwnAffair() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon()
            var killed: Set<pid_t> = []
            try expectSame(corner, lines: 6_000) { _, lines in
                guard lines > 1_000 * (killed.count + 1), killed.count < 4 else { return }
                if let child = BrokerCorner.children(of: daemon).first(where: { !killed.contains($0) }) {
                    killed.insert(child)
                    kill(child, SIGKILL)
                }
            }
            #expect(killed.count >= 2)
        }

        /// Killed as by a power cut, and started again with its data; and stopped for a while as by a network that is cut.
        @Test func aBrokerThatCrashesOrFreezesComesBack() throws {
            let corner = try BrokerCorner()
            try corner.daemon()
            try corner.filter(["-r", "1"], input: Self.lines(10)).expect(0)
            try corner.broker.settle(queue: "\(corner.queue).work")
            var step = 0
            try expectSame(corner, lines: 14_000) { _, lines in
                switch step {
                case 0 where lines > 2_000:
                    step = 1
                    try corner.broker.freeze()
                case 1:
                    step = 2
                    try corner.broker.thaw()
                case 2 where lines > 6_000:
                    step = 3
                    try corner.broker.kill()
                    try corner.broker.start()
                default: break
                }
            }
            #expect(step == 3)
        }

        @Test func aBrokerShortOfMemoryIsWaitedFor() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon()
            let (arguments, input, first) = (["-r", Self.rounds], Self.lines(2_000), Self.lines(1))
            let filter = try RunningProgram(corner.launch(arguments))
            // It holds a batch back, so that both of them have something to publish afterwards.
            daemon.signal(SIGSTOP)
            filter.send(first)
            try corner.waitForBatches(of: filter)
            try corner.broker.administer("set_vm_memory_high_watermark", "absolute", "10MB")
            filter.send(Array(input.dropFirst(first.count)))
            filter.closeInput()
            try filter.wait("the alarm") { filter.errorText.contains("takes nothing for now") }
            daemon.signal(SIGCONT)
            try daemon.wait("the alarm") { daemon.errorText.contains("takes nothing for now") }
            try corner.broker.administer("set_vm_memory_high_watermark", "absolute", "1GB")
            try expectSame(filter.waitForEnd(), arguments, input: input)
        }

        @Test func aFullQueueSlowsTheFilterDown() throws {
            let corner = try BrokerCorner()
            try corner.daemon(["-j", "4"])
            try corner.broker.administer(
                "set_policy", "--apply-to", "queues", corner.queue, "^\(corner.queue)\\.work$", #"{"max-length":1}"#)
            try expectSame(corner, lines: 8_000) { _, _ in }
        }

        @Test func aQueueThatIsDeletedIsMadeAgain() throws {
            let corner = try BrokerCorner()
            try corner.daemon()
            var isDeleted = false
            try expectSame(corner, lines: 8_000) { _, lines in
                guard !isDeleted, lines > 1_000 else { return }
                isDeleted = true
                try corner.broker.administer("delete_queue", "\(corner.queue).work")
            }
            #expect(isDeleted)
        }

        /// The broker gives a batch up that has cost it a daemon: it comes back, in halves it goes out again, and in the end
        /// somebody does it.
        @Test func aBatchThatTheBrokerGivesUpComesBack() throws {
            let corner = try BrokerCorner()
            let first = try corner.daemon(["-j", "1"])
            try corner.broker.administer(
                "set_policy", "--apply-to", "queues", corner.queue, "^\(corner.queue)\\.work$", #"{"delivery-limit":0}"#
            )
            first.signal(SIGSTOP)
            let arguments = ["-r", "20000"]
            let filter = try RunningProgram(corner.launch(arguments))
            filter.send(Self.lines(64))
            filter.closeInput()
            try corner.waitForBatches(of: filter)
            first.signal(SIGKILL)
            try corner.daemon(["-j", "1"])
            try expectSame(filter.waitForEnd(), arguments, input: Self.lines(64))
        }

        @Test func aRecordThatKillsChildrenIsFoundByTheDaemon() throws {
            let corner = try BrokerCorner()
            try corner.daemon(["-j", "2"], binary: .amqpHooks)
            let lines = Hooks.neighbours(100) + ["phash-test-hook crash"] + Hooks.neighbours(100)
            let input = Array(lines.map { $0 + "\n" }.joined().utf8)
            let outcome = try corner.filter(["-r", "2"], input: input)
            #expect(outcome.ending == .exit(1), outcome.story)
            let run = Oracle.Run(
                arguments: ["-r", "2"], input: input, output: outcome.output,
                errors: ["phash-test-hook crash": "worker_crashed"])
            try Oracle.expectRight([run])
        }

        /// Another kind of work may be possible all the same.
        @Test func workThatNoChildCanBeStartedForIsRefused() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon(
                ["-j", "1"], binary: .amqpHooks, environment: ["PHASH_TEST_FAULTS": "posix_spawn=EAGAIN@2+"])
            let input = Self.lines(5)
            let possible = try phash(["-r", "1"], input: input).outputText
            try corner.filter(["-r", "1"], input: input).expect(0, possible)
            let refused = try corner.filter(["-r", "2", "--broker-timeout", "3"], input: input)
            refused.expect(69, "")
            #expect(refused.errorText.contains("worker processes cannot be started"), refused.story)
            try corner.filter(["-r", "1"], input: input).expect(0, possible)
            #expect(daemon.ending == nil, daemon.story)
        }

        @Test func aDaemonThatCanStartNoChildAtAllEnds() throws {
            let corner = try BrokerCorner()
            let daemon = try corner.daemon(
                ["-j", "1"], binary: .amqpHooks, environment: ["PHASH_TEST_FAULTS": "posix_spawn=EAGAIN"])
            let filter = try RunningProgram(corner.launch(["-r", "1"]))
            filter.send("a\n")
            #expect(try daemon.waitForExit() == .exit(70), daemon.story)
            #expect(daemon.errorText.hasSuffix("cannot be started: Resource temporarily unavailable\n"), daemon.story)
            filter.signal(SIGKILL)
            _ = try filter.waitForExit()
        }

        @Test func whatAStoppedFilterHasReadComesOut() throws {
            let corner = try BrokerCorner()
            try corner.daemon()
            let filter = try RunningProgram(corner.launch(["-r", "100000"]))
            filter.send(Self.lines(8))
            _ = try filter.nextLine()
            try filter.wait("all of it read") { filter.hasReadAll }
            filter.signal(SIGTERM)
            let outcome = try filter.waitForEnd()
            #expect(outcome.ending == .signal(SIGTERM) && outcome.lines.count == 8, outcome.story)
        }
    }
}
