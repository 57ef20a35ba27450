internal import PhashCore

/// What the child does that speaks for other machines.
extension SimulatedWorld {
    /// What can happen to it while it works: what it was given is answered in any order, and not before it has said that
    /// there is anybody.
    mutating func addRemoteEvents(of index: Int, _ child: SimulatedChild) {
        guard isBelieved(index) else { return addLateAnswer(of: index, child) }
        if remoteChildren == 0 { addUsual(.countRemote(index, children: plan.remoteChildren)) }
        if left.remoteChanges > 0 {
            for count in 0...plan.remoteChildren where count != remoteChildren {
                events.append(.countRemote(index, children: count))
            }
        }
        for (place, order) in child.orders.enumerated() {
            // No machine comes to an end with it, whether it dies or hangs.
            if worst(of: order) != .ordinary {
                addUsual(.returnPart(index, place: place))
            } else {
                addUsual(.answerPart(index, place: place))
                if left.returns > 0 { events.append(.returnPart(index, place: place)) }
            }
        }
    }

    mutating func addLateAnswer(of index: Int, _ child: SimulatedChild) {
        if child.current != nil { events.append(.answerLate(index)) }
    }

    mutating func countRemote(_ index: Int, children count: Int) {
        if remoteChildren > 0 || count != plan.remoteChildren { left.remoteChanges -= 1 }
        remoteChildren = count
        if fires(.hideMachines) { return }
        scheduler.remoteChildrenCounted(index, children: count)
    }

    mutating func answerPart(_ index: Int, place: Int) throws(Violation) {
        let order = children[index]!.orders.remove(at: place)
        try answer(index, order, isBelieved: true)
    }

    mutating func returnPart(_ index: Int, place: Int) {
        let order = children[index]!.orders.remove(at: place)
        if worst(of: order) == .ordinary { left.returns -= 1 }
        let range = lineRange(of: order)
        for line in range { lines[line] = .waiting }
        if range.count == 1 { aloneDeaths[range.lowerBound] += 1 }
        scheduler.partReturned(index, ticket: order.ticket, now: now)
    }

    /// It says what has become of a part when it is not listened to any more: its parent sends all of them again.
    mutating func answerPartLate(_ index: Int) throws(Violation) {
        guard let order = children[index]!.current else { preconditionFailure("it has something to answer") }
        children[index]!.position += 1
        if worst(of: order) == .ordinary { return try answer(index, order, isBelieved: false) }
        scheduler.partReturned(index, ticket: order.ticket, now: now)
    }

    /// Its end is noticed, and it was the last one: the place is like any other from now on.
    mutating func giveUpRemote(_ index: Int) throws(Violation) {
        exit(index)
        if startFailures >= SchedulerLimits.startFailures { hasGivenUp = true }
        remotePlace = nil
        startFailures = 0
        unreadyDeaths = 0
        fruitlessDeaths[index] = 0
        scheduler.remoteGivenUp(index)
        guard scheduler.workers[index].startNotBefore <= now else {
            throw violation(.workConservation, "a child of ours has to wait for what the one before it did")
        }
    }
}
