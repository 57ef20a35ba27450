import Testing

@testable import PhashCore

/// Which records go where, and when children are started for them. Contract section 5, design decision 3.
struct SchedulerStartTests {
    private static func dear(_ limits: inout SchedulerLimits) { limits.estimatedRecordCost = .second }

    @Test func withoutInputNothingHappens() {
        let shell = Shell(jobs: 4)
        #expect(shell.drain().isEmpty && shell.outcome == nil && shell.nextDeadline == nil)
        // Part of a record is none.
        shell.read(Array("no newline yet".utf8))
        #expect(shell.drain().isEmpty && shell.phases == Array(repeating: .absent, count: 4))
    }

    @Test func oneRecordStartsOneChild() {
        let shell = Shell(jobs: 4)
        shell.read(Array("hello\n".utf8))
        let address = SlotAddress(worker: 0, slot: 0)
        #expect(
            shell.drain() == [
                .startWorker(0),
                .fillSlot(address, firstLine: 1, recordCount: 1, byteCount: 5),
                .run(Assignment(ticket: 1, address: address, firstRecord: 0, recordCount: 1)),
            ])
        #expect(shell.phases == [.starting, .absent, .absent, .absent])
        #expect(shell.taken == [RecordExtent(offset: 0, length: 5)])
        #expect(shell.busyCount == 1 && shell.windowCount == 1 && shell.waitingCount == 0)
    }

    @Test func anIdleChildIsUsedBeforeAnotherIsStarted() {
        let shell = Shell(jobs: 4)
        for line in 1...5 as ClosedRange<UInt64> {
            shell.readRecords(1)
            let actions = shell.drain()
            #expect(actions.started == (line == 1 ? [0] : []))
            #expect(actions.runs.map(\.ticket) == [line] && shell.batch().firstLine == line)
            if line == 1 { shell.ready(0) }
            shell.finish(0)
            shell.write()
            #expect(shell.drain().releases == [SlotAddress(worker: 0, slot: 0)])
        }
        #expect(shell.statistics.recordsOut == 5 && shell.statistics.restarts == 0)
    }

    @Test func slowRecordsGoSinglyToAsManyChildrenAsAreAllowed() {
        let shell = Shell(jobs: 3, change: Self.dear)
        shell.readRecords(10)
        let actions = shell.drain()
        #expect(actions.started == [0, 1, 2] && actions.batchSizes == [1, 1, 1])
        #expect(shell.waitingCount == 7 && shell.busyCount == 3)
        for index in 0..<3 { shell.ready(index) }
        #expect(shell.drain().isEmpty)
        shell.finish(1, took: .second)
        let next = shell.drain()
        #expect(next.batchSizes == [1] && next.runs.map(\.address.worker) == [1])
    }

    @Test func cheapRecordsAreSharedAndASecondBatchIsQueued() {
        let shell = Shell(jobs: 2)
        shell.readRecords(30_000)
        let actions = shell.drain()
        #expect(actions.started == [0, 1])
        // 5 ms of records of 1,006 ns, two deep for each child.
        #expect(actions.batchSizes == [4970, 4970, 4970, 4970])
        #expect(actions.runs.map(\.address.worker) == [0, 1, 0, 1])
        #expect(shell.workers.map(\.running.count) == [2, 2] && shell.waitingCount == 10_120)
        #expect(actions.runs.map(\.ticket) == [1, 2, 3, 4])
        #expect(shell.batch(worker: 1, slot: 1).firstLine == 3 * 4970 + 1)
    }

    @Test func aSecondBatchIsOnlyQueuedBehindACheapOne() {
        for (cost, depth) in [(10 * Nanoseconds.millisecond, 2), (10 * .millisecond + 1, 1)] {
            let shell = Shell(jobs: 1) { $0.estimatedRecordCost = cost }
            shell.readRecords(5)
            #expect(shell.drain().batchSizes == Array(repeating: 1, count: depth), "\(cost) ns")
        }
    }

    @Test func childrenAreStartedBeforeBatchesAreQueued() {
        let shell = Shell(jobs: 3, processors: 3)
        shell.work(records: 200)
        #expect(shell.phases == [.ready, .absent, .absent])
        shell.readRecords(200)
        #expect(shell.drain().started == [1])
    }

    @Test func aFewCheapRecordsStayTogether() {
        let shell = Shell(jobs: 8)
        shell.readRecords(100)
        #expect(shell.drain().batchSizes == [100])
    }

    @Test func bytesBoundABatch() {
        let shell = Shell(jobs: 1)
        shell.readRecords(8, bytes: 100_000)
        #expect(shell.drain().batchSizes == [2, 2])
    }

    @Test func recordsThatAreTooLongHaveBatchesOfTheirOwn() {
        let shell = Shell(jobs: 4)
        shell.readRecords(1)
        shell.readRecords(1, bytes: 1 << 20 + 1)
        shell.readRecords(1)
        let actions = shell.drain()
        #expect(actions.batchSizes == [1, 1, 1] && shell.taken.map(\.isTooLong) == [false, true, false])
        #expect(shell.batch(worker: 1).byteCount == 0)
    }

    // MARK: Lanes

    private static func lanes(_ limits: inout SchedulerLimits) {
        limits.lanes = 4
        limits.estimatedRecordCost = .second
    }

    /// The example of design decision 3.
    @Test func sixteenSlowRecordsOnTwoProcessorsRunInFourLaneGroups() {
        let shell = Shell(jobs: 16, processors: 2, change: Self.lanes)
        shell.readRecords(16)
        let actions = shell.drain()
        #expect(actions.batchSizes == [4, 4, 4, 4] && actions.started == [0, 1, 2, 3] && shell.waitingCount == 0)
    }

    @Test func sixteenSlowRecordsOnSixteenProcessorsRunSingly() {
        let shell = Shell(jobs: 16, processors: 16, change: Self.lanes)
        shell.readRecords(16)
        #expect(shell.drain().batchSizes == Array(repeating: 1, count: 16))
    }

    @Test func slowRecordsThatTrickleGatherIntoLanes() {
        let shell = Shell(jobs: 4, processors: 1, change: Self.lanes)
        shell.work(records: 1)
        for _ in 0..<3 {
            shell.readRecords(1)
            // The only processor is busy: nobody is started for less than a lane group.
            #expect(shell.drain().isEmpty)
        }
        shell.readRecords(1)
        let actions = shell.drain()
        #expect(actions.started == [1] && actions.batchSizes == [4])
    }

    @Test func whatIsGatheredGoesOutAsSoonAsAProcessorIsFree() {
        let shell = Shell(jobs: 4, processors: 1, change: Self.lanes)
        shell.work(records: 1)
        shell.readRecords(3)
        shell.drain()
        shell.finish(0, took: .second)
        let actions = shell.drain()
        #expect(actions.batchSizes == [3] && actions.runs.map(\.address.worker) == [0])
    }

    // MARK: Order of output

    @Test func orderedOutputLeavesInTheOrderOfTheInput() {
        let shell = Shell(jobs: 3, change: Self.dear)
        shell.work(records: 3)
        shell.finish(2)
        #expect(shell.pendingLines == [])
        shell.finish(0)
        #expect(shell.pendingLines == [1])
        shell.finish(1)
        #expect(shell.pendingLines == [1, 2, 3])
    }

    @Test func unorderedOutputLeavesAsItIsFinished() {
        let shell = Shell(jobs: 3) {
            Self.dear(&$0)
            $0.isOrdered = false
        }
        shell.work(records: 3)
        for index in [2, 0, 1] { shell.finish(index) }
        #expect(shell.pendingLines == [3, 1, 2])
        shell.write(15)
        #expect(shell.pendingLines == [1, 2] && shell.statistics.recordsOut == 1)
        shell.write()
        shell.scheduler.inputEnded()
        shell.drain()
        #expect(shell.outcome == .completed)
    }

    @Test func countersFollowTheRecords() {
        let shell = Shell()
        shell.work(records: 3)
        #expect(shell.statistics.recordsIn == 3 && shell.statistics.bytesIn == 6 && shell.statistics.inFlight == 3)
        shell.finish(0, resultBytes: 40, errors: 2, took: 5_000)
        #expect(shell.statistics.errors == 0 && shell.statistics.recordsOut == 0)
        shell.write(39)
        #expect(shell.statistics.recordsOut == 0 && shell.statistics.bytesOut == 39)
        shell.write(1)
        #expect(shell.statistics.recordsOut == 3 && shell.statistics.errors == 2 && shell.statistics.inFlight == 0)
        #expect(shell.workers[0].statistics.records == 3 && shell.workers[0].statistics.busy == 5_000)
    }
}
