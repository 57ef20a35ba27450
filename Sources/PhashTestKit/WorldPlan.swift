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

/// What a simulated world is made of and how often what may happen in it, apart from when.
package struct WorldPlan: Equatable, Sendable {
    package enum Clock: CaseIterable, Equatable, Sendable {
        /// Children take as long as they please, and time may jump to the next deadline at any moment: finds races.
        case whim
        /// The same, but time passes only when nothing else can happen.
        case patient
        /// Children take what their records cost, and time goes from one thing that is due to the next.
        case exact
    }

    package var limits: SchedulerLimits
    package var maximumLineBytes = 64
    package var records: [SimulatedRecord] = []
    /// Whether the last record has a delimiter.
    package var endsWithDelimiter = true
    /// Deaths that come from outside, at any moment of a child's life.
    package var deaths = 0
    package var hangs = 0
    package var startFailures = 0
    /// Things said that make no sense.
    package var nonsense = 0
    /// Signals to stop.
    package var stops = 0
    /// Times that the reader of the output takes a break.
    package var stalls = 0
    /// Times that a call would block although poll(2) said otherwise.
    package var wouldBlocks = 0
    /// Times that the memory of a worker's slots grows too large.
    package var outgrowths = 0
    /// Children on other machines, where there are any.
    package var remoteChildren = 1
    /// Times that there are fewer of them for a while, or none.
    package var remoteChanges = 0
    /// Times that they give a part back with which nothing is wrong.
    package var returns = 0
    /// Whether the way to them may be lost for good. Without children of our own that is the end, and no affair of the
    /// scheduler.
    package var losesRemote = false
    /// Times that time jumps to what is due next although something else could happen, where the clock goes by whim.
    package var jumps = 1_000_000
    /// Records of a batch at most that comes as a filter has cut it, where the input comes in such batches.
    package var arrivalRecords = 8
    /// Batches that came and have not left, at most.
    package var openArrivals = 4
    /// Bytes of input after which reading fails.
    package var inputFailsAfter: Int?
    /// Whether children say that their work took no time, less, or all the time there is.
    package var liesAboutTime = false
    /// Whether children never say that they have begun anything.
    package var hidesBeginnings = false
    /// One line in so many is left out of the output; none for 0.
    package var skipInterval = 0 {
        didSet { limits.mayLeaveOut = skipInterval > 0 }
    }
    /// Bytes that are read and written at once at most; nil for as many as can be.
    package var readPiece: Int?
    package var writePiece: Int?
    package var clock = Clock.whim
    /// How much time each step takes.
    package var tick: Nanoseconds = 1_000
    /// Whether the shell acts after each event, or after several.
    package var actsAtOnce = true
    /// Whether children can be seen between their hashing and their answer. The scheduler cannot see it.
    package var hashesApart = true
    /// One step in so many is something that need not happen.
    package var faultInterval = 4
    package var canary: Canary?

    package init(limits: SchedulerLimits) { self.limits = limits }

    /// A world made up by a seed.
    package init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        func pick<Element>(_ values: [Element]) -> Element { values.randomElement(using: &generator)! }
        self.init(limits: SchedulerLimits(jobs: pick(1...6), processors: pick(1...4)))
        limits.slotsPerWorker = pick([2, 3, 8, 70])
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
        let costs: [Nanoseconds] = pick([
            [100], [1_000_000], [400_000_000], [100, 100_000, 1_000_000_000],
            [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000],
        ])
        let lengths = pick([[0], [1, 5, 9], [0, 3, 64, 65, 200]])
        let isPoisonous = pick(0...2) == 0
        for _ in 0..<pick(0...pick([3, 12, 12, 50])) {
            var record = SimulatedRecord(length: pick(lengths), cost: pick(costs))
            if isPoisonous && pick(0...9) == 0 { record.nature = pick([.crashing, .hanging]) }
            records.append(record)
        }
        endsWithDelimiter = pick(0...3) > 0
        deaths = pick([0, 0, 1, 2, 5, 30])
        hangs = pick([0, 0, 0, 2])
        startFailures = pick([0, 0, 0, 3, 12])
        nonsense = pick([0, 0, 2])
        stops = pick([0, 0, 0, 1, 2, 3])
        stalls = pick([0, 0, 3])
        wouldBlocks = pick([0, 3])
        outgrowths = pick([0, 0, 2])
        if pick(0...15) == 0 { inputFailsAfter = pick(0...100) }
        liesAboutTime = pick(0...7) == 0
        hidesBeginnings = pick(0...15) == 0
        readPiece = pick([nil, 1, 100])
        writePiece = pick([nil, nil, 3, 100])
        clock = pick(Clock.allCases)
        actsAtOnce = pick(0...1) == 0
        faultInterval = pick([2, 8, 30, 100])
        // Only a time limit frees a child that hangs; without hanging there is one in half of the worlds.
        let canHang = hangs > 0 || records.contains { $0.nature == .hanging }
        if canHang || pick(0...1) == 0 { limits.timeout = 2 * .second }
        skipInterval = pick([0, 0, 0, 1, 2, 5])
        limits.mayLeaveOut = skipInterval > 0
        switch pick(0...8) {
        case 0...1: takeBatches(atMost: pick([1, 3, 20]), open: pick([1, 3, 9]))
        case 2...4: break
        default: return
        }
        guard !limits.takesBatches else { return }
        limits.hasRemote = true
        if pick(0...1) == 0 { limits.jobs = 0 }
        remoteChildren = pick([1, 2, 5])
        remoteChanges = pick([0, 3])
        returns = pick([0, 0, 3, 20])
        losesRemote = pick(0...2) == 0
    }

    /// A world made up by a seed with a fault of its own planted in it, in which little else goes wrong.
    package init(seed: UInt64, canary: Canary?) {
        self.init(seed: seed)
        guard let canary else { return }
        self.canary = canary
        limits.timeout = nil
        records = records.map { SimulatedRecord(length: $0.length, cost: $0.cost) }
        deaths = 0
        hangs = 0
        startFailures = 0
        nonsense = canary == .excuseNonsense ? 2 : 0
        stops = canary == .hideSignal ? 3 : 0
        outgrowths = 0
        skipInterval = 0
        returns = 0
        if canary == .hideMachines { limits.hasRemote = true }
    }

    /// Has the records come in batches that a filter on another machine has cut.
    mutating func takeBatches(atMost records: Int, open: Int) {
        limits.takesBatches = true
        // What is too long stays with its filter, which does not ask for an order either.
        limits.isOrdered = false
        for index in self.records.indices where self.records[index].length > maximumLineBytes {
            self.records[index].length = maximumLineBytes
        }
        endsWithDelimiter = true
        inputFailsAfter = nil
        arrivalRecords = records
        openArrivals = open
    }

    /// Whether a line that becomes no error record is left out of the output.
    func skips(_ line: Int) -> Bool { skipInterval > 0 && line % skipInterval == 0 }

    /// Children's time for some records, as many side by side as there are lanes.
    func cost(of lines: Range<Int>) -> Nanoseconds {
        var cost: Nanoseconds = 0
        for first in stride(from: lines.lowerBound, to: lines.upperBound, by: limits.lanes) {
            let end = min(first + limits.lanes, lines.upperBound)
            cost += records[(first - 1)..<(end - 1)].reduce(0) { max($0, $1.cost) }
        }
        return cost
    }
}
