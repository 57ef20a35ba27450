import PhashDigest
import Testing

/// Every kernel that this CPU can run, with every digest that it has, against OpenSSL.
struct KernelTests {
    /// The digests of FIPS 180-4 that there are kernels for.
    static let algorithms = ["sha512", "sha384", "sha512-256", "sha512-224", "sha256", "sha224"]

    struct Case: CustomTestStringConvertible {
        let kernel: Kernel
        let algorithm: DigestAlgorithm
        var testDescription: String { "\(kernel) \(algorithm.name)" }
    }

    static let cases: [Case] = Kernel.supported.filter { $0 != .openssl }.flatMap { kernel in
        algorithms.compactMap { name in
            guard let algorithm = try? DigestAlgorithm.named(name),
                Kernel.chosen(for: algorithm, wanted: kernel) == kernel
            else { return nil }
            return Case(kernel: kernel, algorithm: algorithm)
        }
    }

    private static func digester(_ test: Case, rounds: Int) throws -> Digester {
        let digester = try Digester(algorithm: test.algorithm, rounds: rounds, kernel: test.kernel)
        #expect(digester.kernel == test.kernel, "the kernel failed its own check")
        #expect(digester.lanes == test.kernel.lanes(for: test.algorithm))
        return digester
    }

    private static func expected(_ messages: [[UInt8]], _ test: Case, rounds: Int) throws -> [String] {
        let digester = try Digester(algorithm: test.algorithm, rounds: rounds, kernel: .openssl)
        #expect(digester.kernel == .openssl && digester.lanes == 1)
        return digests(of: messages, with: digester)
    }

    @Test func thePortableKernelIsAlwaysThereAndHasAll() {
        #expect(Kernel.supported.contains(.portable) && Kernel.supported.contains(.openssl))
        #expect(Self.cases.count { $0.kernel == .portable } == Self.algorithms.count)
        for test in Self.cases { #expect(test.kernel.lanes(for: test.algorithm) >= 4, "\(test.testDescription)") }
    }

    @Test(arguments: cases)
    func publishedVectors(test: Case) throws {
        let vectors = PublishedVectors.all.filter { $0.algorithm == test.algorithm.name }
        #expect(vectors.count == PublishedVectors.messages.count)
        let messages = try vectors.map { try #require(PublishedVectors.messages[$0.messageName]) }
        let digester = try Self.digester(test, rounds: 1)
        let together = digests(of: messages, with: digester)
        #expect(together == vectors.map(\.digest))
        let alone = messages.map { digests(of: [$0], with: digester)[0] }
        #expect(alone == together)
    }

    /// Lengths 0 to 600 in one batch, so that lanes are at different blocks; moved on by one record for each lane, so
    /// that each length comes to be in each.
    @Test(arguments: cases)
    func everyLengthInEveryLane(test: Case) throws {
        let messages = (0...600).map(patternMessage)
        let expected = try Self.expected(messages, test, rounds: 1)
        let digester = try Self.digester(test, rounds: 1)
        for shift in 0..<digester.lanes {
            let first = Array(repeating: [UInt8](), count: shift)
            let actual = digests(of: first + messages, with: digester)
            #expect(Array(actual.dropFirst(shift)) == expected, "moved by \(shift)")
        }
    }

    /// One length in all lanes, and in groups of every size that is smaller.
    @Test(arguments: cases)
    func everyLengthInGroupsOfEverySize(test: Case) throws {
        let digester = try Self.digester(test, rounds: 1)
        for length in [0, 1, 36, 55, 56, 63, 64, 111, 112, 119, 120, 127, 128, 240, 256, 1_023, 1_024, 5_000] {
            for size in 1...digester.lanes + 1 {
                let messages = (0..<size).map { index in patternMessage(length: length).map { $0 ^ UInt8(index) } }
                let expected = try Self.expected(messages, test, rounds: 1)
                let actual = digests(of: messages, with: digester)
                #expect(actual == expected, "\(size) records of \(length) bytes")
            }
        }
    }

    @Test(arguments: cases, [2, 3, 7, 100])
    func chainsInGroupsOfEverySize(test: Case, rounds: Int) throws {
        let digester = try Self.digester(test, rounds: rounds)
        for size in 1...2 * digester.lanes + 1 {
            let messages = (0..<size).map { patternMessage(length: 37 * $0 % 300) }
            let expected = try Self.expected(messages, test, rounds: rounds)
            let actual = digests(of: messages, with: digester)
            #expect(actual == expected, "\(size) records")
        }
    }

    /// A long record ends alone, when the short ones beside it are done; one that comes alone takes another way.
    @Test(arguments: cases)
    func longRecords(test: Case) throws {
        for rounds in [1, 3] {
            let digester = try Self.digester(test, rounds: rounds)
            for place in 0...digester.lanes {
                var messages = (0..<digester.lanes + 1).map { patternMessage(length: $0) }
                messages[place] = patternMessage(length: 70_000 + place)
                let expected = try Self.expected(messages, test, rounds: rounds)
                #expect(digests(of: messages, with: digester) == expected)
                #expect(digests(of: [messages[place]], with: digester) == [expected[place]])
            }
        }
    }

    /// More records than are handed over at once.
    @Test(arguments: cases)
    func manyRecords(test: Case) throws {
        let messages = (0..<1_300).map { patternMessage(length: $0 % 41 == 0 ? 200 : $0 % 70) }
        let digester = try Self.digester(test, rounds: 2)
        #expect(digests(of: messages, with: digester) == (try Self.expected(messages, test, rounds: 2)))
    }

    /// Oracle besides OpenSSL: what the kernels are built to compute, by Python.
    @Test(arguments: algorithms)
    func theFastestKernelAgreesWithPython(name: String) throws {
        let algorithm = try DigestAlgorithm.named(name)
        let python = name.replacing("512-", with: "512_")
        let expected = try linesOfPython("for n in range(0, 300, 7): print(chain('\(python)', pattern(n), 50))")
        let messages = stride(from: 0, to: 300, by: 7).map(patternMessage)
        #expect(try digests(of: messages, algorithm: algorithm, rounds: 50) == expected)
    }
}

struct KernelChoiceTests {
    @Test func aKernelThatFailsItsCheckIsNotUsed() throws {
        for test in KernelTests.cases {
            let digester = try Digester(
                algorithm: test.algorithm, rounds: 2, kernel: test.kernel, trusts: { $0 != test.kernel })
            let (kernel, distrusted, lanes) = (digester.kernel, digester.distrustedKernel, digester.lanes)
            #expect(kernel == .openssl && distrusted == test.kernel && lanes == 1)
            let expected = try digests(of: [[1, 2, 3]], algorithm: test.algorithm, rounds: 2)
            #expect(digests(of: [[1, 2, 3]], with: digester) == expected)
        }
    }

    @Test func algorithmsWithoutAKernelAreOpenSSLs() throws {
        for name in ["sha1", "sha3-512", "md5"] {
            let algorithm = try DigestAlgorithm.named(name)
            for wanted in [nil, Kernel.portable, .avx2, .openssl] {
                #expect(Kernel.chosen(for: algorithm, wanted: wanted) == .openssl)
            }
            let digester = try Digester(algorithm: algorithm, rounds: 1, kernel: .portable)
            let (kernel, distrusted) = (digester.kernel, digester.distrustedKernel)
            #expect(kernel == .openssl && distrusted == nil)
        }
    }

    @Test func shaniHasNoSHA512() throws {
        #expect(Kernel.chosen(for: try .named("sha512"), wanted: .shani) == .openssl)
        #expect(Kernel.openssl.lanes(for: try .named("sha512")) == 1)
    }

    @Test func theFastestIsChosen() throws {
        let sha512 = try DigestAlgorithm.named("sha512")
        let sha256 = try DigestAlgorithm.named("sha256")
        if Kernel.avx512.isSupported {
            #expect(Kernel.chosen(for: sha512, wanted: nil) == .avx512)
        } else if Kernel.avx2.isSupported {
            #expect(Kernel.chosen(for: sha512, wanted: nil) == .avx2)
        }
        if Kernel.shani.isSupported { #expect(Kernel.chosen(for: sha256, wanted: nil) == .shani) }
    }
}
