internal import CRabbitMQ

/// What a broker sends by itself.
enum Arrival {
    /// A message. The generation of its tag is for the owner to fill in.
    case delivered(Delivery)
    /// The publication with this token has no queue to go to. It is answered all the same, after this.
    case returned(token: UInt64)
    /// The broker has, or does not take, the publication with this number, or all up to it.
    case answered(number: UInt64, isMultiple: Bool, isTaken: Bool)
    /// The queue of a consumer is gone.
    case cancelled
    /// The broker takes no publications; nil: it does again.
    case blocked(String?)
}

/// A message that comes in parts: a method, a header, and as many frames as the body needs.
struct IncomingMessage {
    enum Kind {
        case delivery(number: UInt64, routingKey: String)
        case returned
    }

    /// Room that is made at once, bytes; for more, a broker must have sent it.
    static let reservedBytes = 16 << 20

    let kind: Kind
    var properties = MessageProperties()
    var identifier = ""
    var earlierDeliveries = 0
    var deathReason: String?
    /// nil until the header has come.
    var missingBytes: UInt64?
    var body: [UInt8] = []

    init(_ kind: Kind) { self.kind = kind }
}

extension Connection {
    /// Whether there may be something that has left the socket already, so that poll(2) does not tell of it: then nobody may
    /// wait before `next` has returned nil. Of what OpenSSL has the library says nothing.
    var holdsArrivals: Bool {
        unsafe isEncrypted || amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0
    }

    /// The next thing that has come, without waiting; nil when there is nothing more.
    func next() throws(LinkFailure) -> Arrival? {
        while true {
            var frame = unsafe amqp_frame_t()
            var nothing = Self.time(0)
            let status = unsafe amqp_simple_wait_frame_noblock(state, &frame, &nothing)
            if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
            try check(status)
            guard let arrival = unsafe try take(frame) else { continue }
            releaseBuffers()
            return arrival
        }
    }

    private func take(_ frame: amqp_frame_t) throws(LinkFailure) -> Arrival? {
        switch Int32(unsafe frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return unsafe try take(frame.payload.method)
        case AMQP_FRAME_HEADER:
            unsafe takeHeader(frame.payload.properties.decoded, bodyBytes: frame.payload.properties.body_size)
            return finished()
        case AMQP_FRAME_BODY:
            let part = unsafe Decoded.memory(frame.payload.body_fragment)
            guard let missing = incoming?.missingBytes, UInt64(part.count) <= missing else { throw Self.nonsense }
            unsafe incoming?.body.append(contentsOf: part)
            incoming?.missingBytes = missing - UInt64(part.count)
            return finished()
        default:
            return nil
        }
    }

    private static let nonsense = LinkFailure(reason: "the broker has sent a part of a message out of its place")

    private func take(_ method: amqp_method_t) throws(LinkFailure) -> Arrival? {
        guard let decoded = unsafe method.decoded else { return nil }
        switch unsafe method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = unsafe decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            incoming = unsafe IncomingMessage(
                .delivery(number: deliver.delivery_tag, routingKey: Decoded.text(deliver.routing_key)))
            return nil
        case AMQP_BASIC_RETURN_METHOD:
            incoming = IncomingMessage(.returned)
            return nil
        case AMQP_BASIC_ACK_METHOD:
            let ack = unsafe decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            return .answered(number: ack.delivery_tag, isMultiple: ack.multiple != 0, isTaken: true)
        case AMQP_BASIC_NACK_METHOD:
            let nack = unsafe decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            return .answered(number: nack.delivery_tag, isMultiple: nack.multiple != 0, isTaken: false)
        case AMQP_BASIC_CANCEL_METHOD:
            return .cancelled
        case AMQP_CONNECTION_BLOCKED_METHOD:
            let blocked = unsafe decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
            return unsafe .blocked(Decoded.text(blocked.reason))
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            return .blocked(nil)
        case AMQP_CONNECTION_CLOSE_METHOD, AMQP_CHANNEL_CLOSE_METHOD:
            let (code, text) = unsafe Self.closing(method)
            throw FailureWords.closed(code: code, text: text)
        default:
            return nil
        }
    }

    private func takeHeader(_ decoded: UnsafeMutableRawPointer?, bodyBytes: UInt64) {
        guard var message = incoming, let decoded = unsafe decoded else { return }
        let properties = unsafe decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
        let flags = unsafe Int32(bitPattern: properties._flags)
        if flags & AMQP_BASIC_TYPE_FLAG != 0 { message.properties.type = unsafe Decoded.text(properties.type) }
        if flags & AMQP_BASIC_CORRELATION_ID_FLAG != 0 {
            message.properties.correlationIdentifier = unsafe Decoded.text(properties.correlation_id)
        }
        if flags & AMQP_BASIC_REPLY_TO_FLAG != 0 {
            message.properties.replyTo = unsafe Decoded.text(properties.reply_to)
        }
        if flags & AMQP_BASIC_EXPIRATION_FLAG != 0 {
            message.properties.expirationMilliseconds = unsafe Int(Decoded.text(properties.expiration))
        }
        if flags & AMQP_BASIC_MESSAGE_ID_FLAG != 0 { message.identifier = unsafe Decoded.text(properties.message_id) }
        if flags & AMQP_BASIC_HEADERS_FLAG != 0 {
            if let count = unsafe Decoded.value("x-delivery-count", in: properties.headers) {
                message.earlierDeliveries = unsafe Decoded.number(count) ?? 0
            }
            message.deathReason = unsafe Decoded.deathReason(in: properties.headers)
        }
        message.missingBytes = bodyBytes
        message.body.reserveCapacity(Int(min(bodyBytes, UInt64(IncomingMessage.reservedBytes))))
        incoming = message
    }

    /// The message, once all of it is there.
    private func finished() -> Arrival? {
        guard let message = incoming, message.missingBytes == 0 else { return nil }
        incoming = nil
        switch message.kind {
        case .returned:
            return UInt64(message.identifier).map { .returned(token: $0) }
        case .delivery(let number, let routingKey):
            let delivery = Delivery(
                tag: DeliveryTag(generation: 0, number: number), routingKey: routingKey, properties: message.properties,
                earlierDeliveries: message.earlierDeliveries, deathReason: message.deathReason, body: message.body)
            return .delivered(delivery)
        }
    }
}
