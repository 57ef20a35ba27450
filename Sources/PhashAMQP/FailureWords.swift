internal import CRabbitMQ
internal import PhashPosix
internal import PhashWire

/// What goes wrong with a broker, in words. None of them holds the user or the password.
enum FailureWords {
    /// A failure of a connection that had come about.
    ///
    /// - Parameter thing: What the broker was asked about: `queue phash.work`; nil for nothing of its own.
    static func lost(_ status: Int32, heartbeatSeconds: Int, _ thing: String? = nil) -> LinkFailure {
        switch status {
        case AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue:
            LinkFailure(reason: "the broker has shown no sign of life for \(2 * heartbeatSeconds) s")
        case AMQP_STATUS_TIMEOUT.rawValue:
            LinkFailure(reason: "the broker does not answer" + (thing.map { ", asked for the \($0)" } ?? ""))
        case AMQP_STATUS_CONNECTION_CLOSED.rawValue, AMQP_STATUS_SOCKET_CLOSED.rawValue,
            AMQP_STATUS_SOCKET_ERROR.rawValue, AMQP_STATUS_SSL_ERROR.rawValue:
            LinkFailure(reason: "the connection to the broker was lost")
        default:
            LinkFailure(reason: "the connection to the broker has failed: \(library(status))")
        }
    }

    /// A failure to reach the broker, or to believe it.
    static func unreachable(_ status: Int32, _ address: BrokerAddress) -> LinkFailure {
        let place = "\(address.host):\(address.port)"
        switch status {
        case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED.rawValue:
            return LinkFailure(reason: "the name \(address.host) cannot be looked up")
        case AMQP_STATUS_TIMEOUT.rawValue:
            return LinkFailure(reason: "\(place) does not answer within \(address.connectionMilliseconds) ms")
        case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue:
            let remark = isNumeric(address.host) ? ", and only names are checked, not addresses" : ""
            return LinkFailure(reason: "the broker's certificate is not for \(address.host)\(remark)", isFinal: true)
        case AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue:
            return LinkFailure(
                reason: "the broker's certificate is not trusted: it is not signed by one in \(authorities(address)), "
                    + "or has expired",
                isFinal: true)
        case AMQP_STATUS_SSL_CONNECTION_FAILED.rawValue:
            return LinkFailure(reason: "TLS could not be agreed on with \(place)\(certificateRemark(address))")
        default:
            let code = unsafe phash_rabbitmq_connect_error(address.host, Int32(address.port))
            let why = code == 0 ? library(status) : Errno(code: code).description
            return LinkFailure(reason: "\(place): \(why)")
        }
    }

    static func unreadableAuthorities(_ address: BrokerAddress) -> LinkFailure {
        LinkFailure(reason: "cannot read certificates from \(authorities(address))", isFinal: true)
    }

    static func unreadableCertificate(_ certificate: String, key: String) -> LinkFailure {
        LinkFailure(reason: "cannot use the certificate \(certificate) with the key \(key)", isFinal: true)
    }

    /// A login that did not come to its end.
    static func login(_ status: Int32, _ address: BrokerAddress) -> LinkFailure {
        switch status {
        case AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD.rawValue:
            LinkFailure(reason: "the broker lets nobody in with a password", isFinal: true)
        case AMQP_STATUS_TIMEOUT.rawValue:
            LinkFailure(reason: "the broker does not answer within \(address.connectionMilliseconds) ms")
        case AMQP_STATUS_CONNECTION_CLOSED.rawValue, AMQP_STATUS_SOCKET_CLOSED.rawValue,
            AMQP_STATUS_SOCKET_ERROR.rawValue, AMQP_STATUS_SSL_ERROR.rawValue:
            LinkFailure(
                reason: "\(address.host):\(address.port) has closed the connection during the login"
                    + certificateRemark(address))
        default:
            LinkFailure(reason: "\(address.host):\(address.port) does not speak as a broker: \(library(status))")
        }
    }

    /// A login that the broker has answered with no.
    static func loginRefused(code: UInt16, text: String, _ address: BrokerAddress) -> LinkFailure {
        switch Int32(code) {
        case AMQP_ACCESS_REFUSED:
            return LinkFailure(reason: "the broker does not let us in: wrong user or password", isFinal: true)
        case AMQP_NOT_ALLOWED:
            // Too many connections is something that passes. The broker's own text names the user.
            let isFull = text.contains("limit")
            return LinkFailure(
                reason: "the broker does not let us into the virtual host \(address.virtualHost)"
                    + (isFull ? ": too many connections" : ""),
                isFinal: !isFull)
        default:
            return closed(code: code, text: text)
        }
    }

    /// The broker has closed the connection, or the channel, which is as good as that.
    static func closed(code: UInt16, text: String) -> LinkFailure {
        // Nothing else tells how much a broker takes: 128 MiB, or from RabbitMQ 4 on 16.
        if Int32(code) == AMQP_PRECONDITION_FAILED,
            let match = text.firstMatch(of: /message size (\d+) is larger than configured max size (\d+)/),
            let limit = Int(match.2)
        {
            return LinkFailure(
                reason: "a message has \(match.1) bytes, and the broker takes \(limit) at most", largestMessage: limit)
        }
        return LinkFailure(
            reason: "the broker has closed the connection: \(text.isEmpty ? "code \(code)" : text)",
            isFinal: Int32(code) == AMQP_ACCESS_REFUSED)
    }

    /// The broker does not do what it was asked to.
    ///
    /// - Parameter thing: `queue phash.work`; nil for what is nobody's.
    static func refused(code: UInt16, text: String, _ thing: String?) -> LinkFailure {
        guard let thing else { return closed(code: code, text: text) }
        switch Int32(code) {
        case AMQP_PRECONDITION_FAILED:
            return LinkFailure(reason: "the \(thing) is there already, with other arguments: \(text)", isFinal: true)
        case AMQP_ACCESS_REFUSED:
            return LinkFailure(reason: "the broker does not allow the use of the \(thing): \(text)", isFinal: true)
        default:
            return LinkFailure(reason: "the \(thing): \(text)")
        }
    }

    private static func authorities(_ address: BrokerAddress) -> String {
        address.authorityFile ?? Connection.systemAuthorities
    }

    /// What a broker does not tell: it may only let those in whose certificate it trusts.
    private static func certificateRemark(_ address: BrokerAddress) -> String {
        guard address.isEncrypted else { return "" }
        guard let file = address.certificateFile else { return "; it may want a certificate (certfile and keyfile)" }
        return "; it may not trust the certificate \(file)"
    }

    private static func isNumeric(_ host: String) -> Bool {
        host.contains(":") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    }

    private static func library(_ status: Int32) -> String {
        guard let text = unsafe amqp_error_string2(status) else { return "error \(status)" }
        return unsafe String(cString: text)
    }
}
