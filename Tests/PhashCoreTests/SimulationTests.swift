import PhashTestKit
import Testing

/// The real scheduler in simulated worlds. `make sim` runs far more of them.
struct SimulationTests {
    /// As many as fit into a few seconds without optimisation.
    private static let worlds: UInt64 = 1_000

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `worlds by seed keep every promise`(share: UInt64) {
        for seed in stride(from: 1 + share, through: Self.worlds, by: 4) {
            if let violation = WorldPlan(seed: seed).failure(seed: ~seed) {
                Issue.record("make sim SEED=\(seed) WORLDS=1: \(violation)")
            }
        }
    }

    @Test(arguments: Canary.allCases)
    func `a fault of the world is found by the check for it, and shrinks to a short script`(canary: Canary) throws {
        let seed = (1...400 as ClosedRange<UInt64>).first { seed in
            WorldPlan(seed: seed, canary: canary).failure(seed: ~seed)?.invariant == canary.breaks
        }
        let found = try #require(seed, "the checks do not notice \(canary)")
        let example = try #require(Counterexample(WorldPlan(seed: found, canary: canary), seed: ~found))
        #expect(example.violation.invariant == canary.breaks)
        #expect(example.events.count <= 12, "\(example)")
        #expect(example.isRepeatable, "\(example)")
        #expect(example.description.hasSuffix("\n\(example.violation)"))
    }

    @Test func `every invariant has a canary`() {
        #expect(Set(Canary.allCases.map(\.breaks)) == Set(Invariant.allCases))
    }

    /// What takes longer is left to `phash-sim --exhaustive`, which does all of them.
    @Test(arguments: SmallWorld.grid + SmallWorld.special)
    func `every order of events in a small world keeps every promise`(world: SmallWorld) throws {
        var explorer = StateExplorer()
        let isComplete = try explorer.explore(world.plan, mostStates: 800)
        #expect(explorer.states >= 800 || (isComplete && explorer.ends >= 1))
    }

    /// Design decision 6: the head of the line always has its slot.
    @Test(arguments: SmallWorld.special.filter { $0.name.contains("the head halved") })
    func `the head is halved while all other slots are full`(world: SmallWorld) throws {
        var explorer = StateExplorer()
        #expect(try explorer.explore(world.plan))
        #expect(explorer.crampedHeads > 0)
    }

    @Test func `a fault in a small world is found, with the way to it`() throws {
        var plan = try #require(SmallWorld.grid.first { $0.name == "2 workers, 2 batches, 0 deaths, ordered" }).plan
        plan.canary = .dropRecord
        var explorer = StateExplorer()
        do throws(Violation) {
            _ = try explorer.explore(plan)
            Issue.record("the fault is not found")
        } catch {
            #expect(error.invariant == .exactlyOnce)
        }
        #expect(explorer.story(of: plan).contains("child 1 answers"))
    }

    @Test func `a seed repeats its world`() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let plan = WorldPlan(seed: seed, canary: .dropRecord)
            #expect(plan.failure(seed: seed)?.description == plan.failure(seed: seed)?.description)
        }
    }

    @Test func `a git hash is a seed`() {
        #expect(UInt64(seed: "17") == 17)
        #expect(UInt64(seed: "b6cab56") == 0xb6cab56)
        #expect(UInt64(seed: "b6cab560123456789abcdef0123456789abcdef0") == 0xb6ca_b560_1234_5678)
        #expect(UInt64(seed: "1234567890123456789012345678901234567890") == 0x1234_5678_9012_3456)
        #expect(UInt64(seed: "main") == nil)
        #expect(UInt64(seed: "") == nil)
    }
}
