internal import CRabbitMQ
internal import PhashPosix
internal import PhashWire

extension Connection {
    /// As much of a message as goes into one frame, bytes: what brokers propose.
    private static let frameBytes: Int32 = 131_072
    /// How long the broker may take nothing of what is sent to it. Less than `ReplyDesk.patience`, so that a broken link is
    /// not taken for a broken queue; more than a broker that is busy needs.
    private static let sendingMilliseconds: UInt32 = 20_000

    /// Reaches the broker, with TLS where the address asks for it, and returns the socket.
    func open(_ address: BrokerAddress) throws(LinkFailure) -> Int32 {
        let socket = address.isEncrypted ? unsafe try encryptedSocket(address) : unsafe amqp_tcp_socket_new(state)
        guard let socket = unsafe socket else { throw LinkFailure(reason: "there is no memory for a connection") }
        var time = Self.time(address.connectionMilliseconds)
        let status = unsafe amqp_socket_open_noblock(socket, address.host, Int32(address.port), &time)
        guard status == AMQP_STATUS_OK.rawValue else { throw FailureWords.unreachable(status, address) }
        guard phash_rabbitmq_limit_sending(descriptor, Self.sendingMilliseconds) == 0 else {
            throw LinkFailure(reason: "the time for sending cannot be limited: \(Errno.current)")
        }
        return descriptor
    }

    private func encryptedSocket(_ address: BrokerAddress) throws(LinkFailure) -> OpaquePointer? {
        guard let socket = unsafe amqp_ssl_socket_new(state) else { return nil }
        let versions = unsafe amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        guard versions == AMQP_STATUS_OK.rawValue else {
            throw LinkFailure(reason: "TLS from version 1.2 on is not to be had", isFinal: true)
        }
        let verifies: amqp_boolean_t = address.isVerified ? 1 : 0
        unsafe amqp_ssl_socket_set_verify_peer(socket, verifies)
        unsafe amqp_ssl_socket_set_verify_hostname(socket, verifies)
        // Where nothing is verified, only a file that was asked for must be there.
        if address.isVerified || address.authorityFile != nil {
            let file = address.authorityFile ?? Self.systemAuthorities
            guard unsafe amqp_ssl_socket_set_cacert(socket, file) == AMQP_STATUS_OK.rawValue else {
                throw FailureWords.unreadableAuthorities(address)
            }
        }
        if let certificate = address.certificateFile, let key = address.keyFile {
            guard unsafe amqp_ssl_socket_set_key(socket, certificate, key) == AMQP_STATUS_OK.rawValue else {
                throw FailureWords.unreadableCertificate(certificate, key: key)
            }
        }
        return unsafe socket
    }

    func logIn(_ address: BrokerAddress, name: String) throws(LinkFailure) {
        var time = Self.time(address.connectionMilliseconds)
        try check(unsafe amqp_set_handshake_timeout(state, &time))
        let user = address.user ?? BrokerAddress.usualUser
        // An installed broker's usual user has its name as its password.
        let password = address.password ?? BrokerAddress.usualUser
        let reply = unsafe phash_rabbitmq_login(
            state, address.virtualHost, Self.frameBytes, Int32(address.heartbeatSeconds), name, user, password)
        switch unsafe reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            let (code, text) = unsafe Self.closing(reply.reply)
            throw FailureWords.loginRefused(code: code, text: text, address)
        default:
            throw unsafe FailureWords.login(reply.library_error, address)
        }
    }
}
