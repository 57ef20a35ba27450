/// A digest algorithm of fixed length, such as SHA-512.
package struct DigestAlgorithm: Sendable, Equatable {
    /// The name it is listed and written under: lower-case ASCII letters, digits, `-` and `_`, such as `sha512-256`.
    package let name: String
    /// Length of its digests, bytes; 1...64 for all that OpenSSL has.
    package let digestBytes: Int

    init(name: String, digestBytes: Int) {
        self.name = name
        self.digestBytes = digestBytes
    }

    /// The name of what every round computes, as records and messages say it: with a key it is an HMAC, `hmac-sha512`.
    package func name(withKey hasKey: Bool) -> String { hasKey ? "hmac-\(name)" : name }

    /// The algorithm of that name, in whatever case and under every name that OpenSSL knows: `SHA512`, `sha2-512`,
    /// `SHA-512`, even `RSA-SHA512`.
    ///
    /// That a child can use it is not promised by this: `Digester` says so.
    ///
    /// - Throws: `unknownAlgorithm`; `notOfFixedLength` for extendable-output functions such as SHAKE128.
    package static func named(_ name: String) throws(DigestError) -> DigestAlgorithm {
        // Most names are written as they are listed.
        if let standard = standard(name) ?? standard(name.lowercased()) { return standard }
        return try FetchedDigest(named: name).algorithm(calledByUser: name)
    }

    /// Does what the first question to OpenSSL for an algorithm does once and for all, such as reading its configuration:
    /// afterwards `named` and `Digester` open no file any more, whatever they are asked for. Takes a millisecond.
    package static func prepareToAsk() {
        // Every provider has this one; and one without it can be asked for others all the same.
        _ = try? FetchedDigest(named: "SHA2-512")
    }

    /// Every algorithm that `named` accepts, each once, sorted by name.
    package static func all() -> [DigestAlgorithm] {
        var algorithms: [String: DigestAlgorithm] = [:]
        for name in FetchedDigest.providedNames() {
            // Listed by a provider does not mean that it can be had: the default properties may shut it out (FIPS).
            guard
                let algorithm = try? FetchedDigest(named: name).algorithm(calledByUser: name),
                (try? Digester(algorithm: algorithm, rounds: 1)) != nil
            else { continue }
            // Two providers may offer the same algorithm.
            algorithms[algorithm.name] = algorithm
        }
        return algorithms.values.sorted { $0.name < $1.name }
    }
}

extension DigestAlgorithm {
    /// FIPS 180-4 and FIPS 202, which every provider has, by the names OpenSSL gives them in lower case; nil for others.
    ///
    /// Asking OpenSSL costs the parent, which never hashes, 2 ms of its start; so the usual names are answered from here.
    /// A switch, because a table of strings would be made anew by every child.
    fileprivate static func standard(_ name: String) -> DigestAlgorithm? {
        switch name {
        case "sha512", "sha-512", "sha2-512": .init(name: "sha512", digestBytes: 64)
        case "sha256", "sha-256", "sha2-256": .init(name: "sha256", digestBytes: 32)
        case "sha384", "sha-384", "sha2-384": .init(name: "sha384", digestBytes: 48)
        case "sha224", "sha-224", "sha2-224": .init(name: "sha224", digestBytes: 28)
        case "sha512-224", "sha-512/224", "sha2-512/224": .init(name: "sha512-224", digestBytes: 28)
        case "sha512-256", "sha-512/256", "sha2-512/256": .init(name: "sha512-256", digestBytes: 32)
        case "sha1", "sha-1": .init(name: "sha1", digestBytes: 20)
        case "sha3-224": .init(name: "sha3-224", digestBytes: 28)
        case "sha3-256": .init(name: "sha3-256", digestBytes: 32)
        case "sha3-384": .init(name: "sha3-384", digestBytes: 48)
        case "sha3-512": .init(name: "sha3-512", digestBytes: 64)
        default: nil
        }
    }
}
