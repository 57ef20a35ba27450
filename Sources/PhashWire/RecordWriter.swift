/// Writes finished records, one line each, into memory that it is handed: contract section 3.
///
/// A record needs at most `format.worstBytesPerInputByte` for each byte of its input and `format.worstBytesPerRecord` for
/// the rest; one that outgrows the memory traps. Nothing is allocated for a record.
@safe
package struct RecordWriter {
    private var output: OutputMemory
    private let format: RecordFormat
    /// What stands between the input and the result: `,"algorithm":"sha512","rounds":1,"hash":"`.
    private let resultOpening: [UInt8]
    /// What stands between the input and the error code: `,"algorithm":"sha512","rounds":1,"error":"`.
    private let errorOpening: [UInt8]

    /// A writer that begins at the start of `memory`, which must outlive it and which nothing else may touch meanwhile.
    package init(format: RecordFormat, memory: UnsafeMutableRawBufferPointer) {
        precondition(format.isValid, "a record format that no record can be written in")
        output = unsafe OutputMemory(memory)
        self.format = format
        resultOpening = Array("\(format.tag),\"\(format.resultMember)\":\"".utf8)
        errorOpening = Array("\(format.tag),\"error\":\"".utf8)
    }

    /// Bytes written so far.
    package var byteCount: Int { output.count }

    /// Begins again, at the start of other memory, under the same conditions as `init`.
    package mutating func restart(in memory: UnsafeMutableRawBufferPointer) {
        output = unsafe OutputMemory(memory)
    }

    /// Appends the record of a result.
    ///
    /// - Parameters:
    ///   - line: the record's place in the input; 1 is the first.
    ///   - input: the record's bytes, without their delimiter.
    ///   - result: the raw bytes of its result, at most `format.maximumResultBytes`.
    package mutating func writeResult(line: UInt64, input: UnsafeRawBufferPointer, result: UnsafeRawBufferPointer) {
        precondition(result.count <= format.maximumResultBytes, "a result is longer than its job said")
        switch format.shape {
        case .json:
            unsafe appendOpening(line: line, input: input)
            output.append(resultOpening)
            unsafe appendEncoded(result)
            output.append("\"}\n")
        case .bare:
            unsafe appendEncoded(result)
            output.append("\n")
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
        case .json:
            unsafe appendOpening(line: line, input: input)
            output.append(errorOpening)
            appendText(code.rawValue)
            output.append("\",\"message\":\"")
            appendText(message)
            output.append("\"}\n")
        case .bare:
            output.append("\n")
        }
    }

    /// Appends the members that begin every record.
    private mutating func appendOpening(line: UInt64, input: UnsafeRawBufferPointer?) {
        output.append("{\"line\":")
        output.appendDecimal(line)
        guard format.includesInput, let input = unsafe input else { return }
        // Most input is UTF-8: write it as such in the same pass that checks it, and begin anew when it is not.
        let start = output.count
        output.append(",\"input\":\"")
        if unsafe !output.appendJSONText(input, illFormed: .stops) {
            output.truncate(to: start)
            output.append(",\"input_base64\":\"")
            unsafe output.appendBase64(input)
        }
        output.append("\"")
    }

    private mutating func appendEncoded(_ result: UnsafeRawBufferPointer) {
        switch format.encoding {
        case .hexadecimal: unsafe output.appendHexadecimal(result)
        case .base64: unsafe output.appendBase64(result)
        case .text: _ = unsafe output.appendJSONText(result, illFormed: .isReplaced)
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
