import PhashDigest
import Testing

struct DigestAlgorithmTests {
    static let aliases: [(String, [String])] = [
        ("sha512", ["sha512", "SHA512", "sha-512", "SHA-512", "SHA2-512", "Sha512", "2.16.840.1.101.3.4.2.3"]),
        ("sha384", ["SHA384", "sha-384", "sha2-384"]),
        ("sha256", ["SHA256", "sha-256", "sha2-256"]),
        ("sha224", ["SHA224", "sha-224", "sha2-224"]),
        ("sha512-256", ["SHA512-256", "sha-512/256", "SHA2-512/256"]),
        ("sha512-224", ["SHA512-224", "sha-512/224", "SHA2-512/224"]),
        ("sha1", ["SHA1", "sha-1", "ssl3-sha1"]),
        ("sha3-256", ["SHA3-256"]),
        ("md5", ["MD5", "ssl3-md5"]),
        ("rmd160", ["rmd160", "RIPEMD160", "ripemd-160", "ripemd"]),
        ("blake2b512", ["BLAKE2b512", "blake2b-512"]),
        ("blake2s256", ["BLAKE2S256", "blake2s-256"]),
        ("sm3", ["SM3"]),
        ("md5-sha1", ["MD5-SHA1"]),
    ]

    @Test(arguments: aliases.indices)
    func everyAliasMeansTheSame(index: Int) throws {
        let (name, others) = Self.aliases[index]
        for other in others {
            #expect(try DigestAlgorithm.named(other).name == name)
        }
    }

    /// Names that are answered without OpenSSL mean there what OpenSSL means by them.
    @Test func everyAliasHashesAsInPython() throws {
        let names: [String] = Self.aliases.flatMap(\.1).filter { !$0.contains("/") }
        let expected = try linesOfPython("for name in \(names): print(hashlib.new(name, b'abc').hexdigest())")
        let actual = try names.map { try digests(of: [Array("abc".utf8)], algorithm: .named($0))[0] }
        #expect(actual == expected)
    }

    @Test func namesFromBeforeProvidersAreKnown() throws {
        #expect(try DigestAlgorithm.named("RSA-SHA512").name == "sha512")
        #expect(try DigestAlgorithm.named("RSA-SHA512/256").name == "sha512-256")
    }

    @Test func listedAlgorithmsAreSortedAndUnique() {
        let names = DigestAlgorithm.all().map(\.name)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
        for (name, _) in Self.aliases { #expect(names.contains(name)) }
        for name in names {
            #expect(name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        }
        for name in ["null", "shake128", "shake256", "shake-128", "keccak-kmac128"] { #expect(!names.contains(name)) }
    }

    /// What is listed can be given back as `-a`, and means the same there: also where no call of OpenSSL answers.
    @Test func listedNamesCanBeUsed() throws {
        for algorithm in DigestAlgorithm.all() {
            #expect(try DigestAlgorithm.named(algorithm.name) == algorithm)
            #expect(try DigestAlgorithm.named(algorithm.name.uppercased()) == algorithm)
            let digest = try digests(of: [[]], algorithm: algorithm)[0]
            #expect(digest.utf8.count == 2 * algorithm.digestBytes)
        }
    }

    /// Python offers the same digests, under names of its own: the digests of "abc" are compared as sets.
    @Test func theListIsThatOfPython() throws {
        let expected = try linesOfPython(
            """
            digests = (hashlib.new(name, b"abc") for name in hashlib.algorithms_available if "shake" not in name)
            for digest in sorted(set(d.hexdigest() for d in digests if d.digest_size)): print(digest)
            """)
        let actual = try DigestAlgorithm.all().map { try digests(of: [Array("abc".utf8)], algorithm: $0)[0] }
        #expect(actual.sorted() == expected)
    }

    @Test func theCommandLineToolTakesTheSameNames() throws {
        for algorithm in DigestAlgorithm.all() {
            let lines = try linesOfOutput(of: "openssl", ["dgst", "-r", "-\(algorithm.name)"], input: "abc")
            let digest = try digests(of: [Array("abc".utf8)], algorithm: algorithm)[0]
            #expect(lines == ["\(digest) *stdin"], "\(algorithm.name)")
        }
    }

    @Test(arguments: ["shake128", "SHAKE256", "shake-128", "NULL", "KECCAK-KMAC-128"])
    func namesOfOtherThingsAreRefused(name: String) throws {
        let error = #expect(throws: DigestError.self) { _ = try DigestAlgorithm.named(name) }
        #expect(error == .notOfFixedLength(name: name))
        #expect(
            error?.description == "the algorithm \"\(name)\" gives no digest of fixed length; "
                + "--list-algorithms lists what is allowed")
    }

    @Test(arguments: ["sha9", "", " sha512", "sha512 ", "sha512\0", "sha512\n", "hash\"", "sha512,md5"])
    func unknownNamesAreRefused(name: String) throws {
        let error = try #require(throws: DigestError.self) { _ = try DigestAlgorithm.named(name) }
        guard case .unknownAlgorithm(name, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(
            error.description.hasPrefix(
                "no digest algorithm is called \(name.debugDescription); --list-algorithms lists what is allowed"))
        #expect(!error.description.contains("\n"))
        if name == "sha9" { #expect(reason.contains("unsupported"), "OpenSSL's own reason is lost: \(reason)") }
    }

    /// An error must not leave anything behind that the next one would be blamed for.
    @Test func errorsDoNotPileUp() throws {
        let first = #expect(throws: DigestError.self) { _ = try DigestAlgorithm.named("sha9") }
        let second = #expect(throws: DigestError.self) { _ = try DigestAlgorithm.named("sha9") }
        #expect(first == second)
    }

    @Test func aFailedCallIsNamed() {
        let error = DigestError.openSSLFailed(call: "EVP_MD_CTX_new", reason: "error:1:x")
        #expect(error.description == "EVP_MD_CTX_new: error:1:x")
        #expect(DigestError.openSSLFailed(call: "f", reason: "").description == "f: OpenSSL gives no reason")
    }
}
