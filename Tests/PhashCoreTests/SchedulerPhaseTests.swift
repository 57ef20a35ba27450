import Testing

@testable import PhashCore

/// Every phase of a worker with every event: what may follow, what is ignored, what kills, and what traps.
struct SchedulerPhaseTests {
    enum Place: String, CaseIterable, Codable, Sendable {
        case absent, spawning, starting, ready, doomedEarly, doomed, doomedLate, retiring

        var phase: Worker.Phase {
            switch self {
            case .absent: .absent
            case .spawning: .spawning
            case .starting: .starting
            case .ready: .ready
            case .doomedEarly: .doomed(wasReady: false, timedOut: false)
            case .doomed: .doomed(wasReady: true, timedOut: false)
            case .doomedLate: .doomed(wasReady: true, timedOut: true)
            case .retiring: .retiring
            }
        }

        /// A shell whose only worker is in that phase, having arrived there as in a run.
        func shell() -> Shell {
            let shell = Shell { $0.timeout = .second }
            if self == .absent { return shell }
            shell.readRecords(1)
            if self == .spawning {
                precondition(shell.scheduler.nextAction(now: shell.now) == .startWorker(0))
                return shell
            }
            shell.drain()
            switch self {
            case .absent, .spawning, .starting: return shell
            case .doomedEarly:
                shell.scheduler.workerMisbehaved(0)
                shell.drain()
                return shell
            case .ready, .doomed, .doomedLate, .retiring:
                shell.ready(0)
            }
            switch self {
            case .absent, .spawning, .starting, .ready, .doomedEarly: break
            case .doomed:
                shell.scheduler.workerMisbehaved(0)
            case .doomedLate:
                shell.pass(.second)
            case .retiring:
                shell.finish(0)
                shell.write()
                shell.drain()
                shell.scheduler.slotsOutgrown(0)
            }
            shell.drain()
            return shell
        }
    }

    enum Event: String, CaseIterable, Codable, Sendable {
        case started, startFailed, ready, readyWithoutLanes, finished, finishedAnother, misbehaved, exited, outgrown,
            timePassed

        func happen(to shell: Shell) {
            let now = shell.now
            // The ticket of the only order that was ever given.
            let ticket: UInt64 = 1
            switch self {
            case .started: shell.scheduler.workerStarted(0, now: now)
            case .startFailed: shell.scheduler.workerStartFailed(0, status: 1, now: now)
            case .ready: shell.scheduler.workerReady(0, lanes: 4, now: now)
            case .readyWithoutLanes: shell.scheduler.workerReady(0, lanes: 0, now: now)
            case .finished:
                shell.scheduler.batchFinished(
                    0, ticket: ticket, resultBytes: 10, tally: PartTally(errors: 0), duration: 1_000, now: now)
            case .finishedAnother:
                shell.scheduler.batchFinished(
                    0, ticket: ticket + 1, resultBytes: 10, tally: PartTally(errors: 0), duration: 1_000, now: now)
            case .misbehaved: shell.scheduler.workerMisbehaved(0)
            case .exited: shell.scheduler.workerExited(0, begun: nil, status: 9, now: now)
            case .outgrown: shell.scheduler.slotsOutgrown(0)
            case .timePassed: shell.pass(100 * .second)
            }
        }
    }

    enum Expectation: Equatable {
        /// The new phase, without an action.
        case becomes(Worker.Phase)
        /// A harmless race or nothing to do.
        case stays
        /// The child is killed.
        case kills(Worker.Phase)
        case traps
    }

    static func expectation(_ place: Place, _ event: Event) -> Expectation {
        switch (place, event) {
        // What a child cannot have said, or the shell cannot know.
        case (.absent, .started), (.absent, .startFailed): .traps
        case (.absent, .ready), (.absent, .readyWithoutLanes), (.absent, .finished), (.absent, .finishedAnother): .traps
        case (.absent, .misbehaved), (.absent, .exited): .traps
        case (.absent, .outgrown), (.absent, .timePassed): .stays

        case (.spawning, .started): .becomes(.starting)
        case (.spawning, .startFailed): .becomes(.absent)
        case (.spawning, .ready), (.spawning, .readyWithoutLanes), (.spawning, .finished): .traps
        case (.spawning, .finishedAnother), (.spawning, .misbehaved), (.spawning, .exited): .traps
        case (.spawning, .outgrown), (.spawning, .timePassed): .stays

        case (_, .started), (_, .startFailed): .traps

        case (.starting, .ready): .becomes(.ready)
        // Results before readiness are as bad as none of what it says.
        case (.starting, .readyWithoutLanes), (.starting, .finished), (.starting, .finishedAnother),
            (.starting, .misbehaved), (.starting, .timePassed):
            .kills(.doomed(wasReady: false, timedOut: false))
        case (.starting, .exited): .becomes(.absent)
        case (.starting, .outgrown): .stays

        case (.ready, .finished): .becomes(.ready)
        case (.ready, .ready), (.ready, .readyWithoutLanes), (.ready, .finishedAnother), (.ready, .misbehaved):
            .kills(.doomed(wasReady: true, timedOut: false))
        case (.ready, .timePassed): .kills(.doomed(wasReady: true, timedOut: true))
        case (.ready, .exited): .becomes(.absent)
        case (.ready, .outgrown): .stays

        // It may say anything until it is gone.
        case (.doomedEarly, .exited), (.doomed, .exited), (.doomedLate, .exited), (.retiring, .exited):
            .becomes(.absent)
        case (.doomedEarly, _), (.doomed, _), (.doomedLate, _), (.retiring, _): .stays
        }
    }

    @Test(arguments: Place.allCases)
    func thePlacesAreReached(place: Place) {
        #expect(place.shell().phases == [place.phase])
    }

    @Test(arguments: Place.allCases, Event.allCases)
    func everyPhaseMeetsEveryEvent(place: Place, event: Event) {
        let expectation = Self.expectation(place, event)
        if expectation == .traps { return }
        let shell = place.shell()
        event.happen(to: shell)
        let phase = shell.phases[0]
        // Without a plan: only what the event itself brought about.
        let actions = Array(shell.scheduler.actions[shell.scheduler.nextActionIndex...])
        switch expectation {
        case .becomes(let expected):
            #expect(phase == expected && actions.isEmpty)
        case .stays:
            #expect(phase == place.phase && actions.isEmpty)
        case .kills(let expected):
            #expect(phase == expected && actions == [.killWorker(0)])
            #expect(shell.workers[0].deadline == nil)
        case .traps:
            break
        }
        if phase == .absent {
            #expect(shell.workers[0].running.isEmpty && shell.workers[0].deadline == nil)
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
    @Test func theWayToEachPhaseIsSound() async {
        await #expect(processExitsWith: .success) {
            for place in Place.allCases { precondition(place.shell().phases == [place.phase]) }
        }
    }
}
