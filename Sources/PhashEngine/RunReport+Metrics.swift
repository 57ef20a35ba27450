internal import PhashCore

extension RunReport {
    /// The text for `--metrics-file`, in the format that Prometheus reads; contract section 11.
    ///
    /// - Parameter start: When the run began, nanoseconds since 1970.
    func metrics(latency: LatencyReport, start: Int64, version: String) -> String {
        var text = MetricsText()
        text.add(
            "build_info", .gauge, "What is running; the value is always 1.", 1, label: ("version", version))
        // Not process_start_time_seconds: a collector that puts this text beside its own figures has one of that name.
        text.add(
            "start_time_seconds", .gauge, "When the run began, seconds since 1970.",
            decimal: Figures.thousandths(Double(start / .millisecond) / 1000))
        text.add("records_read_total", .counter, "Records found in the input.", statistics.recordsIn)
        text.add("records_written_total", .counter, "Records written to the output.", statistics.recordsOut)
        text.add("errors_total", .counter, "Error records among those written.", statistics.errors)
        text.add("records_skipped_total", .counter, "Records left out of the output.", statistics.skipped)
        text.add("bytes_read_total", .counter, "Bytes of input read.", statistics.bytesIn)
        text.add("bytes_written_total", .counter, "Bytes of output written.", statistics.bytesOut)
        text.add("restarts_total", .counter, "Children started in the place of others.", statistics.restarts)
        text.add("in_flight_records", .gauge, "Records read and not yet written.", statistics.inFlight)
        text.add("buffered_bytes", .gauge, "Input kept and results not yet written.", UInt64(bufferedBytes))
        text.add("jobs", .gauge, "Children at most.", UInt64(jobs))
        text.add("workers_busy", .gauge, "Children that have something to do.", UInt64(busy))
        addWorkers(to: &text)
        text.addSummary(
            "record_latency_seconds", "From the read that completed a record to the write that took its last byte.",
            latency)
        return text.text
    }

    private func addWorkers(to text: inout MetricsText) {
        text.add("worker_records_total", .counter, "Records that a worker finished.", workers) {
            "\($0.statistics.records)"
        }
        text.add("worker_busy_seconds_total", .counter, "Time that a worker spent on records.", workers) {
            Figures.seconds(Double($0.statistics.busy))
        }
        text.add("worker_restarts_total", .counter, "Children of a worker after its first.", workers) {
            "\($0.statistics.restarts)"
        }
        text.add("worker_resident_memory_bytes", .gauge, "Memory of a worker's child, shared included.", workers) {
            $0.residentBytes.map { "\($0)" }
        }
    }
}
