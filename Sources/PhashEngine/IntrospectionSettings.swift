/// What a run shows of itself; contract section 11.
package struct IntrospectionSettings: Sendable {
    /// When the progress line is shown.
    package enum Progress: Sendable {
        case never
        /// Only when stderr is a terminal.
        case automatic
        /// Whatever stderr is.
        case always
    }

    package var progress = Progress.never
    /// Records that are expected, for the progress line; nil when nobody has said.
    package var totalRecords: UInt64?
    /// Time between two status lines, nanoseconds; nil for none.
    package var statsNanoseconds: Int64?
    /// Whether a line at the end tells about the whole run.
    package var writesSummary = false
    /// The file for Prometheus; nil for none.
    package var metricsPath: String?
    /// The version of the program, for that file.
    package var version = "unknown"

    package init() {}
}
