internal import PhashWire

/// The jobs of phash itself.
package enum ShippedJob {
    /// The job that a child makes from what the parent's job gave as its parameters.
    package static func make(from parameters: [UInt8]) throws -> any Job {
        var reader = ByteReader(parameters)
        return switch reader.read(String.self) {
        case CheckJob.name: try CheckJob(parameters: parameters)
        case MemberJob.name: try MemberJob(parameters: parameters)
        default: try DigestJob(parameters: parameters)
        }
    }
}
