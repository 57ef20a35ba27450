import CLibFuzzer

/// The fuzzers by name. Each is called with one input after another and traps when the program does something wrong.
private let fuzzers: KeyValuePairs<String, @Sendable ([UInt8]) -> Void> = [
    "splitter": SplitterFuzzer.run,
    "bytes": BytesFuzzer.run,
    "records": RecordsFuzzer.run,
    "member": MemberFuzzer.run,
    "reader": ReaderFuzzer.run,
    "doorbell": DoorbellFuzzer.run,
    "options": OptionsFuzzer.run,
    "canary-answer": Canary.answerWrongly,
    "canary-memory": Canary.readBehindMemory,
]

/// `--fuzzer=NAME` chooses; everything else on the command line is libFuzzer's, which itself ignores two dashes.
private let chosen: @Sendable ([UInt8]) -> Void = {
    let prefix = "--fuzzer="
    let name = CommandLine.arguments.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
    for (known, fuzzer) in fuzzers where known == name ?? "" { return fuzzer }
    fatalError("write \(prefix) and one of \(fuzzers.map(\.key).joined(separator: ", "))")
}()

private func runOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    unsafe chosen(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}

private func drive(_ count: UnsafeMutablePointer<CInt>) -> CInt {
    var arguments = unsafe CommandLine.unsafeArgv
    return unsafe LLVMFuzzerRunDriver(count, &arguments, runOne)
}

@main
enum Main {
    static func main() {
        var count = CommandLine.argc
        _ = unsafe drive(&count)
    }
}

/// Ends the run with a finding unless `condition` holds.
func expect(_ condition: Bool, _ complaint: @autoclosure () -> String) {
    if !condition { fatalError("finding: \(complaint())") }
}
