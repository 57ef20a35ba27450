package import PhashWire

/// Checking: reads records of phash's own output, hashes again what they say was hashed, and compares.
package struct CheckJob: Job {
    private let digest: DigestJob
    /// The name of the key; nil for any.
    private let keyIdentifier: String?
    /// Made in the child, as what hashes is.
    private var checker: RecordChecker?

    /// What the parameters of this job begin with, where those of `DigestJob` have the name of an algorithm.
    static let name = "check"

    /// - Parameters:
    ///   - digest: How records are hashed that do not say so themselves, and with which key all that had one.
    ///   - keyIdentifier: The name of that key: records that name another are not checked; nil when none are to be left out.
    package init(digest: DigestJob, keyIdentifier: String? = nil) {
        self.digest = digest
        self.keyIdentifier = keyIdentifier
    }

    /// In the child: what the parent's job gave as its parameters.
    package init(parameters: [UInt8]) throws {
        var reader = ByteReader(parameters)
        guard reader.read(String.self) == Self.name, let identifier = reader.read(String.self),
            var digest = reader.read([UInt8].self)
        else {
            throw MalformedParameters()
        }
        // There may be a key in it.
        defer { digest.wipe() }
        self.init(
            digest: try DigestJob(parameters: digest, keepsKey: true),
            keyIdentifier: identifier.isEmpty ? nil : identifier)
        checker = RecordChecker(methods: CheckMethods(digest: self.digest, keyIdentifier: keyIdentifier))
    }

    package var parameters: [UInt8] {
        var inner = digest.parameters
        defer { inner.wipe() }
        // Room for all of it, so that no part of a key is left behind in a smaller one.
        var writer = ByteWriter(capacity: 256 + inner.count)
        writer.write(Self.name)
        writer.write(keyIdentifier ?? "")
        writer.write(inner)
        return writer.bytes
    }

    package var lanes: Int { digest.lanes }

    package var isConfined: Bool { digest.isConfined }

    package mutating func run(_ records: RecordBatch, into results: inout ResultBuffer) {
        precondition(checker != nil, "the parent does not hash")
        unsafe results.append(count: records.count, size: Verdict.resultBytes) { memory in
            unsafe checker?.check(records.messages, into: memory)
        }
    }

    private struct MalformedParameters: Error, CustomStringConvertible {
        var description: String { "the parent's parameters for checking are malformed" }
    }
}
