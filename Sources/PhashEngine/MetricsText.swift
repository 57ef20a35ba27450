/// Text in the exposition format of Prometheus: each metric with its help and its type, then its samples.
package struct MetricsText {
    package enum Kind: String {
        case counter, gauge, summary
    }

    package private(set) var text = ""

    package init() {}

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP phash_\(name) \(help)\n# TYPE phash_\(name) \(kind.rawValue)\n"
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: String) {
        text += "phash_\(name)\(labels) \(value)\n"
    }

    package mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ value: UInt64, label: (name: String, value: String)? = nil
    ) {
        begin(name, kind, help)
        sample(name, label.map { "{\($0.name)=\"\(Self.escaped($0.value))\"}" } ?? "", "\(value)")
    }

    package mutating func add(_ name: String, _ kind: Kind, _ help: String, decimal: String) {
        begin(name, kind, help)
        sample(name, "", decimal)
    }

    /// A sample for each worker that has a value; nothing at all when none has.
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ workers: [RunReport.Worker],
        value: (RunReport.Worker) -> String?
    ) {
        let samples = workers.compactMap { worker in value(worker).map { (worker.number, $0) } }
        guard !samples.isEmpty else { return }
        begin(name, kind, help)
        for (number, value) in samples { sample(name, "{worker=\"\(number)\"}", value) }
    }

    mutating func addSummary(_ name: String, _ help: String, _ latency: LatencyReport) {
        begin(name, .summary, help)
        for (index, quantile) in latency.quantiles.enumerated() {
            let share = LatencyReport.shares[index].share
            // Of nothing there is no quantile.
            let value = latency.count == 0 ? "NaN" : Figures.seconds(Double(quantile))
            sample(name, "{quantile=\"\(share)\"}", value)
        }
        sample("\(name)_sum", "", Figures.seconds(latency.sum))
        sample("\(name)_count", "", "\(latency.count)")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            default: text.append(character)
            }
        }
        return text
    }
}
