// librabbitmq for Swift, with what Swift cannot import of it, a variadic function, and what it does not tell: why there is
// no connection.
#ifndef PHASH_CRABBITMQ_SHIM_H
#define PHASH_CRABBITMQ_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#if __has_include(<rabbitmq-c/amqp.h>)
// From version 0.12 on, where the old names warn.
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

// Logs in. The capabilities are none of the library's own: without them a broker does not tell that it is blocked, nor that
// a queue that is consumed was deleted.
static inline amqp_rpc_reply_t phash_rabbitmq_login(amqp_connection_state_t connection, const char *virtual_host,
                                                    int frame_bytes, int heartbeat_seconds, const char *name,
                                                    const char *user, const char *password) {
    static const char *const capabilities[] = {"connection.blocked", "consumer_cancel_notify", "basic.nack",
                                               "publisher_confirms"};
    enum { capability_count = sizeof capabilities / sizeof capabilities[0] };
    amqp_table_entry_t entries[capability_count];
    for (int i = 0; i < capability_count; i++) {
        entries[i].key = amqp_cstring_bytes(capabilities[i]);
        entries[i].value.kind = AMQP_FIELD_KIND_BOOLEAN;
        entries[i].value.value.boolean = 1;
    }
    amqp_table_entry_t properties[2];
    properties[0].key = amqp_cstring_bytes("capabilities");
    properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
    properties[0].value.value.table.num_entries = capability_count;
    properties[0].value.value.table.entries = entries;
    properties[1].key = amqp_cstring_bytes("connection_name");
    properties[1].value.kind = AMQP_FIELD_KIND_UTF8;
    properties[1].value.value.bytes = amqp_cstring_bytes(name);
    amqp_table_t table = {2, properties};
    return amqp_login_with_properties(connection, virtual_host, 0, frame_bytes, heartbeat_seconds, &table,
                                      AMQP_SASL_METHOD_PLAIN, user, password);
}

// Has the system break a connection whose peer acknowledges nothing for so long, or takes nothing although it is there:
// what the library is about to send it would wait for for ever, and hear nothing meanwhile. 0, or -1 with errno.
static inline int phash_rabbitmq_limit_sending(int descriptor, unsigned milliseconds) {
    return setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

// Why a host does not take connections, an errno; 0 when it does, or when that is not known within a second. The library
// has only one error for all of that.
static inline int phash_rabbitmq_connect_error(const char *host, int port) {
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    if (getaddrinfo(host, service, &hints, &list) != 0)
        return 0;
    int error = 0;
    for (struct addrinfo *entry = list; entry; entry = entry->ai_next) {
        int descriptor = socket(entry->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (descriptor < 0)
            continue;
        error = 0;
        if (connect(descriptor, entry->ai_addr, entry->ai_addrlen) < 0 && errno != EINPROGRESS) {
            error = errno;
        } else {
            struct pollfd entry_of_poll = {descriptor, POLLOUT, 0};
            socklen_t size = sizeof error;
            if (poll(&entry_of_poll, 1, 1000) == 1)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
        }
        close(descriptor);
        if (error == 0)
            break;
    }
    freeaddrinfo(list);
    return error;
}

#endif
