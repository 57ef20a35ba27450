internal import PhashCore
internal import PhashPosix

extension Parent {
    /// The state of the run now.
    ///
    /// - Parameter asksForMemory: Whether to ask the system what memory the children take, which takes a few microseconds
    ///   for each.
    func report(asksForMemory: Bool) -> RunReport {
        let workers = scheduler.workers.indices.compactMap { index -> RunReport.Worker? in
            let statistics = scheduler.workers[index].statistics
            guard statistics.starts > 0 else { return nil }
            let pid = children[index]?.pid
            return RunReport.Worker(
                number: index + 1, pid: pid, statistics: statistics,
                residentBytes: asksForMemory ? pid.flatMap { ProcessMemory.residentBytes(of: $0) } : nil)
        }
        return RunReport(
            elapsed: max(MonotonicClock.now - startTime, 0), statistics: scheduler.statistics,
            bufferedBytes: scheduler.credits.used + input.count, jobs: settings.jobs + scheduler.remoteChildren,
            busy: scheduler.busyCount,
            workers: workers)
    }

    /// The status that SIGUSR1 asks for.
    func addStatusLine() { messages.add(report(asksForMemory: true).statusLine) }

    /// Shows what is due.
    func introspect() {
        guard let due = introspection.nextDue else { return }
        let now = MonotonicClock.now
        guard due <= now else { return }
        if introspection.stats?.isDue(now: now) == true { addStatusLine() }
        if introspection.metrics?.isDue(now: now) == true { replaceMetrics() }
        if introspection.drawing?.isDue(now: now) == true { drawProgress() }
    }

    /// Whether the file for Prometheus can be written, or why not: before anything is read.
    func prepareMetrics() throws(ExitFailure) {
        guard let file = introspection.metricsFile else { return }
        let isReplaceable: Bool
        do throws(Errno) {
            isReplaceable = try file.canBeReplaced()
            if isReplaceable { try file.replace(with: metricsText()) }
        } catch {
            throw ExitFailure(.metricsFailed(path: file.path, reason: "\(error)"))
        }
        guard isReplaceable else {
            throw ExitFailure(.metricsFailed(path: file.path, reason: "is there and is no regular file"))
        }
    }

    private func metricsText() -> String {
        report(asksForMemory: true).metrics(
            latency: introspection.latencies?.report ?? LatencyReport(), start: introspection.start,
            version: settings.introspection.version)
    }

    private func replaceMetrics() {
        guard let file = introspection.metricsFile else { return }
        do throws(Errno) {
            try file.replace(with: metricsText())
            introspection.hasFailed = false
        } catch {
            // Told once: the next attempts may well succeed, and hashing goes on in any case.
            let failure = ExitReason.metricsFailed(path: file.path, reason: "\(error)")
            if !introspection.hasFailed, let message = failure.message {
                messages.add("\(message); trying again every few seconds\n")
            }
            introspection.hasFailed = true
        }
    }

    /// Draws the progress line, unless a record that goes to a terminal is half written.
    ///
    /// - Parameter isLast: Whether the run is over.
    private func drawProgress(isLast: Bool = false) {
        if output.kind == .terminal && isWithinRecord { return }
        guard var meter = introspection.meter else { return }
        let report = report(asksForMemory: false)
        let line =
            isLast
            ? meter.lastLine(of: report, total: total, now: clock.now)
            : meter.line(of: report, total: total, now: clock.now)
        introspection.meter = meter
        messages.draw(line)
    }

    /// How much there is to do, as far as it is known.
    private var total: ProgressMeter.Total? {
        if !scheduler.isReading { return .records(scheduler.statistics.recordsIn) }
        if let records = settings.introspection.totalRecords { return .records(records) }
        guard let offset = introspection.inputOffset, let size = RegularFile.size(StandardStream.input) else {
            return nil
        }
        return size > offset ? .bytes(UInt64(size - offset)) : nil
    }

    /// Says what there is to say at the end, whatever the end is.
    func conclude() {
        drawProgressAtEnd()
        if settings.introspection.writesSummary, let latencies = introspection.latencies {
            let report = report(asksForMemory: false)
            messages.add(
                report.summaryLine(start: introspection.start, end: WallClock.now, latency: latencies.report))
        }
        replaceMetrics()
        // The account of a run is worth a moment's wait for a slow reader of stderr; mere messages are not.
        if settings.introspection.writesSummary { messages.finish() } else { messages.flush() }
    }

    private func drawProgressAtEnd() {
        guard introspection.drawing != nil else { return }
        drawProgress(isLast: true)
        messages.endLine()
    }
}
