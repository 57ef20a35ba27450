import Foundation
import Glibc
import Testing

/// How a program ended.
enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)

    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exit((waitStatus >> 8) & 0xFF) : .signal(signal)
    }
}

/// A started program and the test's ends of its pipes.
///
/// Everything happens on the calling thread: whoever waits for something moves bytes meanwhile, so stdin is fed while
/// stdout and stderr drain. When it goes out of use its whole process group is killed.
final class RunningProgram {
    /// How long a wait lasts before it is a failure; far more than anything here takes.
    static let boundSeconds = 90.0

    let launch: Launch
    let directory: TemporaryDirectory
    let processIdentifier: pid_t
    /// All that came out, or its end when `keepsOutput` is off.
    private(set) var output: [UInt8] = []
    private(set) var outputCount = 0
    private(set) var errorOutput: [UInt8] = []
    private(set) var ending: Ending?
    /// Bytes of stdin that have not gone into the pipe yet.
    private(set) var inputLeft = 0
    private var inputGiven = 0
    /// Off: the test is a reader that does not read.
    var drainsOutput = true
    /// Off: only the last part of the output is remembered, for streams larger than memory.
    var keepsOutput = true
    /// Gives more input whenever what was given before has gone; nil at its end.
    var inputSource: (() -> [UInt8]?)?

    /// What `feedForEver` has given so far.
    var fed: [UInt8] = []

    private var pieces: [ArraySlice<UInt8>] = []
    private var closesInput = false
    private var descriptors: Launch.Started
    private let started = ContinuousClock.now

    init(_ launch: Launch) throws {
        _ = Self.ignoresBrokenPipes
        self.launch = launch
        directory = try TemporaryDirectory()
        descriptors = try launch.start(in: directory.path)
        processIdentifier = descriptors.processIdentifier
    }

    /// Starts phash with stdin held open.
    convenience init(_ arguments: String..., binary: Binary = .phash) throws {
        try self.init(Launch(binary: binary, arguments: arguments))
    }

    deinit {
        kill(-processIdentifier, SIGKILL)
        closeDescriptor(\.input)
        closeDescriptor(\.output)
        closeDescriptor(\.errorOutput)
        if ending == nil { waitpid(processIdentifier, nil, 0) }
    }

    /// A program that goes away while it is written to must not take the tests with it.
    private static let ignoresBrokenPipes: Void = {
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
    }()

    // MARK: What the test does to it

    /// Gives bytes to stdin; they go as the program takes them.
    func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        give(bytes)
        step(milliseconds: 0)
    }

    private func give(_ bytes: [UInt8]) {
        pieces.append(bytes[...])
        inputLeft += bytes.count
        inputGiven += bytes.count
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Closes stdin as soon as all that was given has gone.
    func closeInput() {
        closesInput = true
        step(milliseconds: 0)
    }

    /// Closes stdin now, whatever is left.
    func hangUp() {
        unreadAtHangUp = unreadInput
        pieces.removeAll()
        inputSource = nil
        closeDescriptor(\.input)
    }

    /// Goes away as the reader of stdout.
    func closeOutput() {
        closeDescriptor(\.output)
    }

    func signal(_ number: Int32) {
        if ending == nil { kill(processIdentifier, number) }
    }

    /// Signals the program and its children, as a terminal does.
    func signalGroup(_ number: Int32) {
        kill(-processIdentifier, number)
    }

    /// Bytes in the stdin pipe that the program has not read yet.
    var unreadInput: Int {
        var count: Int32 = 0
        guard descriptors.input >= 0 else { return unreadAtHangUp }
        return unsafe ioctl(descriptors.input, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }
    private var unreadAtHangUp = 0

    /// Bytes of stdin that the program has read.
    var inputRead: Int { inputGiven - inputLeft - unreadInput }

    /// Whether the program has read all that it was given so far.
    var hasReadAll: Bool { inputLeft == 0 && unreadInput == 0 }

    // MARK: Waiting

    /// Moves bytes until `condition` holds; an error with the whole story when it does not within the bound.
    func wait(
        _ what: @autoclosure () -> String, seconds: Double = RunningProgram.boundSeconds,
        until condition: () throws -> Bool
    ) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while try !condition() {
            guard ContinuousClock.now < deadline else {
                throw Failure("waited \(seconds) s in vain for \(what()): \(story)")
            }
            step(milliseconds: 5)
            reap()
        }
    }

    /// Moves bytes for a while, when what happens in that time is the thing to see.
    ///
    /// Time in which the whole machine stood still does not count: it is one step, however long it was.
    func watch(seconds: Double, every milliseconds: Int32 = 5, _ look: () -> Void = {}) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var stepsLeft = Int(seconds * 1000) / Int(milliseconds)
        while ContinuousClock.now < deadline || stepsLeft > 0 {
            step(milliseconds: milliseconds)
            stepsLeft -= 1
            look()
        }
    }

    /// The next `count` complete lines after the ones that this gave before.
    func nextLines(_ count: Int) throws -> [String] {
        var lines: [String] = []
        for _ in 0..<count {
            let from = linesTaken
            try wait("line \(lines.count + 1) of \(count)") {
                if output[from...].contains(0x0A) { return true }
                guard descriptors.output >= 0 else { throw Failure("no line comes any more: \(story)") }
                return false
            }
            let end = output[from...].firstIndex(of: 0x0A)!
            lines.append(String(decoding: output[from..<end], as: UTF8.self))
            linesTaken = end + 1
        }
        return lines
    }
    private var linesTaken = 0

    func nextLine() throws -> String {
        try nextLines(1)[0]
    }

    /// Waits for the end of the program and of its output, doing something `meanwhile`.
    func waitForEnd(
        seconds: Double = RunningProgram.boundSeconds, meanwhile: () throws -> Void = {}
    ) throws -> Outcome {
        try wait("its end", seconds: seconds) {
            let isOver = ending != nil && descriptors.output < 0 && descriptors.errorOutput < 0
            if !isOver { try meanwhile() }
            return isOver
        }
        return Outcome(
            command: (try? launch.command()) ?? [], ending: ending!, output: output, errorOutput: errorOutput)
    }

    /// Waits for the end of the program only; its output may still be in the pipe.
    func waitForExit() throws -> Ending {
        try wait("its exit") { ending != nil }
        return ending!
    }

    /// Closes stdin after what was given and waits for the end.
    func finish() throws -> Outcome {
        closeInput()
        return try waitForEnd()
    }

    private func reap() {
        var status: Int32 = 0
        if ending == nil, unsafe waitpid(processIdentifier, &status, WNOHANG) == processIdentifier {
            ending = Ending(waitStatus: status)
        }
    }

    /// For people: all that is known.
    var story: Comment {
        let now: String = ending.map { "ended by \($0)" } ?? "running as \(processIdentifier)"
        let seconds = (ContinuousClock.now - started).components.seconds
        return """
            \((try? launch.command()) ?? []), \(now) after \(seconds) s, \(inputLeft) bytes of input left
            stdout, \(outputCount) bytes: \(head(of: output))
            stderr, \(errorOutput.count) bytes: \(head(of: errorOutput))
            """
    }

    // MARK: Moving bytes

    /// Moves what can be moved, after at most `milliseconds` of waiting for something to move.
    private func step(milliseconds: Int32) {
        refill()
        var waiting = [
            pollfd(fd: pieces.isEmpty ? -1 : descriptors.input, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: drainsOutput ? descriptors.output : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptors.errorOutput, events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&waiting, 3, milliseconds) > 0 else { return }
        if waiting[0].revents != 0 { feed() }
        if waiting[1].revents != 0 {
            let bytes = drain(\.output)
            outputCount += bytes.count
            if !keepsOutput, output.count > 1 << 20 { output.removeFirst(output.count - 1 << 16) }
            output += bytes
        }
        if waiting[2].revents != 0 { errorOutput += drain(\.errorOutput) }
    }

    private func refill() {
        if pieces.isEmpty, let source = inputSource {
            if let bytes = source() {
                give(bytes)
            } else {
                inputSource = nil
            }
        }
        if pieces.isEmpty, closesInput { closeDescriptor(\.input) }
    }

    private func feed() {
        while let piece = pieces.first {
            let count = unsafe piece.withUnsafeBytes { unsafe write(descriptors.input, $0.baseAddress, $0.count) }
            if count < 0 {
                // Nobody reads any more; what is left can never go.
                if errno != EAGAIN, errno != EINTR { hangUp() }
                return
            }
            inputLeft -= count
            pieces[0] = piece.dropFirst(count)
            if pieces[0].isEmpty { pieces.removeFirst() }
        }
        refill()
    }

    private func drain(_ end: WritableKeyPath<Launch.Started, Int32>) -> [UInt8] {
        let descriptor = descriptors[keyPath: end]
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(-1, unsafe read(descriptor, buffer.baseAddress, buffer.count))
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { closeDescriptor(end) }
            count = max(0, count)
        }
        return bytes
    }

    private func closeDescriptor(_ end: WritableKeyPath<Launch.Started, Int32>) {
        if descriptors[keyPath: end] >= 0 { close(descriptors[keyPath: end]) }
        descriptors[keyPath: end] = -1
    }
}

/// The beginning of some output, for messages.
func head(of bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix(800), as: UTF8.self) + (bytes.count > 800 ? "…" : "")
}
