internal import PhashDigest
internal import PhashPosix
package import PhashWire

/// Hashing of a member inside JSON: the strings that a pointer reaches, all of a batch together.
package struct MemberJob: Job {
    private var digest: DigestJob
    private let pointer: JSONPointer
    private let missing: MemberReader.MissingMember
    /// Made in the child, as what hashes is.
    private var reader: MemberReader?

    /// What the parameters of this job begin with, where those of `DigestJob` have the name of an algorithm.
    static let name = "json-field"

    /// - Parameter digest: How the strings are hashed.
    package init(_ pointer: JSONPointer, missing: MemberReader.MissingMember, digest: DigestJob) {
        self.digest = digest
        self.pointer = pointer
        self.missing = missing
    }

    /// In the child: what the parent's job gave as its parameters.
    package init(parameters: [UInt8]) throws {
        var bytes = ByteReader(parameters)
        guard bytes.read(String.self) == Self.name,
            let pointer = bytes.read(String.self).flatMap({ try? JSONPointer($0) }),
            let missing = bytes.read(UInt8.self).flatMap(MemberReader.MissingMember.init(rawValue:)),
            var digest = bytes.read([UInt8].self)
        else { throw MalformedParameters() }
        // A key may be among them.
        defer { digest.wipe() }
        self.init(pointer, missing: missing, digest: try DigestJob(parameters: digest))
        reader = MemberReader(pointer, missing: missing, digestBytes: self.digest.digestBytes)
    }

    /// On another machine, in the parent: what a filter's job gave as its `remoteParameters`.
    init(remoteParameters parameters: [UInt8], key: SecretKey?, kernel: Kernel?) throws {
        var bytes = ByteReader(parameters)
        guard bytes.read(String.self) == Self.name,
            let pointer = bytes.read(String.self).flatMap({ try? JSONPointer($0) }),
            let missing = bytes.read(UInt8.self).flatMap(MemberReader.MissingMember.init(rawValue:)),
            let digest = bytes.read([UInt8].self)
        else { throw MalformedParameters() }
        self.init(pointer, missing: missing, digest: try DigestJob(remoteParameters: digest, key: key, kernel: kernel))
    }

    package var remoteParameters: [UInt8]? {
        digest.remoteParameters.map { digest in
            var writer = ByteWriter()
            writer.write(Self.name)
            writer.write(pointer.text)
            writer.write(missing.rawValue)
            writer.write(digest)
            return writer.bytes
        }
    }

    package var keyFingerprint: String? { digest.keyFingerprint }

    package var parameters: [UInt8] {
        var digestParameters = digest.parameters
        defer { digestParameters.wipe() }
        // Room for all of it, as in those of the digest.
        var writer = ByteWriter(capacity: 64 + pointer.text.utf8.count + digestParameters.count)
        writer.write(Self.name)
        writer.write(pointer.text)
        writer.write(missing.rawValue)
        writer.write(digestParameters)
        return writer.bytes
    }

    package var lanes: Int { digest.lanes }

    package var isConfined: Bool { digest.isConfined }

    package mutating func run(_ records: RecordBatch, into results: inout ResultBuffer) {
        guard let reader else { preconditionFailure("the parent does not hash") }
        unsafe reader.run(records, into: &results) { strings, digests in unsafe digest.hash(strings, into: digests) }
    }

    private struct MalformedParameters: Error, CustomStringConvertible {
        var description: String { "the parent's parameters for a member inside JSON are malformed" }
    }
}
