import PhashCore
import PhashTestKit
import Testing

@testable import PhashEngine

/// What is told of a run, in each of its forms.
struct RunReportTests {
    private var report: RunReport {
        var statistics = Statistics()
        statistics.recordsIn = 1_000
        statistics.recordsOut = 900
        statistics.skipped = 40
        statistics.errors = 7
        statistics.bytesIn = 12_345
        statistics.bytesOut = 67_890
        statistics.restarts = 2
        var worker = WorkerStatistics()
        worker.records = 933
        worker.busy = 1_500 * .millisecond
        worker.starts = 3
        let first = RunReport.Worker(number: 1, pid: 4711, statistics: worker, residentBytes: 5 << 20)
        let gone = RunReport.Worker(number: 3, pid: nil, statistics: WorkerStatistics(), residentBytes: nil)
        return RunReport(
            elapsed: 2 * .second, statistics: statistics, bufferedBytes: 4_096, jobs: 3, busy: 1,
            workers: [first, gone])
    }

    private var latency: LatencyReport {
        LatencyReport(
            count: 940, sum: 94 * 1e9, longest: 2 * .second,
            quantiles: [80 * .millisecond, .second, .second, 2 * .second])
    }

    @Test func theStatusLine() throws {
        #expect(
            report.statusLine
                == #"{"elapsed_s":2.000,"records_in":1000,"records_out":900,"errors":7,"bytes_in":12345,"#
                + #""bytes_out":67890,"records_per_s":450.000,"in_flight":60,"buffered_bytes":4096,"jobs":3,"busy":1,"#
                + #""restarts":2,"workers":[{"pid":4711,"records":933,"busy_share":0.750,"restarts":2,"#
                + #""rss_bytes":5242880},{"pid":null,"records":0,"busy_share":0.000,"restarts":0,"rss_bytes":null}]}"#
                + "\n")
        _ = try StrictJSON.value(of: Array(report.statusLine.utf8.dropLast()))
    }

    @Test func theSummary() throws {
        let line = report.summaryLine(start: 0, end: 2_000_000_000, latency: latency)
        #expect(
            line
                == #"{"starttime":"1970-01-01T00:00:00.000Z","endtime":"1970-01-01T00:00:02.000Z","#
                + #""totaltime_in_s":2.000,"records_in":1000,"records_out":900,"errors":7,"skipped":40,"#
                + #""bytes_in":12345,"bytes_out":67890,"records_per_s":450.000,"restarts":2,"workers":["#
                + #"{"records":933,"busy_share":0.750,"restarts":2},{"records":0,"busy_share":0.000,"restarts":0}],"#
                + #""latency_s":{"count":940,"mean":0.100000,"p50":0.080000,"p90":1.000000,"p99":1.000000,"#
                + #""p999":2.000000,"max":2.000000}}"# + "\n")
        _ = try StrictJSON.value(of: Array(line.utf8.dropLast()))
    }

    @Test func theMetrics() {
        let lines = report.metrics(latency: latency, start: 1_500_000_000, version: #"1"\2"#).split(separator: "\n")
        for line in [
            #"phash_build_info{version="1\"\\2"} 1"#, "phash_start_time_seconds 1.500", "phash_records_read_total 1000",
            "phash_records_written_total 900", "phash_errors_total 7", "phash_records_skipped_total 40",
            "phash_bytes_read_total 12345", "phash_bytes_written_total 67890", "phash_restarts_total 2",
            "phash_in_flight_records 60", "phash_buffered_bytes 4096", "phash_jobs 3", "phash_workers_busy 1",
            #"phash_worker_records_total{worker="1"} 933"#, #"phash_worker_records_total{worker="3"} 0"#,
            #"phash_worker_busy_seconds_total{worker="1"} 1.500000"#, #"phash_worker_restarts_total{worker="1"} 2"#,
            #"phash_worker_resident_memory_bytes{worker="1"} 5242880"#,
            #"phash_record_latency_seconds{quantile="0.5"} 0.080000"#,
            #"phash_record_latency_seconds{quantile="0.999"} 2.000000"#, "phash_record_latency_seconds_sum 94.000000",
            "phash_record_latency_seconds_count 940",
        ] {
            #expect(lines.contains(Substring(line)), "\(line)")
        }
        #expect(!lines.contains { $0.hasPrefix(#"phash_worker_resident_memory_bytes{worker="3"}"#) })
    }

    /// What there is nothing of yet is left out, or is no number.
    @Test func theMetricsBeforeAnything() {
        let report = RunReport(
            elapsed: 0, statistics: Statistics(), bufferedBytes: 0, jobs: 1, busy: 0, workers: [])
        let text = report.metrics(latency: Latencies().report, start: 0, version: "1")
        #expect(!text.contains("worker_"))
        #expect(text.contains("phash_record_latency_seconds{quantile=\"0.99\"} NaN\n"))
        #expect(text.contains("phash_record_latency_seconds_count 0\n"))
        #expect(report.statusLine.contains("\"records_per_s\":0.000"))
    }
}

/// Durations in the process.
struct LatenciesTests {
    private let address = SlotAddress(worker: 0, slot: 0)

    @Test func everyRecordCountsOnce() {
        var latencies = Latencies()
        latencies.recordsRead(total: 90, now: 0)
        latencies.recordsRead(total: 90, now: .second)
        latencies.recordsRead(total: 100, now: 2 * .second)
        latencies.batchCut(address, recordCount: 100)
        latencies.recordsLeft(address, firstRecord: 0, recordCount: 50, now: 3 * .second)
        latencies.recordsLeft(address, firstRecord: 50, recordCount: 50, now: 3 * .second)
        latencies.batchLeft(address)
        let report = latencies.report
        #expect(report.count == 100 && report.longest == 3 * .second)
        #expect(report.mean == (90 * 3e9 + 10 * 1e9) / 100)
        // Three digits of each are right.
        let quantiles = report.quantiles.map { (Double($0) / 1e7).rounded() / 100 }
        #expect(quantiles == [3, 3, 3, 3])
        #expect(latencies.pendingCount == 0)
    }

    @Test func theQuantilesOfManyDurations() {
        var latencies = Latencies()
        for number in 1...1_000 {
            latencies.recordsRead(total: UInt64(number), now: 0)
            latencies.batchCut(address, recordCount: 1)
            latencies.recordsLeft(address, firstRecord: 0, recordCount: 1, now: Nanoseconds(number) * .millisecond)
            latencies.batchLeft(address)
        }
        let report = latencies.report
        for (quantile, expected) in zip(report.quantiles, [500.0, 900, 990, 999]) {
            #expect(abs(Double(quantile) / 1e6 - expected) <= expected / 900, "\(quantile)")
        }
        #expect(report.longest == .second && report.quantiles.allSatisfy { $0 <= report.longest })
    }

    /// Much longer than the histogram has room for at first.
    @Test func aDayIsADuration() {
        var latencies = Latencies()
        latencies.recordsRead(total: 1, now: 0)
        latencies.batchCut(address, recordCount: 1)
        latencies.recordsLeft(address, firstRecord: 0, recordCount: 1, now: 86_400 * .second)
        #expect(latencies.report.longest == 86_400 * .second)
        #expect(latencies.report.quantiles.allSatisfy { $0 > 86_300 * .second && $0 <= 86_400 * .second })
    }
}
