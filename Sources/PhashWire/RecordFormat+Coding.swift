/// How a format travels from the parent to a child. Both are the same program, so there is no version.
extension RecordFormat {
    /// Appends the format to a message.
    package func encode(into writer: inout ByteWriter) {
        writer.write(shape.rawValue)
        writer.write(encoding.rawValue)
        writer.write(includesInput)
        writer.write(resultMember)
        writer.write(Int64(maximumResultBytes))
        writer.write(tag)
        writer.write(joinsLines)
        writer.write(verdicts.hidesMatches)
        writer.write(verdicts.isSilent)
        writer.write(verdicts.namesMalformed)
    }

    /// Reads a format that `encode` wrote; nil when the bytes are not one or say what no format may.
    package init?(decoding reader: inout ByteReader) {
        guard
            let shape = reader.read(UInt8.self).flatMap(Shape.init(rawValue:)),
            let encoding = reader.read(UInt8.self).flatMap(Encoding.init(rawValue:)),
            let includesInput = reader.read(Bool.self),
            let resultMember = reader.read(String.self),
            let maximumResultBytes = reader.read(Int64.self).flatMap(Int.init(exactly:)),
            (0...Self.maximumResultBytesLimit).contains(maximumResultBytes),
            let tag = reader.read(String.self),
            let joinsLines = reader.read(Bool.self),
            let hidesMatches = reader.read(Bool.self),
            let isSilent = reader.read(Bool.self),
            let namesMalformed = reader.read(Bool.self)
        else { return nil }
        self.init(maximumResultBytes: maximumResultBytes)
        self.shape = shape
        self.encoding = encoding
        self.includesInput = includesInput
        self.resultMember = resultMember
        self.tag = tag
        self.joinsLines = joinsLines
        verdicts = VerdictStyle(hidesMatches: hidesMatches, isSilent: isSilent, namesMalformed: namesMalformed)
        guard isValid else { return nil }
    }

    /// Whether the values keep to what is said of each.
    ///
    /// The tag is taken on trust beyond this: it is of the program's own making.
    var isValid: Bool {
        (0...Self.maximumResultBytesLimit).contains(maximumResultBytes)
            && !resultMember.isEmpty
            && resultMember.utf8.allSatisfy(isMemberNameByte)
            && (tag.isEmpty || tag.utf8.first == UInt8(ascii: ","))
            && !tag.utf8.contains(UInt8(ascii: "\n"))
            && (shape != .member || (!includesInput && tag.isEmpty && encoding != .text))
    }
}

/// Whether `byte` is an ASCII letter, a digit or `_`.
private func isMemberNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
    default: false
    }
}
