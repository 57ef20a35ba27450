import PhashDigest
import PhashEngine
import PhashWire
import Testing

@testable import PhashAMQP

/// Which batches a daemon takes. Nothing is worked on here: that would need a turn of the daemon's loop.
struct CrewTableTests {
    private static func key(_ text: String) -> SecretKey {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe SecretKey(copying: $0) }
    }

    private static func table(key: SecretKey? = nil) throws -> CrewTable {
        var settings = DaemonSettings(address: try BrokerAddress("amqp://127.0.0.1"), jobs: 1, processors: 1)
        settings.key = key
        return CrewTable(settings: settings, signals: -1)
    }

    /// The profile of a run with two rounds of SHA-256.
    private static func profile(
        key: SecretKey? = nil, maximumLineBytes: Int = 100, timeout: Int64? = nil
    ) throws -> [UInt8] {
        let job = DigestJob(algorithm: try .named("sha256"), rounds: 2, key: key)
        return RemoteProfile(
            format: RecordFormat(maximumResultBytes: 32), maximumLineBytes: maximumLineBytes, retries: 2,
            timeoutNanoseconds: timeout, estimatedRecordNanoseconds: 1_000, keyFingerprint: job.keyFingerprint ?? "",
            job: try #require(job.remoteParameters)
        ).message
    }

    /// A batch of equal records.
    private static func delivery(
        profile: [UInt8], record: String = "alice", count: Int = 1, type: String = RemoteBatch.type
    ) throws -> Delivery {
        let bytes = Array(Array(repeating: record, count: count).joined(separator: "\n").utf8)
        let length = record.utf8.count
        let table = (0..<count).flatMap { [$0 * (length + 1), length] }.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        let body = unsafe bytes.withUnsafeBytes { bytes in
            unsafe table.withUnsafeBytes {
                unsafe RemoteBatch.message(profile: profile, firstLine: 1, batch: bytes, table: $0)
            }
        }
        var properties = MessageProperties()
        properties.type = type
        return Delivery(
            tag: DeliveryTag(generation: 1, number: 1), routingKey: "batch", properties: properties,
            body: try #require(body))
    }

    @Test func batchesOfOneProfileHaveOneCrew() throws {
        var table = try Self.table()
        let delivery = try Self.delivery(profile: Self.profile())
        #expect(table.begin(delivery, token: 1) == .begun && table.begin(delivery, token: 2) == .begun)
        #expect(table.openCount == 2 && table.childCount == 0)
    }

    @Test func whatCannotBeReadIsRefused() throws {
        var table = try Self.table()
        let unreadable = CrewTable.Beginning.refused("it cannot be read: are the filter and phash-amqp of one version?")
        let profile = try Self.profile()
        var delivery = try Self.delivery(profile: profile, type: "phash.batch.v2")
        #expect(table.begin(delivery, token: 1) == unreadable)
        #expect(table.begin(try Self.delivery(profile: profile.dropLast()), token: 2) == unreadable)
        delivery = try Self.delivery(profile: profile)
        for length in delivery.body.indices {
            var part = delivery
            part.body = Array(delivery.body[..<length])
            #expect(table.begin(part, token: 3) == unreadable)
        }
        #expect(table.openCount == 0)
    }

    @Test func noRecordIsLongerThanItsProfileAllows() throws {
        var table = try Self.table()
        let profile = try Self.profile(maximumLineBytes: 5)
        #expect(table.begin(try Self.delivery(profile: profile, record: "alice"), token: 1) == .begun)
        #expect(
            table.begin(try Self.delivery(profile: profile, record: "alices"), token: 2)
                == .refused("it is larger than it says itself"))
    }

    /// Filters cut batches by their own CPUs' lanes, not by ours.
    @Test(arguments: [nil, 5_000_000_000])
    func anyNumberOfRecordsIsTaken(timeout: Int64?) throws {
        var table = try Self.table()
        let profile = try Self.profile(timeout: timeout)
        for count in [1, 16, 100, RemoteBatch.maximumRecords] {
            #expect(table.begin(try Self.delivery(profile: profile, record: "a", count: count), token: 1) == .begun)
        }
    }

    @Test func noBatchIsLargerThanAFilterMakesIt() throws {
        var table = try Self.table()
        let profile = try Self.profile(maximumLineBytes: 1 << 20)
        let record = String(repeating: "x", count: 900_000)
        #expect(table.begin(try Self.delivery(profile: profile, record: record), token: 1) == .begun)
        #expect(
            table.begin(try Self.delivery(profile: profile, record: record, count: 3), token: 2)
                == .refused("it is larger than it says itself"))
    }

    /// By its fingerprint a key is found to be the right one, so nothing is hashed with a key that is not named.
    @Test func aKeyIsNamed() throws {
        let key = Self.key("0123456789abcdef")
        var silent = try #require(RemoteProfile(decoding: Self.profile(key: key)))
        silent.keyFingerprint = ""
        var table = try Self.table(key: key)
        #expect(
            table.begin(try Self.delivery(profile: silent.message), token: 1)
                == .refused("it does not say with which key it is to be hashed"))
        var keyless = try Self.table()
        #expect(
            keyless.begin(try Self.delivery(profile: silent.message), token: 1)
                == .refused("it is to be hashed with a key, and there is none here: see --key-file"))
        var idle = try #require(RemoteProfile(decoding: Self.profile()))
        idle.keyFingerprint = KeyFingerprint.of(key)
        #expect(table.begin(try Self.delivery(profile: idle.message), token: 2) != .begun)
        #expect(table.openCount == 0 && keyless.openCount == 0)
    }

    @Test func anAlgorithmThatIsNotToBeHadIsRefused() throws {
        var table = try Self.table()
        var profile = try #require(RemoteProfile(decoding: Self.profile()))
        profile.job = Array(String(decoding: profile.job, as: UTF8.self).replacing("sha256", with: "sha999").utf8)
        guard case .refused(let reason) = table.begin(try Self.delivery(profile: profile.message), token: 1) else {
            Issue.record("it was begun")
            return
        }
        #expect(reason.contains("sha999"))
        #expect(table.openCount == 0)
    }

    @Test func theKeyHasToBeTheSame() throws {
        let batch = try Self.delivery(profile: Self.profile(key: Self.key("0123456789abcdef")))
        var keyless = try Self.table()
        #expect(
            keyless.begin(batch, token: 1)
                == .refused("it is to be hashed with a key, and there is none here: see --key-file"))
        var other = try Self.table(key: Self.key("0123456789abcdeF"))
        #expect(other.begin(batch, token: 1) == .refused("the key here is another one"))
        var same = try Self.table(key: Self.key("0123456789abcdef"))
        #expect(same.begin(batch, token: 1) == .begun)
        #expect(same.begin(try Self.delivery(profile: Self.profile()), token: 2) == .begun, "a run without a key")
    }

    @Test func aCrewWithWorkStays() throws {
        var table = try Self.table()
        #expect(table.begin(try Self.delivery(profile: Self.profile()), token: 1) == .begun)
        #expect(table.nextRetirement == nil)
        #expect(table.retireIdle(now: .max / 2).isEmpty && table.openCount == 1)
    }
}
