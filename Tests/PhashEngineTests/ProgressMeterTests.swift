import PhashCore
import Testing

@testable import PhashEngine

/// Speeds, shares and what is left, from one drawing to the next.
struct ProgressMeterTests {
    /// In a box, since nothing that changes may stand in an expectation.
    private final class Meter {
        private var meter = ProgressMeter(start: 0)

        func line(of report: RunReport, total: ProgressMeter.Total? = nil, now: Nanoseconds) -> ProgressLine {
            meter.line(of: report, total: total, now: now)
        }

        func lastLine(of report: RunReport, total: ProgressMeter.Total, now: Nanoseconds) -> ProgressLine {
            meter.lastLine(of: report, total: total, now: now)
        }
    }

    private func report(in recordsIn: UInt64, out recordsOut: UInt64, bytes: UInt64, skipped: UInt64 = 0) -> RunReport {
        var statistics = Statistics()
        statistics.recordsIn = recordsIn
        statistics.recordsOut = recordsOut
        statistics.skipped = skipped
        statistics.bytesIn = bytes
        return RunReport(
            elapsed: .second, statistics: statistics, bufferedBytes: 0, jobs: 2, busy: 1, workers: [])
    }

    @Test func speedsAreThoseOfTheLastSeconds() {
        let meter = Meter()
        let early = meter.line(of: report(in: 100, out: 100, bytes: 1_000), now: .second)
        #expect(early.recordsPerSecond == 100 && early.bytesPerSecond == 1_000)
        #expect(early.share == nil && early.time == nil)
        var last = early
        for step in 1...40 {
            last = meter.line(
                of: report(in: 100, out: 100, bytes: 1_000), now: .second + Nanoseconds(step) * ProgressMeter.interval)
        }
        #expect(last.recordsPerSecond == 0 && last.bytesPerSecond == 0 && last.records == 100)
    }

    /// What is read ahead is not done.
    @Test func theShareIsThatOfTheRecordsThatAreDone() throws {
        let meter = Meter()
        let line = meter.line(of: report(in: 1_000, out: 250, bytes: 4_000), total: .bytes(8_000), now: 5 * .second)
        #expect(line.share == 0.125)
        #expect(line.time == .left(35))
        #expect(line.inFlight == 750)
        let half = report(in: 1_000, out: 500, bytes: 4_000)
        let records = meter.line(of: half, total: .records(1_000), now: 10 * .second)
        #expect(records.share == 0.5 && records.time == .left(10))
    }

    @Test func recordsThatAreLeftOutAreDone() {
        let meter = Meter()
        let line = meter.line(
            of: report(in: 100, out: 20, bytes: 100, skipped: 30), total: .records(100), now: .second)
        #expect(line.share == 0.5 && line.records == 20 && line.recordsPerSecond == 50)
    }

    @Test func theShareNeverGoesBackNorBeyondAll() {
        let meter = Meter()
        _ = meter.line(of: report(in: 10, out: 9, bytes: 10), total: .records(10), now: 1)
        // A file that grows, and one that has become shorter.
        #expect(meter.line(of: report(in: 10, out: 9, bytes: 10), total: .records(90), now: 2).share == 0.9)
        #expect(meter.line(of: report(in: 10, out: 9, bytes: 10), total: .records(5), now: 3).share == 1)
    }

    @Test func nothingDoneIsNeverDone() {
        let meter = Meter()
        let line = meter.line(of: report(in: 5, out: 0, bytes: 50), total: .bytes(500), now: .second)
        #expect(line.share == 0 && line.time == .left(.infinity))
        #expect(meter.line(of: report(in: 0, out: 0, bytes: 0), total: .records(0), now: 2 * .second).share == 1)
    }

    /// The clock is put back when a stop is found after all.
    @Test func aClockThatIsPutBackDoesNoHarm() {
        let meter = Meter()
        _ = meter.line(of: report(in: 10, out: 10, bytes: 10), now: 10 * .second)
        let line = meter.line(of: report(in: 20, out: 20, bytes: 20), now: 2 * .second)
        #expect(line.recordsPerSecond == 10)
        let before = meter.line(of: report(in: 20, out: 20, bytes: 20), total: .records(40), now: -1)
        #expect(before.recordsPerSecond.isFinite && before.share == 0.5)
    }

    @Test func theLastLineTellsTheWholeRun() {
        let meter = Meter()
        for step in 1...100 {
            _ = meter.line(of: report(in: 10, out: 10, bytes: 80), now: Nanoseconds(step) * .second)
        }
        let all = report(in: 2_000, out: 2_000, bytes: 16_000)
        let line = meter.lastLine(of: all, total: .records(2_000), now: 200 * .second)
        #expect(line.recordsPerSecond == 10 && line.bytesPerSecond == 80)
        #expect(line.time == .taken(200) && line.share == 1)
    }

    @Test func whatIsDueAgainAndAgain() {
        var repetition = Repetition(every: 10, first: 100)
        // When it is asked, and when it is due after that; what was missed is not made up for.
        for (now, isDue, next) in [(99, false, 100), (103, true, 110), (157, true, 167), (160, false, 167)] {
            let answer = repetition.isDue(now: Nanoseconds(now))
            #expect(answer == isDue && repetition.due == Nanoseconds(next), "\(now)")
        }
        repetition.hasten(now: 161)
        let answer = repetition.isDue(now: 161)
        #expect(answer)
        #expect(earliest(nil, nil) == nil && earliest(3, nil) == 3 && earliest(nil, 4) == 4 && earliest(3, 4) == 3)
    }
}
