/// Who picks what happens.
extension SimulatedWorld {
    /// Lets a seed pick, until it is done.
    package mutating func run(seed: UInt64) throws(Violation) {
        var generator = SeededGenerator(seed: seed)
        try performActions()
        while outcome == nil {
            try findEvents()
            let faults = events.count - usualCount
            let isFault = faults > 0 && Int.random(in: 0..<plan.faultInterval, using: &generator) == 0
            let range = isFault ? usualCount..<events.count : 0..<usualCount
            var event = events[Int.random(in: range, using: &generator)]
            switch event {
            case .read(let most):
                event = .read(Int.random(in: 1...min(most, plan.readPiece ?? most), using: &generator))
            case .arrive(let most):
                event = .arrive(Int.random(in: 1...most, using: &generator))
            case .write(let most):
                event = .write(Int.random(in: 1...min(most, plan.writePiece ?? most), using: &generator))
            default: break
            }
            try step(event)
        }
        try checkEnd(outcome!)
    }

    /// Lets happen what a script says, leaving out what is not possible, and then what happens by itself.
    mutating func run(script: [Event]) throws(Violation) {
        try performActions()
        var next = 0
        while outcome == nil {
            try findEvents()
            var event: Event?
            while next < script.count && event == nil {
                event = possible(script[next])
                next += 1
            }
            try step(event ?? events[0])
        }
        try checkEnd(outcome!)
    }

    private func possible(_ event: Event) -> Event? {
        for candidate in events {
            switch (candidate, event) {
            case (.read(let most), .read(let count)): return .read(min(most, count))
            case (.arrive(let most), .arrive(let count)): return .arrive(min(most, count))
            case (.write(let most), .write(let count)): return .write(min(most, count))
            default: if candidate == event { return event }
            }
        }
        return nil
    }
}

extension WorldPlan {
    /// What goes wrong in the world that a seed makes of this plan; nil when nothing does.
    package func failure(seed: UInt64) -> Violation? {
        var world = SimulatedWorld(plan: self)
        do throws(Violation) {
            try world.run(seed: seed)
            return nil
        } catch {
            return error
        }
    }
}
