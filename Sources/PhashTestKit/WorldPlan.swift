package import PhashCore

/// A record of a simulated world.
package struct SimulatedRecord: Equatable, Sendable {
    package enum Nature: Equatable, Sendable {
        case ordinary
        /// Every child that works on it dies.
        case crashing
        /// No child ever comes back from it.
        case hanging
    }

    package var nature = Nature.ordinary
    /// Bytes without the delimiter.
    package var length = 4
    /// Time that a child takes for it.
    package var cost: Nanoseconds = 1_000_000

    package init(nature: Nature = .ordinary, length: Int = 4, cost: Nanoseconds = 1_000_000) {
        self.nature = nature
        self.length = length
        self.cost = cost
    }
}

/// A fault of the world itself, to show that its checks can fail.
package enum Canary: CaseIterable, Sendable {
    /// A child's answer gets lost: progress.
    case loseAnswer
    /// Results leave in the wrong order.
    case swapOutput
    /// Results leave twice.
    case repeatOutput
    /// A dead child's begun part is passed over in silence: each record exactly once.
    case dropPart
}

/// What happens in a simulated world, apart from the order in which it happens.
package struct WorldPlan: Sendable {
    package var limits: SchedulerLimits
    package var maximumLineBytes = 64
    package var records: [SimulatedRecord] = []
    /// Whether the last record has a delimiter.
    package var endsWithDelimiter = true
    /// Deaths that come from outside, at any moment of a child's life.
    package var deaths = 0
    /// Starts of a child that fail.
    package var startFailures = 0
    /// Answers that make no sense.
    package var nonsense = 0
    /// Signals to stop.
    package var stops = 0
    /// Times that the reader of the output takes a break.
    package var stalls = 0
    /// Whether reads and writes are of any size, or as large as can be.
    package var isPartial = true
    /// Whether time passes only when nothing else can happen.
    package var isPatient = false
    package var canary: Canary?

    package init(limits: SchedulerLimits) { self.limits = limits }

    /// A world made up by a seed.
    package init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        func pick<Element>(_ values: [Element]) -> Element { values.randomElement(using: &generator)! }
        var limits = SchedulerLimits(jobs: pick(1...6), processors: pick(1...4))
        limits.slotsPerWorker = pick([2, 3, 8, 64])
        limits.batchRecords = pick([1, 2, 7, 64])
        limits.batchBytes = pick([16, 100, 4096])
        limits.readBytes = pick([1, 5, 64, 4096])
        limits.inputBytes = pick([64, 512, 8192])
        limits.bufferBytes = pick([1, 600, 5_000, 100_000])
        limits.resultBytesPerRecord = pick([20, 200])
        limits.retries = pick(0...3)
        limits.isOrdered = pick(0...1) == 0
        limits.lanes = pick([1, 1, 4])
        if limits.batchRecords < limits.lanes { limits.batchRecords = limits.lanes }
        limits.estimatedRecordCost = pick([100, 100_000, 500_000_000])
        var plan = WorldPlan(limits: limits)
        let costs: [Nanoseconds] = pick([[100], [1_000_000], [400_000_000], [100, 100_000, 1_000_000_000]])
        let lengths = pick([[0], [1, 5, 9], [0, 3, 64, 65, 200]])
        let hasPoison = pick(0...2) == 0
        for _ in 0..<pick(0...60) {
            var record = SimulatedRecord(length: pick(lengths), cost: pick(costs))
            if hasPoison && pick(0...9) == 0 { record.nature = pick([.crashing, .hanging]) }
            plan.records.append(record)
        }
        // Only a time limit frees a child that hangs; without hanging records there is one in half of the worlds.
        let hangs = plan.records.contains { $0.nature == .hanging }
        if hangs || pick(0...1) == 0 { plan.limits.timeout = 2 * .second }
        plan.endsWithDelimiter = pick(0...3) > 0
        plan.deaths = pick([0, 0, 1, 5, 30])
        plan.startFailures = pick([0, 0, 0, 3])
        plan.nonsense = pick([0, 0, 2])
        plan.stops = pick([0, 0, 0, 1])
        plan.stalls = pick([0, 0, 3])
        self = plan
    }
}
