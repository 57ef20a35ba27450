internal import PhashCore
internal import PhashPosix
internal import PhashWire

extension ChildPool {
    /// How long children that have nothing to do may take to end before they are killed.
    private static let dismissalPatience: Nanoseconds = .second

    func startChild(of index: Int) {
        do throws(Errno) {
            let arena: Arena
            if let existing = arenas[index] {
                arena = existing
            } else {
                arena = try Arena(layout: layout)
                arenas[index] = arena
            }
            arena.forgetBegunTicket()
            generations += 1
            let before = scheduler.workers[index].statistics
            let isBridge = !scheduler.workers[index].isLocal
            let child = try Child(
                arena: arena, greeting: (isBridge ? bridgeGreeting : nil) ?? greeting,
                bridge: isBridge ? settings.broker?.bridgePath : nil, generation: generations, before: before)
            children[index] = child
            let place = before.starts == 0 ? "" : " in the place of the one before it, restart \(before.starts)"
            report("worker \(index + 1): process \(child.pid) started\(place)")
            scheduler.workerStarted(index, now: clock.now)
        } catch {
            startFailure = "worker processes cannot be started: \(error)"
            report("worker \(index + 1): cannot be started: \(error)")
            scheduler.workerStartFailed(index, status: error.code, now: clock.now)
        }
    }

    /// Tells the scheduler what a child has said, and ends one that will not say more.
    func listen(to index: Int) {
        guard let child = children[index] else { return }
        takeReplies(of: child, index)
        // A child without a doorbell is of no use. If it has not ended, it does now.
        if child.isHungUp { ChildProcess.kill(child.pid) }
    }

    /// Adds the doorbells that have had no room for all that was to be sent.
    func addUnsent(to poll: inout PollSet) {
        for case let child? in children where child.unsentDescriptor >= 0 {
            _ = poll.add(child.unsentDescriptor, .output)
        }
    }

    /// Sends what there is room for now.
    func sendUnsent() {
        for (index, child) in children.enumerated() where child?.sendRest() == false {
            scheduler.workerMisbehaved(index)
        }
    }

    private func takeReplies(of child: Child, _ index: Int) {
        for reply in child.receive() {
            switch reply {
            case .ready(let lanes, let confinementError):
                if child.noteReadiness() { reportReadiness(of: index, lanes, confinementError) }
                scheduler.workerReady(index, lanes: Int(lanes), now: clock.now)
            case .finished(let ticket, let resultBytes, let tally, let nanoseconds):
                // Nothing that a child says may lead us outside of its own memory.
                guard let order = child.orders.settle(ticket: ticket, resultBytes: resultBytes, tally: tally) else {
                    scheduler.workerMisbehaved(index)
                    continue
                }
                let end = Int(order.resultsOffset + resultBytes)
                arenas[index]?.noteResults(slot: Int(order.slot), upTo: end)
                // Or what is written next would stand in the middle of a record.
                guard resultBytes == 0 || arenas[index]?.endsRecord(slot: Int(order.slot), at: end) == true else {
                    scheduler.workerMisbehaved(index)
                    continue
                }
                partWasFinished(order, worker: index, nanoseconds: nanoseconds)
                scheduler.batchFinished(
                    index, ticket: ticket, resultBytes: Int(resultBytes), tally: tally,
                    duration: Nanoseconds(clamping: nanoseconds), now: clock.now)
            case .startFailed(let piece):
                // It ends by itself, and that counts.
                if !child.noteStartFailure(piece) { scheduler.workerMisbehaved(index) }
            case .remoteChildren(let count):
                scheduler.remoteChildrenCounted(index, children: Int(count))
            case .returned(let ticket):
                let isOpen = child.orders.takeBack(ticket: ticket)
                if isOpen { scheduler.partReturned(index, ticket: ticket, now: clock.now) }
                if !isOpen { scheduler.workerMisbehaved(index) }
            case .farewell(let piece):
                if !child.noteFarewell(piece) { scheduler.workerMisbehaved(index) }
            case nil:
                scheduler.workerMisbehaved(index)
            }
        }
    }

    /// Finds out which children have ended. Only ours are asked for: others may have come with us by exec.
    func reapChildren() {
        for index in children.indices {
            guard let child = children[index], let status = ChildProcess.reap(child.pid) else { continue }
            // What it said before it died counts. Its number may be somebody else's by now.
            takeReplies(of: child, index)
            children[index] = nil
            let ending = ExitStatus(waitStatus: status)
            let reason = child.reasonOfStartFailure
            startFailure =
                "worker processes cannot be started: \(reason ?? "the last one \(ending) before it was ready")"
            reportEnd(Obituary(of: child, worker: index), status: status)
            let begun = arenas[index]?.begunTicket
            let isReplaced = scheduler.workers[index].phase == .retiring
            scheduler.workerExited(index, begun: begun, status: status, now: clock.now)
            if isReplaced { arenas[index] = nil }
            // While nothing is to be done it does not matter: another child will try when there is.
            if let farewell = child.reasonOfFarewell, !scheduler.workers[index].isLocal,
                scheduler.statistics.inFlight > 0
            {
                giveUpOtherMachines(index, reason: farewell)
            }
        }
    }

    /// There is no way to other machines: children of our own do the work, where there are to be any.
    private func giveUpOtherMachines(_ index: Int, reason: String) {
        if settings.jobs == 0 {
            brokerFailure = reason
        } else {
            messages.add("phash: broker: \(reason); going on with the children on this machine\n")
            scheduler.remoteGivenUp(index)
        }
    }

    /// Lets children that have nothing to do end by themselves, and waits until they have.
    func dismissChildren() {
        let left = children.enumerated().compactMap { index, child in child.map { Obituary(of: $0, worker: index) } }
        children = children.map { _ in nil }
        reap(left, until: MonotonicClock.now + Self.dismissalPatience)
    }

    /// Ends all children at once, and waits until they have.
    func killChildren() {
        for case let child? in children { ChildProcess.kill(child.pid) }
        dismissChildren()
    }

    private func reap(_ children: [Obituary], until deadline: Nanoseconds) {
        var left = children
        while true {
            left.removeAll { child in
                guard let status = ChildProcess.reap(child.pid) else { return false }
                reportEnd(child, status: status)
                return true
            }
            if left.isEmpty { return }
            let now = MonotonicClock.now
            if now >= deadline {
                for child in left { ChildProcess.kill(child.pid) }
                return
            }
            var set = PollSet()
            _ = set.add(signals, .input)
            _ = try? set.wait(milliseconds: Int32((deadline - now) / .millisecond) + 1)
            lateSignals += Signals.arrived(on: signals)
        }
    }

    private func reportReadiness(of index: Int, _ lanes: UInt32, _ confinementError: UInt32) {
        report("worker \(index + 1): ready, lanes: \(lanes)")
        if confinementError != 0 {
            let error = Errno(code: Int32(truncatingIfNeeded: confinementError))
            report("worker \(index + 1): its system calls cannot be restricted: \(error)")
        }
    }

    /// What is to be said of a child when it has ended.
    private struct Obituary {
        let worker: Int
        let pid: Int32
        /// What its worker had done before it.
        let before: WorkerStatistics
        let reason: String?

        init(of child: Child, worker: Int) {
            self.worker = worker
            pid = child.pid
            before = child.before
            reason = child.reasonOfStartFailure
        }
    }

    /// Says how a child ended, and what it had done.
    private func reportEnd(_ child: Obituary, status: Int32) {
        guard settings.isVerbose else { return }
        let now = scheduler.workers[child.worker].statistics
        let records = now.records - child.before.records
        let seconds = Figures.thousandths(Double(now.busy - child.before.busy) / 1e9)
        report(
            "worker \(child.worker + 1): process \(child.pid) \(ExitStatus(waitStatus: status))"
                + "\(child.reason.map { ": \($0)" } ?? ""), after \(records == 1 ? "1 record" : "\(records) records") "
                + "in \(seconds) s of work")
    }

    /// Says something under `--verbose`.
    func report(_ text: String) {
        if settings.isVerbose { messages.add("phash: \(text)\n") }
    }
}
