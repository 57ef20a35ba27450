internal import PhashCore
internal import PhashPosix
internal import PhashWire

/// The parent's loop: it feeds events to the scheduler and carries its actions out. It decides nothing.
///
/// One thread, one poll(2). In each turn the scheduler's actions are carried out first, then what has become ready is
/// told to it: signals, children, output, input, and last the time.
final class Parent: ChildPool {
    let startTime: Nanoseconds
    var output: OutputChannel
    /// Set while a record waits until stdout takes it whole.
    var outputPause: OutputPause?
    let isBrokenPipeIgnored: Bool
    var introspection: Introspection
    var inputFailure: Errno?
    var poll = PollSet()

    /// Takes over stdout and the signals of this process.
    init(settings: FilterSettings, job: any Job) throws(ExitFailure) {
        // First, so that there is a way to say what goes wrong.
        let messages = MessageQueue()
        isBrokenPipeIgnored = Signals.ignoreBrokenPipe()
        do throws(Errno) {
            output = try OutputChannel(StandardStream.output, enlargesPipe: true)
        } catch {
            throw ExitFailure(.outputFailed(error))
        }
        let signals: Int32
        do throws(Errno) {
            signals = try Signals.listen()
        } catch {
            throw ExitFailure(.workersUnavailable("signals cannot be caught: \(error)"))
        }
        var clock = RunningClock()
        startTime = MonotonicClock.now
        introspection = Introspection(settings.introspection, now: startTime, clock: clock.now)
        super.init(settings: settings, job: job, messages: messages, signals: signals, clock: clock)
        try prepareMetrics()
    }

    override func batchWasCut(_ address: SlotAddress, recordCount: Int) {
        introspection.latencies?.batchCut(address, recordCount: recordCount)
    }

    override func releaseResults() {
        if scheduler.output.isHeadEmpty { noteWritten(0) }
    }

    override func batchHasLeft(_ address: SlotAddress) { introspection.latencies?.batchLeft(address) }

    /// Runs until all is done, or something ends it. No child is left.
    func run() -> ExitReason {
        while true {
            performActions()
            if let reason = brokerFailure.map({ .brokerUnavailable($0) }) ?? finished() ?? turn() {
                killChildren()
                conclude()
                return reason
            }
        }
    }

    /// Why it ended, once the scheduler says that it has.
    private func finished() -> ExitReason? {
        switch scheduler.outcome {
        case nil:
            return nil
        case .aborted(let signal):
            return .stopped(bySignal: signal)
        case .startsFailed:
            return .workersUnavailable(startFailure)
        case .completed:
            dismissChildren()
            if let inputFailure { return .inputFailed(inputFailure) }
            do throws(Errno) {
                // Some file systems tell only now that there was no room.
                try DescriptorIO.closeStandard(StandardStream.output)
            } catch {
                return .outputFailed(error)
            }
            if let signal = scheduler.stopSignal { return .stopped(bySignal: signal) }
            if let rules = settings.check {
                return .checked(
                    CheckSummary(rules: rules, statistics: scheduler.statistics, failures: givenUpRecords))
            }
            return .completed(hasErrors: scheduler.statistics.errors > 0)
        }
    }

    /// Waits until something happens and tells the scheduler; returns a reason to end at once.
    private func turn() -> ExitReason? {
        poll.removeAll()
        let signalPlace = poll.add(signals, .input)
        // A paused input is left out: one that hung up would wake us for ever.
        let isReading = scheduler.readAllowance(heldBytes: input.count) > 0
        let inputPlace = poll.add(isReading ? StandardStream.input : -1, .input)
        let pause = outputPause?.remaining(now: MonotonicClock.now)
        let isWriting = !scheduler.output.isEmpty && pause == nil
        let watchesOutput = isWriting || output.hasReader
        let outputPlace = poll.add(watchesOutput ? output.descriptor : -1, isWriting ? .output : .trouble)
        let messagesPlace = poll.add(messages.descriptor, .output)
        let polled = children.enumerated().compactMap { index, child in
            child.map { (index, $0.generation, poll.add($0.pollDescriptor, .input)) }
        }
        addUnsent(to: &poll)

        let sleep = sleepLimit(pause: pause)
        clock.willSleep(atMost: sleep)
        let isInterrupted: Bool
        do throws(Errno) {
            isInterrupted = try poll.wait(nanoseconds: sleep)
        } catch {
            return .workersUnavailable("poll: \(error)")
        }

        clock.didWake()
        // Before the time: after a stop and a SIGCONT the clock has to be put right first.
        if isInterrupted || !poll[signalPlace].isQuiet { takeSignals() }
        for (index, generation, place) in polled where !poll[place].isQuiet {
            if children[index]?.generation == generation { listen(to: index) }
        }
        sendUnsent()
        let outputReadiness = poll[outputPlace]
        if isWriting && (outputReadiness.isWritable || outputReadiness.isBroken) {
            if let reason = writeOutput() { return reason }
        } else if outputReadiness.isBroken {
            return brokenOutput()
        }
        if !poll[messagesPlace].isQuiet { messages.flush() }
        if !poll[inputPlace].isQuiet {
            readInput()
            gatherInput()
        }
        tellTime()
        introspect()
        return nil
    }

    /// Tells the scheduler the time, unless it is wrong: we may have been stopped at any point since the poll, and only
    /// the SIGCONT that ended it tells. A stop after the clock was read does no harm, one before it has left its signal.
    private func tellTime() {
        let now = clock.now
        guard let deadline = scheduler.nextDeadline, deadline <= now else { return }
        takeSignals()
        scheduler.timePassed(now: min(now, clock.now))
    }

    /// How long the loop may sleep; nil when nothing is due.
    ///
    /// - Parameter pause: What is left of a pause of the output.
    private func sleepLimit(pause: Nanoseconds?) -> Nanoseconds? {
        let now = clock.now
        let deadline = scheduler.nextDeadline.map { min(max($0 - now, 0), RunningClock.heartbeat) }
        let showing = introspection.nextDue.map { max($0 - MonotonicClock.now, 0) }
        return earliest(earliest(pause, deadline), showing)
    }

    private func takeSignals() {
        for arrival in Signals.arrived(on: signals) {
            switch arrival.signal {
            case Signals.child:
                reapChildren()
            case Signals.resumed:
                clock.resumed()
                introspection.drawing?.hasten(now: MonotonicClock.now)
            case Signals.status:
                addStatusLine()
            default:
                scheduler.stopRequested(signal: arrival.signal, now: arrival.time - clock.skipped)
            }
        }
    }

    /// Reads on while that is worth while and nothing has to be waited for, as much as one read may bring at most: then it
    /// is the turn of signals, children and the output again.
    private func gatherInput() {
        var left = scheduler.limits.readBytes
        while left > 0 && scheduler.isWorthGathering(heldBytes: input.count) {
            var set = PollSet()
            let signalPlace = set.add(signals, .input)
            let inputPlace = set.add(StandardStream.input, .input)
            guard (try? set.wait(milliseconds: 0)) == false, set[signalPlace].isQuiet, !set[inputPlace].isQuiet else {
                return
            }
            let byteCount = readInput()
            guard byteCount > 0 else { return }
            left -= byteCount
        }
    }

    /// Reads once and returns how many bytes have come.
    @discardableResult
    private func readInput() -> Int {
        // What has happened since the poll may have changed what is wanted: a signal ends all reading.
        let allowance = scheduler.readAllowance(heldBytes: input.count)
        guard allowance > 0 else { return 0 }
        do throws(Errno) {
            var outcome = ReadOutcome.wouldBlock
            unsafe try input.append(atMost: allowance) { memory throws(Errno) in
                outcome = unsafe try DescriptorIO.read(StandardStream.input, into: memory)
                if case .bytes(let count) = outcome { return count }
                return 0
            }
            switch outcome {
            case .bytes(let count):
                scheduler.inputRead(unsafe input.last(count).bytes)
                noteArrivals()
                input.discard(before: scheduler.keepFrom)
                return count
            case .endOfFile:
                scheduler.inputEnded()
                noteArrivals()
                input.discard(before: scheduler.keepFrom)
            case .wouldBlock:
                break
            }
        } catch {
            inputFailure = error
            scheduler.inputFailed()
        }
        return 0
    }

    private func noteArrivals() {
        introspection.latencies?.recordsRead(total: scheduler.statistics.recordsIn, now: clock.now)
    }
}

/// A reason to end before the loop has begun.
struct ExitFailure: Error {
    let reason: ExitReason

    init(_ reason: ExitReason) { self.reason = reason }
}

/// A wait for room in stdout. poll(2) does not tell when a pipe takes more than a page.
struct OutputPause {
    /// When to try again, on `MonotonicClock`.
    let until: Nanoseconds
    let duration: Nanoseconds

    private static let shortest: Nanoseconds = .millisecond / 2
    private static let longest: Nanoseconds = 64 * .millisecond

    /// A pause that is twice as long as the one before it.
    init(after earlier: OutputPause?) {
        duration = min(max((earlier?.duration ?? 0) * 2, Self.shortest), Self.longest)
        until = MonotonicClock.now + duration
    }

    /// What is left of it; nil when it is over. Then poll(2) tells when to write, and no timer runs: stdout may have
    /// become full meanwhile.
    func remaining(now: Nanoseconds) -> Nanoseconds? { until > now ? until - now : nil }
}
