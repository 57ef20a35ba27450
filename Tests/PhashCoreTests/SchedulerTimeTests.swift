import Testing

@testable import PhashCore

/// What time and signals do: time-outs, stopping, and when the loop must wake. Contract sections 5 and 7.
struct SchedulerTimeTests {
    private static func shell(jobs: Int = 1, timeout: Nanoseconds? = .second, lanes: Int = 1) -> Shell {
        Shell(jobs: jobs) {
            $0.timeout = timeout
            $0.lanes = lanes
        }
    }

    @Test func withoutATimeoutNothingIsDue() {
        let shell = Self.shell(timeout: nil)
        shell.work(records: 10)
        #expect(shell.nextDeadline == nil)
        shell.pass(1_000_000 * .second)
        #expect(shell.drain().isEmpty)
    }

    @Test func theClockOfAPartRunsFromReadinessAndForEachRecord() {
        let shell = Self.shell()
        shell.readRecords(10)
        shell.drain()
        #expect(shell.nextDeadline == shell.now + 30 * .second, "the patience with a start is another matter")
        shell.pass(5 * .second)
        shell.ready(0)
        #expect(shell.nextDeadline == shell.now + 10 * .second)
        shell.pass(10 * .second - 1)
        #expect(shell.drain().isEmpty)
        shell.pass(1)
        #expect(shell.drain() == [.killWorker(0)])
        #expect(shell.phases == [.doomed(wasReady: true, timedOut: true)] && shell.nextDeadline == nil)
    }

    @Test(arguments: [(1, 4, 1), (4, 4, 1), (5, 4, 2), (10, 4, 3), (10, 1, 10), (10, 100, 1)])
    func recordsInLanesCountAsOne(records: Int, lanes: Int, turns: Int) {
        let shell = Self.shell()
        shell.readRecords(records)
        shell.drain()
        shell.ready(0, lanes: lanes)
        #expect(shell.nextDeadline == shell.now + Nanoseconds(turns) * .second)
    }

    @Test func theNextPartHasAClockOfItsOwn() {
        let shell = Self.shell()
        shell.work(records: 1)
        shell.work(records: 3)
        #expect(shell.workers[0].running.map(\.recordCount) == [1, 3])
        shell.pass(.second / 2)
        shell.finish(0)
        #expect(shell.nextDeadline == shell.now + 3 * .second)
        shell.pass(.second)
        shell.finish(0)
        #expect(shell.nextDeadline == nil, "an idle child has no clock")
        shell.work(records: 2)
        #expect(shell.nextDeadline == shell.now + 2 * .second)
    }

    @Test func aTimeoutIsADeathWithACauseOfItsOwn() {
        let shell = Shell {
            $0.timeout = .second
            $0.retries = 1
        }
        shell.work(records: 2)
        shell.pass(2 * .second)
        #expect(shell.drain().killed == [0])
        shell.die(0)
        #expect(shell.drain().runs.map(\.recordCount) == [1, 1])
        for tries in 1...2 {
            shell.ready(0)
            shell.pass(.second)
            #expect(shell.drain() == [.killWorker(0)])
            shell.die(0)
            let gaveUp = shell.drain().first
            let expected = Action.giveUp(
                SlotAddress(worker: 0, slot: 0), firstRecord: 0, cause: .timedOut, tries: 2)
            #expect((gaveUp == expected) == (tries == 2))
        }
        #expect(shell.pendingLines == [1])
    }

    @Test func anEnormousTimeoutIsNone() {
        let shell = Self.shell(timeout: .max)
        shell.work(records: 100)
        #expect(shell.nextDeadline == .max)
        shell.pass(1_000_000 * .second)
        #expect(shell.drain().isEmpty)
    }

    @Test func theEarliestOfAllIsDue() {
        let shell = Shell(jobs: 2) {
            $0.timeout = 5 * .second
            $0.estimatedRecordCost = .second
        }
        shell.work(records: 1)
        let first = shell.now + 5 * .second
        shell.pass(.second)
        shell.work(records: 1)
        #expect(shell.nextDeadline == first)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        #expect(shell.nextDeadline == shell.now + .second, "the notice about draining")
        shell.pass(.second)
        shell.drain()
        #expect(shell.nextDeadline == first)
        shell.finish(0, took: .second)
        #expect(shell.nextDeadline == first + .second)
    }

    // MARK: Stopping

    @Test func aSignalEndsReadingAndWhatWasReadIsFinished() {
        let shell = Shell()
        shell.read(Array("a\nb\nhalf a rec".utf8))
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        #expect(shell.input == .stopped && shell.readAllowance() == 0 && shell.stopSignal == 15)
        #expect(shell.outcome == nil && shell.drain().batchSizes == [2])
        shell.ready(0)
        shell.finish(0)
        shell.write()
        #expect(shell.outcome == .completed && shell.stopSignal == 15)
        #expect(shell.statistics.recordsIn == 2)
    }

    @Test func anIdleRunStopsAtOnce() {
        let shell = Shell()
        shell.scheduler.stopRequested(signal: 2, now: shell.now)
        #expect(shell.outcome == .completed && shell.stopSignal == 2)
    }

    @Test func aSecondSignalStopsNow() {
        let shell = Shell()
        shell.work(records: 3)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        shell.pass(10 * .millisecond)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        #expect(shell.outcome == .aborted(signal: 15))
        shell.die(0)
        #expect(shell.drain().isEmpty, "nobody is started any more")
        shell.scheduler.stopRequested(signal: 2, now: shell.now)
        #expect(shell.outcome == .aborted(signal: 15), "the first that stopped it is told")
    }

    @Test func theSameSignalTwiceAtOnceIsOne() {
        let shell = Shell()
        shell.work(records: 3)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        shell.scheduler.stopRequested(signal: 15, now: shell.now + SchedulerLimits.signalDebounce - 1)
        #expect(shell.outcome == nil)
        // Another one is meant.
        shell.scheduler.stopRequested(signal: 2, now: shell.now + SchedulerLimits.signalDebounce - 1)
        #expect(shell.outcome == .aborted(signal: 2))
    }

    /// `timeout(1)` sends its signal twice within microseconds; a person does not.
    @Test func theSameSignalALittleLaterIsTheSecond() {
        #expect(SchedulerLimits.signalDebounce <= 5 * .millisecond)
        let shell = Shell()
        shell.work(records: 3)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        shell.scheduler.stopRequested(signal: 15, now: shell.now + SchedulerLimits.signalDebounce)
        #expect(shell.outcome == .aborted(signal: 15))
    }

    @Test func aLongDrainIsAnnouncedOnce() {
        let shell = Shell()
        shell.work(records: 3)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        #expect(shell.nextDeadline == shell.now + .second)
        shell.pass(.second - 1)
        #expect(shell.drain().isEmpty)
        shell.pass(1)
        #expect(shell.drain() == [.reportDraining(recordsLeft: 3)])
        #expect(shell.nextDeadline == nil)
        shell.pass(10 * .second)
        #expect(shell.drain().isEmpty)
    }

    @Test func theAnnouncementCountsWhatHasNotLeft() {
        let shell = Shell(jobs: 2) { $0.estimatedRecordCost = .second }
        shell.work(records: 5)
        shell.finish(0, took: .second)
        shell.write()
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        shell.drain()
        shell.pass(2 * .second)
        #expect(shell.drain() == [.reportDraining(recordsLeft: 4)])
    }

    @Test func deathsAreAnsweredWhileDraining() {
        let shell = Shell()
        shell.work(records: 2)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        shell.die(0)
        #expect(shell.drain().runs.count == 2)
        shell.ready(0)
        shell.finish(0)
        shell.finish(0)
        shell.write()
        #expect(shell.outcome == .completed)
    }

    @Test func startsThatFailWhileDrainingEndTheRun() {
        let shell = Shell()
        shell.readRecords(1)
        shell.scheduler.stopRequested(signal: 15, now: shell.now)
        shell.startFailure = 1
        for _ in 0..<8 {
            shell.pass(.second)
            shell.drain()
        }
        #expect(shell.outcome == .startsFailed(status: 1))
    }

    @Test func aTimeLimitKeepsBatchesSmall() {
        func records(_ timeout: Nanoseconds?, lanes: Int = 1) -> Int {
            var limits = SchedulerLimits(jobs: 2, processors: 2)
            limits.lanes = lanes
            limits.limitTime(to: timeout)
            #expect(limits.timeout == timeout)
            return limits.batchRecords
        }
        #expect(records(nil) == 8192 && records(1) == 8192)
        #expect(records(.second / 10) == 80 && records(.second) == 8)
        #expect(records(3600 * .second) == 8 && records(3600 * .second, lanes: 32) == 32)
    }
}
