import Glibc
import PhashPosix
import Testing

/// Signals belong to the whole process, so each of these runs in one of its own. It ends well only if all holds.
struct SignalsTests {
    @Test func theEndOfAStopComesFirstAndStatusLast() async {
        await #expect(processExitsWith: .success) {
            let descriptor = try Signals.listen()
            precondition(descriptor >= 10)
            precondition(Signals.arrived(on: descriptor).isEmpty)
            let caught = [
                Signals.status, Signals.interrupt, Signals.terminate, Signals.hangUp, Signals.child, Signals.resumed,
            ]
            for signal in caught { raise(signal) }
            precondition(
                Signals.arrived(on: descriptor).map(\.signal)
                    == [
                        Signals.resumed, Signals.child, Signals.interrupt, Signals.terminate, Signals.hangUp,
                        Signals.status,
                    ])
            precondition(Signals.arrived(on: descriptor).isEmpty)
        }
    }

    @Test func stopsCountEachWithItsTime() async {
        await #expect(processExitsWith: .success) {
            let descriptor = try Signals.listen()
            let before = MonotonicClock.now
            for _ in 0..<3 { raise(Signals.terminate) }
            let between = MonotonicClock.now
            for _ in 0..<200 {
                raise(Signals.status)
                raise(Signals.interrupt)
            }
            let after = MonotonicClock.now
            let arrivals = Signals.arrived(on: descriptor)
            // Eight are kept: more say nothing that two do not.
            let terminate = Array(repeating: Signals.terminate, count: 3)
            let interrupt = Array(repeating: Signals.interrupt, count: 5)
            precondition(arrivals.map(\.signal) == terminate + interrupt + [Signals.status])
            precondition(arrivals.prefix(3).allSatisfy { (before...between).contains($0.time) })
            precondition(arrivals.dropFirst(3).prefix(5).allSatisfy { (between...after).contains($0.time) })
        }
    }

    @Test func anArrivalWakesThePoll() async {
        await #expect(processExitsWith: .success) {
            let descriptor = try Signals.listen()
            var set = PollSet()
            let place = set.add(descriptor, .input)
            raise(Signals.terminate)
            try set.wait(milliseconds: nil)
            precondition(set[place].isReadable)
        }
    }

    @Test func aSignalThatWasIgnoredStaysIgnored() async {
        await #expect(processExitsWith: .success) {
            signal(SIGHUP, SIG_IGN)
            signal(SIGCHLD, SIG_IGN)
            let descriptor = try Signals.listen()
            raise(SIGHUP)
            precondition(Signals.arrived(on: descriptor).isEmpty)
            // But the end of a child must be known.
            raise(SIGCHLD)
            precondition(Signals.arrived(on: descriptor).map(\.signal) == [Signals.child])
        }
    }

    @Test func listeningUnblocks() async {
        await #expect(processExitsWith: .success) {
            var set = sigset_t()
            unsafe sigemptyset(&set)
            unsafe sigaddset(&set, SIGCHLD)
            unsafe sigprocmask(SIG_BLOCK, &set, nil)
            let descriptor = try Signals.listen()
            raise(SIGCHLD)
            precondition(Signals.arrived(on: descriptor).map(\.signal) == [Signals.child])
        }
    }

    @Test func aFullPipeOfSignalsBlocksNobodyAndLosesNothing() async {
        await #expect(processExitsWith: .success) {
            let descriptor = try Signals.listen()
            for _ in 0..<100_000 { raise(Signals.child) }
            raise(Signals.terminate)
            precondition(Signals.arrived(on: descriptor).map(\.signal) == [Signals.child, Signals.terminate])
        }
    }

    @Test func ignoringTheBrokenPipeTellsWhatWas() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            precondition(!Signals.ignoreBrokenPipe())
            precondition(Signals.ignoreBrokenPipe())
            raise(SIGPIPE)
        }
    }

    @Test func dyingShowsTheSignal() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            signal(SIGTERM, SIG_IGN)
            Signals.die(by: Signals.terminate)
        }
        await #expect(processExitsWith: .signal(SIGINT)) {
            _ = try Signals.listen()
            Signals.die(by: Signals.interrupt)
        }
        await #expect(processExitsWith: .signal(SIGPIPE)) {
            _ = Signals.ignoreBrokenPipe()
            Signals.die(by: Signals.brokenPipe)
        }
    }
}

struct ChildProcessTests {
    @Test func theEndOfAChildIsReadOnce() async {
        await #expect(processExitsWith: .success) {
            let pid = try spawn("/bin/true")
            var status: Int32?
            while status == nil { status = ChildProcess.reap(pid) }
            precondition(ExitStatus(waitStatus: status!) == .exited(0))
            // Somebody else has reaped it, as far as this call knows.
            precondition(ChildProcess.reap(pid) == 0)
        }
    }

    @Test func aLivingChildHasNoStatusUntilItIsKilled() async {
        await #expect(processExitsWith: .success) {
            let pid = try spawn("/bin/cat")
            precondition(ChildProcess.reap(pid) == nil)
            ChildProcess.kill(pid)
            var status: Int32?
            while status == nil { status = ChildProcess.reap(pid) }
            precondition(ExitStatus(waitStatus: status!) == .signaled(SIGKILL))
            ChildProcess.kill(pid)
        }
    }

    @Test func aWorkerWithoutItsParentIsNotSettled() async {
        await #expect(processExitsWith: .success) {
            ChildProcess.settle()
            precondition(ChildProcess.isChild(of: getppid()))
            for signal in [SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGUSR1] { raise(signal) }
            precondition(!ChildProcess.isChild(of: getpid()))
        }
    }

    @Test func onlyChildrenAreKilled() async {
        await #expect(processExitsWith: .failure) { ChildProcess.kill(0) }
        await #expect(processExitsWith: .failure) { ChildProcess.kill(-1) }
        await #expect(processExitsWith: .failure) { _ = ChildProcess.reap(-1) }
    }

    @Test func exitingAtOnceShowsTheStatus() async {
        await #expect(processExitsWith: .exitCode(42)) { ChildProcess.exitAtOnce(42) }
        await #expect(processExitsWith: .exitCode(70)) { ProcessExit.exit(70) }
    }
}

/// Starts a program that reads from a pipe which never ends while its starter lives.
private func spawn(_ path: String) throws -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw Errno.current }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    unsafe posix_spawn_file_actions_addclose(&actions, ends[1])
    var pid: pid_t = 0
    let name = unsafe strdup(path)
    defer { unsafe free(name) }
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [name, nil]
    let code = unsafe posix_spawn(&pid, path, &actions, nil, &arguments, nil)
    guard code == 0 else { throw Errno(code: code) }
    return pid
}
