#define _GNU_SOURCE  // Here and not in the header: Swift must see the system's types as everywhere else.
#include "CPhashPosix.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static int pipe_ends[2] = {-1, -1};

// Async-signal-safe: one write, errno kept. A full pipe already says that there is something to look at.
static void handle(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(pipe_ends[1], &byte, 1);
    (void)written;
    errno = saved;
}

int phash_signal_pipe(void) {
    if (pipe_ends[0] < 0) {
        int ends[2];
        if (phash_pipe(ends) < 0)
            return -1;
        // Away from the numbers that a child uses, and from 0 to 2 in case they were closed.
        pipe_ends[1] = phash_duplicate(ends[1], 10);
        pipe_ends[0] = phash_duplicate(ends[0], 10);
        close(ends[0]);
        close(ends[1]);
    }
    return pipe_ends[0];
}

int phash_signal_take(int number) {
    if (phash_signal_pipe() < 0)
        return -1;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, NULL) < 0)
        return -1;
    // Whoever started us may have left it blocked.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    return sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int phash_signal_catch(int number) {
    struct sigaction before;
    if (sigaction(number, NULL, &before) < 0)
        return -1;
    if (before.sa_handler == SIG_IGN)
        return 1;
    return phash_signal_take(number);
}

int phash_signal_ignore(int number) {
    struct sigaction before;
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, &before) < 0)
        return 0;
    return before.sa_handler == SIG_IGN ? 1 : 0;
}

void phash_signal_die(int number) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    kill(getpid(), number);
}
