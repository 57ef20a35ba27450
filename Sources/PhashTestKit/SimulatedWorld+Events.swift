internal import PhashCore

/// What can happen, and what it does.
extension SimulatedWorld {
    /// Several events can come in one turn of the shell's loop, and no more than so many.
    private static var longestTurn: Int { 8 }

    /// Finds out what can happen next. Nothing at all is a violation.
    mutating func findEvents() throws(Violation) {
        events.removeAll(keepingCapacity: true)
        if turnEvents > 0 { events.append(.act) }
        usualCount = events.count
        if turnEvents >= Self.longestTurn { return }
        for index in children.indices { addEvents(of: index) }
        addInputEvents()
        if scheduler.output.pendingBytes > 0 && !isStalled { addUsual(.write(scheduler.output.pendingBytes)) }
        let isIdle = usualCount == 0
        if isStalled {
            if isIdle { addUsual(.resume) } else { events.append(.resume) }
        } else if left.stalls > 0 {
            events.append(.stall)
        }
        if isIdle || (plan.clock == .whim && left.jumps > 0), nextMoment != nil {
            if isIdle { addUsual(.passTime) } else { events.append(.passTime) }
        }
        if left.startFailures > 0 { events.append(.refuseStart) }
        if left.wouldBlocks > 0 { events.append(.wouldBlock) }
        if left.stops > 0 {
            events.append(.stop(signal: 15))
            events.append(.stop(signal: 2))
        }
        guard usualCount > 0 else {
            throw violation(
                .progress,
                "nothing can happen and it is not done: \(waitingRecords) records wait, \(openBatches) batches are "
                    + "open, workers: \(scheduler.workers.map(\.phase))")
        }
    }

    private mutating func addInputEvents() {
        if plan.limits.takesBatches {
            guard scheduler.isReading, openBatches + arrivals.count < plan.openArrivals else { return }
            let more = plan.records.count - foundRecords
            return addUsual(more > 0 ? .arrive(min(more, plan.arrivalRecords)) : .endInput)
        }
        let allowance = scheduler.readAllowance(heldBytes: heldBytes)
        guard allowance > 0 else { return }
        if let limit = plan.inputFailsAfter, readCount >= limit { return addUsual(.failInput) }
        addUsual(readCount < stream.count ? .read(min(allowance, stream.count - readCount)) : .endInput)
    }

    mutating func addUsual(_ event: Event) {
        events.append(event)
        if usualCount < events.count - 1 { events.swapAt(usualCount, events.count - 1) }
        usualCount += 1
    }

    private mutating func addEvents(of index: Int) {
        let isRemote = index == remotePlace
        // What the child for other machines holds is bounded by the credits, and its memory is kept.
        if left.outgrowths > 0 && !isRemote { events.append(.outgrow(index)) }
        guard let child = children[index] else { return }
        if child.isKilled || child.life == .dead {
            addUsual(.exit(index))
            if isRemote && plan.losesRemote && plan.limits.jobs > 0 { events.append(.giveUpRemote(index)) }
        }
        guard child.life != .dead else { return }
        if left.nonsense > 0 {
            for nonsense in Nonsense.allCases where canSay(nonsense, child, isRemote: isRemote) {
                events.append(.talkNonsense(index, nonsense))
            }
        }
        if child.isKilled && isRemote { return addLateAnswer(of: index, child) }
        if child.isKilled {
            let isLate = child.stage != .idle && child.life == .working
            if isLate, let order = child.current, worst(of: order) == .ordinary { events.append(.answerLate(index)) }
            return
        }
        if left.deaths > 0 { events.append(.die(index)) }
        let isFreed = child.life == .starting || (plan.limits.timeout != nil && !isRemote)
        if left.hangs > 0 && isFreed && child.life != .hung { events.append(.hang(index)) }
        switch child.life {
        case .starting:
            addUsual(.becomeReady(index))
        case .working where isRemote:
            addRemoteEvents(of: index, child)
        case .working:
            guard let order = child.current else { return }
            switch child.stage {
            case .idle:
                addUsual(.begin(index))
            case .begun:
                switch worst(of: order) {
                case .ordinary:
                    guard isDue(child) else { return }
                    addUsual(plan.hashesApart ? .hash(index) : .answer(index))
                case .crashing: addUsual(.crash(index))
                case .hanging: break
                }
            case .hashed:
                addUsual(.answer(index))
            }
        case .hung, .dead:
            break
        }
    }

    private func isDue(_ child: SimulatedChild) -> Bool { plan.clock != .exact || child.dueAt <= now }

    private func canSay(_ nonsense: Nonsense, _ child: SimulatedChild, isRemote: Bool) -> Bool {
        switch nonsense {
        case .wrongTicket, .garbage: true
        case .noLanes, .endlessLanes: child.life == .starting
        case .readyAgain: child.life == .working
        case .staleTicket: child.answeredTicket != nil
        case .secondTicket: child.orders.count == 2 && child.position == 0 && !isRemote
        case .countsMachines: child.life == .starting || !isRemote
        case .endlessMachines: isRemote
        case .givesBack: child.orders.isEmpty || !isRemote
        case .noResults, .leavesOut: plan.skipInterval == 0 && child.life == .working && !child.orders.isEmpty
        case .tooManyErrors, .negativeErrors: child.life == .working && !child.orders.isEmpty
        }
    }

    /// When something is due next.
    private var nextMoment: Nanoseconds? {
        var next = scheduler.nextDeadline
        guard plan.clock == .exact else { return next }
        for case let child? in children
        where child.life == .working && !child.isKilled && child.stage == .begun && child.dueAt > now {
            guard let order = child.current, worst(of: order) == .ordinary else { continue }
            next = min(next ?? child.dueAt, child.dueAt)
        }
        return next
    }

    mutating func carryOut(_ event: Event) throws(Violation) {
        switch event {
        case .act: break
        case .becomeReady(let index): becomeReady(index, lanes: plan.limits.lanes)
        case .begin(let index): begin(index)
        case .hash(let index): children[index]!.stage = .hashed
        case .answerLate(let index) where index == remotePlace: try answerPartLate(index)
        case .answer(let index), .answerLate(let index): try answer(index)
        case .crash(let index): children[index]!.life = .dead
        case .exit(let index): exit(index)
        case .read(let count): read(count)
        case .arrive(let count): arrive(count)
        case .endInput:
            hasEndedInput = true
            scheduler.inputEnded()
            countFoundRecords()
        case .write(let count): try write(count)
        case .passTime:
            if !events[..<usualCount].contains(.passTime) { left.jumps -= 1 }
            now = max(now, nextMoment ?? now)
            scheduler.timePassed(now: now)
        case .resume: isStalled = false
        case .die(let index):
            left.deaths -= 1
            children[index]!.life = .dead
        case .hang(let index):
            left.hangs -= 1
            children[index]!.life = .hung
        case .talkNonsense(let index, let nonsense): try talkNonsense(index, nonsense)
        case .refuseStart:
            left.startFailures -= 1
            refusedStarts += 1
        case .wouldBlock:
            left.wouldBlocks -= 1
            // At the moment at which it was asked last, lest a start has become due since.
            guard !isAtRest || scheduler.nextAction(now: now - plan.tick) == nil else {
                throw violation(.sensibleActions, "it wants something although nothing has happened")
            }
        case .stall:
            left.stalls -= 1
            isStalled = true
        case .stop(let signal): stop(signal)
        case .failInput:
            hasFailedInput = true
            scheduler.inputFailed()
        case .outgrow(let index):
            left.outgrowths -= 1
            scheduler.slotsOutgrown(index)
        case .countRemote(let index, let count): countRemote(index, children: count)
        case .answerPart(let index, let place): try answerPart(index, place: place)
        case .returnPart(let index, let place): returnPart(index, place: place)
        case .giveUpRemote(let index): try giveUpRemote(index)
        }
    }

    private mutating func stop(_ signal: Int32) {
        left.stops -= 1
        if let firstStop {
            let isEcho = signal == firstStop.signal && now - firstStop.since < 2_000_000
            if !isEcho {
                expectsAbort = true
                if fires(.hideSignal) { return }
            }
        } else {
            firstStop = (signal, now)
        }
        scheduler.stopRequested(signal: signal, now: now)
    }

    private mutating func read(_ byteCount: Int) {
        var byteCount = byteCount
        let left = stream.count - readCount
        if plan.canary == .readTooMuch, !hasFiredCanary, left > byteCount + plan.limits.readBytes {
            hasFiredCanary = true
            byteCount = left
        }
        unsafe scheduler.inputRead(stream[readCount..<readCount + byteCount].span.bytes)
        readCount += byteCount
        countFoundRecords()
    }

    private mutating func arrive(_ count: Int) {
        let lines = foundRecords..<foundRecords + count
        let start = starts[lines.lowerBound]
        let byteCount = starts[lines.upperBound] - start
        arrivals.append(count)
        scheduler.batchArrived(
            lines.map { (starts[$0] - start, plan.records[$0].length) }, byteCount: byteCount,
            firstLine: UInt64(lines.lowerBound + 1))
        readCount += byteCount
        countFoundRecords()
    }

    /// Works out anew how many records the scheduler must have found.
    private mutating func countFoundRecords() {
        let count = plan.records.count
        while delimitedRecords < count {
            let isLast = delimitedRecords + 1 == count
            let isComplete = readCount >= starts[delimitedRecords + 1] && (!isLast || plan.endsWithDelimiter)
            guard isComplete else { break }
            delimitedRecords += 1
        }
        foundRecords = delimitedRecords
        guard delimitedRecords < count else { return }
        // What is too long is a record as soon as that is certain, and the end of the input ends any.
        let partial = readCount - starts[delimitedRecords]
        if partial > plan.maximumLineBytes || (hasEndedInput && partial > 0) { foundRecords += 1 }
    }
}
