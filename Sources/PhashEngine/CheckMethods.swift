internal import PhashDigest
internal import PhashWire

/// How records are to be hashed again, by what they say of themselves: few ways at a time, since the lines of an input say
/// mostly the same.
struct CheckMethods {
    /// What is to be done with records of a kind.
    enum Method {
        case hash(Digester)
        /// Nothing can be done: what to say of them instead.
        case refuse(Verdict)
    }

    private struct Entry {
        /// The text of the tag that leads here; empty for records without one.
        let tag: [UInt8]
        let method: Method
    }

    /// Ways that are remembered at a time.
    static let capacity = 8
    /// What stands before the name of an algorithm that is used with a key.
    private static let keyedPrefix = "hmac-"

    private let digest: DigestJob
    private let keyIdentifier: String?
    /// The first one is that of records without a tag, and stays.
    private var entries: [Entry]

    /// - Parameters:
    ///   - digest: The job of a child, for records without a tag; it keeps its key.
    ///   - keyIdentifier: The name of that key; nil for any.
    init(digest: DigestJob, keyIdentifier: String?) {
        guard let digester = digest.digester else { preconditionFailure("the parent does not hash") }
        self.digest = digest
        self.keyIdentifier = keyIdentifier
        entries = [Entry(tag: [], method: .hash(digester))]
        // A record may name any algorithm, and soon this process may open no file any more.
        DigestAlgorithm.prepareToAsk()
    }

    /// Ways that are remembered now.
    var count: Int { entries.count }

    subscript(index: Int) -> Method { entries[index].method }

    /// The place of the way for records with this tag; nil when it is none of those that are remembered.
    func index(of tag: RecordTag?) -> Int? {
        guard let text = unsafe tag?.text else { return 0 }
        return entries.firstIndex { entry in
            unsafe entry.tag.count == text.count && entry.tag.withUnsafeBytes { unsafe text.elementsEqual($0) }
        }
    }

    /// Remembers the way for records with this tag and returns its place; nil when there is no room: then `forget` makes some.
    mutating func add(_ tag: RecordTag) -> Int? {
        guard entries.count < Self.capacity else { return nil }
        let name = unsafe String(decoding: tag.algorithm, as: UTF8.self)
        let keyName = unsafe tag.keyIdentifier.map { unsafe String(decoding: $0, as: UTF8.self) }
        let method = method(algorithm: name, rounds: tag.rounds, keyName: keyName)
        entries.append(unsafe Entry(tag: Array(tag.text), method: method))
        return entries.count - 1
    }

    /// Forgets all but the way for records without a tag.
    mutating func forget() {
        entries.removeLast(entries.count - 1)
    }

    private func method(algorithm name: String, rounds: Int, keyName: String?) -> Method {
        let isKeyed = name.hasPrefix(Self.keyedPrefix)
        // Without a key there is no name of one.
        if keyName != nil && !isKeyed { return .refuse(.malformed) }
        let digestName = isKeyed ? String(name.dropFirst(Self.keyedPrefix.count)) : name
        guard let algorithm = try? DigestAlgorithm.named(digestName) else { return .refuse(.unknownAlgorithm) }
        // Each algorithm has one name in records, however many it goes by.
        guard algorithm.name == digestName else { return .refuse(.malformed) }
        if isKeyed {
            if digest.key == nil { return .refuse(.noKey) }
            if let keyIdentifier, let keyName, keyName != keyIdentifier { return .refuse(.otherKey) }
        } else if digest.key != nil {
            // Who has no key could have put it among the others.
            return .refuse(.unkeyed)
        }
        guard let digester = try? digest.digester(for: algorithm, rounds: rounds, key: isKeyed ? digest.key : nil)
        else {
            return .refuse(.unknownAlgorithm)
        }
        return .hash(digester)
    }
}
