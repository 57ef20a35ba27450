import Testing

@testable import PhashCore

/// What becomes of records that are left out of the output, and what is counted of a part.
struct SchedulerTallyTests {
    @Test func aPartWithoutResultsIsDoneWith() {
        let shell = Shell { $0.mayLeaveOut = true }
        shell.work(records: 3)
        shell.finish(0, resultBytes: 0, skipped: 3)
        #expect(shell.statistics.skipped == 0 && shell.scheduler.output.isHeadEmpty)
        shell.write()
        #expect(shell.drain().releases == [SlotAddress(worker: 0, slot: 0)])
        #expect(shell.statistics.skipped == 3 && shell.statistics.recordsOut == 0 && shell.statistics.inFlight == 0)
        shell.scheduler.inputEnded()
        #expect(shell.drain().isEmpty && shell.outcome == .completed && shell.credits.used == 0)
    }

    @Test func whereNothingIsLeftOutItKills() {
        // Nor is it believed that some were, whatever there is of the others.
        for (resultBytes, skipped) in [(0, 3), (0, 0), (20, 1), (1, 3)] {
            let shell = Shell()
            shell.work(records: 3)
            shell.finish(0, resultBytes: resultBytes, skipped: skipped)
            #expect(shell.drain() == [.killWorker(0)])
            #expect(shell.workers[0].running.count == 1, "it is still to be done")
        }
    }

    @Test func countsOfAllKindsAreAddedUpWhenTheyLeave() {
        let shell = Shell { $0.mayLeaveOut = true }
        for _ in 0..<2 {
            shell.work(records: 10)
            let ticket = shell.workers[0].running[0].ticket
            shell.scheduler.batchFinished(
                0, ticket: ticket, resultBytes: 40,
                tally: PartTally(errors: 2, skipped: 3, unhashed: 4, lineBalance: 1 << 63 | 5), duration: 1,
                now: shell.now)
            shell.write(39)
            shell.drain()
            #expect(shell.statistics.inFlight == 10)
            shell.write(1)
            shell.drain()
        }
        let statistics = shell.statistics
        #expect(statistics.recordsIn == 20 && statistics.recordsOut == 14 && statistics.inFlight == 0)
        #expect(statistics.errors == 4 && statistics.skipped == 6 && statistics.unhashed == 8)
        #expect(statistics.lineBalance == 10)
    }

    /// What a record costs is learned from those that were hashed, whatever stood between them.
    @Test(arguments: [
        (PartTally(errors: 4), false, 1), (PartTally(skipped: 4), true, 1), (PartTally(unhashed: 4), true, 1),
        (PartTally(errors: 1, skipped: 1, unhashed: 1), false, 5), (PartTally(errors: 4), true, 20),
        (PartTally(errors: 2, skipped: 2), true, 10), (PartTally(), false, 20),
    ])
    func onlyHashedRecordsTellWhatOneCosts(tally: PartTally, hashesErrors: Bool, expected: Int) throws {
        let shell = Shell {
            $0.mayLeaveOut = true
            $0.hashesErrors = hashesErrors
            $0.estimatedRecordCost = .millisecond / 1000
        }
        shell.work(records: 4)
        let ticket = shell.workers[0].running[0].ticket
        // A fifth of what a batch may take, if all of it is for these four.
        shell.scheduler.batchFinished(
            0, ticket: ticket, resultBytes: 40, tally: tally, duration: .millisecond, now: shell.now)
        shell.readRecords(10_000)
        let batch = try #require(shell.drain().batchSizes.first)
        if expected == 1 { #expect(batch > 100) } else { #expect((expected - 1...expected).contains(batch)) }
    }

    @Test(arguments: [
        (PartTally(), true), (PartTally(errors: 5), true), (PartTally(errors: 2, skipped: 2, unhashed: 1), true),
        (PartTally(errors: 6), false), (PartTally(errors: 3, skipped: 3), false), (PartTally(unhashed: 6), false),
        (PartTally(errors: -1), false), (PartTally(skipped: -1), false), (PartTally(unhashed: -1), false),
        (PartTally(errors: .max, skipped: .max, unhashed: .max), false), (PartTally(lineBalance: .max), true),
    ])
    func noMoreIsCountedThanThereIs(tally: PartTally, isPossible: Bool) {
        #expect(tally.isPossible(records: 5) == isPossible)
    }

    @Test func talliesAreAddedKindByKind() {
        var tally = PartTally(errors: 1, skipped: 2, unhashed: 3, lineBalance: .max)
        tally += PartTally(errors: 10, skipped: 20, unhashed: 30, lineBalance: 2)
        #expect(tally == PartTally(errors: 11, skipped: 22, unhashed: 33, lineBalance: 1))
    }
}
