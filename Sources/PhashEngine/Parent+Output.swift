internal import PhashCore
internal import PhashPosix

extension Parent {
    /// Writes what is ready, as much as stdout takes at once; returns a reason to end.
    func writeOutput() -> ExitReason? {
        let parts = unsafe partsToWrite(limit: output.writableBytes())
        if unsafe parts.isEmpty {
            outputPause = OutputPause(after: outputPause)
            return nil
        }
        outputPause = nil
        // Where records come out, the progress line would stand in the middle of them.
        if output.kind == .terminal { messages.erase() }
        do throws(Errno) {
            guard let count = unsafe try output.write(parts) else { return nil }
            noteWritten(count)
            return nil
        } catch {
            return error == .brokenPipe ? brokenOutput() : .outputFailed(error)
        }
    }

    /// Results have left, or are none.
    func noteWritten(_ byteCount: Int) {
        guard introspection.latencies != nil else { return scheduler.outputWritten(byteCount) }
        let now = clock.now
        scheduler.outputWritten(byteCount) { address, firstRecord, recordCount in
            introspection.latencies?.recordsLeft(
                address, firstRecord: firstRecord, recordCount: recordCount, now: now)
        }
    }

    /// The reader of stdout has gone away.
    func brokenOutput() -> ExitReason {
        switch output.kind {
        case .pipe, .socket: isBrokenPipeIgnored ? .outputFailed(.brokenPipe) : .readerGone
        case .terminal:
            // A terminal that goes away sends HUP, too.
            scheduler.stopSignal.map { .stopped(bySignal: $0) } ?? .outputFailed(.inputOutput)
        case .file: .outputFailed(.badDescriptor)
        }
    }

    /// The next results, at most `limit` bytes of them, and whole records where any fits.
    private func partsToWrite(limit: Int) -> [UnsafeRawBufferPointer] {
        var parts: [UnsafeRawBufferPointer] = unsafe []
        var room = limit
        let count = min(scheduler.output.count, OutputChannel.maximumParts)
        for index in 0..<count {
            let segment = scheduler.output[index]
            let written = index == 0 ? scheduler.output.headWrittenBytes : 0
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: results(of: segment)[written...])
            if bytes.count <= room {
                unsafe parts.append(bytes)
                room -= bytes.count
                continue
            }
            let whole = unsafe lengthOfWholeRecords(bytes, limit: room)
            if whole > 0 {
                unsafe parts.append(.init(rebasing: bytes[..<whole]))
            } else if unsafe parts.isEmpty, unsafe !fitsLater(bytes, isWithinRecord: isWithinRecord(segment, written)) {
                // Not even one record fits, nor ever will: it has to go in pieces.
                unsafe parts.append(.init(rebasing: bytes[..<room]))
            }
            break
        }
        return unsafe parts
    }

    /// Whether the record that is next would be taken whole by an empty pipe: then it is worth waiting for that, or a
    /// stop could cut it off. A reader that has stalled keeps us waiting either way.
    private func fitsLater(_ bytes: UnsafeRawBufferPointer, isWithinRecord: Bool) -> Bool {
        guard case .pipe(let capacity) = output.kind, !isWithinRecord else { return false }
        guard let newline = unsafe bytes.firstIndex(of: 0x0A) else { return false }
        return newline < capacity
    }

    /// Whether the output stands in the middle of a record.
    var isWithinRecord: Bool {
        let written = scheduler.output.headWrittenBytes
        return written > 0 && isWithinRecord(scheduler.output[0], written)
    }

    /// Whether a part of the next record has gone out already.
    private func isWithinRecord(_ segment: OutputSegment, _ written: Int) -> Bool {
        unsafe written > 0 && results(of: segment)[written - 1] != 0x0A
    }

    /// Length of the longest run of whole records within the first `limit` bytes; records hold no newline of their own.
    private func lengthOfWholeRecords(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Int {
        var length = min(limit, bytes.count)
        while length > 0, unsafe bytes[length - 1] != 0x0A { length -= 1 }
        return length
    }
}
