internal import PhashCore
internal import PhashPosix
internal import PhashWire

/// The parent's loop: it feeds events to the scheduler and carries its actions out. It decides nothing.
///
/// One thread, one poll(2). In each turn the scheduler's actions are carried out first, then what has become ready is
/// told to it: signals, children, output, input, and last the time.
final class Parent {
    let settings: FilterSettings
    let greeting: [UInt8]
    let layout: SlotLayout
    var scheduler: Scheduler
    var clock = RunningClock()
    let startTime: Nanoseconds

    // Children, by worker.
    var children: [Child?]
    var arenas: [Arena?]
    var generations: UInt64 = 0
    /// Why the last child could not be started, for people.
    var startFailure = ""

    // Input and output.
    var input = InputBuffer()
    var output: OutputChannel
    let isBrokenPipeIgnored: Bool
    var inputFailure: Errno?

    let signals: Int32
    var poll = PollSet()

    /// Takes over stdout and the signals of this process.
    init(settings: FilterSettings, job: any Job) throws(ExitFailure) {
        self.settings = settings
        let limits = Parent.limits(settings: settings, lanes: job.lanes)
        layout = SlotLayout(
            slotCount: limits.slotsPerWorker, maximumInputBytes: max(limits.batchBytes, settings.maximumLineBytes),
            maximumRecords: limits.batchRecords, format: settings.format)
        greeting =
            WorkerGreeting(
                parent: ChildProcess.currentIdentifier, layout: layout, format: settings.format,
                maximumLineBytes: settings.maximumLineBytes, jobParameters: job.parameters
            ).message
        let splitter = LineSplitter(
            delimiter: settings.delimiter, stripsCarriageReturn: settings.stripsCarriageReturn,
            maximumLineBytes: settings.maximumLineBytes)
        scheduler = Scheduler(limits: limits, splitter: splitter)
        children = (0..<settings.jobs).map { _ in nil }
        arenas = (0..<settings.jobs).map { _ in nil }
        isBrokenPipeIgnored = Signals.ignoreBrokenPipe()
        do throws(Errno) {
            output = try OutputChannel(StandardStream.output)
        } catch {
            throw ExitFailure(.outputFailed(error))
        }
        do throws(Errno) {
            signals = try Signals.listen()
        } catch {
            throw ExitFailure(.workersUnavailable("signals cannot be caught: \(error)"))
        }
        startTime = MonotonicClock.now
    }

    private static func limits(settings: FilterSettings, lanes: Int) -> SchedulerLimits {
        var limits = SchedulerLimits(jobs: settings.jobs, processors: settings.processors)
        limits.bufferBytes = settings.bufferBytes
        limits.resultBytesPerInputByte = settings.format.worstBytesPerInputByte
        limits.resultBytesPerRecord = settings.format.worstBytesPerRecord
        limits.tableBytesPerRecord = SlotLayout.tableBytesPerRecord
        limits.retries = settings.retries
        limits.timeout = settings.timeoutNanoseconds
        limits.isOrdered = settings.order == .input
        limits.lanes = lanes
        limits.estimatedRecordCost = settings.estimatedRecordNanoseconds
        return limits
    }

    /// Runs until all is done, or something ends it. No child is left.
    func run() -> ExitReason {
        while true {
            performActions()
            if let reason = finished() { return reason }
            if let reason = turn() {
                killChildren()
                return reason
            }
        }
    }

    /// Why it ended, once the scheduler says that it has; the children are gone then.
    private func finished() -> ExitReason? {
        switch scheduler.outcome {
        case nil:
            return nil
        case .aborted(let signal):
            killChildren()
            return .stopped(bySignal: signal)
        case .startsFailed:
            killChildren()
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
        let isWriting = !scheduler.output.isEmpty
        let watchesOutput = isWriting || output.hasReader
        let outputPlace = poll.add(watchesOutput ? output.descriptor : -1, isWriting ? .output : .trouble)
        let polled = children.enumerated().compactMap { index, child in
            child.map { (index, $0.generation, poll.add($0.pollDescriptor, .input)) }
        }

        let timeout = pollTimeout()
        clock.willSleep()
        let isInterrupted: Bool
        do throws(Errno) {
            isInterrupted = try poll.wait(milliseconds: timeout)
        } catch {
            return .workersUnavailable("poll: \(error)")
        }

        // Before the time: after a stop and a SIGCONT the clock has to be put right first.
        if isInterrupted || !poll[signalPlace].isQuiet { takeSignals() }
        for (index, generation, place) in polled where !poll[place].isQuiet {
            if children[index]?.generation == generation { listen(to: index) }
        }
        let outputReadiness = poll[outputPlace]
        if isWriting && (outputReadiness.isWritable || outputReadiness.isBroken) {
            if let reason = writeOutput() { return reason }
        } else if outputReadiness.isBroken {
            return brokenOutput()
        }
        if !poll[inputPlace].isQuiet { readInput() }
        tellTime()
        return nil
    }

    /// Tells the scheduler the time, unless it is wrong: we may have been stopped at any point since the poll, and only
    /// the SIGCONT that ended it tells. A stop after the clock was read does no harm, one before it has left its signal.
    private func tellTime() {
        let now = clock.now
        guard let deadline = scheduler.nextDeadline(now: now), deadline <= now else { return }
        takeSignals()
        scheduler.timePassed(now: min(now, clock.now))
    }

    /// Milliseconds until something is due, rounded up; nil when nothing is.
    private func pollTimeout() -> Int32? {
        let now = clock.now
        guard let deadline = scheduler.nextDeadline(now: now) else { return nil }
        let wait = min(max(deadline - now, 0), RunningClock.heartbeat)
        return Int32((wait + .millisecond - 1) / .millisecond)
    }

    private func takeSignals() {
        for signal in Signals.arrived(on: signals) {
            switch signal {
            case Signals.child:
                reapChildren()
            case Signals.resumed:
                clock.resumed()
            case Signals.status:
                StandardError.write(statusLine())
            default:
                scheduler.stopRequested(signal: signal, now: clock.now)
            }
        }
    }

    private func readInput() {
        // What has happened since the poll may have changed what is wanted: a signal ends all reading.
        let allowance = scheduler.readAllowance(heldBytes: input.count)
        guard allowance > 0 else { return }
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
                input.discard(before: scheduler.keepFrom)
            case .endOfFile:
                scheduler.inputEnded()
                input.discard(before: scheduler.keepFrom)
            case .wouldBlock:
                break
            }
        } catch {
            inputFailure = error
            scheduler.inputFailed()
        }
    }
}

/// A reason to end before the loop has begun.
struct ExitFailure: Error {
    let reason: ExitReason

    init(_ reason: ExitReason) { self.reason = reason }
}
