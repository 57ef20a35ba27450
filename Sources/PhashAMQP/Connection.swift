internal import CRabbitMQ
internal import PhashPosix
internal import PhashWire

/// A connection to a broker with its one channel. It stays in the thread that has made it.
///
/// Whatever it throws is its end. Only one channel, because the library loses frames of others while it waits for an
/// answer on one.
@safe
final class Connection {
    /// Where Debian and its descendants keep the certificates that everybody believes; the library knows no place.
    static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    /// How long the broker may take to answer: without a limit an answer that never comes would be waited for for ever.
    private static let answerMilliseconds = 10_000
    /// How long it may take to say good-bye, on the channel and on the connection.
    private static let farewellMilliseconds = 1000

    private let channel: amqp_channel_t = 1
    private let heartbeatSeconds: Int
    let isEncrypted: Bool
    let state: amqp_connection_state_t
    private let memory = CallMemory()
    /// The message whose parts are coming in.
    var incoming: IncomingMessage?

    /// Connects, logs in and opens the channel; takes `connectionMilliseconds` at most for each of reaching the broker and
    /// logging in.
    ///
    /// - Parameters:
    ///   - name: What the broker's lists of connections say.
    ///   - reached: Is told the socket as soon as there is one. The library closes it.
    init(_ address: BrokerAddress, name: String, reached: (Int32) -> Void) throws(LinkFailure) {
        guard let state = unsafe amqp_new_connection() else {
            throw LinkFailure(reason: Errno.current.description)
        }
        unsafe self.state = state
        heartbeatSeconds = address.heartbeatSeconds
        isEncrypted = address.isEncrypted
        reached(try open(address))
        try logIn(address, name: name)
        try setAnswerTime(Self.answerMilliseconds)
        try check(unsafe amqp_channel_open(state, channel) != nil)
    }

    deinit { unsafe amqp_destroy_connection(state) }

    var descriptor: Int32 { unsafe amqp_get_sockfd(state) }

    // MARK: Setting up

    func declare(_ declaration: Topology.Declaration) throws(LinkFailure) {
        defer { unsafe memory.free() }
        switch declaration {
        case .exchange(let name):
            let answer = unsafe amqp_exchange_declare(
                state, channel, memory.bytes(name), memory.bytes("topic"), 0, 1, 0, 0, amqp_table_t())
            try check(unsafe answer != nil, "exchange \(name)")
        case .queue(let name, let arguments):
            let answer = unsafe amqp_queue_declare(
                state, channel, memory.bytes(name), 0, 1, 0, 0, memory.table(arguments))
            try check(unsafe answer != nil, "queue \(name)")
        case .binding(let queue, let exchange, let pattern):
            let answer = unsafe amqp_queue_bind(
                state, channel, memory.bytes(queue), memory.bytes(exchange), memory.bytes(pattern), amqp_table_t())
            try check(unsafe answer != nil, "queue \(queue)")
        }
    }

    /// Has the broker confirm every publication from now on.
    func confirmPublications() throws(LinkFailure) {
        try check(unsafe amqp_confirm_select(state, channel) != nil)
    }

    /// - Parameters:
    ///   - prefetch: How many deliveries the consumer may have that are not acknowledged.
    ///   - name: Unlike that of others on this connection.
    func consume(_ queue: String, prefetch: Int, name: String) throws(LinkFailure) {
        defer { unsafe memory.free() }
        let limit = UInt16(clamping: prefetch)
        try check(unsafe amqp_basic_qos(state, channel, 0, limit, 0) != nil)
        let answer = unsafe amqp_basic_consume(
            state, channel, memory.bytes(queue), memory.bytes(name), 0, 0, 0, amqp_table_t())
        try check(unsafe answer != nil, "queue \(queue)")
    }

    // MARK: Commands

    /// Sends a message. It has no time limit: it waits while the broker takes nothing.
    func publish(_ publication: Publication) throws(LinkFailure) {
        defer { unsafe memory.free() }
        var properties = unsafe amqp_basic_properties_t()
        let given = publication.properties
        var flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG
        unsafe properties.delivery_mode = UInt8(AMQP_DELIVERY_PERSISTENT.rawValue)
        // By this a message that comes back is recognised.
        unsafe properties.message_id = memory.bytes(String(publication.token))
        if !given.type.isEmpty {
            flags |= AMQP_BASIC_TYPE_FLAG
            unsafe properties.type = memory.bytes(given.type)
        }
        if !given.correlationIdentifier.isEmpty {
            flags |= AMQP_BASIC_CORRELATION_ID_FLAG
            unsafe properties.correlation_id = memory.bytes(given.correlationIdentifier)
        }
        if !given.replyTo.isEmpty {
            flags |= AMQP_BASIC_REPLY_TO_FLAG
            unsafe properties.reply_to = memory.bytes(given.replyTo)
        }
        if let milliseconds = given.expirationMilliseconds {
            flags |= AMQP_BASIC_EXPIRATION_FLAG
            unsafe properties.expiration = memory.bytes(String(milliseconds))
        }
        unsafe properties._flags = amqp_flags_t(flags)
        let status = unsafe publication.body.withUnsafeBytes { body in
            let body = unsafe amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
            return unsafe amqp_basic_publish(
                state, channel, memory.bytes(publication.exchange), memory.bytes(publication.routingKey), 1, 0,
                &properties, body)
        }
        try check(status)
    }

    func acknowledge(_ number: UInt64) throws(LinkFailure) {
        try check(unsafe amqp_basic_ack(state, channel, number, 0))
    }

    func reject(_ number: UInt64, requeue: Bool) throws(LinkFailure) {
        try check(unsafe amqp_basic_reject(state, channel, number, requeue ? 1 : 0))
    }

    func cancel(consumer name: String) throws(LinkFailure) {
        defer { unsafe memory.free() }
        try check(unsafe amqp_basic_cancel(state, channel, memory.bytes(name)) != nil)
    }

    /// How many consumers a queue has, which must be there.
    func countConsumers(_ queue: String) throws(LinkFailure) -> Int {
        defer { unsafe memory.free() }
        let answer = unsafe amqp_queue_declare(state, channel, memory.bytes(queue), 1, 0, 0, 0, amqp_table_t())
        try check(unsafe answer != nil, "queue \(queue)")
        let count = unsafe Int(answer?.pointee.consumer_count ?? 0)
        // Where nothing else comes in, each answer would stay.
        releaseBuffers()
        return count
    }

    /// Deletes a queue; it need not be there.
    func delete(queue: String) throws(LinkFailure) {
        defer { unsafe memory.free() }
        try check(unsafe amqp_queue_delete(state, channel, memory.bytes(queue), 0, 0) != nil, "queue \(queue)")
    }

    /// Says good-bye, after everything that was said before; gives up where the broker does not.
    func close() {
        guard (try? setAnswerTime(Self.farewellMilliseconds)) != nil else { return }
        // The channel first: its answer says that the broker has done what went before on it.
        let reply = unsafe amqp_channel_close(state, channel, AMQP_REPLY_SUCCESS)
        guard unsafe reply.reply_type == AMQP_RESPONSE_NORMAL else { return }
        unsafe amqp_connection_close(state, AMQP_REPLY_SUCCESS)
    }

    // MARK: Failures

    /// Gives back memory of what has come in and was looked at.
    func releaseBuffers() { unsafe amqp_maybe_release_buffers(state) }

    func check(_ status: Int32) throws(LinkFailure) {
        guard status != AMQP_STATUS_OK.rawValue else { return }
        throw FailureWords.lost(status, heartbeatSeconds: heartbeatSeconds)
    }

    /// Throws what the broker has answered to the last question.
    private func check(_ isAnswered: Bool, _ thing: String? = nil) throws(LinkFailure) {
        guard !isAnswered else { return }
        let reply = unsafe amqp_get_rpc_reply(state)
        guard unsafe reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION else {
            throw unsafe FailureWords.lost(reply.library_error, heartbeatSeconds: heartbeatSeconds, thing)
        }
        let (code, text) = unsafe Self.closing(reply.reply)
        throw FailureWords.refused(code: code, text: text, thing)
    }

    /// What a broker says that closes a channel or a connection.
    static func closing(_ method: amqp_method_t) -> (code: UInt16, text: String) {
        guard let decoded = unsafe method.decoded else { return (0, "") }
        switch unsafe method.id {
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = unsafe decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            return unsafe (close.reply_code, Decoded.text(close.reply_text))
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = unsafe decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            return unsafe (close.reply_code, Decoded.text(close.reply_text))
        default:
            return (0, "")
        }
    }

    private func setAnswerTime(_ milliseconds: Int) throws(LinkFailure) {
        var time = Self.time(milliseconds)
        try check(unsafe amqp_set_rpc_timeout(state, &time))
    }

    static func time(_ milliseconds: Int) -> timeval {
        timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    }
}
