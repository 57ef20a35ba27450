import PhashDigest
import PhashEngine
import PhashPosix

/// Where the key of an HMAC is to be read.
enum KeySource: Equatable {
    /// `--key-file`
    case file(String)
    /// `--key-fd`: open already, and closed when it has been read.
    case descriptor(Int32)

    /// Shortest key, bytes, unless a shorter one is allowed: as many as SHA-256 gives, and more than anybody can try.
    static let leastBytes = 32
    /// Longest key, bytes; more would be a slip of the hand, such as the file of the records.
    static let mostBytes = 4096
    /// Those below are the records, the output and the messages.
    static let descriptors = 3...Int(Int32.max)

    /// Reads the key, without a newline at its end, and closes the process to everybody who could look for it.
    ///
    /// - Parameters:
    ///   - allowsShortKeys: Whether it may have fewer than `leastBytes`; it is never empty.
    ///   - close: What closes the process, before anything is read; for tests, whose process has to stay open.
    func read(
        allowsShortKeys: Bool, closing close: () throws(Errno) -> Void = OwnProcess.closeToOthers
    ) throws(KeyError) -> SecretKey {
        do throws(Errno) {
            try close()
        } catch {
            throw KeyError(reason: "phash cannot be closed to others who might look for it: \(error)")
        }
        // Two bytes more: a newline, and one that makes it too long.
        let key = unsafe try SecretKey(capacity: Self.mostBytes + 2) { (memory) throws(KeyError) in
            var count = unsafe try readBytes(into: memory)
            if count > 0, unsafe memory[count - 1] == UInt8(ascii: "\n") { count -= 1 }
            return count
        }
        switch key.byteCount {
        case 0:
            throw KeyError(reason: "\(place) is empty, but has to hold the key")
        case (Self.mostBytes + 1)...:
            throw KeyError(reason: "\(place) holds more than \(Self.mostBytes) bytes, which is no key")
        case ..<Self.leastBytes where !allowsShortKeys:
            throw KeyError(
                reason: """
                    the key in \(place) has \(counted(key.byteCount)), but \(Self.leastBytes) at least keep it from being \
                    guessed: make one with 'openssl rand -hex \(Self.leastBytes)', or add --allow-short-key
                    """)
        default:
            return key
        }
    }

    /// What the key is read from, for people.
    private var place: String {
        switch self {
        case .file(let path): "'\(printable(path))'"
        case .descriptor(let number): "descriptor \(number)"
        }
    }

    private func readBytes(into memory: UnsafeMutableRawBufferPointer) throws(KeyError) -> Int {
        let count: Int?
        do throws(Errno) {
            let descriptor =
                switch self {
                case .file(let path): try InputFile.open(path)
                case .descriptor(let number): FileDescriptor(owning: number)
                }
            let isInput = InputFile.isSame(descriptor, as: StandardStream.input)
            count = isInput ? nil : unsafe try InputFile.read(descriptor, into: memory)
        } catch {
            throw KeyError(reason: "\(place): \(error)")
        }
        // The key would be among the records, or the records be the key.
        guard let count else { throw KeyError(reason: "\(place) is standard input, which holds the records") }
        return count
    }
}

/// What the settings say about the key.
struct KeySettings: Equatable {
    var source: KeySource
    /// Where the source was written, for messages: `--key-file`.
    var place: String
    var allowsShort: Bool
    /// What tagged records call it.
    var identifier: String?

    /// nil when there is to be no key.
    init?(_ values: SettingValues) throws(SettingsError) {
        let identifier = try values.readIfGiven("key-id", keyIdentifier)
        let path = try values.readIfGiven("key-file") { (text) throws(InvalidValue) in text }
        let descriptor = try values.readIfGiven("key-fd", keyDescriptor)
        if let path, let entry = values["key-file"] {
            (source, place) = (.file(path), entry.place)
        } else if let descriptor, let entry = values["key-fd"] {
            (source, place) = (.descriptor(descriptor), entry.place)
        } else if identifier != nil, let entry = values["key-id"] {
            throw entry.error("there is no key to be named: add --key-file or --key-fd")
        } else {
            return nil
        }
        allowsShort = values.isOn("allow-short-key")
        self.identifier = identifier
    }

    func read() throws(SettingsError) -> SecretKey {
        do throws(KeyError) {
            return try source.read(allowsShortKeys: allowsShort)
        } catch {
            throw SettingsError(what: place, why: error.reason, status: .configuration)
        }
    }
}

/// Why there is no key. It never holds a byte of one.
struct KeyError: Error, Equatable {
    /// For people, to follow the name of the option.
    var reason: String
}

private func counted(_ bytes: Int) -> String { bytes == 1 ? "1 byte" : "\(bytes) bytes" }

/// A descriptor that a key can come from.
func keyDescriptor(_ text: String) throws(InvalidValue) -> Int32 {
    guard let number = wholeNumber(text), KeySource.descriptors.contains(number) else {
        throw InvalidValue(
            text, "is not a descriptor from 3 on; 0, 1 and 2 are for the records, the results and the messages")
    }
    return Int32(number)
}

/// The name of a key, which tagged records carry: 1 to 64 letters, digits and `.`, `_`, `:` and `-`, so that it needs no
/// escape anywhere.
func keyIdentifier(_ text: String) throws(InvalidValue) -> String {
    guard isName(text, with: "._:-") else {
        throw InvalidValue(text, "is not a name of 1 to 64 letters, digits and . _ : -")
    }
    return text
}
