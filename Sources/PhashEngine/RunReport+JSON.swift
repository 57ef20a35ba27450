internal import PhashCore

extension RunReport {
    /// The line of `SIGUSR1` and `--stats`; contract section 11.
    var statusLine: String {
        let members = [
            "\"elapsed_s\":\(Figures.thousandths(elapsedSeconds))",
            records,
            bytes,
            "\"records_per_s\":\(Figures.thousandths(recordsPerSecond))",
            "\"in_flight\":\(statistics.inFlight)",
            "\"buffered_bytes\":\(bufferedBytes)",
            "\"jobs\":\(jobs)",
            "\"busy\":\(busy)",
            "\"restarts\":\(statistics.restarts)",
            "\"workers\":[\(workers.map(status).joined(separator: ","))]",
        ]
        return "{\(members.joined(separator: ","))}\n"
    }

    private var records: String {
        "\"records_in\":\(statistics.recordsIn),\"records_out\":\(statistics.recordsOut),"
            + "\"errors\":\(statistics.errors)"
    }

    private var bytes: String { "\"bytes_in\":\(statistics.bytesIn),\"bytes_out\":\(statistics.bytesOut)" }

    private func status(of worker: Worker) -> String {
        let pid = worker.pid.map { "\($0)" } ?? "null"
        let memory = worker.residentBytes.map { "\($0)" } ?? "null"
        return "{\"pid\":\(pid),\(figures(of: worker)),\"rss_bytes\":\(memory)}"
    }

    private func figures(of worker: Worker) -> String {
        "\"records\":\(worker.statistics.records),\"busy_share\":\(Figures.thousandths(busyShare(of: worker))),"
            + "\"restarts\":\(worker.statistics.restarts)"
    }

    /// The line of `--summary`; contract section 11.
    ///
    /// - Parameters:
    ///   - start: When the run began, nanoseconds since 1970.
    ///   - end: When it ended.
    func summaryLine(start: Int64, end: Int64, latency: LatencyReport) -> String {
        let members = [
            "\"starttime\":\"\(Figures.timestamp(start))\"",
            "\"endtime\":\"\(Figures.timestamp(end))\"",
            "\"totaltime_in_s\":\(Figures.thousandths(elapsedSeconds))",
            records,
            "\"skipped\":\(statistics.skipped)",
            bytes,
            "\"records_per_s\":\(Figures.thousandths(recordsPerSecond))",
            "\"restarts\":\(statistics.restarts)",
            "\"workers\":[\(workers.map { "{\(figures(of: $0))}" }.joined(separator: ","))]",
            "\"latency_s\":{\(members(of: latency))}",
        ]
        return "{\(members.joined(separator: ","))}\n"
    }

    private func members(of latency: LatencyReport) -> String {
        var members = ["\"count\":\(latency.count)", "\"mean\":\(Figures.seconds(latency.mean))"]
        for (index, quantile) in latency.quantiles.enumerated() {
            members.append("\"\(LatencyReport.shares[index].name)\":\(Figures.seconds(Double(quantile)))")
        }
        members.append("\"max\":\(Figures.seconds(Double(latency.longest)))")
        return members.joined(separator: ",")
    }
}
