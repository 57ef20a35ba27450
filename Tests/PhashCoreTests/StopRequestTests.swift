import PhashCore
import Testing

struct StopRequestTests {
    @Test func theSameSignalWithinAMomentIsAnEcho() {
        let first = StopRequest(signal: 15, since: 1_000)
        let end = 1_000 + SchedulerLimits.signalDebounce
        #expect(first.isEchoed(by: 15, at: end - 1))
        #expect(!first.isEchoed(by: 15, at: end))
        #expect(!first.isEchoed(by: 2, at: 1_001))
    }
}
