internal import PhashCore

/// Goes through every order of events in a small world, by states: what follows a state is tried once, however many
/// ways lead there.
///
/// That is sound because the fingerprint of a state holds all that the future depends on, the scheduler's and the
/// world's: whatever could go wrong behind a state goes wrong on every way to it, and would have been found on the first
/// one. What is left out decides nothing: the world's counters are compared with the scheduler's on every step, before
/// the state behind it is looked up, so they are equal wherever a state is met, and then each step that keeps them equal
/// on one way does so on all. A fingerprint is a hash of 64 bits: of a million states, two different ones share it with
/// a chance of one to tens of millions, and every run hashes differently.
///
/// A state that is met again on the way that is being gone is a circle, in which a run could go on for ever: a violation
/// of progress.
package struct StateExplorer {
    package private(set) var states = 0
    package private(set) var steps = 0
    /// States in which the run had ended.
    package private(set) var ends = 0
    /// States in which the head of the line is in pieces while every slot is in use and all that the other workers have
    /// in theirs is finished: what design decision 6 is about.
    package private(set) var crampedHeads = 0
    /// Steps of the longest run.
    package private(set) var longest = 0

    /// Whether a state lies on the way that is being gone.
    private var isOnWay: [Int: Bool] = [:]
    private var way: [(choice: Int, count: Int, state: Int)] = []

    package init() {}

    /// Explores all of it, or until something goes wrong, or so many states have been seen.
    ///
    /// - Returns: Whether that was all of it.
    package mutating func explore(_ plan: WorldPlan, mostStates: Int = .max) throws(Violation) -> Bool {
        precondition(plan.actsAtOnce, "a state is looked at when all actions have been carried out")
        repeat {
            try goOn(plan)
            if states >= mostStates { return false }
        } while advance()
        return true
    }

    /// Repeats the way, whose last step is new, and goes on from there, always with the first event, to a state that is
    /// known or the end.
    private mutating func goOn(_ plan: WorldPlan) throws(Violation) {
        var world = SimulatedWorld(plan: plan)
        try world.performActions()
        for (depth, place) in way.enumerated() {
            try world.findEvents()
            let isNew = depth == way.count - 1
            try world.step(world.events[place.choice], isChecked: isNew)
            if isNew { steps += 1 }
        }
        while true {
            longest = max(longest, way.count)
            let state = world.fingerprint
            if let isCircle = isOnWay[state] {
                if isCircle { throw world.violation(.progress, "the run goes in a circle") }
                return
            }
            states += 1
            isOnWay[state] = false
            if world.isHeadCramped { crampedHeads += 1 }
            if let outcome = world.outcome {
                ends += 1
                return try world.checkEnd(outcome)
            }
            try world.findEvents()
            isOnWay[state] = true
            way.append((0, world.events.count, state))
            steps += 1
            try world.step(world.events[0])
        }
    }

    /// The events on the way on which it stopped, one a line.
    package func story(of plan: WorldPlan) -> String {
        var world = SimulatedWorld(plan: plan, keepsTrace: true)
        do throws(Violation) {
            try world.performActions()
            for place in way {
                try world.findEvents()
                try world.step(world.events[place.choice])
            }
        } catch {
            // That is where it stopped.
        }
        return (world.trace ?? []).map(\.description).joined(separator: "\n")
    }

    /// Takes the next alternative of the last step that has one left; false when none has.
    private mutating func advance() -> Bool {
        while let last = way.last {
            if last.choice + 1 < last.count {
                way[way.count - 1].choice += 1
                return true
            }
            isOnWay[last.state] = false
            way.removeLast()
        }
        return false
    }
}

extension SimulatedWorld {
    fileprivate var isHeadCramped: Bool {
        guard usedSlots.allSatisfy({ $0 == plan.limits.slotsPerWorker }),
            let head = slots.min(by: { $0.firstLine < $1.firstLine }), head.unansweredRecords > 0,
            scheduler.batch(at: head.address).parts.count > 1
        else { return false }
        return slots.allSatisfy { $0.unansweredRecords == 0 || $0.address.worker == head.address.worker }
    }

    /// All that what can happen depends on, as one number.
    fileprivate var fingerprint: Int {
        var hasher = Hasher()
        scheduler.fingerprint(into: &hasher, now: now)
        hasher.combine(readCount)
        hasher.combine(hasEndedInput)
        hasher.combine(hasFailedInput)
        for child in children {
            hasher.combine(child != nil)
            guard let child else { continue }
            hasher.combine(child.life)
            hasher.combine(child.stage)
            hasher.combine(child.isKilled)
            hasher.combine(child.isRetired)
            hasher.combine(child.wasReady)
            hasher.combine(child.hasTalkedNonsense)
            hasher.combine(child.position)
            hasher.combine(child.dueAt > now ? child.dueAt - now : 0)
            // What it was given is what the scheduler has noted; of tickets, only this is ever asked.
            hasher.combine(child.orders.count)
            hasher.combine(child.orders.first.map { first in child.begunTicket.map { $0 >= first.ticket } ?? false })
            hasher.combine(child.answeredTicket != nil)
        }
        hasher.combine(lines)
        hasher.combine(aloneDeaths)
        hasher.combine(fruitlessDeaths)
        hasher.combine(hasStarted)
        hasher.combine(refusedStarts)
        hasher.combine(startFailures)
        hasher.combine(unreadyDeaths)
        hasher.combine(remotePlace)
        hasher.combine(lastWritten)
        hasher.combine(leftRecords)
        hasher.combine(isStalled)
        hasher.combine(expectsAbort)
        hasher.combine(hasFiredCanary)
        hasher.combine(left)
        return hasher.finalize()
    }
}
