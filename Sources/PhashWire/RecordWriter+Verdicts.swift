internal import PhashCore

/// What is said of verdicts.
package struct VerdictStyle: Equatable, Sendable {
    /// Whether nothing is said of records that hold: `--quiet`.
    package var hidesMatches: Bool
    /// Whether nothing is said at all: `--status`.
    package var isSilent: Bool
    /// Whether lines that are no records of phash are named: `--warn`.
    package var namesMalformed: Bool

    package init(hidesMatches: Bool = false, isSilent: Bool = false, namesMalformed: Bool = false) {
        self.hidesMatches = hidesMatches
        self.isSilent = isSilent
        self.namesMalformed = namesMalformed
    }
}

extension RecordWriter {
    /// Appends a line for each verdict, as far as anything is to be said of it.
    ///
    /// Where a record says that it is another line than it is does not matter here: the sum tells at the end whether all
    /// lines are there. One that is no record counts as if it said the right thing, so that it is not complained of twice.
    ///
    /// - Parameters:
    ///   - firstLine: the first record's place in the input; 1 is the first.
    ///   - results: what `Verdict` stored.
    mutating func writeVerdicts(firstLine: UInt64, results: ResultBuffer) -> PartTally {
        var tally = PartTally()
        var place = DecimalCounter(firstLine)
        let style = format.verdicts
        unsafe results.withUnsafeResults { bytes, ends in
            var start = 0
            for index in 0..<results.count {
                let end = unsafe ends[index]
                let (verdict, line) = unsafe Verdict.load(.init(rebasing: bytes[start..<end]))
                start = end
                switch verdict {
                case .malformed:
                    tally.skipped += 1
                    if style.namesMalformed { malformedLines.append(place.number) }
                    place.countUp()
                    continue
                case .matches: break
                case .differs: tally.errors += 1
                case .noHash, .noInput, .noKey, .otherKey, .unkeyed, .unknownAlgorithm: tally.unhashed += 1
                }
                tally.lineBalance &+= mixed(line: line) &- mixed(line: place.number)
                if !style.isSilent && !(style.hidesMatches && verdict == .matches) {
                    output.append(verdict, place: place)
                }
                place.countUp()
            }
        }
        return tally
    }

    /// Appends the line about a record that cost its worker the life, or could not be kept.
    mutating func writeFailure(line: UInt64, code: RecordErrorCode) {
        if format.verdicts.isSilent { return }
        output.append("line ")
        output.append(DecimalCounter(line))
        output.append(": FAILED (")
        output.append(code)
        output.append(")\n")
    }
}

extension OutputMemory {
    /// Appends the line about a record: `line 3: FAILED (no input)`.
    ///
    /// - Parameter place: The record's place in the input that is checked.
    mutating func append(_ verdict: Verdict, place: DecimalCounter) {
        append("line ")
        append(place)
        switch verdict {
        case .matches: return append(": OK\n")
        case .differs: return append(": FAILED\n")
        case .noHash(let code):
            append(": FAILED (no hash: ")
            append(code)
        case .noInput: append(": FAILED (no input")
        case .noKey: append(": FAILED (no key")
        case .otherKey: append(": FAILED (another key")
        case .unkeyed: append(": FAILED (made without a key")
        case .unknownAlgorithm: append(": FAILED (unknown algorithm")
        case .malformed: preconditionFailure("nothing is said of what is no record")
        }
        append(")\n")
    }

    /// Appends the name of an error as it stands in a record.
    mutating func append(_ code: RecordErrorCode) {
        var name = code.rawValue
        name.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
    }
}

/// A number for a line, such that numbers that differ have nothing in common: sums of them over two sets of lines are the
/// same, beyond doubt for all that is practical, only if the sets are the same.
///
/// The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
func mixed(line: UInt64) -> UInt64 {
    var mixed = line &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
