#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Standard input, output and error, which are never ours alone: their flags are left as they are.
package enum StandardStream {
    package static let input: Int32 = 0
    package static let output: Int32 = 1
    package static let error: Int32 = 2
}

package enum Terminal {
    /// Whether a descriptor is a terminal. isatty(3)
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}

package enum StandardError {
    /// Writes a message. There is nowhere to tell that this failed.
    package static func write(_ text: String) {
        try? DescriptorIO.writeAll(StandardStream.error, Array(text.utf8))
    }
}

package enum ProcessExit {
    /// Ends this process. exit(3)
    package static func exit(_ status: Int32) -> Never {
        #if canImport(Glibc)
        Glibc.exit(status)
        #elseif canImport(Musl)
        Musl.exit(status)
        #endif
    }
}

package enum Environment {
    /// The value of a variable; nil when it is not set. getenv(3)
    package static func value(of name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
    }
}
