internal import PhashCore

/// What the progress line says, and how much of it there is room for.
struct ProgressLine: Equatable {
    var records: UInt64 = 0
    var errors: UInt64 = 0
    var recordsPerSecond: Double = 0
    var bytesPerSecond: Double = 0
    /// What part of the work is done, 0...1; nil when nobody knows how much there is.
    var share: Double?
    /// What there is to say about time.
    var time: Time?
    var inFlight: UInt64 = 0
    var busy = 0
    var jobs = 0

    enum Time: Equatable {
        /// Seconds; infinite when nothing moves.
        case left(Double)
        /// Seconds from the beginning to the end: the run is over.
        case taken(Double)
    }

    /// A part of the line.
    private struct Field {
        let text: String
        /// The fields of the highest rank go first when the line is too long.
        let rank: Int
    }

    private static let separator = "  "

    /// The line, of ASCII only, for a terminal of so many columns: the last of them stays free, since many terminals go on
    /// to the next line when something stands there. What does not fit is left out, the least important first.
    func text(columns: Int) -> String {
        let room = columns - 1
        let labelled = fields(isShort: false)
        let short = fields(isShort: true)
        for rank in (0..<labelled.count).reversed() {
            for fields in [labelled, short] {
                let text = fields.filter { $0.rank <= rank }.map(\.text).joined(separator: Self.separator)
                if text.utf8.count <= room { return text }
            }
        }
        return ""
    }

    /// In the order in which they stand.
    private func fields(isShort: Bool) -> [Field] {
        let count =
            isShort
            ? Figures.short(Double(records)) : "\(Figures.grouped(records)) record\(records == 1 ? "" : "s")"
        var texts: [(rank: Int, text: String)] = [(0, count)]
        if let share { texts.append((1, "\(Int(min(max(share, 0), 1) * 100))%")) }
        switch time {
        case .left(let seconds): texts.append((2, "ETA \(Figures.duration(seconds))"))
        case .taken(let seconds): texts.append((2, "in \(Figures.timeTaken(seconds))"))
        case nil: break
        }
        if errors > 0 {
            let number = isShort ? Figures.short(Double(errors)) : Figures.grouped(errors)
            texts.append((3, errors == 1 ? "1 error" : "\(number) errors"))
        }
        texts.append((4, "\(Figures.short(recordsPerSecond))/s"))
        texts.append((5, "\(Figures.bytes(bytesPerSecond))/s"))
        if isOver && inFlight == 0 { return ranked(texts) }
        texts.append((7, "\(isShort ? Figures.short(Double(inFlight)) : Figures.grouped(inFlight)) in flight"))
        texts.append((6, "\(busy)/\(jobs) busy"))
        return ranked(texts)
    }

    private var isOver: Bool {
        if case .taken = time { true } else { false }
    }

    /// The fields with ranks that have no gap, so that each step of `text` leaves one out.
    private func ranked(_ texts: [(rank: Int, text: String)]) -> [Field] {
        let ranks = texts.map(\.rank).sorted()
        return texts.map { rank, text in Field(text: text, rank: ranks.firstIndex(of: rank) ?? 0) }
    }
}

/// Follows a run from one drawing to the next, since speeds are those of the last few seconds.
struct ProgressMeter {
    /// How much there is to do, as far as it is known.
    enum Total: Equatable {
        case records(UInt64)
        case bytes(UInt64)
    }

    /// Time between two drawings.
    static let interval: Nanoseconds = 250 * .millisecond
    /// Drawings over which speeds are measured: some four seconds.
    private static let window = 16

    private struct Sample {
        let moment: Nanoseconds
        let records: UInt64
        let bytes: Double
    }

    private let start: Nanoseconds
    private var samples: [Sample]
    /// A share that went back would only confuse.
    private var shareShown: Double = 0

    /// - Parameter start: On the clock of `line`, which stands still while the process is stopped.
    init(start: Nanoseconds) {
        self.start = start
        samples = [Sample(moment: start, records: 0, bytes: 0)]
    }

    /// What the line says at the end: speeds are those of the whole run.
    mutating func lastLine(of report: RunReport, total: Total?, now: Nanoseconds) -> ProgressLine {
        samples = [Sample(moment: start, records: 0, bytes: 0)]
        var line = line(of: report, total: total, now: max(now, start + 1))
        line.time = .taken(Double(max(now - start, 0)) / 1e9)
        return line
    }

    /// What the line says now.
    mutating func line(of report: RunReport, total: Total?, now: Nanoseconds) -> ProgressLine {
        let statistics = report.statistics
        let done = statistics.recordsIn - statistics.inFlight
        // Of the bytes that were read, those of the records that are done: much may be read ahead. It is exact when all
        // records are done, or when they are of the same length.
        let bytesDone =
            statistics.recordsIn == 0 ? 0 : Double(statistics.bytesIn) / Double(statistics.recordsIn) * Double(done)
        // The clock may have been put back after a stop.
        samples.removeAll { $0.moment >= now }
        let oldest = samples.first ?? Sample(moment: now - 1, records: done, bytes: bytesDone)
        let seconds = Double(now - oldest.moment) / 1e9
        samples.append(Sample(moment: now, records: done, bytes: bytesDone))
        if samples.count > Self.window { samples.removeFirst() }

        var line = ProgressLine()
        line.records = statistics.recordsOut
        line.errors = statistics.errors
        line.recordsPerSecond = Double(done - min(oldest.records, done)) / seconds
        line.bytesPerSecond = max(bytesDone - oldest.bytes, 0) / seconds
        line.inFlight = statistics.inFlight
        line.busy = report.busy
        line.jobs = report.jobs
        guard let total else { return line }
        let share: Double
        switch total {
        case .records(let count): share = count == 0 ? 1 : Double(done) / Double(count)
        case .bytes(let count): share = count == 0 ? 1 : bytesDone / Double(count)
        }
        shareShown = max(shareShown, min(share, 1))
        line.share = shareShown
        // By the speed of the whole run: it is steadier than that of the last few seconds.
        let spent = Double(max(now - start, 0)) / 1e9
        line.time = .left(shareShown > 0 ? spent * (1 - shareShown) / shareShown : .infinity)
        return line
    }
}
