import Foundation
import PhashCore
import PhashTestKit
import Testing

/// The real scheduler in simulated worlds. `PHASH_SEED` runs one world, `PHASH_WORLDS` says how many there are.
struct SimulationTests {
    @Test func `worlds by seed keep every promise`() {
        if let seed = setting("PHASH_SEED") {
            report(UInt64(seed), failure(of: WorldPlan(seed: UInt64(seed)), seed: UInt64(seed)))
            return
        }
        for seed in 1...UInt64(setting("PHASH_WORLDS") ?? 2_000) {
            report(seed, failure(of: WorldPlan(seed: seed), seed: seed))
        }
    }

    @Test(arguments: [true, false])
    func `every order of events in small worlds keeps every promise`(isOrdered: Bool) {
        for jobs in 1...2 {
            for deaths in 0...1 {
                var limits = SchedulerLimits(jobs: jobs, processors: 2)
                limits.isOrdered = isOrdered
                limits.batchRecords = 2
                limits.retries = 0
                limits.estimatedRecordCost = 1_000_000_000
                var plan = WorldPlan(limits: limits)
                plan.isPartial = false
                plan.isPatient = true
                plan.deaths = deaths
                plan.records = Array(repeating: SimulatedRecord(cost: 1_000_000_000), count: 3)
                explore(plan, atLeast: 4)
            }
        }
    }

    /// The head of the line dies with every other slot full of finished later batches, and is halved (decision 6).
    @Test func `the head is halved while all other slots are full`() {
        var limits = SchedulerLimits(jobs: 2, processors: 2)
        limits.slotsPerWorker = 2
        limits.batchRecords = 2
        limits.estimatedRecordCost = 100
        var plan = WorldPlan(limits: limits)
        plan.isPartial = false
        plan.isPatient = true
        plan.deaths = 1
        plan.records = Array(repeating: SimulatedRecord(cost: 100), count: 4)
        plan.records[0].nature = .crashing
        explore(plan, atLeast: 100)
    }

    @Test(arguments: Canary.allCases)
    func `a fault of the world is found`(canary: Canary) {
        var isFound = false
        for seed in 1...400 where !isFound {
            var plan = WorldPlan(seed: UInt64(seed))
            plan.limits.isOrdered = true
            plan.limits.timeout = nil
            plan.records = plan.records.map { SimulatedRecord(length: $0.length, cost: $0.cost) }
            plan.deaths = max(plan.deaths, 2)
            plan.canary = canary
            isFound = failure(of: plan, seed: UInt64(seed)) != nil
        }
        #expect(isFound, "the checks do not notice \(canary)")
    }

    @Test func `a seed repeats its world`() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var first = SimulatedWorld(plan: WorldPlan(seed: seed), decisions: RandomChooser(seed: seed))
            var second = SimulatedWorld(plan: WorldPlan(seed: seed), decisions: RandomChooser(seed: seed))
            let steps = try first.run()
            #expect(try second.run() == steps)
        }
    }

    private func explore(_ plan: WorldPlan, atLeast least: Int) {
        var decisions = ExhaustiveChooser()
        var worlds = 0
        let most = setting("PHASH_WORLDS") ?? 10_000
        repeat {
            var world = SimulatedWorld(plan: plan, decisions: decisions)
            do {
                _ = try world.run()
            } catch {
                Issue.record("world \(worlds): \(error)")
                return
            }
            decisions = world.decisions
            worlds += 1
        } while decisions.advance() && worlds < most
        #expect(worlds >= least)
        print("small worlds: \(worlds)\(worlds == most ? ", not all" : "")")
    }

    private func failure(of plan: WorldPlan, seed: UInt64) -> (any Error)? {
        var world = SimulatedWorld(plan: plan, decisions: RandomChooser(seed: ~seed))
        do {
            _ = try world.run()
            return nil
        } catch {
            return error
        }
    }

    private func report(_ seed: UInt64, _ failure: (any Error)?) {
        if let failure { Issue.record("PHASH_SEED=\(seed): \(failure)") }
    }

    private func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
