package import PhashDigest
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

    /// The job for children of ours that a filter on another machine has described.
    ///
    /// - Parameters:
    ///   - key: What it is done with if it has a key at all.
    ///   - kernel: What to hash with if it has the algorithm, or nil for what is fastest.
    package static func make(fromRemote parameters: [UInt8], key: SecretKey?, kernel: Kernel?) throws -> any Job {
        var reader = ByteReader(parameters)
        return switch reader.read(String.self) {
        case MemberJob.name: try MemberJob(remoteParameters: parameters, key: key, kernel: kernel)
        default: try DigestJob(remoteParameters: parameters, key: key, kernel: kernel)
        }
    }
}
