import Testing

@testable import PhashCore

/// What bounds memory and reading ahead: credits, the window, and the read allowance. Contract section 4.
struct SchedulerCreditTests {
    /// One record of a byte: 9 of input, 518 for the worst result.
    private static let worst = 527

    private static func shell(jobs: Int = 4, buffer: Int, cost: Nanoseconds = .second) -> Shell {
        Shell(jobs: jobs) {
            $0.bufferBytes = buffer
            $0.estimatedRecordCost = cost
        }
    }

    @Test func aBatchIsChargedItsWorstCaseThenItsRealSizeThenNothing() {
        let shell = Self.shell(jobs: 1, buffer: 10_000)
        shell.work(records: 1)
        #expect(shell.credits.used == Self.worst && shell.batch().charge == Self.worst)
        shell.finish(0, resultBytes: 30)
        #expect(shell.credits.used == 9 + 30)
        shell.write(29)
        #expect(shell.credits.used == 39)
        shell.write(1)
        #expect(shell.credits.used == 0 && shell.windowCount == 0)
        #expect(shell.drain() == [.releaseSlot(SlotAddress(worker: 0, slot: 0))])
    }

    @Test func withoutCreditNothingIsCutAndNobodyStarted() {
        let shell = Self.shell(buffer: 2 * Self.worst + 5)
        shell.work(records: 3)
        #expect(shell.phases == [.ready, .ready, .absent, .absent] && shell.waitingCount == 1)
        // Finishing alone does not make room enough: the result still lies there.
        shell.finish(0, resultBytes: 30)
        #expect(shell.drain().isEmpty)
        shell.write(10)
        #expect(shell.drain().isEmpty)
        shell.write()
        let actions = shell.drain()
        #expect(actions.releases.count == 1 && actions.batchSizes == [1] && actions.runs.map(\.address.worker) == [0])
    }

    @Test func whatWasReservedInExcessComesBackWhenABatchIsFinished() {
        let shell = Self.shell(buffer: 2 * Self.worst + 100)
        shell.work(records: 3)
        #expect(shell.waitingCount == 1)
        shell.finish(1, resultBytes: 30)
        #expect(shell.drain().batchSizes == [1], "out of order, so nothing can be written yet")
    }

    @Test func aBatchIsCutToTheCreditThereIs() {
        let shell = Self.shell(jobs: 1, buffer: 10 * Self.worst, cost: 100)
        shell.readRecords(50)
        // Ten records with the delimiters between them do not fit; nine do.
        #expect(shell.drain().batchSizes == [9] && shell.credits.used <= 10 * Self.worst)
    }

    /// Or the batches behind a slow reader become ever smaller.
    @Test func smallChangeIsNotSpent() {
        let shell = Self.shell(jobs: 1, buffer: 100 * Self.worst, cost: 100)
        shell.readRecords(200)
        let first = shell.drain().batchSizes
        #expect(first.count == 1 && first[0] > 90)
        shell.ready(0)
        // Five records' credit is less than an eighth of what one child may have in use.
        shell.finish(0, resultBytes: 100 * Self.worst - 5 * Self.worst - 9 * first[0])
        #expect(shell.drain().isEmpty && shell.waitingCount == 200 - first[0])
        shell.write()
        #expect(shell.drain().batchSizes.reduce(0, +) == first[0])
    }

    @Test func aRecordLargerThanTheBufferFitsAlone() {
        let shell = Self.shell(buffer: 1_000)
        shell.readRecords(2, bytes: 5_000)
        #expect(shell.drain().batchSizes == [1])
        #expect(shell.credits.used > 1_000 && shell.waitingCount == 1)
        shell.ready(0)
        shell.finish(0, resultBytes: 9_000)
        #expect(shell.drain().isEmpty)
        shell.write()
        #expect(shell.drain().batchSizes == [1])
        shell.finish(0, resultBytes: 9_000)
        shell.write()
        shell.scheduler.inputEnded()
        shell.drain()
        #expect(shell.outcome == .completed && shell.credits.used == 0)
    }

    @Test func theWindowHoldsSoManyBatches() {
        let shell = Self.shell(jobs: 1, buffer: 64 << 20)
        shell.work(records: 1)
        for _ in 1..<SchedulerLimits.windowBatches {
            shell.finish(0)
            shell.readRecords(1)
            #expect(shell.drain().batchSizes == [1])
        }
        shell.finish(0)
        shell.readRecords(1)
        #expect(shell.drain().isEmpty && shell.windowCount == 1024 && shell.waitingCount == 1)
        // The first result leaves, and its slot is used again.
        shell.write(10)
        #expect(shell.drain().runs.map(\.address) == [SlotAddress(worker: 0, slot: 0)])
        #expect(shell.windowCount == 1024)
    }

    @Test func aSlowHeadDoesNotStopTheOthersBeforeTheWindowIsFull() {
        let shell = Self.shell(jobs: 2, buffer: 64 << 20)
        shell.work(records: 2)
        for _ in 2..<SchedulerLimits.windowBatches {
            shell.finish(1, took: .second)
            shell.readRecords(1)
            #expect(shell.drain().runs.map(\.address.worker) == [1])
        }
        shell.finish(1, took: .second)
        shell.readRecords(1)
        #expect(shell.drain().isEmpty)
        #expect(shell.scheduler.output.isEmpty)
        // The head is done: everything leaves.
        shell.finish(0, took: .second)
        #expect(shell.pendingLines.count == SchedulerLimits.windowBatches)
        shell.write()
        #expect(shell.drain().batchSizes == [1])
    }

    // MARK: The read allowance

    @Test func beforeAnythingIsKnownAWholeReadIsAllowed() {
        #expect(Shell(jobs: 4).readAllowance() == 256 << 10)
    }

    @Test func twoSecondsOfWorkAreReadAhead() {
        // 1 ms and 64 bytes a record: 1,999 of them for one processor, 3,999 for two.
        for (jobs, processors, records) in [(1, 1, 1_999), (8, 1, 1_999), (2, 2, 3_999), (2, 16, 3_999)] {
            let shell = Shell(jobs: jobs, processors: processors) { $0.estimatedRecordCost = .millisecond }
            #expect(shell.readAllowance() == records * 64, "\(jobs) jobs, \(processors) processors")
        }
    }

    @Test func cheapRecordsAreToppedUpOnlyWhenAnEighthIsMissing() {
        // 1 ms a record: 1,999 of them are wanted, and 249 are the eighth. Asking for each one that is done would take as many
        // calls as there are records.
        for (waiting, isRead) in [(1_750, true), (1_751, false), (1_998, false), (1_999, false)] {
            let shell = Shell(jobs: 1, processors: 1) { $0.estimatedRecordCost = .millisecond }
            shell.readRecords(waiting, bytes: 63)
            let allowance = shell.readAllowance()
            #expect(allowance == (isRead ? 249 * 64 : 0), "\(waiting) waiting: \(allowance)")
        }
        // What takes long is asked for one by one.
        let shell = Shell(jobs: 1, processors: 1) { $0.estimatedRecordCost = 10 * .millisecond }
        shell.readRecords(198)
        #expect(shell.readAllowance() == 1)
    }

    @Test func aLaneGroupForEachChildIsAlwaysReadAhead() {
        for (jobs, lanes, records) in [(1, 1, 4), (3, 1, 12), (3, 8, 24), (16, 4, 64)] {
            let shell = Shell(jobs: jobs) {
                $0.lanes = lanes
                $0.estimatedRecordCost = 10 * .second
            }
            // As many bytes as records: each has one at least, so none too many is read.
            #expect(shell.readAllowance() == records, "\(jobs) jobs, \(lanes) lanes")
        }
    }

    @Test func dearRecordsAreGatheredUntilEveryIdleChildCanHaveALaneGroup() {
        let shell = Shell(jobs: 3, processors: 2) {
            $0.lanes = 4
            $0.estimatedRecordCost = .second
        }
        for _ in 0..<12 {
            #expect(shell.isWorthGathering())
            shell.readRecords(1)
        }
        #expect(!shell.isWorthGathering())
        shell.drain()
        // All are at work, so what comes next can be read in its own time.
        #expect(shell.waitingCount == 0 && !shell.isWorthGathering())
        shell.ready(0, lanes: 4)
        shell.finish(0, took: .second)
        #expect(shell.isWorthGathering())
        shell.readRecords(4)
        #expect(!shell.isWorthGathering())
    }

    @Test func nothingIsGatheredThatMayNotBeRead() {
        let shell = Shell(jobs: 1) {
            $0.lanes = 4
            $0.estimatedRecordCost = .second
        }
        #expect(shell.isWorthGathering())
        shell.scheduler.inputEnded()
        #expect(!shell.isWorthGathering())
    }

    @Test func aLineThatIsDroppedIsReadInEverLargerStepsToo() {
        let shell = Shell(jobs: 1) {
            $0.lanes = 4
            $0.estimatedRecordCost = .second
        }
        shell.read(Array(repeating: 0x61, count: 3 << 20))
        #expect(shell.waitingCount == 1 && shell.scheduler.keepFrom == 3 << 20)
        #expect(shell.readAllowance() == 256 << 10)
    }

    @Test func cheapRecordsAreNotGathered() {
        let shell = Shell(jobs: 2) { $0.lanes = 4 }
        #expect(!shell.isWorthGathering())
    }

    @Test func readingPausesWhileEnoughWaitsAndGoesOnWhenSomeIsDone() {
        let shell = Self.shell(jobs: 1, buffer: 64 << 20)
        shell.work(records: 3)
        #expect(shell.readAllowance() == 1)
        shell.readRecords(1)
        shell.drain()
        #expect(shell.readAllowance() == 0)
        shell.finish(0, took: .second)
        #expect(shell.readAllowance() == 1)
        shell.drain()
        #expect(shell.readAllowance() == 1)
        // Whether the result has left is a matter of the buffer, not of the work.
        shell.write()
        #expect(shell.readAllowance() == 1)
    }

    @Test func theRoomThatIsLeftBoundsTheRead() {
        let shell = Self.shell(buffer: 2 * Self.worst + 100, cost: 1_000)
        #expect(shell.readAllowance() == 2 * Self.worst + 100)
        #expect(shell.readAllowance(heldBytes: 1_000) == 2 * Self.worst + 100 - 1_000)
        shell.work(records: 2)
        let used = shell.credits.used
        #expect(shell.readAllowance() == 2 * Self.worst + 100 - used && used > Self.worst)
    }

    @Test func waitingInputIsBounded() {
        let shell = Self.shell(buffer: Self.worst, cost: 1_000)
        shell.work(records: 3)
        #expect(shell.waitingCount == 2 && shell.readAllowance(heldBytes: 4) == 0)
    }

    @Test func aLongRecordIsReadInEverLargerSteps() {
        let shell = Self.shell(jobs: 1, buffer: 64 << 20)
        #expect(shell.readAllowance() == 4)
        var held = 0
        for expected in [4, 4, 8, 16, 32, 64] {
            let allowance = shell.readAllowance(heldBytes: held)
            #expect(allowance == expected)
            shell.read([UInt8](repeating: 0x61, count: allowance))
            held += allowance
        }
        #expect(shell.keepFrom == 0)
    }

    @Test func aRecordLongerThanWhatIsKeptStillComesIn() {
        let shell = Shell(jobs: 1) {
            $0.inputBytes = 1_000
            $0.bufferBytes = 4_000
        }
        shell.read([UInt8](repeating: 0x61, count: 1_500))
        #expect(shell.readAllowance(heldBytes: 1_500) > 0, "longer than the input that is kept")
        shell.read([UInt8](repeating: 0x61, count: 3_500))
        #expect(shell.readAllowance(heldBytes: 5_000) > 0, "longer than the buffer, and alone")
    }

    @Test func aRecordLongerThanTheBufferWaitsUntilItIsAlone() {
        let shell = Shell(jobs: 1) {
            $0.inputBytes = 1_000
            $0.bufferBytes = 4_000
        }
        shell.work(records: 1)
        shell.read([UInt8](repeating: 0x61, count: 4_500))
        #expect(shell.readAllowance(heldBytes: 4_500) == 0)
        shell.finish(0)
        #expect(shell.readAllowance(heldBytes: 4_500) == 0)
        shell.write()
        #expect(shell.readAllowance(heldBytes: 4_500) > 0)
    }

    @Test func nothingIsReadAfterTheEnd() {
        let ended = Shell()
        ended.scheduler.inputEnded()
        #expect(ended.readAllowance() == 0 && ended.input == .ended)
        let failed = Shell()
        failed.scheduler.inputFailed()
        #expect(failed.readAllowance() == 0 && failed.input == .stopped)
        let stopped = Shell()
        stopped.scheduler.stopRequested(signal: 15, now: 0)
        #expect(stopped.readAllowance() == 0 && stopped.input == .stopped)
    }
}
