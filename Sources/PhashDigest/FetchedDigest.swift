import COpenSSL

/// An algorithm that OpenSSL has been asked for and has: an owned `EVP_MD`.
///
/// The configuration of the system, `openssl.cnf`, is loaded with the first of them, since that is how the FIPS provider
/// is chosen in a build that links libcrypto dynamically. That takes 0.4 ms of the 1.0 that the first fetch takes in a
/// static executable, and 1.2 of 1.7 with libcrypto.so (Debian 12, OpenSSL 3.0.19, medians of 41 runs).
@safe
struct FetchedDigest: ~Copyable {
    let pointer: OpaquePointer

    /// Asks for the algorithm of that name in the default library context, with its default properties.
    init(named name: String) throws(DigestError) {
        // C would see such a name end at the NUL and answer for another.
        guard !name.utf8.contains(0) else { throw .unknownAlgorithm(name: name, reason: "") }
        ERR_clear_error()
        if let found = unsafe EVP_MD_fetch(nil, name, nil) {
            unsafe pointer = found
            return
        }
        let reason = drainErrorQueue()
        // Names from before providers, such as RSA-SHA512, are only in this table; it may hold what cannot be had.
        guard
            let legacy = unsafe EVP_get_digestbyname(name),
            let found = unsafe EVP_MD_fetch(nil, EVP_MD_get0_name(legacy), nil)
        else {
            ERR_clear_error()
            throw .unknownAlgorithm(name: name, reason: reason)
        }
        unsafe pointer = found
    }

    /// Asks for that very algorithm.
    static func of(_ algorithm: DigestAlgorithm) throws(DigestError) -> FetchedDigest {
        let found = try FetchedDigest(named: algorithm.name)
        guard try found.algorithm(calledByUser: algorithm.name) == algorithm else {
            throw .unknownAlgorithm(name: algorithm.name, reason: "OpenSSL has another one of that name")
        }
        return found
    }

    deinit {
        unsafe EVP_MD_free(pointer)
    }

    /// The algorithm, when it is one of fixed length; `name` is what the user called it.
    borrowing func algorithm(calledByUser name: String) throws(DigestError) -> DigestAlgorithm {
        let digestBytes = unsafe Int(EVP_MD_get_size(pointer))
        let isExtendable = unsafe EVP_MD_get_flags(pointer) & UInt(EVP_MD_FLAG_XOF) != 0
        guard digestBytes > 0, !isExtendable else { throw .notOfFixedLength(name: name) }
        guard let canonicalName = unsafe canonicalName(among: names(of: pointer)) else {
            throw .unknownAlgorithm(name: name, reason: "")
        }
        return DigestAlgorithm(name: canonicalName, digestBytes: digestBytes)
    }

    /// The canonical name of every digest that the loaded providers list, in no order, some more than once.
    static func providedNames() -> [String] {
        var collected: [String] = []
        unsafe withUnsafeMutablePointer(to: &collected) { collected in
            unsafe EVP_MD_do_all_provided(
                nil,
                { digest, context in
                    guard let digest = unsafe digest, let context = unsafe context else { return }
                    guard let name = unsafe canonicalName(among: names(of: digest)) else { return }
                    unsafe context.assumingMemoryBound(to: [String].self).pointee.append(name)
                },
                collected)
        }
        return collected
    }
}

/// All names of a digest.
private func names(of digest: OpaquePointer) -> [String] {
    var collected: [String] = []
    _ = unsafe withUnsafeMutablePointer(to: &collected) { collected in
        unsafe EVP_MD_names_do_all(
            digest,
            { name, context in
                guard let name = unsafe name, let context = unsafe context else { return }
                unsafe context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
            },
            collected)
    }
    return collected
}

/// The name that people would use, lower-case: one with a digit before one without, then the shortest, then the first in
/// the alphabet; nil when none will do.
///
/// Object identifiers and names with a slash are left out by taking plain names only, which also need no escape in JSON.
private func canonicalName(among names: [String]) -> String? {
    let plain = names.map { $0.lowercased() }.filter { name in
        !name.isEmpty && name.utf8.allSatisfy(isPlainNameByte)
    }
    return plain.min { first, second in
        let firstHasDigit = first.utf8.contains(where: isDigit)
        if firstHasDigit != second.utf8.contains(where: isDigit) { return firstHasDigit }
        if first.utf8.count != second.utf8.count { return first.utf8.count < second.utf8.count }
        return first < second
    }
}

private func isPlainNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: isDigit(byte)
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// Takes what OpenSSL's error queue of this thread holds, oldest first; empty when there is nothing.
func drainErrorQueue() -> String {
    var reasons: [String] = []
    while true {
        let code = ERR_get_error()
        guard code != 0 else { break }
        // OpenSSL cuts the text to the buffer and ends it with NUL; its texts stay well below that.
        let reason = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            unsafe ERR_error_string_n(code, buffer.baseAddress, buffer.count)
            return unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? ""
        }
        reasons.append(reason)
    }
    return reasons.joined(separator: "; ")
}
