import PhashTestKit
import Testing

@testable import PhashCore

/// The place whose child speaks for other machines.
struct SchedulerRemoteTests {
    /// A world whose children are all on other machines, with some of them at hand.
    private static func world(
        children: Int, jobs: Int = 0, cost: Nanoseconds = .second, change: (inout SchedulerLimits) -> Void = { _ in }
    ) -> Shell {
        let shell = Shell(jobs: jobs, hasRemote: true) {
            $0.estimatedRecordCost = cost
            change(&$0)
        }
        shell.readRecords(1)
        shell.drain()
        if jobs == 0 {
            shell.ready(jobs)
            shell.scheduler.remoteChildrenCounted(jobs, children: children)
            shell.drain()
        }
        return shell
    }

    private static func answer(_ shell: Shell, place: Int, took: Nanoseconds = .second) {
        let assignment = shell.workers[0].running[place]
        shell.scheduler.batchFinished(
            0, ticket: assignment.ticket, resultBytes: 10 * assignment.recordCount, tally: PartTally(),
            duration: took, now: shell.now)
    }

    @Test func nothingGoesAwayBeforeThereIsAnybody() {
        let shell = Shell(jobs: 0, hasRemote: true)
        #expect(shell.readAllowance() > 0, "or the end of the input would not be seen")
        shell.readRecords(10)
        #expect(shell.drain() == [.startWorker(0)])
        shell.ready(0)
        #expect(shell.drain().isEmpty)
        shell.scheduler.remoteChildrenCounted(0, children: 1)
        #expect(shell.drain().runs.map(\.recordCount) == [10])
    }

    @Test func twiceAsManyBatchesAreUnderWayAsThereAreChildren() {
        let shell = Self.world(children: 3)
        #expect(shell.workers[0].running.count == 1)
        shell.readRecords(20)
        #expect(shell.drain().batchSizes == [1, 1, 1, 1, 1])
        Self.answer(shell, place: 4)
        #expect(shell.drain().batchSizes == [1], "the next one as soon as any is answered for")
        shell.scheduler.remoteChildrenCounted(0, children: 4)
        #expect(shell.drain().batchSizes == [1, 1])
        shell.scheduler.remoteChildrenCounted(0, children: 0)
        Self.answer(shell, place: 0)
        #expect(shell.drain().batchSizes.isEmpty)
    }

    @Test func answersComeInAnyOrderAndLeaveInTheOrderOfTheInput() {
        let shell = Self.world(children: 2)
        shell.readRecords(3)
        shell.drain()
        for place in [3, 1, 1] { Self.answer(shell, place: place) }
        #expect(shell.pendingLines.isEmpty)
        Self.answer(shell, place: 0)
        #expect(shell.pendingLines == [1, 2, 3, 4])
        shell.write()
        shell.scheduler.inputEnded()
        shell.drain()
        #expect(shell.outcome == .completed)
    }

    @Test func whatItHadWhenItDiedIsSentAgainAndNotBlamed() {
        let shell = Self.world(children: 2) { $0.retries = 0 }
        shell.readRecords(3)
        shell.drain()
        for _ in 0..<20 {
            shell.die(0)
            shell.drain()
            if shell.phases == [.absent] { shell.pass(.second) }
            #expect(shell.drain().runs.isEmpty || shell.phases == [.starting])
            shell.ready(0)
            #expect(shell.drain().runs.isEmpty, "it does not know of anybody yet")
            shell.scheduler.remoteChildrenCounted(0, children: 2)
            #expect(shell.drain().runs.map(\.recordCount) == [1, 1, 1, 1])
            #expect(shell.workers[0].running.map { shell.batch(slot: $0.address.slot).firstLine } == [1, 2, 3, 4])
        }
        #expect((0..<4).allSatisfy { shell.batch(slot: $0).parts.map(\.tries) == [0] })
    }

    @Test func whatComesBackIsHalvedUntilOneRecordIsGivenUp() {
        let shell = Self.world(children: 1, cost: .millisecond / 1000) { $0.retries = 1 }
        Self.answer(shell, place: 0, took: .millisecond / 1000)
        shell.write()
        shell.readRecords(8)
        shell.drain()
        #expect(shell.workers[0].running.map(\.recordCount) == [8])
        var givenUp: [Action] = []
        // The third record is the one that nobody comes to an end with.
        for _ in 0..<100 where !shell.workers[0].running.isEmpty {
            let order = shell.workers[0].running[0]
            if order.firstRecord...order.firstRecord + order.recordCount - 1 ~= 2 {
                shell.scheduler.partReturned(0, ticket: order.ticket, now: shell.now)
            } else {
                Self.answer(shell, place: 0)
            }
            givenUp += shell.drain().filter { if case .giveUp = $0 { true } else { false } }
        }
        #expect(
            givenUp == [.giveUp(SlotAddress(worker: 0, slot: 0), firstRecord: 2, cause: .givenBack, tries: 2)])
        #expect(shell.pendingLines.first == 2)
    }

    @Test func batchesForOtherMachinesAreWorthTheWay() {
        let shell = Self.world(children: 100, cost: .millisecond) { $0.lanes = 4 }
        Self.answer(shell, place: 0)
        shell.readRecords(2_000)
        let sizes = shell.drain().batchSizes
        // A second each by what the first one took, so as many as run side by side.
        #expect(sizes.allSatisfy { $0 == 4 } && !sizes.isEmpty)
        let cheap = Self.world(children: 4, cost: .millisecond / 100)
        cheap.readRecords(40_000)
        let cheapSizes = cheap.drain().batchSizes
        #expect(cheapSizes.first == 8_192 && cheapSizes.reduce(0, +) == 40_000)
        #expect(
            cheapSizes.dropLast().allSatisfy { $0 >= 4_900 }, "some 50 ms at least, but for what is left: \(cheapSizes)"
        )
    }

    @Test func ourOwnChildrenHelp() {
        let shell = Self.world(children: 0, jobs: 1)
        #expect(shell.phases == [.starting, .absent])
        shell.readRecords(9)
        #expect(shell.drain().started == [1], "the second one, for what the first has no time for")
        shell.ready(0)
        shell.ready(1)
        shell.scheduler.remoteChildrenCounted(1, children: 2)
        shell.drain()
        #expect(shell.workers[0].running.count == 1 && shell.workers[1].running.count == 4)
    }

    @Test func whenThereIsNoWayAnyMoreAChildOfOursDoesWhatLiesThere() {
        let shell = Self.world(children: 0, jobs: 1)
        shell.readRecords(5)
        shell.drain()
        shell.ready(0)
        shell.ready(1)
        shell.scheduler.remoteChildrenCounted(1, children: 2)
        shell.drain()
        shell.die(1)
        shell.scheduler.remoteGivenUp(1)
        #expect(shell.drain() == [.startWorker(1), .run(shell.workers[1].running[0])])
        shell.ready(1)
        for _ in 0..<100 where shell.busyCount > 0 {
            for index in 0...1 where !shell.workers[index].running.isEmpty { shell.finish(index, took: .second) }
            shell.write()
            shell.drain()
        }
        shell.scheduler.inputEnded()
        #expect(shell.outcome == .completed && shell.statistics.recordsOut == 6)
    }

    /// Children of ours are not to pay for how often the one before them died.
    @Test func whatDiedBeforeTheyWereGivenUpIsForgotten() {
        let shell = Self.world(children: 0, jobs: 1) { $0.retries = 0 }
        shell.readRecords(5)
        shell.drain()
        shell.ready(0)
        for _ in 0..<SchedulerLimits.fruitlessDeaths {
            shell.ready(1)
            shell.scheduler.remoteChildrenCounted(1, children: 2)
            shell.drain()
            shell.die(1, hasBegun: false)
            shell.drain()
        }
        shell.die(1, hasBegun: false)
        shell.scheduler.remoteGivenUp(1)
        shell.drain()
        shell.ready(1)
        shell.die(1, hasBegun: false)
        #expect(shell.drain().started == [1], "at once")
        #expect((0..<4).allSatisfy { shell.batch(worker: 1, slot: $0).parts.map(\.tries) == [0] })
    }

    /// One that says that it is ready, and dies before there is anybody to give work to.
    @Test func oneThatDiesAgainAndAgainWithoutWorkIsStartedMoreAndMoreSlowly() {
        let shell = Self.world(children: 0)
        shell.readRecords(5)
        shell.drain()
        for _ in 0..<SchedulerLimits.fruitlessDeaths {
            shell.ready(0)
            shell.die(0, hasBegun: false)
            #expect(shell.drain().started == [0], "at once")
        }
        shell.ready(0)
        shell.die(0, hasBegun: false)
        #expect(shell.drain().started.isEmpty)
        #expect(shell.workers[0].startNotBefore > shell.now)
    }

    @Test func aLieOfItsIsItsEnd() {
        for lie in 0..<4 {
            let shell = Self.world(children: 1)
            switch lie {
            case 0: shell.scheduler.remoteChildrenCounted(0, children: -1)
            case 1: shell.scheduler.remoteChildrenCounted(0, children: SchedulerLimits.windowBatches + 1)
            case 2: shell.scheduler.partReturned(0, ticket: 99, now: shell.now)
            default:
                shell.scheduler.batchFinished(
                    0, ticket: 99, resultBytes: 1, tally: PartTally(), duration: 1, now: shell.now)
            }
            #expect(shell.drain().killed == [0], "\(lie)")
        }
        let shell = Shell()
        shell.work(records: 1)
        shell.scheduler.remoteChildrenCounted(0, children: 1)
        #expect(shell.drain().killed == [0], "a child of ours speaks for itself only")
    }

    @Test func timeThatItTakesIsNobodysFaultHere() {
        let shell = Self.world(children: 1) { $0.limitTime(to: .second) }
        shell.pass(1_000 * .second)
        #expect(shell.drain().killed.isEmpty && shell.nextDeadline == nil)
    }
}

/// Batches that somebody else has cut: the other machines' side.
struct SchedulerArrivalTests {
    private static func world(jobs: Int, buffer: Int = 1 << 20) -> Shell {
        Shell(jobs: jobs) {
            $0.takesBatches = true
            $0.isOrdered = false
            $0.bufferBytes = buffer
        }
    }

    /// Records of one byte with a delimiter between them.
    private static func arrive(_ shell: Shell, _ count: Int, firstLine: UInt64) {
        let records = (0..<count).map { (offset: 2 * $0, length: 1) }
        shell.scheduler.batchArrived(records, byteCount: 2 * count - 1, firstLine: firstLine)
    }

    @Test func theyStayAsTheyAreAndKeepTheirLines() {
        let shell = Self.world(jobs: 2)
        Self.arrive(shell, 7, firstLine: 1_000)
        Self.arrive(shell, 1, firstLine: 5)
        Self.arrive(shell, 3, firstLine: 70)
        let actions = shell.drain()
        let lines = actions.compactMap { action -> UInt64? in
            if case .fillSlot(_, let line, _, _) = action { line } else { nil }
        }
        #expect(actions.batchSizes == [7, 1, 3] && lines == [1_000, 5, 70])
        #expect(shell.taken.map(\.offset) == [0, 2, 4, 6, 8, 10, 12, 13, 14, 16, 18])
        #expect(shell.keepFrom == 19)
    }

    @Test func oneThatIsLargerThanTheBufferGoesAlone() {
        let shell = Self.world(jobs: 2, buffer: 3_000)
        Self.arrive(shell, 50, firstLine: 1)
        Self.arrive(shell, 1, firstLine: 51)
        #expect(shell.drain().batchSizes == [50])
        shell.ready(0)
        shell.finish(0)
        shell.write()
        #expect(shell.drain().batchSizes == [1])
    }
}
