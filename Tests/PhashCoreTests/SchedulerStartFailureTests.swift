import Testing

@testable import PhashCore

/// Children that end before they are ready, and starts that fail. Contract section 5.
struct SchedulerStartFailureTests {
    /// Lets time go by until the next start is due.
    private static func waitForStart(_ shell: Shell) {
        guard let deadline = shell.nextDeadline else {
            Issue.record("nothing is due")
            return
        }
        shell.pass(max(deadline - shell.now, 0))
    }

    @Test func eightDeathsBeforeReadinessInARowEndTheRun() {
        let shell = Shell()
        shell.readRecords(1)
        for death in 1...8 as ClosedRange<Int32> {
            #expect(shell.outcome == nil)
            #expect(shell.drain().started == [0])
            shell.die(0, hasBegun: false, status: 100 + death)
            if death < 8 { Self.waitForStart(shell) }
        }
        #expect(shell.outcome == .startsFailed(status: 108))
        shell.pass(10 * .second)
        #expect(shell.drain().isEmpty, "nothing more is planned")
    }

    @Test func deathsAreCountedOverAllWorkers() {
        let shell = Shell(jobs: 4) { $0.estimatedRecordCost = .second }
        shell.readRecords(4)
        shell.drain()
        for index in 0..<4 { shell.die(index, hasBegun: false) }
        #expect(shell.scheduler.startFailures == 4 && shell.outcome == nil)
        shell.pass(.second)
        #expect(shell.drain().started == [0, 1, 2, 3])
        for index in 0..<4 { shell.die(index, hasBegun: false) }
        #expect(shell.outcome == .startsFailed(status: 9))
    }

    @Test func aChildThatIsReadyEndsTheCount() {
        let shell = Shell()
        shell.readRecords(1)
        for _ in 0..<3 {
            for _ in 0..<7 {
                shell.pass(.second)
                shell.drain()
                shell.die(0, hasBegun: false)
            }
            shell.pass(.second)
            shell.drain()
            shell.ready(0)
            #expect(shell.scheduler.startFailures == 0)
            shell.die(0, hasBegun: false)
        }
        #expect(shell.outcome == nil)
    }

    @Test func deathsOfChildrenThatWereReadyNeverCount() {
        let shell = Shell { $0.retries = 1_000 }
        shell.work(records: 1)
        for _ in 0..<50 {
            shell.die(0)
            #expect(shell.scheduler.startFailures == 0)
            shell.pass(.second)
            #expect(shell.drain().started == [0])
            shell.ready(0)
        }
        #expect(shell.outcome == nil)
    }

    /// Deaths are answered at once, until many in a row have begun nothing.
    @Test func fruitlessDeathsAreFollowedMoreAndMoreSlowly() {
        let shell = Shell { $0.retries = 1_000 }
        shell.work(records: 1)
        var delays: [Nanoseconds] = []
        for _ in 0..<18 {
            shell.die(0, hasBegun: false)
            delays.append(shell.workers[0].startNotBefore - shell.now)
            #expect(delays.last == 0 || shell.nextDeadline == shell.workers[0].startNotBefore)
            shell.now = shell.workers[0].startNotBefore
            #expect(shell.drain().started == [0])
            shell.ready(0)
        }
        let milliseconds = delays.map { $0 / .millisecond }
        #expect(milliseconds == Array(repeating: 0, count: 8) + [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000])
        // A death over a record gets somewhere, and the next child is wanted at once.
        shell.die(0)
        #expect(shell.workers[0].fruitlessDeaths == 0 && shell.drain().started == [0])
    }

    /// When nobody gets to begin anything, what they were all given is to blame after all, or it would never end.
    @Test func manyFruitlessDeathsCountAgainstTheRecord() {
        let shell = Shell { $0.retries = 2 }
        shell.work(records: 1)
        var deaths = 0
        var isGivenUp = false
        while !isGivenUp && deaths < 100 {
            shell.die(0, hasBegun: false)
            deaths += 1
            shell.now = max(shell.now, shell.workers[0].startNotBefore)
            let actions = shell.drain()
            isGivenUp = actions.contains { if case .giveUp = $0 { true } else { false } }
            if actions.started == [0] { shell.ready(0) }
        }
        #expect(deaths == SchedulerLimits.fruitlessDeaths + 3)
    }

    @Test func eachFailureIsFollowedByALongerPause() {
        let shell = Shell()
        shell.readRecords(1)
        var delays: [Nanoseconds] = []
        for _ in 0..<7 {
            #expect(shell.drain().started == [0])
            shell.die(0, hasBegun: false)
            let delay = shell.workers[0].startNotBefore - shell.now
            delays.append(delay / .millisecond)
            #expect(shell.nextDeadline == shell.now + delay)
            shell.pass(delay - 1)
            #expect(shell.drain().isEmpty)
            shell.pass(1)
        }
        #expect(delays == [10, 20, 40, 80, 160, 320, 640])
    }

    @Test func workGivenToAChildThatWasNeverReadyIsNotBlamed() {
        let shell = Shell { $0.retries = 0 }
        shell.readRecords(1)
        shell.drain()
        for _ in 0..<5 {
            shell.die(0, hasBegun: false)
            shell.pass(.second)
            #expect(shell.drain().runs.map(\.recordCount) == [1])
        }
        #expect(
            shell.batch().parts
                == [Part(firstRecord: 0, recordCount: 1)].map {
                    var part = $0
                    part.state = .sent(ticket: 6)
                    return part
                })
    }

    @Test func aChildKilledBeforeItWasReadyCountsToo() {
        let shell = Shell()
        shell.readRecords(1)
        shell.drain()
        shell.scheduler.workerMisbehaved(0)
        #expect(shell.drain() == [.killWorker(0)])
        shell.die(0, hasBegun: false)
        #expect(shell.scheduler.startFailures == 1)
    }

    @Test func aChildThatIsNotReadyInTimeIsKilled() {
        let shell = Shell()
        shell.readRecords(1)
        shell.drain()
        #expect(shell.nextDeadline == shell.now + 30 * .second)
        shell.pass(30 * .second - 1)
        #expect(shell.drain().isEmpty)
        shell.pass(1)
        #expect(shell.drain() == [.killWorker(0)])
        #expect(shell.phases == [.doomed(wasReady: false, timedOut: false)] && shell.nextDeadline == nil)
        shell.die(0, hasBegun: false)
        #expect(shell.scheduler.startFailures == 1)
    }

    // MARK: Starts that fail

    @Test func eightFailedStartsInARowEndTheRun() {
        let shell = Shell(jobs: 3)
        shell.readRecords(1)
        shell.startFailure = 11
        for _ in 0..<20 where shell.outcome == nil {
            shell.drain()
            if shell.outcome == nil { Self.waitForStart(shell) }
        }
        #expect(shell.outcome == .startsFailed(status: 11))
        #expect(shell.statistics.restarts == 0)
    }

    @Test func whileOthersDoTheWorkAFailedStartIsTriedAgainLater() {
        let shell = Shell(jobs: 2) { $0.estimatedRecordCost = .second }
        shell.work(records: 1)
        shell.readRecords(1)
        shell.startFailure = 12
        for _ in 0..<30 {
            #expect(shell.drain() == [.startWorker(1)])
            #expect(shell.outcome == nil && shell.scheduler.startFailures == 0)
            #expect(shell.nextDeadline == shell.now + .second)
            #expect(shell.drain().isEmpty)
            shell.pass(.second)
        }
        shell.startFailure = nil
        #expect(shell.drain().started == [1])
    }

    @Test func aFailedStartMattersWhenABatchWaitsForThatVeryWorker() {
        let shell = Shell(jobs: 2) { $0.estimatedRecordCost = .second }
        shell.work(records: 2)
        shell.die(0)
        shell.startFailure = 12
        #expect(shell.drain() == [.startWorker(0)])
        #expect(shell.scheduler.startFailures == 1)
        #expect(shell.workers[0].backlog.count == 1 && shell.nextDeadline == shell.now + 10 * .millisecond)
    }

    @Test func anotherWorkerIsTriedWhenOneCannotBeStarted() {
        let shell = Shell(jobs: 2)
        shell.readRecords(1)
        #expect(shell.scheduler.nextAction(now: shell.now) == .startWorker(0))
        shell.scheduler.workerStartFailed(0, status: 12, now: shell.now)
        #expect(shell.drain().started == [1])
        #expect(shell.busyCount == 1)
    }

    @Test func aStartThatNobodyNeedsAnyMoreIsNotAwaited() {
        let shell = Shell(jobs: 2) { $0.estimatedRecordCost = .second }
        shell.work(records: 1)
        shell.readRecords(1)
        shell.startFailure = 12
        shell.drain()
        shell.finish(0, took: .second)
        shell.drain()
        #expect(shell.waitingCount == 0 && shell.nextDeadline == nil)
    }

    /// The clock goes on between the last plan and the question how long to sleep.
    @Test func aStartThatBecomesPossibleAfterThePlanIsStillDue() {
        let shell = Shell()
        shell.startFailure = 12
        shell.readRecords(1)
        shell.drain()
        let due = shell.workers[0].startNotBefore
        #expect(due > shell.now)
        shell.now = due - 1
        #expect(shell.drain().isEmpty)
        shell.now = due + 1
        #expect(shell.nextDeadline == due, "or nobody would wake up for it")
        shell.startFailure = nil
        #expect(shell.drain().started == [0])
    }
}
