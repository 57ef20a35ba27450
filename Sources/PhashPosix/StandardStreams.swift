internal import CPhashPosix

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
    /// How long a message waits for a reader that has stalled.
    private static let patienceMilliseconds: Int32 = 1_000
    /// What a pipe that poll(2) calls writable takes at once.
    private static let chunkBytes = 4096

    /// Writes a message. There is nowhere to tell that this failed, and a reader that has stalled loses it.
    package static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var set = PollSet()
            let place = set.add(StandardStream.error, .output)
            guard let isInterrupted = try? set.wait(milliseconds: patienceMilliseconds) else { return }
            if isInterrupted { continue }
            guard set[place].isWritable else { return }
            let written = unsafe rest.prefix(chunkBytes).withUnsafeBytes { bytes in
                try? unsafe DescriptorIO.write(StandardStream.error, bytes)
            }
            guard let written else { return }
            rest = rest.dropFirst(written)
        }
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

    /// Takes a variable out of this process and the children it starts from now on. unsetenv(3)
    package static func remove(_ name: String) { _ = unsafe unsetenv(name) }

    /// The variables whose names begin with `prefix`, by their whole names; of one that is there twice, the first, as
    /// getenv(3) has it. environ(7)
    package static func variables(withPrefix prefix: StaticString) -> [String: String] {
        var variables: [String: String] = [:]
        var index: Int32 = 0
        while let entry = unsafe phash_environment_entry(index) {
            index += 1
            guard unsafe strncmp(entry, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0 else { continue }
            let text = unsafe String(cString: entry)
            guard let sign = text.firstIndex(of: "=") else { continue }
            let name = String(text[..<sign])
            if variables[name] == nil { variables[name] = String(text[text.index(after: sign)...]) }
        }
        return variables
    }
}

package enum ProcessArguments {
    /// The place, from 1, of the first argument that is not UTF-8: a string of it would have other bytes. nil for none.
    package static var firstThatIsNoText: Int? {
        (1..<max(Int(CommandLine.argc), 1)).first { place in
            guard let argument = unsafe CommandLine.unsafeArgv[place] else { return false }
            return unsafe String(validatingCString: argument) == nil
        }
    }

    /// Whether this process was given one argument, which is that word.
    package static func areExactly(_ word: StaticString) -> Bool {
        guard CommandLine.argc == 2, let argument = unsafe CommandLine.unsafeArgv[1] else { return false }
        return word.withUTF8Buffer { bytes in
            unsafe strlen(argument) == bytes.count && memcmp(argument, bytes.baseAddress!, bytes.count) == 0
        }
    }
}
