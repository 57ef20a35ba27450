internal import PhashDigest
internal import PhashWire

/// Reads records and finds out whether their hashes are right, those that are hashed the same way side by side.
@safe
struct RecordChecker {
    /// A record whose hash is to be computed. Its bytes lie in the batch or with the reader.
    @safe
    private struct Pending {
        /// Its place in the batch.
        let place: Int
        let line: UInt64
        let hash: UnsafeRawBufferPointer
        let encoding: RecordFormat.Encoding
    }

    private var methods: CheckMethods
    private var reader = RecordReader()
    private var hashText = HashText(maximumDigestBytes: 64)
    /// By method: what is to be hashed, and the messages of it.
    private var pending: [[Pending]]
    private var messages: [[UnsafeRawBufferPointer]]
    private var digests: [UInt8] = []

    init(methods: CheckMethods) {
        self.methods = methods
        pending = Array(repeating: [], count: CheckMethods.capacity)
        unsafe messages = Array(repeating: [], count: CheckMethods.capacity)
    }

    /// Stores a verdict for each of `lines` in `results`, `Verdict.resultBytes` each.
    mutating func check(
        _ lines: UnsafeBufferPointer<UnsafeRawBufferPointer>, into results: UnsafeMutableRawBufferPointer
    ) {
        reader.restart(lineBytes: unsafe lines.reduce(0) { $0 + $1.count })
        for place in 0..<lines.count {
            guard let record = unsafe reader.read(lines[place]) else {
                unsafe store(.malformed, line: 0, place, in: results)
                continue
            }
            let index = unsafe methodIndex(for: record.tag, results)
            if let verdict = verdictWithoutHashing(record, place, methodIndex: index) {
                unsafe store(verdict, line: record.line, place, in: results)
            }
        }
        unsafe finish(results)
    }

    /// The place of the method for records with this tag, learned if need be.
    private mutating func methodIndex(for tag: RecordTag?, _ results: UnsafeMutableRawBufferPointer) -> Int {
        if let index = methods.index(of: tag) { return index }
        guard let tag else { preconditionFailure("records without a tag have a method") }
        if let index = methods.add(tag) { return index }
        // No room: what refers to the others is done first.
        unsafe finish(results)
        methods.forget()
        guard let index = methods.add(tag) else { preconditionFailure("there is room for one more") }
        return index
    }

    /// What is to be said of a record whose hash need not be computed; nil when it has been put among those to be hashed.
    private mutating func verdictWithoutHashing(
        _ record: ReadRecord, _ place: Int, methodIndex index: Int
    ) -> Verdict? {
        switch (methods[index], record.outcome) {
        case (.refuse(.malformed), _):
            return .malformed
        case (_, .error(let code)):
            return .noHash(code)
        case (.refuse(let verdict), .hash):
            return verdict
        case (.hash(let digester), .hash(let text)):
            let digestBytes = digester.algorithm.digestBytes
            guard
                let encoding = HashText.encoding(textBytes: text.count, digestBytes: digestBytes)
            else { return .malformed }
            guard let input = unsafe record.input else { return .noInput }
            unsafe pending[index].append(Pending(place: place, line: record.line, hash: text, encoding: encoding))
            unsafe messages[index].append(input)
            return nil
        }
    }

    /// Hashes what is pending and stores what comes of it.
    private mutating func finish(_ results: UnsafeMutableRawBufferPointer) {
        for index in 0..<methods.count where !pending[index].isEmpty {
            guard case .hash(let digester) = methods[index] else {
                preconditionFailure("only what can be hashed waits")
            }
            let size = digester.algorithm.digestBytes
            let byteCount = pending[index].count * size
            if digests.count < byteCount {
                digests.append(contentsOf: repeatElement(0, count: byteCount - digests.count))
            }
            unsafe digests.withUnsafeMutableBytes { digests in
                unsafe messages[index].withUnsafeBufferPointer { messages in
                    unsafe digester.hash(messages, into: .init(rebasing: digests[..<byteCount]))
                }
            }
            unsafe digests.withUnsafeBytes { digests in
                for (number, record) in pending[index].enumerated() {
                    let digest = unsafe UnsafeRawBufferPointer(rebasing: digests[number * size..<(number + 1) * size])
                    let text = unsafe hashText.text(of: digest, in: record.encoding)
                    let isEqual = unsafe ConstantTime.areEqual(text, record.hash)
                    unsafe store(isEqual ? .matches : .differs, line: record.line, record.place, in: results)
                }
            }
            pending[index].removeAll(keepingCapacity: true)
            unsafe messages[index].removeAll(keepingCapacity: true)
        }
    }

    private func store(_ verdict: Verdict, line: UInt64, _ place: Int, in results: UnsafeMutableRawBufferPointer) {
        let start = place * Verdict.resultBytes
        unsafe verdict.store(line: line, into: .init(rebasing: results[start..<start + Verdict.resultBytes]))
    }
}
