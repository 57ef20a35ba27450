import PhashDigest
import Testing

/// A key as a child makes it of what its parent sends.
func secretKey(_ bytes: [UInt8]) -> SecretKey {
    unsafe bytes.withUnsafeBytes { unsafe SecretKey(copying: $0) }
}

/// Rounds of HMAC: RFC 2104, FIPS 198-1.
struct MACTests {
    /// Every kernel that has the algorithm, OpenSSL among them.
    private static func kernels(for algorithm: DigestAlgorithm) -> [Kernel] {
        Kernel.supported.filter { Kernel.chosen(for: algorithm, wanted: $0) == $0 }
    }

    private static func digester(
        _ algorithm: DigestAlgorithm, rounds: Int, key: [UInt8], kernel: Kernel? = nil
    ) throws -> Digester {
        let digester = try Digester(algorithm: algorithm, rounds: rounds, key: secretKey(key), kernel: kernel)
        let used = digester.kernel
        #expect(kernel == nil || used == kernel, "the kernel failed its own check")
        return digester
    }

    @Test func publishedVectors() throws {
        #expect(PublishedMACs.all.count == 7 * 4 + 7 * 2)
        for vector in PublishedMACs.all {
            let algorithm = try DigestAlgorithm.named(vector.algorithm)
            for kernel in Self.kernels(for: algorithm) {
                let digester = try Self.digester(algorithm, rounds: 1, key: vector.key, kernel: kernel)
                let messages = Array(repeating: vector.message, count: digester.lanes + 1)
                for digest in digests(of: messages, with: digester) + digests(of: [vector.message], with: digester) {
                    #expect(digest.hasPrefix(vector.digest), "\(vector.algorithm) \(kernel)")
                }
            }
        }
    }

    /// Lengths 0 to 400 in one batch, so that lanes are at different blocks and begin their last one at different times;
    /// moved on by one record for each lane, so that each length comes to be in each.
    @Test(arguments: KernelTests.cases)
    func everyLengthInEveryLane(test: KernelTests.Case) throws {
        let key = patternMessage(length: 32)
        let messages = (0...400).map(patternMessage)
        let openSSL = try Self.digester(test.algorithm, rounds: 1, key: key, kernel: .openssl)
        let expected = digests(of: messages, with: openSSL)
        let digester = try Self.digester(test.algorithm, rounds: 1, key: key, kernel: test.kernel)
        for shift in 0..<digester.lanes {
            let first = Array(repeating: [UInt8](), count: shift)
            let actual = digests(of: first + messages, with: digester)
            #expect(Array(actual.dropFirst(shift)) == expected, "moved by \(shift)")
        }
    }

    /// Groups of every size, of one length and of many, the long one of which takes another way when it is alone.
    @Test(arguments: KernelTests.cases, [1, 2, 3, 100])
    func groupsOfEverySize(test: KernelTests.Case, rounds: Int) throws {
        let key = patternMessage(length: 77)
        let openSSL = try Self.digester(test.algorithm, rounds: rounds, key: key, kernel: .openssl)
        let digester = try Self.digester(test.algorithm, rounds: rounds, key: key, kernel: test.kernel)
        for size in 1...2 * digester.lanes + 1 {
            for messages in [
                (0..<size).map { patternMessage(length: 37 * $0 % 300) },
                (0..<size).map { patternMessage(length: $0 == size / 2 ? 5_000 : 0) },
            ] {
                let expected = digests(of: messages, with: openSSL)
                let actual = digests(of: messages, with: digester)
                #expect(actual == expected, "\(size) records")
            }
        }
    }

    /// Keys around every size of a block: what is longer is hashed first.
    @Test(arguments: KernelTests.algorithms)
    func keysOfEveryLength(name: String) throws {
        let algorithm = try DigestAlgorithm.named(name)
        let python = name.replacing("512-", with: "512_")
        for rounds in [1, 2] {
            let expected = try linesOfPython(
                "for k in range(301): print(mac('\(python)', pattern(k), b'a message', \(rounds)))")
            for kernel in Self.kernels(for: algorithm) {
                let actual = try (0...300).map { length in
                    let digester = try Self.digester(
                        algorithm, rounds: rounds, key: patternMessage(length: length), kernel: kernel)
                    return digests(of: [Array("a message".utf8)], with: digester)[0]
                }
                #expect(actual == expected, "\(kernel), \(rounds) rounds")
            }
        }
    }

    @Test(arguments: KernelTests.algorithms + ["sha1", "md5", "sha3-256", "sha3-512", "blake2b512", "rmd160"])
    func chainsAgreeWithPython(name: String) throws {
        let algorithm = try DigestAlgorithm.named(name)
        let python = name.replacing("512-", with: "512_").replacing("sha3-", with: "sha3_").replacing(
            "2b512", with: "2b")
        let expected = try linesOfPython(
            """
            for r in [1, 2, 3, 1000]:
              for n in [0, 1, 55, 111, 128, 300]: print(mac('\(python)', b'k' * 32, pattern(n), r))
            """)
        let messages = [0, 1, 55, 111, 128, 300].map(patternMessage)
        for kernel in Self.kernels(for: algorithm) {
            let actual = try [1, 2, 3, 1_000].flatMap { rounds in
                let key = [UInt8](repeating: UInt8(ascii: "k"), count: 32)
                return digests(
                    of: messages, with: try Self.digester(algorithm, rounds: rounds, key: key, kernel: kernel))
            }
            #expect(actual == expected, "\(kernel)")
        }
    }

    /// All that the program offers can be used with a key.
    @Test func everyAlgorithmHasAnHMAC() throws {
        for algorithm in DigestAlgorithm.all() {
            let digester = try Self.digester(algorithm, rounds: 2, key: [1, 2, 3], kernel: .openssl)
            let keyed = digests(of: [[], [1]], with: digester)
            #expect(Set(keyed).count == 2 && keyed[0].utf8.count == 2 * algorithm.digestBytes, "\(algorithm.name)")
            #expect(try keyed != digests(of: [[], [1]], algorithm: algorithm, rounds: 2))
        }
    }

    @Test func anAlgorithmWithoutHMACIsNamed() {
        let error = DigestError.notWithKey(name: "abacus", reason: "")
        #expect(error.description == "the algorithm \"abacus\" cannot be used with a key")
        let reason = DigestError.notWithKey(name: "abacus", reason: "too old")
        #expect(reason.description == "the algorithm \"abacus\" cannot be used with a key (too old)")
    }

    @Test func theNameSaysWhatIsComputed() throws {
        let algorithm = try DigestAlgorithm.named("SHA-512")
        #expect(algorithm.name(withKey: false) == "sha512" && algorithm.name(withKey: true) == "hmac-sha512")
    }

    /// A key is not to be seen in a description, a dump or an interpolation.
    @Test func aKeyDescribesNothing() throws {
        let key = secretKey(Array("hunter2 hunter2 hunter2".utf8))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(describing: key), dumped] {
            #expect(!text.contains("hunter") && text.contains("23 bytes") && !text.contains("104"), "\(text)")
        }
        #expect(Mirror(reflecting: key).children.isEmpty)
        let job = ["key": key]
        #expect("\(job)" == #"["key": a key of 23 bytes]"#)
    }

    @Test func aKeyIsAsLongAsItWasFilled() throws {
        let key = unsafe SecretKey(capacity: 100) { memory in
            unsafe memory.copyBytes(from: [1, 2, 3, 4])
            return 3
        }
        #expect(key.byteCount == 3)
        let bytes = unsafe key.withBytes { unsafe Array($0) }
        #expect(bytes == [1, 2, 3])
        struct Failed: Error {}
        #expect(throws: Failed.self) { unsafe try SecretKey(capacity: 0) { _ throws(Failed) in throw Failed() } }
        let empty = secretKey([])
        #expect(empty.byteCount == 0)
        let hasAddress = unsafe empty.withBytes { unsafe $0.baseAddress != nil }
        #expect(hasAddress)
    }
}
