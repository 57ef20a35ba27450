import ArgumentParser
import PhashPosix
import PhashTestKit

/// Runs the scheduler in simulated worlds, and prints the smallest script of whatever goes wrong.
@main
struct SimulationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phash-sim",
        abstract: "run the scheduler in simulated worlds",
        discussion: """
            A world is made by its seed and can be made again: --seed N --worlds 1. A violation ends with status 1, after \
            the seed and the smallest script that shows it.
            """)

    @Option(help: "Seed of the first world, or a git hash.")
    var seed: Seed = Seed(value: 1)

    @Option(help: "How many worlds; each has the seed after the one before it.")
    var worlds: UInt64?

    @Option(help: "How many seconds; 60 unless the number of worlds is given.")
    var seconds: Int?

    @Option(name: .shortAndLong, help: "How many threads.")
    var jobs = 2

    @Flag(help: "Try every order of events in small worlds instead.")
    var exhaustive = false

    @Option(help: "Plant a fault in every world, to see it found: \(Canary.names).")
    var canary: Canary?

    @Flag(help: "Tell each seed before its world, in case the scheduler traps; use --jobs 1.")
    var announce = false

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs is at least 1") }
        guard seconds.map({ $0 >= 1 }) ?? true else { throw ValidationError("--seconds is at least 1") }
    }

    func run() async throws {
        let isSound = exhaustive ? try await exploreSmallWorlds() : try await runWorlds()
        if !isSound { throw ExitCode(1) }
    }

    private func runWorlds() async throws -> Bool {
        try say("seed \(seed.value)")
        let duration = seconds ?? (worlds == nil ? 60 : nil)
        let run = SeedRun(
            first: seed.value, limit: worlds, duration: duration.map { .seconds($0) }, canary: canary,
            announces: announce)
        await withTaskGroup(of: Void.self) { group in
            for job in 0..<jobs { group.addTask { run.work(tellsProgress: job == 0) } }
        }
        try say(run.summary)
        guard let failure = run.failure else { return true }
        try say("seed \(failure.seed): \(failure.violation)")
        let example = Counterexample(run.plan(of: failure.seed), seed: ~failure.seed)
        try say(example.map { "the smallest script that shows it:\n\($0)" } ?? "it cannot be repeated")
        return false
    }

    private func exploreSmallWorlds() async throws -> Bool {
        let start = ContinuousClock.now
        let worlds = SmallWorld.grid + SmallWorld.special
        let (states, isSound) = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            // One after another on each thread: those of the same place modulo the number of threads.
            for job in 0..<jobs {
                group.addTask {
                    try stride(from: job, to: worlds.count, by: jobs).reduce((0, true)) { sum, index in
                        let (states, isSound) = try explore(worlds[index])
                        return (sum.0 + states, sum.1 && isSound)
                    }
                }
            }
            return try await group.reduce((0, true)) { ($0.0 + $1.0, $0.1 && $1.1) }
        }
        try say("\(worlds.count) small worlds, \(states) states, \(ContinuousClock.now - start)")
        return isSound
    }

    private func explore(_ world: SmallWorld) throws -> (states: Int, isSound: Bool) {
        var explorer = StateExplorer()
        do throws(Violation) {
            _ = try explorer.explore(world.plan)
        } catch {
            try say("\(world.name): \(error)\n\(explorer.story(of: world.plan))")
            return (explorer.states, false)
        }
        try say(
            "\(world.name): \(explorer.states) states, \(explorer.steps) steps, \(explorer.ends) ends, "
                + "longest run \(explorer.longest)")
        return (explorer.states, true)
    }

    private func say(_ text: String) throws { try StandardOutput.write("phash-sim: \(text)\n") }
}

extension Canary: ExpressibleByArgument {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// A number, or the start of a git hash.
struct Seed: ExpressibleByArgument {
    let value: UInt64

    init(value: UInt64) { self.value = value }

    init?(argument: String) {
        guard let value = UInt64(seed: argument) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { "\(value)" }
}
