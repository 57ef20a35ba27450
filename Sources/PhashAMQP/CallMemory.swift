internal import CRabbitMQ

/// What the library is lent for one call: strings and tables, which it has copied or sent when the call is over.
@safe
final class CallMemory {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit { unsafe free() }

    /// Takes back everything that was lent; nothing that the functions below have returned may be used any more.
    @unsafe
    func free() {
        unsafe blocks.forEach { unsafe $0.deallocate() }
        unsafe blocks.removeAll(keepingCapacity: true)
    }

    func bytes(_ text: String) -> amqp_bytes_t {
        let text = Array(text.utf8)
        guard !text.isEmpty else { return unsafe amqp_bytes_t() }
        let block = unsafe allocate(byteCount: text.count, alignment: 1)
        unsafe block.copyMemory(from: text, byteCount: text.count)
        return unsafe amqp_bytes_t(len: text.count, bytes: block)
    }

    func table(_ arguments: [String: Topology.Argument]) -> amqp_table_t {
        guard !arguments.isEmpty else { return unsafe amqp_table_t() }
        typealias Entry = amqp_table_entry_t
        let block = unsafe allocate(
            byteCount: MemoryLayout<Entry>.stride * arguments.count, alignment: MemoryLayout<Entry>.alignment)
        let entries = unsafe block.bindMemory(to: Entry.self, capacity: arguments.count)
        for (index, argument) in arguments.enumerated() {
            var entry = unsafe Entry()
            unsafe entry.key = bytes(argument.key)
            switch argument.value {
            case .text(let text):
                unsafe entry.value.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
                unsafe entry.value.value.bytes = bytes(text)
            case .number(let number):
                unsafe entry.value.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
                unsafe entry.value.value.i64 = number
            }
            unsafe (entries + index).initialize(to: entry)
        }
        return unsafe amqp_table_t(num_entries: Int32(arguments.count), entries: entries)
    }

    private func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: alignment)
        unsafe blocks.append(block)
        return unsafe block
    }
}

/// Reading what the library has decoded; all of it is copied, because it lives only until the library's next call.
enum Decoded {
    static func text(_ bytes: amqp_bytes_t) -> String {
        unsafe String(decoding: memory(bytes), as: UTF8.self)
    }

    static func memory(_ bytes: amqp_bytes_t) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.bytes == nil ? 0 : bytes.len)
    }

    /// The value of a header; nil when there is none.
    static func value(_ name: String, in table: amqp_table_t) -> amqp_field_value_t? {
        for index in unsafe 0..<Int(table.num_entries) {
            guard let entry = unsafe table.entries.map({ unsafe $0[index] }) else { return nil }
            if unsafe text(entry.key) == name { return unsafe entry.value }
        }
        return nil
    }

    /// A whole number, however many bits it was sent in; nil for anything else.
    static func number(_ field: amqp_field_value_t) -> Int? {
        switch unsafe UInt32(field.kind) {
        case AMQP_FIELD_KIND_I8.rawValue: unsafe Int(field.value.i8)
        case AMQP_FIELD_KIND_U8.rawValue: unsafe Int(field.value.u8)
        case AMQP_FIELD_KIND_I16.rawValue: unsafe Int(field.value.i16)
        case AMQP_FIELD_KIND_U16.rawValue: unsafe Int(field.value.u16)
        case AMQP_FIELD_KIND_I32.rawValue: unsafe Int(field.value.i32)
        case AMQP_FIELD_KIND_U32.rawValue: unsafe Int(field.value.u32)
        case AMQP_FIELD_KIND_I64.rawValue: unsafe Int(field.value.i64)
        case AMQP_FIELD_KIND_U64.rawValue: unsafe Int(exactly: field.value.u64)
        default: nil
        }
    }

    /// The reason in the first of the tables that a broker has put into `x-death`.
    static func deathReason(in table: amqp_table_t) -> String? {
        guard let deaths = unsafe value("x-death", in: table),
            unsafe deaths.kind == UInt8(AMQP_FIELD_KIND_ARRAY.rawValue),
            unsafe deaths.value.array.num_entries > 0,
            let first = unsafe deaths.value.array.entries.map({ unsafe $0[0] }),
            unsafe first.kind == UInt8(AMQP_FIELD_KIND_TABLE.rawValue),
            let reason = unsafe value("reason", in: first.value.table),
            unsafe reason.kind == UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
        else { return nil }
        return unsafe text(reason.value.bytes)
    }
}
