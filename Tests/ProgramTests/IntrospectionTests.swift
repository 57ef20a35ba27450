import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 11: what a run tells of itself, in lines of JSON and in a file for Prometheus.
    @Suite struct Introspection {
        /// The samples of a metrics file by name and labels, after every line of it has been found to follow the format.
        private func samples(_ text: String) throws -> [String: Double] {
            var samples: [String: Double] = [:]
            var types: [String: String] = [:]
            var current = ""
            #expect(text.hasSuffix("\n"))
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                if let match = line.wholeMatch(of: /# HELP ([a-z_]+) [A-Z][^\\]*\./) {
                    current = String(match.1)
                    #expect(types[current] == nil, "\(current) is there twice")
                } else if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|summary)/) {
                    #expect(match.1 == current, "\(line)")
                    types[current] = String(match.2)
                    #expect((match.2 == "counter") == current.hasSuffix("_total"), "\(line)")
                } else if let match = line.wholeMatch(of: /([a-z_]+)(\{[a-z]+="[^"\\]*"\})? ([0-9.]+|NaN)/) {
                    let isOfSummary = types[current] == "summary"
                    let family = isOfSummary ? match.1.replacing(/_(sum|count)$/, with: "") : match.1
                    #expect(family == current, "\(line)")
                    let key = "\(match.1)\(match.2 ?? "")"
                    #expect(samples[key] == nil, "\(key) is there twice")
                    samples[key] = Double(match.3)
                } else {
                    Issue.record("no line of this format: \(line)")
                }
            }
            #expect(types["phash_record_latency_seconds"] == "summary")
            return samples
        }

        private func samples(at path: String) throws -> [String: Double] {
            try samples(try String(contentsOfFile: path, encoding: .utf8))
        }

        private func sum(_ samples: [String: Double], _ name: String) -> Int {
            Int(samples.filter { $0.key.hasPrefix("\(name){") }.reduce(0) { $0 + $1.value })
        }

        /// All that is told, at the same moment, and what came out: no two of them differ.
        @Test func theNumbersAgree() throws {
            let directory = try TemporaryDirectory()
            let metrics = "\(directory.path)/phash.prom"
            let lines = Inputs.lines(3_000, distinct: 100) + Array("much too long a line for this\n".utf8)
            let program = try RunningProgram(
                "-j", "2", "-r", "200", "--max-line", "25", "--summary", "--stats", "0.2", "--metrics-file", metrics)
            program.send(lines)
            _ = try program.nextLines(3_001)
            // A restart, which every account has to show.
            kill(try #require(program.children.first), SIGKILL)
            try program.wait("the death to be seen") { program.children.count == 1 }
            for _ in 1...4 {
                program.send(lines)
                _ = try program.nextLines(3_001)
            }
            let status = try program.waitForStats { $0["records_out"] as? Int == 15_005 }
            let outcome = try program.finish()
            #expect(outcome.ending == .exit(1), outcome.story)
            let last = try #require(outcome.errorText.split(separator: "\n").last)
            let summary = try object(String(last))
            let samples = try samples(at: metrics)

            #expect(outcome.lines.count == 15_005)
            let errors = outcome.lines.filter { $0.contains(#""error":"line_too_long""#) }.count
            #expect(errors == 5)
            let expected = [
                "records_in": 15_005, "records_out": 15_005, "errors": errors, "bytes_in": lines.count * 5,
                "bytes_out": outcome.output.count, "restarts": 1,
            ]
            let names = [
                "records_in": "records_read_total", "records_out": "records_written_total", "errors": "errors_total",
                "bytes_in": "bytes_read_total", "bytes_out": "bytes_written_total", "restarts": "restarts_total",
            ]
            for (member, value) in expected {
                #expect(status[member] as? Int == value, "status: \(member), \(outcome.story)")
                #expect(summary[member] as? Int == value, "summary: \(member), \(outcome.story)")
                #expect(samples["phash_\(names[member]!)"] == Double(value), "metrics: \(member)")
            }
            for workers in [status["workers"], summary["workers"]] {
                let workers = try #require(workers as? [[String: Any]])
                #expect(workers.reduce(0) { $0 + ($1["records"] as? Int ?? 0) } == 15_005, outcome.story)
                #expect(workers.reduce(0) { $0 + ($1["restarts"] as? Int ?? 0) } == 1, outcome.story)
            }
            #expect(sum(samples, "phash_worker_records_total") == 15_005)
            #expect(sum(samples, "phash_worker_restarts_total") == 1)
            let latency = try #require(summary["latency_s"] as? [String: Any])
            #expect(latency["count"] as? Int == 15_005 && samples["phash_record_latency_seconds_count"] == 15_005)
            for (member, share) in [("p50", "0.5"), ("p90", "0.9"), ("p99", "0.99"), ("p999", "0.999")] {
                let value = samples["phash_record_latency_seconds{quantile=\"\(share)\"}"]
                #expect(latency[member] as? Double == value, outcome.story)
            }
            #expect(samples["phash_in_flight_records"] == 0 && samples["phash_buffered_bytes"] == 0)
        }

        @Test func theSummaryTellsWhenAndHowLong() throws {
            let before = Date()
            let outcome = try phash(["-r", "1", "--summary"], input: Array("a\nb\n".utf8))
            let after = Date()
            #expect(outcome.ending == .exit(0) && countNewlines(outcome.errorOutput) == 1, outcome.story)
            let summary = try object(outcome.errorText)
            #expect(
                Set(summary.keys) == [
                    "starttime", "endtime", "totaltime_in_s", "records_in", "records_out", "errors", "skipped",
                    "bytes_in", "bytes_out", "records_per_s", "restarts", "workers", "latency_s",
                ])
            let format = ISO8601DateFormatter()
            format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
            let start = try #require((summary["starttime"] as? String).flatMap(format.date))
            let end = try #require((summary["endtime"] as? String).flatMap(format.date))
            // To the millisecond, and rounded down.
            #expect(start >= before.addingTimeInterval(-0.001) && start <= end && end <= after, outcome.story)
            let latency = try #require(summary["latency_s"] as? [String: Double])
            #expect(Set(latency.keys) == ["count", "mean", "p50", "p90", "p99", "p999", "max"])
            let rising = ["p50", "p90", "p99", "p999", "max"].compactMap { latency[$0] }
            #expect(rising == rising.sorted() && rising[0] > 0 && rising[4] <= after.timeIntervalSince(before))
        }

        /// A record's time is that from its reading to its writing, not that of others.
        @Test func theLatencyIsThatOfTheRecord() throws {
            let rounds = try Pace.rounds(seconds: 0.4)
            let program = try RunningProgram("-j", "1", "-r", rounds, "--summary")
            for _ in 1...2 {
                program.send("a\n")
                _ = try program.nextLine()
            }
            let outcome = try program.finish()
            let latency = try #require(try object(outcome.errorText)["latency_s"] as? [String: Double])
            let total = try #require(try object(outcome.errorText)["totaltime_in_s"] as? Double)
            #expect(latency["count"] == 2 && latency["p50"]! > 0.05, outcome.story)
            #expect(latency["mean"]! * 2 <= total, outcome.story)
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func aSignalIsFollowedByTheSummary(_ signal: Int32) throws {
            let program = try RunningProgram("-r", "1", "--summary")
            program.send("a\nb\nc")
            _ = try program.nextLines(2)
            program.signal(signal)
            let outcome = try program.waitForEnd()
            #expect(outcome.ending == .signal(signal), outcome.story)
            let summary = try object(outcome.errorText)
            #expect(summary["records_in"] as? Int == 2 && summary["records_out"] as? Int == 2, outcome.story)
        }

        @Test func theStatusIsToldEachInterval() throws {
            let program = try RunningProgram("-r", "1", "--stats", "0.1")
            try program.waitUntilReady()
            try program.wait("five lines") { countNewlines(program.errorOutput) >= 5 }
            let lines = program.errorText.split(separator: "\n").prefix(5).map(String.init)
            let times = try lines.map { try #require(try object($0)["elapsed_s"] as? Double) }
            for (index, time) in times.enumerated() { #expect(time >= Double(index + 1) / 10, program.story) }
            let status = try program.status()
            #expect(try status.keys.sorted() == object(lines[0]).keys.sorted())
            _ = try program.finish()
        }

        @Test func withoutAnIntervalTheMemoryOfTheChildrenIsToldOnDemand() throws {
            let program = try RunningProgram("-r", "1", "-j", "1")
            program.send("a\n")
            _ = try program.nextLine()
            let workers = try #require(try program.status()["workers"] as? [[String: Any]])
            let told = try #require(workers[0]["rss_bytes"] as? Int, program.story)
            let pages = try #require(ProcessTable.text("/proc/\(program.children[0])/statm")).split(separator: " ")[1]
            #expect(told > 0 && abs(told - Int(pages)! * 4096) < 8 << 20, program.story)
            try program.waitForRest()
            _ = try program.finish()
        }

        /// What is watched is woken a few times a second at most.
        @Test func watchingRestsToo() throws {
            let directory = try TemporaryDirectory()
            let program = try RunningProgram(
                "-r", "1", "--progress=always", "--stats", "1000", "--metrics-file", "\(directory.path)/m.prom")
            program.send("a\n")
            _ = try program.nextLine()
            try program.waitForRest(windowSeconds: 2)
            _ = try program.finish()
        }
    }

    /// The file for Prometheus: replaced as a whole, and what happens when that fails.
    @Suite struct MetricsFile {
        @Test func itIsThereFromTheStartAndReplacedAtTheEnd() throws {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/phash.prom"
            let program = try RunningProgram("-r", "1", "--metrics-file", path)
            try program.wait("the file") { FileManager.default.fileExists(atPath: path) }
            let first = try String(contentsOfFile: path, encoding: .utf8)
            #expect(first.contains("\nphash_records_read_total 0\n") && first.contains("phash_build_info{version=\"0."))
            program.send("a\nb\n")
            _ = try program.nextLines(2)
            try program.finish().expect(0)
            let last = try String(contentsOfFile: path, encoding: .utf8)
            #expect(last.contains("\nphash_records_written_total 2\n"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["phash.prom"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            let status = try #require(ProcessTable.text("/proc/self/status"))
            let digits = try #require(status.firstMatch(of: /Umask:\s*(\d+)/))
            let mask = try #require(Int(digits.1, radix: 8))
            #expect(mode == 0o666 & ~mask)
        }

        /// However often it is read, it is whole.
        @Test func aReaderNeverSeesHalfAFile() throws {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/phash.prom"
            let program = try RunningProgram("-r", "1", "--metrics-file", path)
            program.send("a\n")
            _ = try program.nextLine()
            var versions: Set<String> = []
            try program.wait("the next edition") {
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
                #expect(text.contains("phash_record_latency_seconds_count"), "\(text)")
                versions.insert(text)
                return versions.count > 1
            }
            try program.finish().expect(0)
        }

        @Test func whatCannotBeWrittenIsSaidAtTheStart() throws {
            let directory = try TemporaryDirectory()
            let cases = [
                ("\(directory.path)/none/m.prom", "No such file or directory"), (directory.path, "no regular file"),
                ("/dev/null", "no regular file"), ("\(directory.path)/\u{1B}/x", "'\(directory.path)/?/x'"),
            ]
            for (path, why) in cases {
                let outcome = try phash(["-r", "1", "--metrics-file", path], input: Array("a\n".utf8))
                #expect(outcome.ending == .exit(74) && outcome.output.isEmpty, outcome.story)
                #expect(outcome.errorText.hasPrefix("phash: metrics file '"), outcome.story)
                #expect(outcome.errorText.contains(why) && countNewlines(outcome.errorOutput) == 1, outcome.story)
                #expect(!outcome.errorText.contains("\u{1B}"), outcome.story)
            }
        }

        /// A disk that is full, or a folder that goes away: told once, and tried again.
        @Test func aFailureLaterIsToldOnceAndTriedAgain() throws {
            let directory = try TemporaryDirectory()
            let folder = "\(directory.path)/folder"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let program = try RunningProgram("-r", "1", "--metrics-file", "\(folder)/m.prom")
            try program.wait("the file") { FileManager.default.fileExists(atPath: "\(folder)/m.prom") }
            try FileManager.default.removeItem(atPath: folder)
            try program.wait("the message") { countNewlines(program.errorOutput) > 0 }
            #expect(program.errorText.contains("No such file or directory; trying again"), program.story)
            program.send("a\n")
            _ = try program.nextLine()
            // The next attempt fails as well, and says nothing.
            program.watch(seconds: 5.5, every: 50)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try program.wait("the file again") { FileManager.default.fileExists(atPath: "\(folder)/m.prom") }
            let outcome = try program.finish()
            #expect(outcome.ending == .exit(0) && countNewlines(outcome.errorOutput) == 1, outcome.story)
        }
    }

    /// `-v`: the life of each child.
    @Suite struct Verbosity {
        @Test func theLifeOfEachChildIsTold() throws {
            let program = try RunningProgram("-r", "1", "-j", "1", "-v")
            program.send("a\nb\n")
            _ = try program.nextLines(2)
            let first = program.children[0]
            kill(first, SIGKILL)
            try program.wait("its end") { program.errorText.contains("process \(first) was killed") }
            program.send("c\n")
            _ = try program.nextLine()
            let second = program.children[0]
            let outcome = try program.finish()
            #expect(outcome.ending == .exit(0), outcome.story)
            let lines = outcome.errorText.split(separator: "\n").map(String.init)
            #expect(lines.count == 6, outcome.story)
            let expected = [
                "phash: worker 1: process \(first) started", "phash: worker 1: ready, lanes: ",
                "phash: worker 1: process \(first) was killed by signal 9 (Killed), after 2 records in ",
                "phash: worker 1: process \(second) started in the place of the one before it, restart 1",
                "phash: worker 1: ready, lanes: ",
                "phash: worker 1: process \(second) exited with status 0, after 1 record in ",
            ]
            for (line, start) in zip(lines, expected) { #expect(line.hasPrefix(start), outcome.story) }
        }
    }
}

extension RunningProgram {
    /// Waits for a line of `--stats` that fits, and gives it taken apart.
    fileprivate func waitForStats(_ fits: ([String: Any]) -> Bool) throws -> [String: Any] {
        var found: [String: Any]?
        try wait("a line of statistics that fits") {
            let lines = errorText.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            found = try lines.last.map { try object(String($0)) }.flatMap { fits($0) ? $0 : nil }
            return found != nil
        }
        return found!
    }
}
