import Foundation
import PhashCore
import PhashTestKit

@testable import PhashWire

/// What the scanner finds, in the words of the reference.
func outcome(of record: [UInt8], at pointer: JSONPointer) -> MemberReference.Outcome {
    // Exactly as much memory as there is, so that a sanitizer sees every byte that is read beyond.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: record.count, alignment: 1)
    defer { unsafe memory.deallocate() }
    unsafe memory.copyBytes(from: record)
    let scanner = MemberScanner(pointer)
    switch unsafe scanner.scan(UnsafeRawBufferPointer(memory)) {
    case .strings(let count):
        var found: [MemberReference.Found] = []
        for index in 0..<count {
            let target = unsafe scanner.targets[index]
            let contents = target.start..<target.end
            guard let text = target.hasEscapes ? decoded(Array(record[contents])) : Array(record[contents]) else {
                return .invalid
            }
            found.append(.init(contents: contents, text: text))
        }
        return .strings(found)
    case .missing: return .missing
    case .notString: return .notString
    case .invalid: return .invalid
    }
}

func outcome(of record: String, at pointer: String) throws -> MemberReference.Outcome {
    outcome(of: Array(record.utf8), at: try JSONPointer(pointer))
}

/// The text of a string's contents; nil when half a surrogate pair is in it.
func decoded(_ contents: [UInt8]) -> [UInt8]? {
    unsafe contents.withUnsafeBytes { contents in
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, contents.count), alignment: 1)
        defer { unsafe memory.deallocate() }
        guard let count = unsafe try? decodeJSONString(contents, into: memory.baseAddress!) else { return nil }
        return unsafe Array(memory[..<count])
    }
}

/// The texts that are hashed when a record is read; nil when the record has no strings at the pointer.
func texts(in record: String, at pointer: String) throws -> [String]? {
    guard case .strings(let found) = try outcome(of: record, at: pointer) else { return nil }
    return found.map { String(decoding: $0.text, as: UTF8.self) }
}

/// What is wrong with a record, and the offset of the byte where that showed.
func fault(in record: [UInt8], at pointer: String = "/a") throws -> (complaint: JSONComplaint, offset: Int)? {
    let scanner = MemberScanner(try JSONPointer(pointer))
    return unsafe record.withUnsafeBytes { record in
        guard case .invalid(let complaint, let offset) = unsafe scanner.scan(record) else { return nil }
        return (complaint, offset)
    }
}

func fault(in record: String, at pointer: String = "/a") throws -> (complaint: JSONComplaint, offset: Int)? {
    try fault(in: Array(record.utf8), at: pointer)
}

// MARK: - From records to output

/// A digest that is none: `count` bytes that depend on every byte of the text.
func standInDigest(_ text: some Sequence<UInt8>, count: Int) -> [UInt8] {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (0..<count).map { _ in
        state = (state ^ 0x55) &* 0x100_0000_01B3
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}

extension RecordFormat {
    /// Records with a member replaced by a digest of that many bytes.
    static func member(digestBytes: Int, encoding: Encoding = .hexadecimal) -> RecordFormat {
        RecordFormat(maximumResultBytes: MemberResult.maximumBytes(digestBytes: digestBytes)) {
            $0.shape = .member
            $0.includesInput = false
            $0.encoding = encoding
        }
    }
}

/// Puts batches of records through one reader and one writer, each batch with exactly the memory that is reserved for it.
struct Rewriter {
    var pointer: JSONPointer
    var missing = MemberReader.MissingMember.fails
    var encoding = RecordFormat.Encoding.hexadecimal
    var digestBytes = 20
    /// Bytes of all strings that were hashed.
    private(set) var hashedBytes = 0
    private var reader: MemberReader?

    init(_ pointer: String) throws { self.pointer = try JSONPointer(pointer) }

    mutating func run(_ records: [[UInt8]], firstLine: UInt64 = 1) -> (output: [UInt8], tally: PartTally) {
        let format = RecordFormat.member(digestBytes: digestBytes, encoding: encoding)
        let reader = reader ?? MemberReader(pointer, missing: missing, digestBytes: digestBytes)
        self.reader = reader
        let joined = records.flatMap { $0 }
        let room = format.worstBytesPerInputByte * joined.count + format.worstBytesPerRecord * records.count
        var output = [UInt8](repeating: 0, count: room)
        var tally = PartTally()
        let digestBytes = digestBytes
        var hashedBytes = 0
        let byteCount = unsafe joined.withUnsafeBytes { joined in
            var start = 0
            let inputs = unsafe records.map { record in
                defer { start += record.count }
                return unsafe UnsafeRawBufferPointer(rebasing: joined[start..<start + record.count])
            }
            return unsafe inputs.withUnsafeBufferPointer { inputs in
                var results = ResultBuffer(maximumResultBytes: format.maximumResultBytes)
                unsafe reader.run(RecordBatch(messages: inputs), into: &results) { strings, digests in
                    var place = 0
                    for index in 0..<strings.count {
                        let digest = unsafe standInDigest(strings[index], count: digestBytes)
                        unsafe UnsafeMutableRawBufferPointer(rebasing: digests[place...]).copyBytes(from: digest)
                        place += digestBytes
                        unsafe hashedBytes += strings[index].count
                    }
                    precondition(place == digests.count)
                }
                return unsafe output.withUnsafeMutableBytes { memory in
                    var writer = unsafe RecordWriter(format: format, memory: memory)
                    unsafe tally = writer.writeResults(firstLine: firstLine, inputs: inputs, results: results)
                    return writer.byteCount
                }
            }
        }
        self.hashedBytes += hashedBytes
        return (Array(output[..<byteCount]), tally)
    }

    /// The same as lines of text.
    mutating func lines(_ records: [String]) -> [String] {
        let output = run(records.map { Array($0.utf8) }).output
        return String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
            .map(String.init)
    }

    /// What a digest looks like in the output.
    func encodedDigest(_ text: [UInt8]) -> [UInt8] {
        let digest = standInDigest(text, count: digestBytes)
        return Array((encoding == .base64 ? Data(digest).base64EncodedString() : referenceHexadecimal(digest)).utf8)
    }
}
