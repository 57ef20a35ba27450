import Testing

@testable import PhashCore

/// The end of the input in all its forms, and what is kept until then.
struct SchedulerInputTests {
    @Test func emptyInputIsDoneAtOnce() {
        let shell = Shell(jobs: 2)
        shell.scheduler.inputEnded()
        #expect(shell.outcome == .completed && shell.drain().isEmpty && shell.phases == [.absent, .absent])
    }

    @Test func aLastRecordWithoutADelimiterCounts() {
        let shell = Shell()
        shell.read(Array("a\nbc".utf8))
        #expect(shell.statistics.recordsIn == 1)
        shell.scheduler.inputEnded()
        #expect(shell.statistics.recordsIn == 2)
        #expect(shell.drain().batchSizes == [2] && shell.taken.map(\.length) == [1, 2])
    }

    @Test func theRunEndsWhenTheLastResultHasLeft() {
        let shell = Shell()
        shell.work(records: 3)
        shell.scheduler.inputEnded()
        #expect(shell.outcome == nil)
        shell.finish(0)
        shell.drain()
        #expect(shell.outcome == nil)
        shell.write(shell.scheduler.output.pendingBytes - 1)
        #expect(shell.outcome == nil)
        shell.write(1)
        #expect(shell.outcome == .completed && shell.stopSignal == nil)
    }

    @Test func afterAFailureWhatWasReadIsFinished() {
        let shell = Shell()
        shell.read(Array("a\nb\npart".utf8))
        shell.scheduler.inputFailed()
        #expect(shell.drain().batchSizes == [2])
        shell.ready(0)
        shell.finish(0)
        shell.write()
        #expect(shell.outcome == .completed && shell.statistics.recordsOut == 2)
    }

    @Test func bytesAreKeptUntilTheyAreInASlot() {
        let shell = Shell(jobs: 1) { $0.estimatedRecordCost = .second }
        shell.read(Array("ab\ncd\nef".utf8))
        #expect(shell.keepFrom == 0)
        shell.drain()
        #expect(shell.keepFrom == 3, "the second record waits")
        shell.ready(0)
        shell.finish(0)
        shell.drain()
        #expect(shell.keepFrom == 6, "part of a third is there")
        shell.scheduler.inputFailed()
        #expect(shell.keepFrom == 8)
    }

    @Test func aLineWithoutEndTakesNoMemory() {
        let shell = Shell(jobs: 1)
        for _ in 0..<40 { shell.read([UInt8](repeating: 0x61, count: 100_000)) }
        #expect(shell.statistics.recordsIn == 1)
        shell.drain()
        #expect(shell.keepFrom == 4_000_000 && shell.taken.map(\.isTooLong) == [true])
    }

    @Test func linesCountAcrossBatches() {
        let shell = Shell(jobs: 1) { $0.estimatedRecordCost = .second }
        shell.work(records: 3)
        for line in 1...3 as ClosedRange<UInt64> {
            #expect(shell.workers[0].running.map { shell.scheduler.batch(at: $0.address).firstLine } == [line])
            #expect(shell.workers[0].running.map { shell.scheduler.batch(at: $0.address).number } == [line - 1])
            shell.finish(0, took: .second)
            shell.write()
            shell.drain()
        }
    }

    enum Event: String, CaseIterable, Codable, Sendable {
        case read, ended, failed, stopped

        func happen(to shell: Shell) {
            switch self {
            case .read: shell.readRecords(1)
            case .ended: shell.scheduler.inputEnded()
            case .failed: shell.scheduler.inputFailed()
            case .stopped: shell.scheduler.stopRequested(signal: 15, now: shell.now)
            }
        }
    }

    /// Every end of the input with every event of it; only a signal may still come.
    @Test(arguments: [Event.ended, .failed, .stopped], [Event.read, .ended, .failed])
    func nothingComesAfterTheEnd(end: Event, event: Event) async {
        await #expect(processExitsWith: .failure) { [end, event] in
            let shell = Shell()
            end.happen(to: shell)
            event.happen(to: shell)
        }
    }

    @Test(arguments: [Event.ended, .failed])
    func aSignalMayStillComeAfterTheEnd(end: Event) {
        let shell = Shell()
        shell.readRecords(1)
        end.happen(to: shell)
        let input = shell.input
        shell.scheduler.stopRequested(signal: 2, now: shell.now)
        #expect(shell.input == input && shell.stopSignal == 2 && shell.waitingCount == 1)
    }

    /// A line that was too long cost next to nothing, and thousands of dear records went out in one batch after it.
    @Test func aRecordThatIsTooLongTeachesNothingAboutTheOthers() {
        let shell = Shell { $0.estimatedRecordCost = .second }
        shell.work(records: 1)
        shell.finish(0, errors: 1, took: 10)
        shell.readRecords(3)
        #expect(shell.drain().batchSizes == [1])
        #expect(shell.readAllowance() <= 4)
    }
}
