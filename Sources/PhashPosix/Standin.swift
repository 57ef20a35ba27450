#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

package enum Processors {
    package static func available() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

package enum Terminal {
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}

package enum StandardError {
    package static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}

package func standinExit(_ status: Int32) -> Never { exit(status) }
