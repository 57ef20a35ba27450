import PhashCore
import Testing

@testable import PhashEngine

/// The clock that stands still while the process is stopped.
struct RunningClockTests {
    /// The clock of the system, set by hand.
    private final class SystemClock {
        var time: Nanoseconds = 1_000 * .second
    }

    private let system = SystemClock()

    private func clock() -> RunningClock { RunningClock { [system] in system.time } }

    @Test func aStopDuringASleepDoesNotCount() {
        var clock = clock()
        let before = clock.now
        clock.willSleep(atMost: 250 * .millisecond)
        system.time += 60 * .second
        clock.didWake()
        clock.resumed()
        #expect(clock.now == before)
    }

    @Test func aStopDuringTheWorkAfterASleepDoesNotCount() {
        var clock = clock()
        let before = clock.now
        clock.willSleep(atMost: 250 * .millisecond)
        clock.didWake()
        system.time += 60 * .second
        clock.resumed()
        #expect(clock.now == before)
    }

    @Test func aStopDuringTheWorkBeforeASleepDoesNotCount() {
        var clock = clock()
        clock.willSleep(atMost: 250 * .millisecond)
        clock.didWake()
        let before = clock.now
        system.time += 60 * .second
        clock.willSleep(atMost: 250 * .millisecond)
        system.time += .millisecond
        clock.didWake()
        clock.resumed()
        #expect(clock.now == before + .millisecond)
    }

    /// `timeout(1)` and systemd send CONT to what is not stopped: however long it slept, that time was.
    @Test(arguments: [nil, 250 * .millisecond] as [Nanoseconds?])
    func aContinueWithoutAStopChangesNothing(sleep: Nanoseconds?) {
        var clock = clock()
        for _ in 0..<100 {
            let before = clock.now
            clock.willSleep(atMost: sleep)
            system.time += sleep ?? 3_600 * .second
            clock.didWake()
            clock.resumed()
            #expect(clock.now == before + (sleep ?? 3_600 * .second))
        }
    }

    /// A frozen container or a paused virtual machine gets no signal.
    @Test func aLongStopThatNoSignalTellsOfHardlyCounts() {
        var clock = clock()
        let before = clock.now
        clock.willSleep(atMost: 250 * .millisecond)
        system.time += 60 * .second
        clock.didWake()
        #expect(clock.now == before + RunningClock.tolerance)
        // A signal after it makes it count not at all, and not twice.
        clock.resumed()
        #expect(clock.now == before)
        system.time += 60 * .second
        #expect(clock.now == before + RunningClock.tolerance)
        clock.willSleep(atMost: 250 * .millisecond)
        system.time += 250 * .millisecond
        clock.didWake()
        #expect(clock.now == before + RunningClock.tolerance + 250 * .millisecond)
        // This one ends no stop.
        clock.resumed()
        #expect(clock.now == before + RunningClock.tolerance + 250 * .millisecond)
    }

    /// Where every write takes longer than a stop has to, time goes on all the same, or no child would ever be too late.
    @Test func timeNeverStandsStill() {
        var clock = clock()
        let before = clock.now
        for _ in 0..<100 {
            clock.willSleep(atMost: 250 * .millisecond)
            system.time += .millisecond
            clock.didWake()
            system.time += 2 * .second
        }
        #expect(clock.now >= before + 100 * RunningClock.tolerance)
    }

    @Test func withoutAContinueADelayCounts() {
        var clock = clock()
        let late = RunningClock.unannouncedStop
        clock.willSleep(atMost: .millisecond)
        system.time += .millisecond + late
        clock.didWake()
        system.time += late
        #expect(clock.now == system.time && clock.skipped == 0)
    }
}
