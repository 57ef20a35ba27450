import Foundation
import PhashWire

/// What a writer can be asked to write.
enum WrittenRecord {
    case result(line: UInt64, input: [UInt8], result: [UInt8])
    case failure(line: UInt64, input: [UInt8]?, code: RecordErrorCode, message: String)

    /// The bytes that are charged for the input.
    var inputBytes: Int {
        switch self {
        case .result(_, let input, _): input.count
        case .failure(_, let input, _, _): input?.count ?? 0
        }
    }
}

extension RecordFormat {
    init(maximumResultBytes: Int, change: (inout RecordFormat) -> Void) {
        self.init(maximumResultBytes: maximumResultBytes)
        change(&self)
    }

    /// What the contract lets a record take at most.
    func worstBytes(of record: WrittenRecord) -> Int {
        worstBytesPerInputByte * record.inputBytes + worstBytesPerRecord
    }
}

/// Writes `records` with one writer into exactly `capacity` bytes, by default as many as were to be reserved for them.
func written(_ records: [WrittenRecord], in format: RecordFormat, capacity: Int? = nil) -> [UInt8] {
    let capacity = capacity ?? records.reduce(0) { $0 + format.worstBytes(of: $1) }
    // What lies behind the memory must stay as it was.
    let guardBytes = 16
    var memory = [UInt8](repeating: 0xEE, count: capacity + guardBytes)
    let byteCount = unsafe memory.withUnsafeMutableBytes { memory in
        var writer = unsafe RecordWriter(format: format, memory: .init(rebasing: memory[..<capacity]))
        for record in records { writer.write(record) }
        return writer.byteCount
    }
    precondition(memory[capacity...].allSatisfy { $0 == 0xEE }, "the writer wrote behind its memory")
    return Array(memory[..<byteCount])
}

func written(_ record: WrittenRecord, in format: RecordFormat) -> [UInt8] {
    written([record], in: format)
}

func writtenText(_ record: WrittenRecord, in format: RecordFormat) -> String {
    String(decoding: written(record, in: format), as: UTF8.self)
}

extension RecordWriter {
    mutating func write(_ record: WrittenRecord) {
        switch record {
        case .result(let line, let input, let result):
            unsafe input.withUnsafeBytes { input in
                unsafe result.withUnsafeBytes { result in
                    unsafe writeResult(line: line, input: input, result: result)
                }
            }
        case .failure(let line, let input?, let code, let message):
            unsafe input.withUnsafeBytes { input in
                unsafe writeError(line: line, input: input, code: code, message: message)
            }
        case .failure(let line, nil, let code, let message):
            unsafe writeError(line: line, input: nil, code: code, message: message)
        }
    }
}

// MARK: - The same, written for clarity instead of speed

/// A JSON string as RFC 8259 demands and no further, by way of the standard library's Unicode scalars.
func referenceString(_ text: String) -> String {
    let shortForms: [UInt32: String] = [
        0x22: "\\\"", 0x5C: "\\\\", 0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r",
    ]
    return text.unicodeScalars.reduce(into: "") { result, scalar in
        if let short = shortForms[scalar.value] {
            result += short
        } else if scalar.value < 0x20 {
            result += String(format: "\\u%04x", scalar.value)
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
}

/// The member that holds an input, by way of the standard library's check of UTF-8 and Foundation's base64.
func referenceInput(_ input: [UInt8]) -> String {
    if let text = String(validating: input, as: UTF8.self) {
        "\"input\":\"\(referenceString(text))\""
    } else {
        "\"input_base64\":\"\(Data(input).base64EncodedString())\""
    }
}

func referenceHexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
}
