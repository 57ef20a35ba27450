internal import PhashPosix
internal import PhashWire

/// What only tests may do to a worker. Compiled in by the package trait `TestHooks`; the shipped build has none of it.
enum TestHook {
    #if TestHooks
    /// A record of this text and one more word does harm.
    private static let marker = "phash-test-hook "

    /// `PHASH_TEST_HOOK=start-crash` ends every child before it is ready.
    static func beforeReady() {
        if Environment.value(of: "PHASH_TEST_HOOK") == "start-crash" { ChildProcess.exitAtOnce(3) }
    }

    /// `PHASH_TEST_HOOK=wrong-kernel` makes every kernel fail its check.
    static var distrustsKernels: Bool { Environment.value(of: "PHASH_TEST_HOOK") == "wrong-kernel" }

    /// Does what a record of the batch asks for.
    static func beforeWork(_ batch: RecordBatch) {
        for record in batch where record.starts(with: marker.utf8) {
            switch String(decoding: record.dropFirst(marker.utf8.count), as: UTF8.self) {
            case "crash": ChildProcess.abortAtOnce()
            case "exit": ChildProcess.exitAtOnce(0)
            case "hang": while true { ChildProcess.sleepForEver() }
            default: break
            }
        }
    }
    #else
    static func beforeReady() {}
    static var distrustsKernels: Bool { false }
    static func beforeWork(_ batch: RecordBatch) {}
    #endif
}
