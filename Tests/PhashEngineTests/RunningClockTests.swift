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
    @Test func aLongStopThatNoSignalTellsOfDoesNotCount() {
        var clock = clock()
        let before = clock.now
        clock.willSleep(atMost: 250 * .millisecond)
        system.time += 60 * .second
        clock.didWake()
        #expect(clock.now == before)
        // A signal after it does not make it count twice.
        clock.resumed()
        #expect(clock.now == before)
        system.time += 60 * .second
        #expect(clock.now == before)
        clock.willSleep(atMost: 250 * .millisecond)
        system.time += 250 * .millisecond
        clock.didWake()
        #expect(clock.now == before + 250 * .millisecond)
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
