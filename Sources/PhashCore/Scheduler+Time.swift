extension Scheduler {
    /// A signal asks to stop: stop reading, finish and write what was read. A second one stops at once.
    package mutating func stopRequested(signal: Int32, now: Nanoseconds) {
        if let stop {
            if !stop.isEchoed(by: signal, at: now) && ending == nil { ending = .aborted(signal: signal) }
            return
        }
        stop = StopRequest(signal: signal, since: now)
        drainNoticeDue = now.addingSaturating(SchedulerLimits.drainNotice)
        switch input {
        case .open:
            // Nobody knows whether the rest of an incomplete record would have come: it is not hashed.
            splitter.discardPartialRecord()
            input = .stopped
        case .ended, .stopped:
            break
        }
    }

    /// Time went by: kill children that are over their time, and tell about a long drain.
    package mutating func timePassed(now: Nanoseconds) {
        for index in workers.indices {
            guard let deadline = workers[index].deadline, deadline <= now else { continue }
            switch workers[index].phase {
            case .starting:
                kill(index, timedOut: false)
            case .ready:
                kill(index, timedOut: true)
            case .absent, .spawning, .doomed, .retiring:
                preconditionFailure("only a child at work has a deadline")
            }
        }
        if let due = drainNoticeDue, due <= now {
            drainNoticeDue = nil
            if statistics.inFlight > 0 { actions.append(.reportDraining(recordsLeft: statistics.inFlight)) }
        }
    }

    /// When `timePassed` has something to do next; nil when only another event can bring that about. It may
    /// be over already.
    package var nextDeadline: Nanoseconds? {
        var earliest = drainNoticeDue
        func include(_ moment: Nanoseconds) { earliest = min(earliest ?? moment, moment) }
        for worker in workers {
            if let deadline = worker.deadline { include(deadline) }
            // A start that is put off becomes possible; one that was possible and not made is not wanted. What counts is
            // the moment of the last plan: a start that has become possible since then is still to be made.
            let isWanted = !worker.backlog.isEmpty || queue.waitingCount > 0
            if isWanted && worker.phase == .absent && worker.startNotBefore > plannedAt {
                include(worker.startNotBefore)
            }
        }
        return earliest
    }

    /// Sets the clock for the part that a child works on now, if it is ready and time is limited.
    mutating func armDeadline(of index: Int, now: Nanoseconds) {
        switch workers[index].phase {
        case .ready:
            // Other machines look after the time themselves.
            guard let timeout = limits.timeout, let current = workers[index].running.first, workers[index].isLocal
            else {
                workers[index].deadline = nil
                return
            }
            let lanes = workers[index].lanes
            let turns = Nanoseconds((current.recordCount + lanes - 1) / lanes)
            workers[index].deadline = now.addingSaturating(timeout.multipliedSaturating(by: turns))
        case .starting:
            break  // The clock for the start is running.
        case .absent, .spawning, .doomed, .retiring:
            preconditionFailure("only a child has work")
        }
    }
}
