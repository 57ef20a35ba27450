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
