package import PhashDigest
import PhashPosix
package import PhashWire

package struct DigestJob: Job {
    package init(algorithm: DigestAlgorithm, rounds: Int) {}
    package mutating func run(_ records: RecordBatch, into results: inout ResultBuffer) {}
}

package enum Filter {
    package static func run(settings: FilterSettings, job: any Job) -> ExitReason {
        #if TestHooks
        StandardError.write("phash-test-hook: longer than fifteen bytes\n")
        #endif
        return .completed(hasErrors: false)
    }
}

extension ExitReason {
    package func terminate() -> Never {
        switch self {
        case .completed(let hasErrors): standinExit(hasErrors ? 1 : 0)
        case .outputFailed(let errno):
            StandardError.write("phash: standard output: \(errno)\n")
            standinExit(74)
        default: standinExit(70)
        }
    }
}
