package import PhashWire

/// What a child does with records: the place for one's own code.
///
/// A job gets a batch of records and appends one result for each, in the same order. Everything else (processes, order,
/// retries, output) is the filter's. Hashing is one job, `DigestJob`; `Tests/Example` holds another of some 20 lines.
///
/// The parent and every child hold a job of their own. The parent only asks for the properties; `run` is called in the
/// children.
package protocol Job {
    /// What a child needs to make the same job: sent over its doorbell, never in arguments or environment.
    var parameters: [UInt8] { get }

    /// Records that `run` works on side by side, at least 1; batches of slow records are that large.
    var lanes: Int { get }

    /// Whether `run` does nothing but compute, true unless a job says otherwise: then a child has no files, connections,
    /// processes or threads any more once it is ready, and a system call that asks for one kills it by SIGSYS.
    var isConfined: Bool { get }

    /// What another machine needs to make the same job, without the key if there is one: that machine has its own copy. nil
    /// for a job that other machines do not have.
    var remoteParameters: [UInt8]? { get }

    /// A fingerprint of the key; nil without one.
    var keyFingerprint: String? { get }

    /// Appends one result to `results` for each of `records`.
    ///
    /// A job that traps or never returns costs its child the life; the record at fault becomes an error record.
    mutating func run(_ records: RecordBatch, into results: inout ResultBuffer)
}

extension Job {
    package var parameters: [UInt8] { [] }
    package var lanes: Int { 1 }
    package var isConfined: Bool { true }
    package var remoteParameters: [UInt8]? { nil }
    package var keyFingerprint: String? { nil }
}
