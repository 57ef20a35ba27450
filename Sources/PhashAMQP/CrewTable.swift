internal import PhashCore
internal import PhashEngine
internal import PhashPosix
internal import PhashWire

/// The children of a daemon, by what they do: those of one filter's profile cannot work for another's. Crews that have had
/// nothing to do for a while are dismissed.
struct CrewTable {
    private struct Crew {
        let profile: [UInt8]
        let workers: BatchWorkers
        /// When it last had something to do.
        var lastUse: Nanoseconds
    }

    /// What became of a batch.
    enum Beginning: Equatable {
        case begun
        /// It cannot be done here, and why.
        case refused(String)
    }

    private let settings: DaemonSettings
    private let signals: Int32
    private let keyFingerprint: String?
    private var crews: [Crew] = []
    /// Restarts of children that are gone.
    private var earlierRestarts: UInt64 = 0

    /// How long a crew without work stays.
    private static let idlePatience: Nanoseconds = 60 * .second
    /// Crews without work that stay when another is needed.
    private static let idleCrews = 3

    init(settings: DaemonSettings, signals: Int32) {
        self.settings = settings
        self.signals = signals
        keyFingerprint = settings.key.map(KeyFingerprint.of)
    }

    /// Batches that are under way here.
    var openCount: Int { crews.reduce(0) { $0 + $1.workers.openCount } }
    var childCount: Int { crews.reduce(0) { $0 + $1.workers.childCount } }
    var busyCount: Int { crews.reduce(0) { $0 + $1.workers.busyCount } }
    var restarts: UInt64 { crews.reduce(earlierRestarts) { $0 + $1.workers.restarts } }

    /// A crew none of whose children can be started.
    struct Failure {
        /// For people.
        let reason: String
        /// The batches that it had.
        let tokens: [UInt64]
        /// Signals that came while it was dismissed.
        let arrivals: [SignalArrival]
    }

    /// Dismisses a crew none of whose children can be started, if there is one. That may be the fault of what it was to do:
    /// lines so long that there is no memory for them.
    mutating func takeFailure() -> Failure? {
        for (index, crew) in crews.enumerated() {
            guard let reason = crew.workers.failure else { continue }
            crews.remove(at: index)
            earlierRestarts += crew.workers.restarts
            return Failure(reason: reason, tokens: crew.workers.openTokens, arrivals: crew.workers.end())
        }
        return nil
    }

    // MARK: Batches

    mutating func begin(_ delivery: Delivery, token: UInt64) -> Beginning {
        guard delivery.properties.type == RemoteBatch.type, let batch = RemoteBatch(decoding: delivery.body),
            let profile = RemoteProfile(decoding: batch.profile)
        else { return .refused("it cannot be read: are the filter and phash-amqp of one version?") }
        if let reason = objection(to: profile) { return .refused(reason) }
        do {
            let index = try crewIndex(batch.profile, profile)
            guard crews[index].workers.admits(batch) else {
                return .refused("it is larger than it says itself")
            }
            crews[index].workers.take(batch, token: token)
            crews[index].lastUse = MonotonicClock.now
            return .begun
        } catch {
            return .refused("\(error)")
        }
    }

    private func objection(to profile: RemoteProfile) -> String? {
        guard !profile.keyFingerprint.isEmpty else { return nil }
        guard let keyFingerprint else { return "it is to be hashed with a key, and there is none here: see --key-file" }
        guard keyFingerprint == profile.keyFingerprint else { return "the key here is another one" }
        return nil
    }

    private mutating func crewIndex(_ bytes: [UInt8], _ profile: RemoteProfile) throws -> Int {
        if let index = crews.firstIndex(where: { $0.profile == bytes }) { return index }
        let workers = try BatchWorkers(profile: profile, key: settings.key, settings: settings, signals: signals)
        crews.append(Crew(profile: bytes, workers: workers, lastUse: MonotonicClock.now))
        return crews.count - 1
    }

    mutating func answers() -> [(token: UInt64, reply: RemoteReply)] { crews.flatMap { $0.workers.answers() } }

    // MARK: The loop

    func perform() {
        for crew in crews { crew.workers.perform() }
    }

    /// Adds what is to be waited for, and says for how long at most; nil for ever.
    func addDescriptors(to poll: inout PollSet) -> Nanoseconds? {
        var limit: Nanoseconds?
        for crew in crews {
            guard let own = crew.workers.addDescriptors(to: &poll) else { continue }
            limit = min(limit ?? own, own)
        }
        return limit
    }

    func noteReadiness(in poll: PollSet) {
        for crew in crews { crew.workers.noteReadiness(in: poll) }
    }

    func reap() {
        for crew in crews { crew.workers.reap() }
    }

    func noteResumption() {
        for crew in crews { crew.workers.noteResumption() }
    }

    /// When a crew without work is dismissed next; nil when there is none.
    var nextRetirement: Nanoseconds? {
        crews.filter { $0.workers.openCount == 0 }.map { $0.lastUse + Self.idlePatience }.min()
    }

    /// Dismisses crews that have had nothing to do for a while, or that are too many; returns the signals that came meanwhile.
    mutating func retireIdle(now: Nanoseconds) -> [SignalArrival] {
        for index in crews.indices where crews[index].workers.openCount > 0 { crews[index].lastUse = now }
        let idle = crews.filter { $0.workers.openCount == 0 }.map(\.lastUse).sorted()
        let excess = idle.dropLast(Self.idleCrews).last
        var arrivals: [SignalArrival] = []
        crews.removeAll { crew in
            guard crew.workers.openCount == 0 else { return false }
            let isDue = crew.lastUse + Self.idlePatience <= now || excess.map { crew.lastUse <= $0 } == true
            guard isDue else { return false }
            earlierRestarts += crew.workers.restarts
            arrivals += crew.workers.end()
            return true
        }
        return arrivals
    }

    /// Ends all children at once.
    func end() -> [SignalArrival] { crews.flatMap { $0.workers.end() } }
}
