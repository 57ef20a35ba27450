import PhashPosix
import PhashTestKit
import Synchronization

/// Worlds from one seed on, by several threads.
final class SeedRun: Sendable {
    private static let block: UInt64 = 64

    private let first: UInt64
    private let limit: UInt64?
    private let start = ContinuousClock.now
    private let duration: Duration?
    private let canary: Canary?
    private let announces: Bool
    /// Worlds that a thread has taken.
    private let taken = Atomic<UInt64>(0)
    private let done = Atomic<UInt64>(0)
    private let firstFailure = Mutex<(seed: UInt64, violation: Violation)?>(nil)

    init(first: UInt64, limit: UInt64?, duration: Duration?, canary: Canary?, announces: Bool) {
        self.first = first
        self.limit = limit
        self.duration = duration
        self.canary = canary
        self.announces = announces
    }

    /// What went wrong, with the lowest seed.
    var failure: (seed: UInt64, violation: Violation)? { firstFailure.withLock { $0 } }

    var summary: String {
        let count = done.load(ordering: .relaxed)
        let time = ContinuousClock.now - start
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        return "\(count) worlds in \(Int(seconds)) s, \(Int(Double(count) / seconds)) worlds/s"
    }

    func plan(of seed: UInt64) -> WorldPlan { WorldPlan(seed: seed, canary: canary) }

    /// Takes worlds until there are none left, or the time is over, or something goes wrong.
    func work(tellsProgress: Bool) {
        var nextReport = start + .seconds(10)
        while failure == nil {
            let now = ContinuousClock.now
            if let duration, now - start >= duration { return }
            if tellsProgress && now >= nextReport {
                nextReport += .seconds(10)
                StandardError.write("phash-sim: \(summary), seed \(first &+ taken.load(ordering: .relaxed)) is next\n")
            }
            let begin = taken.wrappingAdd(Self.block, ordering: .relaxed).oldValue
            let end = min(begin + Self.block, limit ?? .max)
            guard begin < end else { return }
            for number in begin..<end {
                let seed = first &+ number
                if announces { StandardError.write("\(seed)\n") }
                if let violation = plan(of: seed).failure(seed: ~seed) { return note(seed, violation) }
            }
            done.wrappingAdd(end - begin, ordering: .relaxed)
        }
    }

    private func note(_ seed: UInt64, _ violation: Violation) {
        firstFailure.withLock { failure in
            if failure.map({ seed < $0.seed }) ?? true { failure = (seed, violation) }
        }
    }
}
