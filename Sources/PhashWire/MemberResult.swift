/// What became of a record whose member was to be replaced: how a job tells the writer of records.
///
/// In bytes: the kind; for strings how many, where each begins and ends in the record (32 bits each), and their raw digests
/// one after another; for a record that is no object the complaint and the place (32 bits).
package enum MemberResult {
    enum Kind: UInt8 {
        /// Strings are to be replaced by their digests.
        case replaced
        /// The record stays as it is.
        case passed
        /// The record is left out.
        case skipped
        /// There is nothing at the pointer.
        case missing
        /// There is something else than a string at the pointer.
        case notString
        /// The record is no JSON object.
        case invalid
    }

    /// Bytes before the digests of `count` strings.
    static func headerBytes(strings count: Int) -> Int { 2 + 8 * count }

    /// Bytes of `invalid`, the longest of those without digests.
    static let invalidBytes = 6

    /// Bytes of the longest result, when a digest takes `digestBytes`.
    package static func maximumBytes(digestBytes: Int) -> Int {
        max(
            headerBytes(strings: MemberScanner.maximumTargets) + MemberScanner.maximumTargets * digestBytes,
            invalidBytes)
    }

    /// Bytes of a digest, when the longest result takes what a format says.
    static func digestBytes(in format: RecordFormat) -> Int {
        max(0, format.maximumResultBytes - headerBytes(strings: MemberScanner.maximumTargets))
            / MemberScanner.maximumTargets
    }

    /// What the error record says of a record without that member.
    static let missingMessage = "no such member in the record, see --missing"
    /// What the error record says of a member that is no string.
    static let notStringMessage = "the member is no string"

    /// What the error record says of a record that is no object: what is wrong, and at which byte, from 1.
    static func invalidMessage(_ complaint: JSONComplaint, offset: Int) -> String {
        "\(complaint.words), at byte \(offset + 1)"
    }
}
