package struct DigestError: Error, CustomStringConvertible {
    package var description: String
}

package struct DigestAlgorithm: Sendable {
    package let name: String
    package let digestBytes: Int

    package static func named(_ name: String) throws(DigestError) -> DigestAlgorithm {
        guard let found = all().first(where: { $0.name == name }) else {
            throw DigestError(description: "no such algorithm")
        }
        return found
    }

    package static func all() -> [DigestAlgorithm] {
        [DigestAlgorithm(name: "sha256", digestBytes: 32), DigestAlgorithm(name: "sha512", digestBytes: 64)]
    }
}
