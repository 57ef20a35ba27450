import Foundation
import PhashDigest
import Testing

struct DigesterTests {
    @Test(arguments: PublishedVectors.all.indices)
    func publishedVectors(index: Int) throws {
        let vector = PublishedVectors.all[index]
        let message = try #require(PublishedVectors.messages[vector.messageName])
        let algorithm = try DigestAlgorithm.named(vector.algorithm)
        #expect(try digests(of: [message], algorithm: algorithm) == [vector.digest])
    }

    @Test func thereAreVectorsForEveryStandardAlgorithm() {
        #expect(PublishedVectors.all.count == 11 * PublishedVectors.messages.count)
    }

    /// Every length around every border of a block, as one batch.
    @Test(arguments: ["sha512", "sha256", "sha1", "sha3-256", "blake2b512"])
    func everyLength(name: String) throws {
        let expected = try linesOfPython("for n in range(601): print(chain('\(name)', pattern(n), 1))")
        let messages = (0...600).map(patternMessage)
        #expect(try digests(of: messages, algorithm: .named(name)) == expected)
    }

    @Test(arguments: ["sha512", "sha256", "sha384", "sha224", "sha1", "md5", "sha3-512", "rmd160", "md5-sha1"])
    func chainedRounds(name: String) throws {
        let rounds = [1, 2, 3, 5, 1_000]
        let lengths = [0, 5, 111, 112, 128, 300]
        let expected = try linesOfPython(
            "for r in \(rounds):\n  for n in \(lengths): print(chain('\(name)', pattern(n), r))")
        let algorithm = try DigestAlgorithm.named(name)
        let actual = try rounds.flatMap { rounds in
            try digests(of: lengths.map(patternMessage), algorithm: algorithm, rounds: rounds)
        }
        #expect(actual == expected)
    }

    /// The example of the contract: Python's loop, word for word.
    @Test func theContractsOwnExample() throws {
        let expected = try linesOfPython(
            """
            current = b"hello"
            for _ in range(100000):
                current = hashlib.sha512(current).hexdigest().encode()
            print(current.decode())
            """)
        let message = Array("hello".utf8)
        #expect(try digests(of: [message], algorithm: .named("sha512"), rounds: 100_000) == expected)
    }

    @Test func oneDigesterServesManyBatches() throws {
        let algorithm = try DigestAlgorithm.named("sha512")
        let digester = try Digester(algorithm: algorithm, rounds: 3)
        let messages = [1_000, 0, 1, 128, 0, 64, 1_048_577, 3].map(patternMessage)
        let alone = try messages.map { try digests(of: [$0], algorithm: algorithm, rounds: 3)[0] }
        for _ in 0..<3 {
            let together = digests(of: messages, with: digester)
            #expect(together == alone)
            let reversed = digests(of: messages.reversed(), with: digester)
            #expect(reversed == alone.reversed())
        }
        let none = digests(of: [], with: digester)
        #expect(none.isEmpty)
    }

    @Test func thereIsAtLeastOneLane() throws {
        let digester = try Digester(algorithm: .named("sha512"), rounds: 1)
        let lanes = digester.lanes
        #expect(lanes >= 1)
    }

    @Test(arguments: [0, -1, .min])
    func roundsBelowOneAreRefused(rounds: Int) throws {
        let algorithm = try DigestAlgorithm.named("sha512")
        let error = #expect(throws: DigestError.self) { _ = try Digester(algorithm: algorithm, rounds: rounds) }
        #expect(error == .roundsOutOfRange(rounds))
        #expect(error?.description == "the number of rounds is \(rounds), but must be 1 or more")
    }

    @Test func theMostRoundsAreAccepted() throws {
        let digester = try Digester(algorithm: .named("sha512"), rounds: .max)
        let rounds = digester.rounds
        #expect(rounds == .max)
    }

    @Test func aRoomOfAnotherSizeTraps() async {
        await #expect(processExitsWith: .failure) {
            let digester = try Digester(algorithm: .named("sha512"), rounds: 1)
            var room = [UInt8](repeating: 0, count: 63)
            unsafe [UnsafeRawBufferPointer(start: nil, count: 0)].withUnsafeBufferPointer { messages in
                unsafe room.withUnsafeMutableBytes { unsafe digester.hash(messages, into: $0) }
            }
        }
    }
}
