package import PhashCore

/// Writes finished records, one line each, into memory that it is handed: contract section 3.
///
/// A record needs at most `format.worstBytesPerInputByte` for each byte of its input and `format.worstBytesPerRecord` for
/// the rest; one that outgrows the memory traps. Nothing is allocated for a record.
@safe
package struct RecordWriter {
    var output: OutputMemory
    let format: RecordFormat
    /// Places of the lines that are no records of phash, as far as they are to be named.
    package var malformedLines: [UInt64] = []
    /// What stands between the input and the result: `","algorithm":"sha512","rounds":1,"hash":"`. Its first character
    /// ends the input and is not there without one.
    private let resultOpening: [UInt8]
    /// What stands between the input and the error code: `,"algorithm":"sha512","rounds":1,"error":"`.
    private let errorOpening: [UInt8]

    /// A writer that begins at the start of `memory`, which must outlive it and which nothing else may touch meanwhile.
    package init(format: RecordFormat, memory: UnsafeMutableRawBufferPointer) {
        precondition(format.isValid, "a record format that no record can be written in")
        output = unsafe OutputMemory(memory)
        self.format = format
        let inputClosing = format.includesInput ? "\"" : ""
        resultOpening = Array("\(inputClosing)\(format.tag),\"\(format.resultMember)\":\"".utf8)
        errorOpening = Array("\(format.tag),\"error\":\"".utf8)
    }

    /// Bytes written so far.
    package var byteCount: Int { output.count }

    /// Begins again, at the start of other memory, under the same conditions as `init`.
    package mutating func restart(in memory: UnsafeMutableRawBufferPointer) {
        output = unsafe OutputMemory(memory, like: output)
        malformedLines.removeAll(keepingCapacity: true)
    }

    /// Appends the records of a job's results.
    ///
    /// - Parameters:
    ///   - firstLine: the first record's place in the input; 1 is the first.
    ///   - inputs: the records' bytes, without their delimiters; as many as there are results.
    /// - Returns: What became of the records.
    package mutating func writeResults(
        firstLine: UInt64, inputs: UnsafeBufferPointer<UnsafeRawBufferPointer>, results: ResultBuffer
    ) -> PartTally {
        precondition(results.count == inputs.count, "each record has one result")
        if format.shape == .member {
            return unsafe writeMembers(firstLine: firstLine, inputs: inputs, results: results)
        }
        if format.shape == .verdict { return writeVerdicts(firstLine: firstLine, results: results) }
        // Values of our own, so that they stay in registers.
        var output = self.output
        var line = DecimalCounter(firstLine)
        unsafe resultOpening.withUnsafeBytes { opening in
            unsafe results.withUnsafeResults { bytes, ends in
                var start = 0
                for index in 0..<inputs.count {
                    let end = unsafe ends[index]
                    let result = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                    unsafe append(line, input: inputs[index], opening: opening, result: result, to: &output)
                    line.countUp()
                    start = end
                }
            }
        }
        self.output = output
        return PartTally()
    }

    /// Appends the record of a result.
    ///
    /// - Parameters:
    ///   - line: the record's place in the input; 1 is the first.
    ///   - input: the record's bytes, without their delimiter.
    ///   - result: the raw bytes of its result, at most `format.maximumResultBytes`.
    package mutating func writeResult(line: UInt64, input: UnsafeRawBufferPointer, result: UnsafeRawBufferPointer) {
        precondition(result.count <= format.maximumResultBytes, "a result is longer than its job said")
        precondition(format.shape != .member, "what becomes of a record is said by `writeMembers`")
        var output = self.output
        unsafe resultOpening.withUnsafeBytes { opening in
            unsafe append(DecimalCounter(line), input: input, opening: opening, result: result, to: &output)
        }
        self.output = output
    }

    /// Appends one record to `output`.
    ///
    /// - Parameter opening: `resultOpening`, which need not be asked for anew for each record.
    @inline(__always)
    private func append(
        _ line: DecimalCounter, input: UnsafeRawBufferPointer, opening: UnsafeRawBufferPointer,
        result: UnsafeRawBufferPointer, to output: inout OutputMemory
    ) {
        switch format.shape {
        case .json:
            output.appendLineMember(line)
            if format.includesInput { unsafe output.appendInputMember(input) }
            unsafe output.append(opening)
            unsafe appendEncoded(result, to: &output)
            output.append(word: UInt16(0x7D22))  // "}
            output.append(UInt8(ascii: "\n"))
        case .bare:
            unsafe appendEncoded(result, to: &output)
            output.append(UInt8(ascii: "\n"))
        case .member: preconditionFailure("records of that shape are written by `writeMembers`")
        case .verdict: preconditionFailure("verdicts are written together")
        }
    }

    @inline(__always)
    func appendEncoded(_ result: UnsafeRawBufferPointer, to output: inout OutputMemory) {
        switch format.encoding {
        case .hexadecimal: unsafe output.appendHexadecimal(result)
        case .base64: unsafe output.appendBase64(result)
        case .text: _ = unsafe output.appendJSONText(result, illFormed: .isReplaced)
        }
    }

    /// Appends the record of a failure.
    ///
    /// - Parameters:
    ///   - line: the record's place in the input; 1 is the first.
    ///   - input: the record's bytes, without their delimiter; nil when they are not known, as of a line too long.
    ///   - code: what went wrong.
    ///   - message: the same for people; it must not hold text of the record. What exceeds
    ///     `RecordErrorCode.maximumMessageBytes` is cut off between two characters.
    package mutating func writeError(
        line: UInt64, input: UnsafeRawBufferPointer?, code: RecordErrorCode, message: String
    ) {
        switch format.shape {
        case .json, .member:
            output.appendLineMember(DecimalCounter(line))
            if format.includesInput, let input = unsafe input {
                unsafe output.appendInputMember(input)
                output.append(UInt8(ascii: "\""))
            }
            output.append(errorOpening)
            appendText(code.rawValue)
            output.append("\",\"message\":\"")
            appendText(message)
            output.append("\"}\n")
        case .bare:
            output.append("\n")
        case .verdict:
            writeFailure(line: line, code: code)
        }
    }

    /// Appends `text` escaped, or as many of its first characters as fit into the longest message.
    private mutating func appendText(_ text: String) {
        var escapedBytes = 0
        let kept = text.unicodeScalars.prefix { scalar in
            let needsEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            escapedBytes += needsEscape ? OutputMemory.worstEscapedBytesPerByte : UTF8.width(scalar)
            return escapedBytes <= RecordErrorCode.maximumMessageBytes
        }
        var message = String(String.UnicodeScalarView(kept))
        message.withUTF8 { bytes in
            _ = unsafe output.appendJSONText(UnsafeRawBufferPointer(bytes), illFormed: .isReplaced)
        }
    }
}

extension OutputMemory {
    /// Appends the member that begins every record.
    @inline(__always)
    fileprivate mutating func appendLineMember(_ line: DecimalCounter) {
        append(word: 0x3A22_656E_696C_227B as UInt64)  // {"line":
        append(line)
    }

    /// Appends the member that holds the input, without its last quotation mark.
    @inline(__always)
    fileprivate mutating func appendInputMember(_ input: UnsafeRawBufferPointer) {
        // Most input is UTF-8: write it as such in the same pass that checks it, and begin anew when it is not.
        let start = count
        append(word: 0x2274_7570_6E69_222C as UInt64)  // ,"input"
        append(word: 0x223A as UInt16)  // :"
        if unsafe !appendJSONText(input, illFormed: .stops) {
            truncate(to: start)
            append(",\"input_base64\":\"")
            unsafe appendBase64(input)
        }
    }
}

extension RecordWriter {
    /// Appends the records of lines that are too long.
    ///
    /// - Parameters:
    ///   - firstLine: The first one's place in the input.
    ///   - maximumLineBytes: What they are longer than, for the message.
    /// - Returns: What became of them: a check cannot say that they are wrong.
    package mutating func writeTooLong(firstLine: UInt64, count: Int, maximumLineBytes: Int) -> PartTally {
        let message = RecordErrorCode.lineTooLongMessage(maximumLineBytes: maximumLineBytes)
        for index in 0..<count {
            unsafe writeError(line: firstLine + UInt64(index), input: nil, code: .lineTooLong, message: message)
        }
        return format.shape == .verdict ? PartTally(unhashed: count) : PartTally(errors: count)
    }
}
