import Testing

@testable import PhashCore

/// Every state of a part with every event that can concern it, and every end of a run with every event.
///
/// The phases of a worker and the states of the input have their tables in `SchedulerPhaseTests` and
/// `SchedulerInputTests`.
struct SchedulerPartTests {
    enum Place: String, CaseIterable, Codable, Sendable {
        case waiting, sent, givenUp, finished, queued, written

        /// A shell with a part in that state, having arrived there as in a run: the first part of worker 1's batch.
        func shell() -> Shell {
            let shell = Shell(jobs: 2) {
                $0.estimatedRecordCost = .second
                $0.retries = 0
                $0.lanes = 2
            }
            // The head of the line is worker 0's, and the batch of worker 1 has two records, each of them a part.
            shell.readRecords(4)
            shell.drain()
            for index in 0..<2 { shell.ready(index, lanes: 2) }
            shell.die(1)
            shell.drain()
            shell.ready(1, lanes: 2)
            switch self {
            case .sent: break
            case .waiting: shell.die(1, hasBegun: false)
            case .givenUp: shell.die(1)
            case .finished: shell.finish(1, resultBytes: 30)
            case .queued, .written:
                shell.finish(0, resultBytes: 20)
                shell.finish(1, resultBytes: 30)
                if self == .written { shell.write() }
            }
            return shell
        }

        func state(ticket: UInt64) -> Part.State {
            switch self {
            case .waiting: .waiting
            case .sent: .sent(ticket: ticket)
            case .givenUp: .givenUp
            case .finished: .finished(resultBytes: 30, tally: PartTally(errors: 0))
            case .queued: .queued(PartTally(errors: 0))
            case .written: .written
            }
        }
    }

    /// The ticket of the part's own sending: the batches took 1 and 2.
    private static let ticket: UInt64 = 3

    private static func state(_ shell: Shell) -> Part.State { shell.batch(worker: 1).parts[0].state }

    enum Event: String, CaseIterable, Codable, Sendable {
        case finished, errorRecordWritten, died, diedEarly, headLeft

        func happen(to shell: Shell) {
            switch self {
            case .finished:
                shell.scheduler.batchFinished(
                    1, ticket: SchedulerPartTests.ticket, resultBytes: 30, tally: PartTally(errors: 0), duration: 1_000,
                    now: shell.now)
            case .errorRecordWritten:
                shell.scheduler.errorRecordWritten(
                    SlotAddress(worker: 1, slot: 0), firstRecord: 0, resultBytes: 50)
            case .died: shell.scheduler.workerExited(1, begun: SchedulerPartTests.ticket, status: 9, now: shell.now)
            case .diedEarly: shell.scheduler.workerExited(1, begun: nil, status: 9, now: shell.now)
            case .headLeft:
                if !shell.workers[0].running.isEmpty { shell.finish(0, resultBytes: 20) }
                shell.write()
            }
        }
    }

    enum Expectation: Equatable {
        case becomes(Part.State)
        case stays
        /// It stays, and the child that said so is killed.
        case kills
        case traps
    }

    static func expectation(_ place: Place, _ event: Event) -> Expectation {
        switch (place, event) {
        case (.sent, .finished): .becomes(.finished(resultBytes: 30, tally: PartTally(errors: 0)))
        // Its only try.
        case (.sent, .died): .becomes(.givenUp)
        case (.sent, .diedEarly): .becomes(.waiting)
        case (.givenUp, .errorRecordWritten): .becomes(.finished(resultBytes: 50, tally: PartTally(errors: 1)))
        case (_, .errorRecordWritten): .traps

        // The place has no child that could have said so, or died.
        case (.waiting, .finished), (.waiting, .died), (.waiting, .diedEarly): .traps
        case (.givenUp, .finished), (.givenUp, .died), (.givenUp, .diedEarly): .traps

        // What is finished is finished, whatever becomes of the child.
        case (.finished, .finished), (.queued, .finished), (.written, .finished): .kills
        case (.finished, .died), (.queued, .died), (.written, .died): .stays
        case (.finished, .diedEarly), (.queued, .diedEarly), (.written, .diedEarly): .stays

        // Nothing leaves before it is finished, and nothing after it has left.
        case (.finished, .headLeft), (.queued, .headLeft): .becomes(.written)
        case (.waiting, .headLeft), (.sent, .headLeft), (.givenUp, .headLeft), (.written, .headLeft): .stays
        }
    }

    @Test(arguments: Place.allCases)
    func thePlacesAreReached(place: Place) {
        #expect(Self.state(place.shell()) == place.state(ticket: Self.ticket))
    }

    @Test(arguments: Place.allCases, Event.allCases)
    func everyStateMeetsEveryEvent(place: Place, event: Event) {
        let expectation = Self.expectation(place, event)
        if expectation == .traps { return }
        let shell = place.shell()
        let before = Self.state(shell)
        event.happen(to: shell)
        switch expectation {
        case .becomes(let expected): #expect(Self.state(shell) == expected)
        case .stays: #expect(Self.state(shell) == before)
        case .kills: #expect(Self.state(shell) == before && shell.drain().killed == [1])
        case .traps: break
        }
    }

    static let traps = Place.allCases.flatMap { place in
        Event.allCases.filter { expectation(place, $0) == .traps }.map { (place, $0) }
    }

    @Test(arguments: traps)
    func whatCannotHappenTraps(place: Place, event: Event) async {
        await #expect(processExitsWith: .failure) { [place, event] in
            event.happen(to: place.shell())
        }
    }

    /// The trap is that of the event, not of the way there.
    @Test func theWayToEachStateIsSound() async {
        await #expect(processExitsWith: .success) {
            for place in Place.allCases { precondition(Self.state(place.shell()) == place.state(ticket: Self.ticket)) }
        }
    }
}

/// What happens after the run has ended early changes nothing about its end, and brings about nothing new.
struct SchedulerEndingTests {
    enum Ending: String, CaseIterable, Codable, Sendable {
        case aborted, startsFailed

        /// A run that ended in that way, with the child of worker 0 at work and a record that waits.
        func shell() -> Shell {
            let shell = Shell(jobs: 2) { $0.estimatedRecordCost = .second }
            shell.work(records: 3)
            shell.scheduler.stopRequested(signal: 15, now: shell.now)
            switch self {
            case .aborted:
                shell.scheduler.stopRequested(signal: 2, now: shell.now)
            case .startsFailed:
                // The child of worker 1 dies, and so do those that follow it, before they are ready.
                for _ in 0...SchedulerLimits.startFailures {
                    shell.die(1, hasBegun: false)
                    shell.pass(.second)
                    shell.drain()
                }
            }
            return shell
        }

        var outcome: Outcome {
            switch self {
            case .aborted: .aborted(signal: 2)
            case .startsFailed: .startsFailed(status: 9)
            }
        }
    }

    enum Event: String, CaseIterable, Codable, Sendable {
        case finished, died, misbehaved, signal, timePassed, outgrown

        func happen(to shell: Shell) {
            switch self {
            case .finished:
                shell.finish(0)
                shell.write()
            case .died: shell.die(0)
            case .misbehaved: shell.scheduler.workerMisbehaved(0)
            case .signal: shell.scheduler.stopRequested(signal: 1, now: shell.now)
            case .timePassed: shell.pass(100 * .second)
            case .outgrown: shell.scheduler.slotsOutgrown(0)
            }
        }
    }

    @Test(arguments: Ending.allCases, Event.allCases)
    func theFirstEndIsTheEnd(ending: Ending, event: Event) {
        let shell = ending.shell()
        #expect(shell.outcome == ending.outcome)
        event.happen(to: shell)
        let actions = shell.drain()
        #expect(shell.outcome == ending.outcome)
        #expect(actions.started.isEmpty && actions.runs.isEmpty && actions.batchSizes.isEmpty, "\(actions)")
    }
}
