import PhashPosix

/// What the settings need to know about the machine, the terminal and the environment.
struct Machine {
    /// CPUs that this process may use.
    var processors: Int
    var readsFromTerminal: Bool
    /// The variables whose names begin with `PHASH_`.
    var environment: [String: String] = [:]
    /// The file that this process runs; nil when the system does not tell.
    var programPath: String?

    /// The variable that says what to hash with; it is for tests and comparisons, and no setting.
    static let kernelVariable = "PHASH_KERNEL"

    var kernelName: String? { environment[Self.kernelVariable] }

    /// The machine that this process runs on.
    static var current: Machine {
        Machine(
            processors: Processors.available(), readsFromTerminal: Terminal.isTerminal(0),
            environment: Environment.variables(withPrefix: "PHASH_"), programPath: ProgramFile.ownPath)
    }
}
