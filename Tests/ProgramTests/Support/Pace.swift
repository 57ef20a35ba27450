/// How fast this machine hashes, so that a record can be made to last about as long as a test wants.
enum Pace {
    /// The best of three, for whatever else the machine does makes it seem slower.
    private static let roundsPerSecond = Result { try (0..<3).map { _ in try measured() }.max()! }

    private static func measured() throws -> Double {
        let rounds = 400_000
        let start = ContinuousClock.now
        let outcome = try phash("-r", "\(rounds)", input: "pace\n")
        guard outcome.ending == .exit(0) else { throw Failure("\(outcome.story)") }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Double(rounds) / seconds
    }

    /// The argument of `-r` with which one record takes about that long.
    static func rounds(seconds: Double) throws -> String {
        String(max(1, Int(try roundsPerSecond.get() * seconds)))
    }

    /// So many rounds that a record is never finished.
    static let endless = "9000000000000000000"
}
