/// Why a record has no result: the `error` member of its record. Contract section 3; the set is closed.
package enum RecordErrorCode: String, CaseIterable, Sendable {
    /// The record is longer than `--max-line`; it carries no `input`.
    case lineTooLong = "line_too_long"
    /// The record took longer than `--timeout` as often as it was tried.
    case timeout = "timeout"
    /// The record's worker died as often as it was tried.
    case workerCrashed = "worker_crashed"
    /// With `--json-field`: the record is not one JSON object.
    case invalidJSON = "invalid_json"
    /// With `--json-field`: there is nothing at the pointer.
    case fieldMissing = "field_missing"
    /// With `--json-field`: what is at the pointer is no string.
    case fieldNotString = "field_not_string"

    /// Longest `message` of an error record, bytes as escaped; the writer cuts longer ones. Room for it is
    /// reserved for every record, so it is short.
    package static let maximumMessageBytes = 160

    /// What the record of a line that is too long says.
    package static func lineTooLongMessage(maximumLineBytes: Int) -> String {
        "longer than \(maximumLineBytes) bytes, see --max-line"
    }

    /// Whether the record may carry its input: that of a line too long was never kept, and with `--json-field` none is
    /// repeated.
    var canCarryInput: Bool {
        switch self {
        case .lineTooLong, .invalidJSON, .fieldMissing, .fieldNotString: false
        case .timeout, .workerCrashed: true
        }
    }

    /// Longest raw value, bytes.
    static let longestNameBytes = allCases.map(\.rawValue.utf8.count).max() ?? 0
}
