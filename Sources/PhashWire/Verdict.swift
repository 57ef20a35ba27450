/// What came of checking one line: the result that a job of checking has for each record.
package enum Verdict: Equatable, Sendable {
    /// The hash is right.
    case matches
    /// The hash is another.
    case differs
    /// It is an error record.
    case noHash(RecordErrorCode)
    /// The record does not say what was hashed: `--no-input`.
    case noInput
    /// It was hashed with a key, and none was given.
    case noKey
    /// It was hashed with a key that has another name.
    case otherKey
    /// It was hashed without a key, and one was given: anybody could have made it.
    case unkeyed
    /// There is no digest of that name here.
    case unknownAlgorithm
    /// The line is no record of phash.
    case malformed

    /// Bytes that a verdict takes as a result, together with the number that the record says.
    package static let resultBytes = 10

    /// Writes the verdict as a result.
    ///
    /// - Parameters:
    ///   - line: What the record says is its line; of no meaning when it is malformed.
    ///   - result: Where it goes, `resultBytes`.
    package func store(line: UInt64, into result: UnsafeMutableRawBufferPointer) {
        precondition(result.count == Self.resultBytes, "a verdict has one size")
        var code: UInt8 = 0
        if case .noHash(let reason) = self, let index = RecordErrorCode.allCases.firstIndex(of: reason) {
            code = UInt8(index)
        }
        unsafe result.storeBytes(of: kind, as: UInt8.self)
        unsafe result.storeBytes(of: code, toByteOffset: 1, as: UInt8.self)
        unsafe result.storeBytes(of: line.littleEndian, toByteOffset: 2, as: UInt64.self)
    }

    /// Reads a result that `store` wrote, with the line that the record says; traps when it is none.
    static func load(_ result: UnsafeRawBufferPointer) -> (Verdict, line: UInt64) {
        precondition(result.count == resultBytes, "a verdict has one size")
        let line = unsafe UInt64(littleEndian: result.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
        let verdict: Verdict =
            switch unsafe result[0] {
            case 0: .matches
            case 1: .differs
            case 2: .noHash(RecordErrorCode.allCases[unsafe Int(result[1])])
            case 3: .noInput
            case 4: .noKey
            case 5: .otherKey
            case 6: .unknownAlgorithm
            case 7: .malformed
            case 8: .unkeyed
            default: preconditionFailure("no verdict")
            }
        return (verdict, line)
    }

    private var kind: UInt8 {
        switch self {
        case .matches: 0
        case .differs: 1
        case .noHash: 2
        case .noInput: 3
        case .noKey: 4
        case .otherKey: 5
        case .unknownAlgorithm: 6
        case .malformed: 7
        case .unkeyed: 8
        }
    }

    /// Longest line of output for a record, its newline included.
    static let longestLineBytes =
        "line \(UInt64.max): FAILED (no hash: )\n".utf8.count + RecordErrorCode.longestNameBytes
}
