internal import PhashCore
internal import PhashPosix
internal import PhashWire

/// What only tests may do to a worker. Compiled in by the package trait `TestHooks`; the shipped build has none of it.
enum TestHook {
    #if TestHooks
    /// A record of this text and one more word does harm.
    private static let marker = "phash-test-hook "
    /// How the next answer is to be falsified. A child has one thread.
    nonisolated(unsafe) private static var lie = ""

    /// `PHASH_TEST_HOOK=start-crash` ends every child before it is ready.
    static func beforeReady() {
        if Environment.value(of: "PHASH_TEST_HOOK") == "start-crash" { ChildProcess.exitAtOnce(3) }
    }

    /// `PHASH_TEST_HOOK=wrong-kernel` makes every kernel fail its check.
    static var distrustsKernels: Bool { Environment.value(of: "PHASH_TEST_HOOK") == "wrong-kernel" }

    /// `PHASH_TEST_HOOK=unconfined` leaves children all system calls.
    static var isUnconfined: Bool { Environment.value(of: "PHASH_TEST_HOOK") == "unconfined" }

    /// `PHASH_TEST_HOOK=no-seccomp` is a system that cannot confine anybody.
    static func beforeConfinement() throws(Errno) {
        if Environment.value(of: "PHASH_TEST_HOOK") == "no-seccomp" { throw .notImplemented }
    }

    /// Does what a record of the batch asks for.
    ///
    /// - Parameter note: Where the child has noted that it works on them.
    static func beforeWork(_ batch: RecordBatch, note: UnsafeMutableRawPointer) {
        for record in batch where record.starts(with: marker.utf8) {
            let word = String(decoding: record.dropFirst(marker.utf8.count), as: UTF8.self)
            switch word {
            case "crash": ChildProcess.abortAtOnce()
            case "exit": ChildProcess.exitAtOnce(0)
            case "crash-unbegun":
                unsafe BegunNote.write(0, note)
                ChildProcess.abortAtOnce()
            case "hang": while true {}
            default:
                if word.hasPrefix("call-") { ChildCalls.call(String(word.dropFirst(5)))?() }
                if word.hasPrefix("lie-") { unsafe lie = String(word.dropFirst(4)) }
            }
        }
    }

    /// What a child says instead of the truth about a part, if a record of it has asked for that.
    static func answer(_ truth: WorkerReply, to order: PartOrder) -> [UInt8] {
        guard case .finished(let ticket, let size, let tally, let nanoseconds) = truth, unsafe !lie.isEmpty else {
            return truth.message
        }
        defer { unsafe lie = "" }
        func say(ticket: UInt64, size: UInt64, tally: PartTally = tally) -> [UInt8] {
            WorkerReply.finished(ticket: ticket, resultBytes: size, tally: tally, nanoseconds: nanoseconds).message
        }
        switch unsafe lie {
        case "nothing-written": return say(ticket: ticket, size: 0)
        case "beyond-the-part": return say(ticket: ticket, size: order.resultsCapacity + 1)
        case "beyond-everything": return say(ticket: ticket, size: .max)
        case "negative-size": return say(ticket: ticket, size: 1 << 63)
        case "cut-record": return say(ticket: ticket, size: size - 1)
        case "first-byte": return say(ticket: ticket, size: 1)
        case "another-ticket": return say(ticket: ticket + 1, size: size)
        case "last-ticket": return say(ticket: .max, size: size)
        case "more-errors-than-records":
            return say(ticket: ticket, size: size, tally: PartTally(errors: Int(order.recordCount) + 1))
        case "more-skipped-than-records":
            return say(ticket: ticket, size: size, tally: PartTally(skipped: Int(order.recordCount) + 1))
        case "all-errors": return say(ticket: ticket, size: size, tally: PartTally(errors: Int(UInt32.max)))
        case "twice": return truth.message + truth.message
        case "ready-again": return WorkerReply.ready(lanes: .max, confinementError: .max).message
        case "start-failed": return WorkerReply.startFailed(reason: "for no reason").flatMap(\.message)
        case "flood": return Array(repeatElement(truth.message, count: 64).joined())
        case "ready-and-telling":
            let ready = WorkerReply.ready(lanes: 1, confinementError: 0)
            return ([ready] + WorkerReply.startFailed(reason: "a secret neighbour")).flatMap(\.message)
        case "endless-time":
            return WorkerReply.finished(ticket: ticket, resultBytes: size, tally: tally, nanoseconds: .max).message
        case "garbage": return Array(repeating: 0xFF, count: WorkerReply.byteCount)
        case "cut-short": return Array(truth.message.dropLast()) + [UInt8](repeating: 0xFF, count: 1000)
        default: return truth.message
        }
    }
    #else
    static func beforeReady() {}
    static var distrustsKernels: Bool { false }
    static var isUnconfined: Bool { false }
    static func beforeConfinement() throws(Errno) {}
    static func beforeWork(_ batch: RecordBatch, note: UnsafeMutableRawPointer) {}
    static func answer(_ truth: WorkerReply, to order: PartOrder) -> [UInt8] { truth.message }
    #endif
}
