/// How results look in the output: contract section 3.
package struct RecordFormat: Sendable, Equatable {
    package enum Shape: UInt8, Sendable {
        /// One JSON object per record.
        case json
        /// The bare result, one per line; an error record is an empty line.
        case bare
        /// The record itself with strings in it replaced by their digests, as a `MemberReader` has found them; an error
        /// record is a JSON object without the input.
        case member
        /// What came of checking a record, one line each; the results are those of `Verdict`.
        case verdict
    }

    package enum Encoding: UInt8, Sendable {
        /// Lower-case hexadecimal.
        case hexadecimal
        /// RFC 4648 section 4, padded.
        case base64
        /// UTF-8 text, escaped as a JSON string.
        case text
    }

    package var shape = Shape.json
    package var encoding = Encoding.hexadecimal
    /// Whether `input` or `input_base64` is written.
    package var includesInput = true
    /// Name of the member that holds the result; letters, digits and `_` only.
    package var resultMember = "hash"
    /// Longest result of one record before encoding, bytes; 0...`maximumResultBytesLimit`.
    package var maximumResultBytes: Int
    /// Members written after `input` as they are, each with its leading comma: `,"algorithm":"sha512","rounds":1`.
    package var tag = ""
    /// Whether records with members may hold newlines, which become spaces then: else one would be more than a line.
    package var joinsLines = false
    /// What is said of verdicts; of no meaning for other shapes.
    package var verdicts = VerdictStyle()

    /// What `maximumResultBytes` may be at most, so that no reservation overflows.
    package static let maximumResultBytesLimit = 1 << 30

    /// Whether records may be left out of the output, so that a part may have no results.
    package var mayLeaveOut: Bool {
        switch shape {
        case .json, .bare: false
        case .member, .verdict: true
        }
    }

    package init(maximumResultBytes: Int) {
        precondition((0...Self.maximumResultBytesLimit).contains(maximumResultBytes), "no such length of a result")
        self.maximumResultBytes = maximumResultBytes
    }
}
