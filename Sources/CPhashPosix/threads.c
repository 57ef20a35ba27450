#define _GNU_SOURCE  // Here and not in the header: Swift must see the system's types as everywhere else.
#include "CPhashPosix.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

int phash_thread_start(const char *name, void *(*body)(void *), void *context) {
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);
    if (code != 0)
        return code;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // A thread is born with the mask of the one that makes it, so that no signal finds it with another.
    sigset_t all, saved;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &saved);
    pthread_t thread;
    code = pthread_create(&thread, &attributes, body, context);
    if (code == 0) {
        char text[16];
        snprintf(text, sizeof text, "%s", name);
        pthread_setname_np(thread, text);
    }
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

int phash_wake_up_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int phash_socket_shut_down(int descriptor) { return shutdown(descriptor, SHUT_RDWR); }
