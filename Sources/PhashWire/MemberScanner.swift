/// What a record holds at a pointer.
enum MemberFinding: Equatable {
    /// That many strings, 1...`MemberScanner.maximumTargets`: more than one where names are there twice.
    case strings(Int)
    /// Nothing: no such member or element, or no container on the way.
    case missing
    /// A value that is no string, among others perhaps.
    case notString
    /// The record is no JSON object, or one that the pointer cannot be followed in.
    case invalid(JSONComplaint, offset: Int)
}

/// Finds the strings that a pointer reaches in a record, in one pass that also says whether the record is one JSON object.
///
/// Where a name is there twice both are followed, so that no reader of the record, whichever of the two it takes, finds
/// plaintext. Bytes of 0x80 and above are taken as they are: they are not held against UTF-8.
@safe
final class MemberScanner {
    /// The contents of a string in a record, without its quotation marks.
    struct Target: Equatable {
        var start: Int
        var end: Int
        var hasEscapes: Bool
    }

    /// Containers within each other at most, the record itself included.
    static let maximumDepth = 1024
    /// Strings in one record at most.
    static let maximumTargets = 4

    /// A step of the pointer: a name, and the element that it is in an array, or -1.
    @safe
    private struct Step {
        var name: UnsafeRawBufferPointer
        var index: Int
    }

    private let stepCount: Int
    private let steps: UnsafeMutableBufferPointer<Step>
    /// Whether the container at each depth is an object, the outermost at 1.
    private let isObject: UnsafeMutablePointer<Bool>
    /// How many elements came before, in arrays that the pointer leads through.
    private let elements: UnsafeMutablePointer<Int>
    private let found: UnsafeMutablePointer<Target>
    /// For names with escapes: as long as the longest one that can be wanted, `\u0000` for each byte.
    private let decodedName: UnsafeMutableRawBufferPointer

    init(_ pointer: JSONPointer) {
        stepCount = pointer.tokens.count
        unsafe steps = .allocate(capacity: pointer.tokens.count)
        for (place, token) in pointer.tokens.enumerated() {
            let name = UnsafeMutableRawBufferPointer.allocate(byteCount: token.count, alignment: 8)
            unsafe name.copyBytes(from: token)
            unsafe steps.initializeElement(
                at: place, to: Step(name: .init(name), index: JSONPointer.index(token) ?? -1))
        }
        unsafe isObject = .allocate(capacity: Self.maximumDepth + 1)
        unsafe elements = .allocate(capacity: pointer.tokens.count + 1)
        unsafe found = .allocate(capacity: Self.maximumTargets)
        let longest = pointer.tokens.map(\.count).max() ?? 0
        unsafe decodedName = .allocate(byteCount: longest * Self.worstBytesPerNameByte, alignment: 8)
    }

    deinit {
        for index in 0..<stepCount { unsafe steps[index].name.deallocate() }
        unsafe steps.deallocate()
        unsafe isObject.deallocate()
        unsafe elements.deallocate()
        unsafe found.deallocate()
        unsafe decodedName.deallocate()
    }

    private static let worstBytesPerNameByte = 6

    /// The strings of the last record, if `scan` found any.
    var targets: UnsafeBufferPointer<Target> {
        unsafe UnsafeBufferPointer(start: found, count: Self.maximumTargets)
    }

    func scan(_ record: UnsafeRawBufferPointer) -> MemberFinding {
        var cursor = unsafe JSONCursor(record)
        do throws(JSONComplaint) {
            return unsafe try scan(record, with: &cursor)
        } catch {
            return .invalid(error, offset: cursor.offset)
        }
    }

    /// Where the scan is: how deep, how far the pointer has been followed, and what has been found.
    private struct State {
        /// Containers that are open.
        var depth = 0
        /// Those of them, from the outermost, that the pointer leads through.
        var matched = 0
        /// Whether the pointer leads to the value that comes next.
        var isReached = false
        var strings = 0
        var hasOther = false
    }

    private func scan(
        _ record: UnsafeRawBufferPointer, with cursor: inout JSONCursor
    ) throws(JSONComplaint) -> MemberFinding {
        var state = State()
        cursor.skipWhiteSpace()
        guard cursor.next == UInt8(ascii: "{") else { throw .noObject }
        state.isReached = true
        repeat {
            // A value begins here, if only after white space.
            cursor.skipWhiteSpace()
            var isOpened = false
            switch cursor.next {
            case UInt8(ascii: "\""): try readString(with: &cursor, &state)
            case UInt8(ascii: "{"): isOpened = unsafe try open(object: true, record, with: &cursor, &state)
            case UInt8(ascii: "["): isOpened = unsafe try open(object: false, record, with: &cursor, &state)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                noteOther(&state)
                try cursor.skipNumber()
            default:
                noteOther(&state)
                try cursor.skipWord()
            }
            if isOpened { continue }
            unsafe try goOn(record, with: &cursor, &state)
        } while state.depth > 0
        cursor.skipWhiteSpace()
        guard cursor.isAtEnd else { throw .trailing }
        if state.hasOther { return .notString }
        return state.strings > 0 ? .strings(state.strings) : .missing
    }

    /// Reads what follows a value: to the beginning of the next one, or to the end of the record's object.
    @inline(__always)
    private func goOn(
        _ record: UnsafeRawBufferPointer, with cursor: inout JSONCursor, _ state: inout State
    ) throws(JSONComplaint) {
        while state.depth > 0 {
            cursor.skipWhiteSpace()
            let isInObject = unsafe isObject[state.depth]
            switch cursor.next {
            case UInt8(ascii: ","):
                cursor.advance()
                if isInObject {
                    unsafe try readName(record, with: &cursor, &state)
                } else {
                    beginElement(&state, isFirst: false)
                }
                return
            case isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]"):
                cursor.advance()
                close(&state)
            default:
                throw cursor.fault(isInObject ? .noSeparatorInObject : .noSeparatorInArray)
            }
        }
    }

    /// Notes a value that is no string, if the pointer leads to it.
    @inline(__always)
    private func noteOther(_ state: inout State) {
        if state.isReached && state.matched == stepCount { state.hasOther = true }
    }

    @inline(__always)
    private func readString(with cursor: inout JSONCursor, _ state: inout State) throws(JSONComplaint) {
        let isWanted = state.isReached && state.matched == stepCount
        guard !isWanted || state.strings < Self.maximumTargets else { throw .tooManyStrings }
        cursor.advance()
        let start = cursor.offset
        let hasEscapes = try cursor.skipString()
        guard isWanted else { return }
        unsafe found[state.strings] = Target(start: start, end: cursor.offset - 1, hasEscapes: hasEscapes)
        state.strings += 1
    }

    // MARK: - Containers

    /// Reads the beginning of a container, to its first value, or to its end if it has none: then false.
    @inline(__always)
    private func open(
        object: Bool, _ record: UnsafeRawBufferPointer, with cursor: inout JSONCursor, _ state: inout State
    ) throws(JSONComplaint) -> Bool {
        guard state.depth < Self.maximumDepth else { throw .tooDeep }
        cursor.advance()
        noteOther(&state)
        // Only what the pointer leads to and through counts, and it leads through as many containers as it has steps.
        if state.isReached && state.matched < stepCount { state.matched += 1 }
        state.depth += 1
        unsafe isObject[state.depth] = object
        cursor.skipWhiteSpace()
        guard !cursor.accept(object ? "}" : "]") else {
            close(&state)
            return false
        }
        if object {
            unsafe try readName(record, with: &cursor, &state)
        } else {
            beginElement(&state, isFirst: true)
        }
        return true
    }

    @inline(__always)
    private func close(_ state: inout State) {
        if state.matched == state.depth { state.matched -= 1 }
        state.depth -= 1
    }

    /// Says whether the pointer leads to the element that comes next.
    @inline(__always)
    private func beginElement(_ state: inout State, isFirst: Bool) {
        state.isReached = false
        guard state.matched == state.depth else { return }
        unsafe elements[state.depth] = isFirst ? 0 : elements[state.depth] &+ 1
        unsafe state.isReached = elements[state.depth] == steps[state.depth - 1].index
    }

    /// Reads a member's name and the colon behind it, and says whether the pointer leads to the member.
    @inline(__always)
    private func readName(
        _ record: UnsafeRawBufferPointer, with cursor: inout JSONCursor, _ state: inout State
    ) throws(JSONComplaint) {
        cursor.skipWhiteSpace()
        guard cursor.accept("\"") else { throw cursor.fault(.noName) }
        let start = cursor.offset
        let hasEscapes = try cursor.skipString()
        state.isReached = false
        if state.matched == state.depth {
            let name = unsafe UnsafeRawBufferPointer(rebasing: record[start..<cursor.offset - 1])
            let wanted = unsafe steps[state.depth - 1].name
            unsafe state.isReached =
                hasEscapes ? isEscaped(name, equalTo: wanted) : isEqual(name, wanted)
        }
        cursor.skipWhiteSpace()
        guard cursor.accept(":") else { throw cursor.fault(.noColon) }
    }

    /// Whether a name with escapes means `wanted`. Half a surrogate pair means nothing that a pointer can name.
    private func isEscaped(_ name: UnsafeRawBufferPointer, equalTo wanted: UnsafeRawBufferPointer) -> Bool {
        guard name.count <= wanted.count * Self.worstBytesPerNameByte,
            let memory = unsafe decodedName.baseAddress,
            let count = unsafe try? decodeJSONString(name, into: memory)
        else { return false }
        return unsafe isEqual(UnsafeRawBufferPointer(start: memory, count: count), wanted)
    }
}

@inline(__always)
private func isEqual(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Bool {
    guard first.count == second.count else { return false }
    for index in 0..<first.count {
        if unsafe first[index] != second[index] { return false }
    }
    return true
}
