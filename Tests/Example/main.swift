import PhashEngine
import PhashWire

/// Counts the vowels of each record: a job that is not hashing.
struct VowelCount: Job {
    func run(_ records: RecordBatch, into results: inout ResultBuffer) {
        for record in records {
            let vowels = record.count { "aeiouAEIOU".utf8.contains($0) }
            results.append(String(vowels).utf8)
        }
    }
}

var format = RecordFormat(maximumResultBytes: 20)
format.encoding = .text
format.resultMember = "vowels"
Filter.main(VowelCount(), format: format)
