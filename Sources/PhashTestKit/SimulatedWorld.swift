internal import PhashCore

/// A world in which the real scheduler works, with children, a reader and a clock that are made up.
///
/// It is changed by events, one at a time; who picks them is not its affair (`run(seed:)`, `run(script:)`,
/// `StateExplorer`). It keeps its own account of everything and compares it with the scheduler's after each step.
package struct SimulatedWorld: ~Copyable {
    /// What has become of a record.
    enum LineState: UInt8 {
        /// In no child's hands.
        case waiting
        case given
        /// Answered for, as a result or as an error record.
        case result, error
        case written
    }

    /// A batch in its slot, from the filling to the release.
    struct SlotContents {
        let address: SlotAddress
        let firstLine: Int
        let recordCount: Int
        let byteCount: Int
        /// What the credits must count it as.
        var charge: Int
        var resultBytes = 0
        var unansweredRecords: Int
        var unwrittenRecords: Int
    }

    let plan: WorldPlan
    var scheduler: Scheduler
    var now: Nanoseconds = 0

    // Input.
    let stream: [UInt8]
    /// Where each record begins, and behind them where one more would.
    let starts: [Int]
    var readCount = 0
    var hasEndedInput = false
    var hasFailedInput = false
    /// Records that the scheduler must have found by now.
    var foundRecords = 0
    /// Those among them that end with a delimiter.
    var delimitedRecords = 0
    /// Records that were put into slots.
    var cutRecords = 0
    /// Records of each batch that came as a filter has cut it and is in no slot.
    var arrivals: [Int] = []

    // Children and what lies in their slots.
    var children: [SimulatedChild?]
    var slots: [SlotContents] = []
    /// By line, from 1.
    var lines: [LineState]
    /// Deaths of each record while it was alone, by line.
    var aloneDeaths: [Int]
    /// Deaths in a row of each worker's children that had been ready and given work, and had begun nothing.
    var fruitlessDeaths: [Int]
    /// Slots of each worker that are in use.
    var usedSlots: [Int]
    /// The place whose child speaks for other machines, while there is a way to them.
    var remotePlace: Int?
    /// Children on other machines, as that child has said; 0 without one.
    var remoteChildren = 0
    var hasStarted: [Bool]
    var refusedStarts = 0
    var restarts = 0
    /// Starts that failed and children that ended unready, since the last one that became ready.
    var startFailures = 0
    /// The children among them.
    var unreadyDeaths = 0
    /// Whether the scheduler has said that it gives up starting children.
    var hasGivenUp = false

    // Output.
    var usedCredit = 0
    /// Batches that are not written yet.
    var openBatches = 0
    var lastWritten = 0
    /// Records that have left, each counted once.
    var leftRecords = 0
    var writtenRecords = 0
    var writtenErrors = 0
    /// Records whose time to leave has come, and which have no output.
    var skippedRecords = 0
    var writtenBytes = 0
    /// Bytes of the next result that have left.
    var headBytes = 0
    var isStalled = false

    // The run.
    var left: Budgets
    var firstStop: (signal: Int32, since: Nanoseconds)?
    var expectsAbort = false
    var steps = 0
    let stepLimit: Int
    /// Events since the shell acted.
    var turnEvents = 0
    var hasFiredCanary = false
    /// What can happen next: what happens by itself first, then what need not.
    var events: [Event] = []
    var usualCount = 0
    var trace: [Event]?

    /// How often what need not happen still may.
    struct Budgets: Hashable {
        var deaths, hangs, startFailures, nonsense, stops, stalls, wouldBlocks, outgrowths, jumps: Int
        var remoteChanges, returns: Int

        init(_ plan: WorldPlan) {
            deaths = plan.deaths
            hangs = plan.hangs
            startFailures = plan.startFailures
            nonsense = plan.nonsense
            stops = plan.stops
            stalls = plan.stalls
            wouldBlocks = plan.wouldBlocks
            outgrowths = plan.outgrowths
            jumps = plan.jumps
            remoteChanges = plan.remoteChanges
            returns = plan.returns
        }
    }

    init(plan: WorldPlan, keepsTrace: Bool = false) {
        self.plan = plan
        let splitter = LineSplitter(
            delimiter: 0x0A, stripsCarriageReturn: false, maximumLineBytes: plan.maximumLineBytes)
        scheduler = Scheduler(limits: plan.limits, splitter: splitter)
        var stream: [UInt8] = []
        var starts: [Int] = []
        for (index, record) in plan.records.enumerated() {
            starts.append(stream.count)
            stream.append(contentsOf: repeatElement(0x61, count: record.length))
            if index + 1 < plan.records.count || plan.endsWithDelimiter { stream.append(0x0A) }
        }
        starts.append(stream.count)
        self.stream = stream
        self.starts = starts
        children = Array(repeating: nil, count: plan.limits.places)
        usedSlots = Array(repeating: 0, count: plan.limits.places)
        hasStarted = Array(repeating: false, count: plan.limits.places)
        if plan.limits.hasRemote { remotePlace = plan.limits.jobs }
        lines = Array(repeating: .waiting, count: plan.records.count + 1)
        aloneDeaths = Array(repeating: 0, count: plan.records.count + 1)
        fruitlessDeaths = Array(repeating: 0, count: plan.limits.places)
        left = Budgets(plan)
        // Enough for every record to be moved a byte at a time, with every death and every try.
        stepLimit = 5_000 + stream.count * 40 + plan.records.count * 600 + plan.deaths * 400
        if keepsTrace { trace = [] }
    }

    /// Lets one thing happen, which must be possible, and what the scheduler then wants.
    ///
    /// - Parameter isChecked: Whether everything that must hold is looked at; not for steps that have been checked before.
    mutating func step(_ event: Event, isChecked: Bool = true) throws(Violation) {
        steps += 1
        guard steps <= stepLimit else { throw violation(.progress, "not done after \(steps) steps") }
        trace?.append(event)
        try carryOut(event)
        turnEvents += 1
        if plan.actsAtOnce || event == .act {
            turnEvents = 0
            try performActions()
        }
        if isChecked {
            try checkAccounts()
            if isAtRest && scheduler.outcome == nil { try checkWorkConservation() }
        }
        now += plan.tick
    }

    /// Whether the shell has acted on everything.
    var isAtRest: Bool { turnEvents == 0 }

    /// How it ended; nil while it goes on. As the shell does, it looks when it has acted.
    var outcome: Outcome? { isAtRest ? scheduler.outcome : nil }

    func violation(_ invariant: Invariant, _ text: String) -> Violation {
        Violation(invariant: invariant, step: steps, text: text)
    }

    /// Bytes that the shell would keep outside of slots.
    var heldBytes: Int { readCount - Int(scheduler.keepFrom) }

    /// Records that were found and are in no slot.
    var waitingRecords: Int { foundRecords - cutRecords }

    /// Whether the plan's canary is this one and has not sung; then it has.
    mutating func fires(_ canary: Canary) -> Bool {
        guard plan.canary == canary && !hasFiredCanary else { return false }
        hasFiredCanary = true
        return true
    }
}
