/// Why there is no digest; the description is the "why" of a message for people.
package enum DigestError: Error, Equatable, CustomStringConvertible {
    /// OpenSSL offers no digest of that name, with what it says about that.
    case unknownAlgorithm(name: String, reason: String)
    /// The name is that of an extendable-output function or of no digest at all.
    case notOfFixedLength(name: String)
    /// The number of rounds is not 1 or more.
    case roundsOutOfRange(Int)
    /// OpenSSL cannot make an HMAC of the algorithm, with what it says about that.
    case notWithKey(name: String, reason: String)
    /// A call of OpenSSL failed, with what its error queue held.
    case openSSLFailed(call: String, reason: String)

    package var description: String {
        switch self {
        case .unknownAlgorithm(let name, let reason):
            "no digest algorithm is called \(name.debugDescription); --list-algorithms lists what is allowed"
                + (reason.isEmpty ? "" : " (\(reason))")
        case .notOfFixedLength(let name):
            "the algorithm \(name.debugDescription) gives no digest of fixed length; "
                + "--list-algorithms lists what is allowed"
        case .roundsOutOfRange(let rounds):
            "the number of rounds is \(rounds), but must be 1 or more"
        case .notWithKey(let name, let reason):
            "the algorithm \(name.debugDescription) cannot be used with a key"
                + (reason.isEmpty ? "" : " (\(reason))")
        case .openSSLFailed(let call, let reason):
            "\(call): \(reason.isEmpty ? "OpenSSL gives no reason" : reason)"
        }
    }
}
