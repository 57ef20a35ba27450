internal import PhashCore

extension RecordWriter {
    /// Appends what a `MemberReader` made of records: each as it was with its strings replaced, as it was, as an error
    /// record, or not at all.
    mutating func writeMembers(
        firstLine: UInt64, inputs: UnsafeBufferPointer<UnsafeRawBufferPointer>, results: ResultBuffer
    ) -> PartTally {
        var tally = PartTally()
        unsafe results.withUnsafeResults { bytes, ends in
            var start = 0
            for index in 0..<inputs.count {
                let end = unsafe ends[index]
                let result = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                unsafe writeMember(line: firstLine &+ UInt64(index), inputs[index], result, &tally)
                start = end
            }
        }
        return tally
    }

    @inline(__always)
    private mutating func writeMember(
        line: UInt64, _ input: UnsafeRawBufferPointer, _ result: UnsafeRawBufferPointer, _ tally: inout PartTally
    ) {
        guard let kind = unsafe MemberResult.Kind(rawValue: result[0]) else { preconditionFailure("no such result") }
        switch kind {
        case .replaced:
            let start = output.count
            unsafe appendReplaced(input, result)
            endMember(from: start)
        case .passed:
            tally.unhashed += 1
            let start = output.count
            unsafe output.append(input)
            endMember(from: start)
        case .skipped: tally.skipped += 1
        case .missing, .notString, .invalid:
            tally.errors += 1
            unsafe writeMemberError(line: line, kind, result)
        }
    }

    /// Ends a record that begins at a place of the output, and makes one line of it: newlines can only be white space there.
    @inline(__always)
    private mutating func endMember(from start: Int) {
        if format.joinsLines { output.replaceNewlines(from: start) }
        output.append(UInt8(ascii: "\n"))
    }

    /// Appends a record with its strings replaced.
    @inline(__always)
    private mutating func appendReplaced(_ input: UnsafeRawBufferPointer, _ result: UnsafeRawBufferPointer) {
        let count = unsafe Int(result[1])
        let digestBytes = MemberResult.digestBytes(in: format)
        var copied = 0
        for index in 0..<count {
            let place = MemberResult.headerBytes(strings: index)
            let start = unsafe Int(UInt32(littleEndian: result.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            let end = unsafe Int(UInt32(littleEndian: result.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self)))
            let digest = MemberResult.headerBytes(strings: count) + index * digestBytes
            unsafe output.append(UnsafeRawBufferPointer(rebasing: input[copied..<start]))
            unsafe appendEncoded(.init(rebasing: result[digest..<digest + digestBytes]), to: &output)
            copied = end
        }
        unsafe output.append(UnsafeRawBufferPointer(rebasing: input[copied...]))
    }

    @inline(never)
    private mutating func writeMemberError(line: UInt64, _ kind: MemberResult.Kind, _ result: UnsafeRawBufferPointer) {
        let code: RecordErrorCode
        let message: String
        switch kind {
        case .missing:
            code = .fieldMissing
            message = MemberResult.missingMessage
        case .notString:
            code = .fieldNotString
            message = MemberResult.notStringMessage
        case .invalid:
            let complaint = unsafe JSONComplaint(rawValue: result[1])
            let offset = unsafe UInt32(littleEndian: result.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
            code = .invalidJSON
            message = MemberResult.invalidMessage(complaint ?? .noObject, offset: Int(offset))
        case .replaced, .passed, .skipped: preconditionFailure("this is no error")
        }
        unsafe writeError(line: line, input: nil, code: code, message: message)
    }
}
