/// A world in which something goes wrong, made so small that nothing more can be taken away.
package struct Counterexample: Sendable {
    package let plan: WorldPlan
    /// What happened, up to the violation.
    package let events: [Event]
    package let violation: Violation

    /// Runs a world of a seed again and makes it small; nil when nothing goes wrong in it.
    package init?(_ plan: WorldPlan, seed: UInt64) {
        self.init(plan) { world throws(Violation) in try world.run(seed: seed) }
        shrink()
    }

    /// What goes wrong when a script is played in a world.
    private init?(_ plan: WorldPlan, script: [Event]) {
        self.init(plan) { world throws(Violation) in try world.run(script: script) }
    }

    private init?(_ plan: WorldPlan, play: (inout SimulatedWorld) throws(Violation) -> Void) {
        var world = SimulatedWorld(plan: plan, keepsTrace: true)
        do throws(Violation) {
            try play(&world)
            return nil
        } catch {
            self.plan = plan
            events = world.trace ?? []
            violation = error
        }
    }

    /// Whether the violation is still there when its script is played again.
    package var isRepeatable: Bool {
        Counterexample(plan, script: events)?.violation.invariant == violation.invariant
    }

    /// Smaller ones have fewer records, then fewer events, then less that is unusual about them.
    private var size: (Int, Int, Int) { (plan.records.count, events.count, plan.strangeness) }

    private mutating func shrink() {
        var isSmaller: Bool
        repeat {
            isSmaller = shrinkPlan()
            isSmaller = shrinkEvents() || isSmaller
            isSmaller = joinPieces() || isSmaller
        } while isSmaller
    }

    /// Takes the place of this one if the same goes wrong in it and it is smaller.
    private mutating func replace(with plan: WorldPlan, _ script: [Event]) -> Bool {
        guard let other = Counterexample(plan, script: script), other.violation.invariant == violation.invariant,
            other.size < size
        else { return false }
        self = other
        return true
    }

    /// Leaves out runs of events, from half of them down to single ones.
    private mutating func shrinkEvents() -> Bool {
        var isSmaller = false
        var length = max(events.count / 2, 1)
        while length >= 1 {
            var first = 0
            while first < events.count {
                var script = events
                script.removeSubrange(first..<min(first + length, script.count))
                if replace(with: plan, script) { isSmaller = true } else { first += length }
            }
            length /= 2
        }
        return isSmaller
    }

    /// Reads and writes as much as is possible at once.
    private mutating func joinPieces() -> Bool {
        var isSmaller = false
        for place in 0..<events.count where place < events.count {
            var script = events
            switch script[place] {
            case .read: script[place] = .read(.max)
            case .arrive: script[place] = .arrive(.max)
            case .write: script[place] = .write(.max)
            default: continue
            }
            // The pieces that followed are left out as far as nothing is left for them.
            if replace(with: plan, script) { isSmaller = true }
        }
        return isSmaller
    }

    private mutating func shrinkPlan() -> Bool {
        var isSmaller = false
        var length = max(plan.records.count / 2, 1)
        while length >= 1 {
            var first = 0
            while first < plan.records.count {
                var smaller = plan
                smaller.records.removeSubrange(first..<min(first + length, smaller.records.count))
                if replace(with: smaller, events) { isSmaller = true } else { first += length }
            }
            length /= 2
        }
        for change in WorldPlan.simplifications {
            var simpler = plan
            change(&simpler)
            if simpler != plan && replace(with: simpler, events) { isSmaller = true }
        }
        for index in plan.records.indices {
            for change in WorldPlan.recordSimplifications {
                var simpler = plan
                change(&simpler.records[index])
                if simpler != plan && replace(with: simpler, events) { isSmaller = true }
            }
        }
        return isSmaller
    }
}

extension Counterexample: CustomStringConvertible {
    /// The world in words, then what happens in it.
    package var description: String {
        var lines = plan.words
        for (number, event) in events.enumerated() { lines.append("\(number + 1). \(event)") }
        return lines.joined(separator: "\n") + "\n\(violation)"
    }
}
