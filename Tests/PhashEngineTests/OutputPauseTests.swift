import PhashCore
import Testing

@testable import PhashEngine

/// The wait for room in stdout.
struct OutputPauseTests {
    /// An over pause set the loop's sleep to nothing: with stdout full it turned without end.
    @Test func aPauseThatIsOverLimitsNoSleep() {
        let pause = OutputPause(after: nil)
        #expect(pause.remaining(now: pause.until - 1) == 1)
        #expect(pause.remaining(now: pause.until) == nil && pause.remaining(now: .max) == nil)
    }

    @Test func pausesDoubleUpToALimit() {
        var pause = OutputPause(after: nil)
        var durations = [pause.duration]
        for _ in 0..<9 {
            pause = OutputPause(after: pause)
            durations.append(pause.duration)
        }
        #expect(durations.map { $0 * 2 / .millisecond } == [1, 2, 4, 8, 16, 32, 64, 128, 128, 128])
    }
}
