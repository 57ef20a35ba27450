package import PhashCore

/// What a line splitter is told, and the records that it has to find.
package struct SplittingRules: Sendable, CustomStringConvertible {
    package var delimiter: UInt8
    package var stripsCarriageReturn: Bool
    package var maximumLineBytes: Int

    package init(delimiter: UInt8 = 0x0A, stripsCarriageReturn: Bool = false, maximumLineBytes: Int = 1 << 20) {
        self.delimiter = delimiter
        self.stripsCarriageReturn = stripsCarriageReturn
        self.maximumLineBytes = maximumLineBytes
    }

    package var splitter: LineSplitter {
        LineSplitter(
            delimiter: delimiter, stripsCarriageReturn: stripsCarriageReturn, maximumLineBytes: maximumLineBytes)
    }

    package var description: String {
        "delimiter \(delimiter), crlf \(stripsCarriageReturn), max \(maximumLineBytes)"
    }

    package static let all: [SplittingRules] = [UInt8(0x0A), 0x00].flatMap { delimiter in
        [false, true].flatMap { crlf in
            [0, 1, 2, 5, 17, 1 << 20].map {
                SplittingRules(delimiter: delimiter, stripsCarriageReturn: crlf, maximumLineBytes: $0)
            }
        }
    }

    /// The records of a whole stream, found one byte at a time; nil for one that is too long.
    package func reference(_ stream: [UInt8]) -> [[UInt8]?] {
        var records: [[UInt8]?] = []
        func add(_ record: [UInt8]) { records.append(record.count > maximumLineBytes ? nil : record) }
        var current: [UInt8] = []
        for byte in stream {
            guard byte == delimiter else {
                current.append(byte)
                continue
            }
            if stripsCarriageReturn && current.last == 0x0D { current.removeLast() }
            add(current)
            current = []
        }
        if !current.isEmpty { add(current) }
        return records
    }
}
