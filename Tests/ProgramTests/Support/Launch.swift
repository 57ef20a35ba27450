import Foundation
import Glibc

/// What a program is started with.
struct Launch {
    /// Where stdin comes from or where stdout goes.
    enum Stream {
        /// A pipe to the test.
        case pipe
        /// A file, opened for reading (stdin) or writing (stdout).
        case file(String)
        /// A stream socket to the test; stdout only.
        case socket
        /// The descriptor is closed when the program starts.
        case closed
    }

    var binary = Binary.phash
    var arguments: [String] = []
    /// Added to the clean environment of `PATH`, `HOME`, `TMPDIR` and `LC_ALL`.
    var environment: [String: String] = [:]
    /// A command that ends by executing the command that follows it, such as `taskset -c 0`.
    var wrapper: [String] = []
    var input = Stream.pipe
    var output = Stream.pipe

    /// A wrapper under which the program starts with `signal` ("PIPE", "HUP", …) ignored.
    static func ignoring(_ signal: String) -> [String] {
        shell("trap '' \(signal)")
    }

    /// A wrapper of shell commands to run before the program takes over the shell's process.
    static func shell(_ commands: String) -> [String] {
        ["sh", "-c", "\(commands); exec \"$@\"", "sh"]
    }

    /// The whole command, the program's own path included.
    func command() throws -> [String] {
        wrapper + [try binary.path()] + arguments
    }

    /// The test's ends of the pipes of a started program; -1 for none.
    struct Started {
        var processIdentifier: pid_t = 0
        var input: Int32 = -1
        var output: Int32 = -1
        var errorOutput: Int32 = -1
    }

    /// Starts the program in a process group of its own, with default signals, in `directory`.
    func start(in directory: String) throws -> Started {
        let command = try command()
        var started = Started()
        var actions = unsafe posix_spawn_file_actions_t()
        var inherited: [Int32] = []
        unsafe posix_spawn_file_actions_init(&actions)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            for descriptor in inherited { close(descriptor) }
        }
        unsafe GlibcExtras.addChangeDirectory(&actions, directory)

        switch input {
        case .pipe:
            let (reading, writing) = try makePipe()
            inherited.append(reading)
            started.input = writing
            unsafe posix_spawn_file_actions_adddup2(&actions, reading, 0)
        case .socket: throw Failure("stdin is no socket in these tests")
        case .file(let path): unsafe posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0)
        case .closed: unsafe posix_spawn_file_actions_addclose(&actions, 0)
        }
        switch output {
        case .pipe:
            let (reading, writing) = try makePipe()
            inherited.append(writing)
            started.output = reading
            unsafe posix_spawn_file_actions_adddup2(&actions, writing, 1)
        case .socket:
            var ends: [Int32] = [-1, -1]
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
                throw Failure("socketpair: \(errorText(errno))")
            }
            inherited.append(ends[1])
            started.output = ends[0]
            unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        case .file(let path): unsafe posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT, 0o600)
        case .closed: unsafe posix_spawn_file_actions_addclose(&actions, 1)
        }
        let (reading, writing) = try makePipe()
        inherited.append(writing)
        started.errorOutput = reading
        unsafe posix_spawn_file_actions_adddup2(&actions, writing, 2)
        unsafe GlibcExtras.addCloseFrom(&actions, 3)

        for descriptor in [started.input, started.output, started.errorOutput] where descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
        let file = try wrapper.first.map { try Binary.tool($0).path() } ?? command[0]
        started.processIdentifier = try unsafe Self.spawn(file, command, cleanEnvironment(directory), &actions)
        return started
    }

    private func cleanEnvironment(_ directory: String) -> [String] {
        let outer = ProcessInfo.processInfo.environment
        var variables = environment
        variables["PATH"] = outer["PATH"] ?? "/usr/bin:/bin"
        variables["HOME"] = directory
        variables["TMPDIR"] = directory
        variables["LC_ALL"] = "C.UTF-8"
        // A build that measures its coverage writes the profile where this says.
        variables["LLVM_PROFILE_FILE"] = outer["LLVM_PROFILE_FILE"]
        return variables.map { "\($0.key)=\($0.value)" }
    }

    /// `posix_spawn` with every signal at its default and none blocked, whatever the test runner does with them.
    private static func spawn(
        _ file: String, _ command: [String], _ environment: [String],
        _ actions: UnsafePointer<posix_spawn_file_actions_t>
    ) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var commandPointers = unsafe command.map { unsafe strdup($0) } + [nil]
        var environmentPointers = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (commandPointers + environmentPointers).forEach { unsafe free($0) } }
        var processIdentifier: pid_t = 0
        let error = unsafe posix_spawn(
            &processIdentifier, file, actions, &attributes, &commandPointers, &environmentPointers)
        guard error == 0 else { throw Failure("cannot start \(command): \(errorText(error))") }
        return processIdentifier
    }
}

/// A pipe whose ends no child started elsewhere in this process can inherit.
func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe GlibcExtras.pipe2(&ends, O_CLOEXEC) == 0 else { throw Failure("pipe: \(errorText(errno))") }
    return (ends[0], ends[1])
}

/// What the system says about an error number.
func errorText(_ number: Int32) -> String {
    unsafe String(cString: strerror(number))
}

/// What glibc has and Swift's module of it does not show.
@safe
enum GlibcExtras {
    typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>

    private static func symbol(_ name: String) -> UnsafeMutableRawPointer {
        guard let symbol = unsafe dlsym(nil, name) else { fatalError("this C library has no \(name)") }
        return unsafe symbol
    }

    @unsafe
    static func pipe2(_ ends: UnsafeMutablePointer<Int32>, _ flags: Int32) -> Int32 {
        typealias Function = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
        return unsafe unsafeBitCast(symbol("pipe2"), to: Function.self)(ends, flags)
    }

    @unsafe
    static func addChangeDirectory(_ actions: Actions, _ path: String) {
        typealias Function = @convention(c) (Actions, UnsafePointer<CChar>) -> Int32
        let name = "posix_spawn_file_actions_addchdir_np"
        _ = unsafe unsafeBitCast(symbol(name), to: Function.self)(actions, path)
    }

    @unsafe
    static func addCloseFrom(_ actions: Actions, _ first: Int32) {
        typealias Function = @convention(c) (Actions, Int32) -> Int32
        let name = "posix_spawn_file_actions_addclosefrom_np"
        _ = unsafe unsafeBitCast(symbol(name), to: Function.self)(actions, first)
    }
}
