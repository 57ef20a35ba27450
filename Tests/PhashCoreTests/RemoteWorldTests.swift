import PhashTestKit
import Testing

@testable import PhashCore

/// Random worlds in which children on other machines come and go, parts come back, and what speaks for them dies: whatever
/// happens, each record leaves once, in its order, and the run comes to its end.
struct RemoteWorldTests {
    /// What happens in one world, drawn from a seed.
    private struct World {
        let shell: Shell
        var generator: SeededGenerator
        let records: Int
        /// The record that no machine comes to an end with, from 0; none when it is beyond the last.
        let poison: Int
        let remote: Int
        var readCount = 0
        var deathsLeft = 6
        var hasGivenUp = false
        /// Lines in the order in which they left, and those that were given up.
        var left: [UInt64] = []
        var givenUp: [UInt64] = []

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            let jobs = Int.random(in: 0...2, using: &generator)
            let slow = Bool.random(using: &generator)
            shell = Shell(jobs: jobs, hasRemote: true) {
                $0.estimatedRecordCost = slow ? .second : .millisecond / 1_000
                $0.retries = 1
                $0.lanes = 4
            }
            records = Int.random(in: 1...60, using: &generator)
            poison = Int.random(in: 0...2 * records, using: &generator)
            remote = jobs
        }

        /// Runs to the end; the reason why it does not get there, or nil.
        mutating func run() -> String? {
            for _ in 0..<20_000 {
                carryOut()
                if shell.outcome == .completed { return problem }
                step()
            }
            return "not done: \(shell.phases), \(shell.waitingCount) wait, \(shell.windowCount) batches"
        }

        private var problem: String? {
            if left != (1...UInt64(records)).map({ $0 }) { return "lines left as \(left)" }
            let expected = poison < records ? [UInt64(poison) + 1] : []
            if givenUp != expected { return "lines \(givenUp) were given up, not \(expected)" }
            return nil
        }

        private mutating func carryOut() {
            for case .giveUp(let address, let firstRecord, _, _) in shell.drain() {
                givenUp.append(shell.scheduler.batch(at: address).firstLine + UInt64(firstRecord))
            }
        }

        /// Lets one of the things happen that can.
        private mutating func step() {
            var events: [(inout World) -> Void] = []
            if readCount < records && shell.readAllowance() > 0 { events.append { $0.read() } }
            if !shell.scheduler.output.isEmpty { events.append { $0.write() } }
            for index in shell.workers.indices { addEvents(of: index, to: &events) }
            guard let event = events.randomElement(using: &generator) else { return shell.pass(.second) }
            event(&self)
        }

        private mutating func read() {
            let count = Int.random(in: 1...min(records - readCount, 20), using: &generator)
            shell.readRecords(count)
            readCount += count
            if readCount == records { shell.scheduler.inputEnded() }
        }

        private mutating func write() {
            let bytes = Int.random(in: 1...max(shell.scheduler.output.pendingBytes, 1), using: &generator)
            var firstLines: [SlotAddress: UInt64] = [:]
            for place in 0..<shell.scheduler.output.count {
                let address = shell.scheduler.output[place].address
                firstLines[address] = shell.scheduler.batch(at: address).firstLine
            }
            shell.scheduler.outputWritten(min(bytes, shell.scheduler.output.pendingBytes)) { address, first, count in
                let line = firstLines[address]! + UInt64(first)
                left += (0..<UInt64(count)).map { line + $0 }
            }
        }

        private func addEvents(of index: Int, to events: inout [(inout World) -> Void]) {
            let worker = shell.workers[index]
            let isRemote = !worker.isLocal
            switch worker.phase {
            case .starting:
                events.append { $0.shell.ready(index, lanes: 4) }
            case .ready:
                if isRemote {
                    events.append { world in
                        let children = Int.random(in: 0...3, using: &world.generator)
                        world.shell.scheduler.remoteChildrenCounted(index, children: children)
                    }
                }
                let count = isRemote ? worker.running.count : min(worker.running.count, 1)
                for place in 0..<count { events.append { $0.answer(index, place: place) } }
                if deathsLeft > 0 { events.append { $0.die(index) } }
            case .doomed, .retiring:
                events.append { $0.shell.die(index) }
            case .absent, .spawning:
                break
            }
        }

        private mutating func answer(_ index: Int, place: Int) {
            let order = shell.workers[index].running[place]
            let first = Int(shell.scheduler.batch(at: order.address).firstLine) - 1 + order.firstRecord
            let isPoisonous = (first..<first + order.recordCount).contains(poison)
            if isPoisonous && shell.workers[index].isLocal { return shell.die(index) }
            if isPoisonous { return shell.scheduler.partReturned(index, ticket: order.ticket, now: shell.now) }
            shell.scheduler.batchFinished(
                index, ticket: order.ticket, resultBytes: 7 * order.recordCount, tally: PartTally(),
                duration: .millisecond, now: shell.now)
        }

        private mutating func die(_ index: Int) {
            deathsLeft -= 1
            let isRemote = !shell.workers[index].isLocal
            shell.die(index, hasBegun: false)
            guard isRemote, remote > 0, Bool.random(using: &generator) else { return }
            shell.scheduler.remoteGivenUp(index)
        }
    }

    @Test func everyRecordLeavesOnceWhateverHappens() {
        for seed in 1...3_000 as ClosedRange<UInt64> {
            var world = World(seed: seed)
            let problem = world.run()
            #expect(problem == nil, "seed \(seed)")
        }
    }

    /// A harness that finds nothing might look at nothing.
    @Test func aLostRecordWouldBeFound() {
        var found = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            var world = World(seed: seed)
            _ = world.run()
            world.left.removeFirst()
            if world.run() != nil { found += 1 }
        }
        #expect(found == 20)
    }
}
