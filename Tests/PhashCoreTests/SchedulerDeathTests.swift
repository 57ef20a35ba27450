import PhashTestKit
import Testing

@testable import PhashCore

/// Children that die over their work: halves, the guilty record, its tries. Contract section 5, design decision 5.
struct SchedulerDeathTests {
    private static func run(_ ticket: UInt64, slot: Int = 0, _ firstRecord: Int, _ recordCount: Int) -> Action {
        .run(
            Assignment(
                ticket: ticket, address: SlotAddress(worker: 0, slot: slot), firstRecord: firstRecord,
                recordCount: recordCount))
    }

    @Test func aBatchThatWasBegunGoesOutAgainInHalves() {
        let shell = Shell()
        shell.work(records: 5)
        shell.die(0)
        #expect(shell.phases == [.absent])
        #expect(shell.drain() == [.startWorker(0), Self.run(2, 0, 2), Self.run(3, 2, 3)])
        #expect(shell.statistics.restarts == 1 && shell.workers[0].statistics.restarts == 1)
        #expect(shell.batch().parts.map(\.tries) == [0, 0])
    }

    @Test func slowHalvesGoOutOneAfterTheOther() {
        let shell = Shell {
            $0.lanes = 4
            $0.estimatedRecordCost = .second
        }
        shell.work(records: 4)
        shell.die(0)
        #expect(shell.drain() == [.startWorker(0), Self.run(2, 0, 2)])
        shell.ready(0)
        shell.finish(0, took: 2 * .second)
        #expect(shell.drain() == [Self.run(3, 2, 2)])
        #expect(shell.pendingLines == [1], "the first half leaves before the second is done")
    }

    @Test func sendingAgainTakesNoNewCredit() {
        let shell = Shell()
        shell.work(records: 6)
        let used = shell.credits.used
        shell.die(0)
        shell.drain()
        #expect(shell.credits.used == used && shell.windowCount == 1)
        shell.ready(0)
        shell.finish(0, resultBytes: 20)
        #expect(shell.credits.used == used, "corrected when the batch is finished")
        shell.finish(0, resultBytes: 30)
        #expect(shell.credits.used == shell.batch().inputCharge + 50)
        shell.write()
        #expect(shell.credits.used == 0)
    }

    /// The other records of the batch come out, and exactly one is given up, wherever it stands.
    @Test(arguments: [1, 2, 7, 8, 33], [0, 1, 2])
    func onlyTheGuiltyRecordIsGivenUp(records: Int, retries: Int) {
        for guilty in 0..<records {
            let shell = Shell { $0.retries = retries }
            shell.readRecords(records)
            shell.scheduler.inputEnded()
            var givenUp: [Action] = []
            var deaths = 0
            for _ in 0..<1_000 where shell.outcome == nil {
                shell.now = max(shell.now, shell.nextDeadline.map { min($0, shell.now + .second) } ?? shell.now)
                givenUp += shell.drain().filter { if case .giveUp = $0 { true } else { false } }
                if shell.phases[0] == .starting { shell.ready(0) }
                if let current = shell.workers[0].running.first {
                    let range = current.firstRecord..<current.firstRecord + current.recordCount
                    if range.contains(guilty) {
                        shell.die(0, status: 11)
                        deaths += 1
                    } else {
                        shell.finish(0)
                    }
                }
                shell.write()
            }
            #expect(shell.outcome == .completed)
            #expect(
                givenUp == [
                    .giveUp(
                        SlotAddress(worker: 0, slot: 0), firstRecord: guilty, cause: .died(status: 11),
                        tries: retries + 1)
                ])
            #expect(shell.statistics.errors == 1 && shell.statistics.recordsOut == UInt64(records))
            // At most one death for each halving, and the tries.
            #expect(deaths <= records.bitWidth - max(records - 1, 0).leadingZeroBitCount + retries + 1)
        }
    }

    @Test func resultsOfHalvesLeaveInOrderAroundTheErrorRecord() {
        let shell = Shell { $0.retries = 0 }
        shell.work(records: 3)
        shell.die(0)
        shell.drain()
        // Record 0 alone, records 1 and 2 queued behind it.
        shell.ready(0)
        shell.die(0)
        let actions = shell.drain()
        #expect(actions.contains { if case .giveUp(_, firstRecord: 0, _, tries: 1) = $0 { true } else { false } })
        #expect(shell.pendingLines == [1] && shell.scheduler.output[0].byteCount == 50)
        shell.ready(0)
        shell.finish(0)
        #expect(shell.pendingLines == [1, 2])
    }

    @Test func triesAreCountedForARecordThatIsAlone() {
        let shell = Shell { $0.retries = 2 }
        shell.work(records: 1)
        for tries in 1...2 {
            shell.die(0)
            #expect(shell.batch().parts[0].tries == tries)
            #expect(shell.drain().runs.count == 1)
            shell.ready(0)
        }
        shell.die(0, status: 6)
        #expect(
            shell.scheduler.nextAction(now: shell.now)
                == .giveUp(SlotAddress(worker: 0, slot: 0), firstRecord: 0, cause: .died(status: 6), tries: 3))
        #expect(shell.batch().parts[0].state == .givenUp)
        shell.scheduler.errorRecordWritten(SlotAddress(worker: 0, slot: 0), firstRecord: 0, resultBytes: 44)
        #expect(
            shell.batch().parts[0].state == .queued(PartTally(errors: 1)) && shell.scheduler.output[0].byteCount == 44)
        #expect(shell.drain().isEmpty)
    }

    // MARK: Who is not to blame

    @Test func whatWasNotBegunIsRunAgainAsItIs() {
        let shell = Shell { $0.retries = 0 }
        shell.work(records: 1)
        for ticket in 2...6 as ClosedRange<UInt64> {
            shell.die(0, hasBegun: false)
            #expect(shell.drain() == [.startWorker(0), Self.run(ticket, 0, 1)])
            shell.ready(0)
        }
        #expect(shell.batch().parts[0].tries == 0)
    }

    @Test func aNoteOfEarlierWorkBlamesNobody() {
        let shell = Shell { $0.retries = 0 }
        shell.work(records: 1)
        shell.finish(0)
        shell.work(records: 1)
        // The child last said that it works on the first part, which it has finished.
        shell.scheduler.workerExited(0, begun: 1, status: 9, now: shell.now)
        #expect(shell.drain() == [.startWorker(0), Self.run(3, slot: 1, 0, 1)])
    }

    @Test func whatWasQueuedBehindIsNeverBlamed() {
        let shell = Shell { $0.retries = 0 }
        shell.work(records: 2)
        shell.work(records: 1)
        #expect(shell.workers[0].running.map(\.ticket) == [1, 2])
        shell.die(0)
        // First the halves, then what came after, whole.
        let places = shell.workers[0].backlog.map { [$0.address.slot, $0.firstRecord] }
        #expect(places == [[0, 0], [0, 1], [1, 0]])
        #expect(shell.batch(slot: 1).parts == [Part(firstRecord: 0, recordCount: 1)])
        #expect(shell.drain() == [.startWorker(0), Self.run(3, 0, 1), Self.run(4, 1, 1)])
        // Neither is a half that was queued behind the guilty one.
        shell.ready(0)
        shell.die(0)
        let again = shell.drain()
        #expect(again.runs.map(\.firstRecord) == [1, 0] && again.runs.map(\.address.slot) == [0, 1])
        #expect(shell.batch().parts[1].tries == 0)
    }

    @Test func whatLostItsChildGoesBeforeWhatIsNew() {
        let shell = Shell {
            $0.lanes = 2
            $0.estimatedRecordCost = .second
        }
        shell.work(records: 2)
        shell.readRecords(6)
        shell.die(0)
        for records in [0, 1] {
            #expect(shell.drain().runs.map(\.firstRecord) == [records])
            if shell.phases[0] == .starting { shell.ready(0) }
            shell.finish(0, took: .second)
        }
        #expect(shell.drain().batchSizes == [2])
    }

    @Test func otherWorkersGoOnMeanwhile() {
        let shell = Shell(jobs: 2) { $0.estimatedRecordCost = .second }
        shell.work(records: 4)
        shell.die(0)
        shell.finish(1, took: .second)
        let actions = shell.drain()
        #expect(actions.started == [0])
        #expect(actions.runs.map(\.address.worker) == [0, 1] && shell.waitingCount == 1)
    }

    // MARK: Children that are not to be believed

    @Test func impossibleAnswersKill() {
        let answers: [(ticket: UInt64, resultBytes: Int, errors: Int)] = [
            (2, 10, 0), (0, 10, 0), (.max, 10, 0), (1, 0, 0), (1, -1, 0), (1, 10, 4), (1, 10, -1),
        ]
        for answer in answers {
            let shell = Shell()
            shell.work(records: 3)
            shell.scheduler.batchFinished(
                0, ticket: answer.ticket, resultBytes: answer.resultBytes, tally: PartTally(errors: answer.errors),
                duration: 1,
                now: shell.now)
            #expect(shell.drain() == [.killWorker(0)], "\(answer)")
            #expect(shell.phases == [.doomed(wasReady: true, timedOut: false)])
            #expect(shell.workers[0].statistics.records == 0)
        }
    }

    @Test func anAnswerWithoutAnOrderKills() {
        let shell = Shell()
        shell.work(records: 1)
        shell.finish(0)
        shell.scheduler.batchFinished(
            0, ticket: 1, resultBytes: 10, tally: PartTally(errors: 0), duration: 1, now: shell.now)
        #expect(shell.drain() == [.killWorker(0)])
    }

    @Test func answersOutOfTurnKill() {
        let shell = Shell()
        shell.work(records: 1)
        shell.work(records: 1)
        shell.scheduler.batchFinished(
            0, ticket: 2, resultBytes: 10, tally: PartTally(errors: 0), duration: 1, now: shell.now)
        #expect(shell.drain() == [.killWorker(0)])
    }

    @Test func aLateAnswerIsIgnoredAndThePartRunAgain() {
        let shell = Shell()
        shell.work(records: 1)
        shell.scheduler.workerMisbehaved(0)
        shell.finish(0)
        shell.ready(0)
        #expect(shell.drain() == [.killWorker(0)] && shell.scheduler.output.isEmpty)
        shell.die(0)
        #expect(shell.drain() == [.startWorker(0), Self.run(2, 0, 1)])
        #expect(shell.batch().parts[0].tries == 1)
    }

    @Test func nothingIsGivenToAChildThatIsBeingKilled() {
        let shell = Shell(jobs: 2)
        shell.work(records: 1)
        shell.scheduler.workerMisbehaved(0)
        shell.readRecords(1)
        #expect(shell.drain().runs.map(\.address.worker) == [1])
    }

    /// A child may say that its work took as long as it likes.
    @Test(arguments: [Nanoseconds.max, .min, -1, 0])
    func noDurationEndsTheRun(duration: Nanoseconds) {
        let shell = Shell()
        for _ in 0..<5 {
            shell.work(records: 3)
            shell.finish(0, took: duration)
            shell.write()
            while !shell.workers[0].running.isEmpty || shell.waitingCount > 0 {
                shell.drain()
                shell.finish(0, took: duration)
                shell.write()
            }
        }
        #expect(shell.statistics.recordsOut == 15 && shell.workers[0].statistics.busy >= 0)
    }

    @Test func anErrorRecordThatNobodyAskedForTraps() async {
        await #expect(processExitsWith: .failure) {
            let shell = Shell()
            shell.work(records: 1)
            shell.scheduler.errorRecordWritten(SlotAddress(worker: 0, slot: 0), firstRecord: 0, resultBytes: 5)
        }
    }

    // MARK: Slots that have grown too large

    @Test func aWorkerIsReplacedWhenItsLastSlotIsFree() {
        let shell = Shell()
        shell.work(records: 2)
        shell.scheduler.slotsOutgrown(0)
        shell.readRecords(3)
        #expect(shell.drain().isEmpty, "it gets nothing new")
        shell.finish(0)
        #expect(shell.drain().isEmpty)
        shell.write()
        #expect(shell.drain() == [.releaseSlot(SlotAddress(worker: 0, slot: 0)), .retireWorker(0)])
        #expect(shell.phases == [.retiring] && shell.nextDeadline == nil)
        shell.scheduler.workerExited(0, begun: 1, status: 9, now: shell.now)
        #expect(!shell.workers[0].isOutgrown && shell.workers[0].fruitlessDeaths == 0)
        let actions = shell.drain()
        #expect(actions.started == [0] && actions.batchSizes == [3])
        #expect(shell.outcome == nil && shell.scheduler.startFailures == 0)
    }

    @Test func aDeathBeforeThatIsADeathLikeAnyOther() {
        let shell = Shell()
        shell.work(records: 1)
        shell.scheduler.slotsOutgrown(0)
        shell.die(0)
        #expect(shell.drain() == [.startWorker(0), Self.run(2, 0, 1)])
        shell.ready(0)
        shell.finish(0)
        shell.write()
        #expect(shell.drain().retired == [0])
    }
}
