/// How much room a record may need, so that it can be reserved before the record is sent to a child.
///
/// A record of n input bytes, error records included, takes at most
/// `n * worstBytesPerInputByte + worstBytesPerRecord` bytes.
extension RecordFormat {
    /// Most bytes that one byte of input takes in the output; 0 when the input is not written.
    ///
    /// A control byte takes six, as `\u0000`. Base64 takes 4 for every 3 begun and so never more than that: 4 for one byte.
    package var worstBytesPerInputByte: Int {
        switch shape {
        case .bare, .verdict: 0
        case .json: includesInput ? OutputMemory.worstEscapedBytesPerByte : 0
        // The record itself.
        case .member: 1
        }
    }

    /// Most bytes that a record takes besides its input, its newline included.
    package var worstBytesPerRecord: Int {
        switch shape {
        case .bare: worstEncodedResultBytes + 1
        case .member:
            max(
                MemberScanner.maximumTargets * worstEncodedBytes(of: MemberResult.digestBytes(in: self)) + 1,
                openingBytes + Self.errorBytes + "}\n".utf8.count)
        case .verdict: Verdict.longestLineBytes
        case .json: openingBytes + tag.utf8.count + max(resultBytes, Self.errorBytes) + "}\n".utf8.count
        }
    }

    /// `line` and, without its contents, the longer of the two members that hold the input.
    private var openingBytes: Int {
        "{\"line\":\(UInt64.max)".utf8.count + (includesInput ? ",\"input_base64\":\"\"".utf8.count : 0)
    }

    private var resultBytes: Int {
        ",\"\(resultMember)\":\"\"".utf8.count + worstEncodedResultBytes
    }

    private var worstEncodedResultBytes: Int { worstEncodedBytes(of: maximumResultBytes) }

    private func worstEncodedBytes(of byteCount: Int) -> Int {
        switch encoding {
        case .hexadecimal: 2 * byteCount
        case .base64: base64ByteCount(of: byteCount)
        case .text: OutputMemory.worstEscapedBytesPerByte * byteCount
        }
    }

    private static let errorBytes =
        ",\"error\":\"\",\"message\":\"\"".utf8.count + RecordErrorCode.longestNameBytes
        + RecordErrorCode.maximumMessageBytes
}
