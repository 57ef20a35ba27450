#define _GNU_SOURCE  // Here and not in the header: Swift must see the system's types as everywhere else.
#include "CPhashPosix.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "faulty_calls.h"

static int pipe_ends[2] = {-1, -1};

// What has arrived and has not been taken. A flag each for signals that say "look again"; for those that ask to stop,
// each arrival with its time, because it matters how many there are and how far apart. One writer, the handler, which no
// other signal interrupts, and one reader.
static volatile sig_atomic_t has_resumed, has_child, has_status;
enum { stop_capacity = 8 };
static volatile int stop_signals[stop_capacity];
static volatile int64_t stop_times[stop_capacity];
static volatile unsigned stop_taken, stop_arrived;

// Async-signal-safe: a clock and one write, errno kept. The byte only wakes the loop; when the pipe is full it is awake.
static void handle(int number) {
    int saved = errno;
    switch (number) {
    case SIGCONT:
        has_resumed = 1;
        break;
    case SIGCHLD:
        has_child = 1;
        break;
    case SIGUSR1:
        has_status = 1;
        break;
    default:
        // More than eight at once say nothing that two do not.
        if (stop_arrived - stop_taken < stop_capacity) {
            struct timespec now;
            clock_gettime(CLOCK_MONOTONIC, &now);
            stop_signals[stop_arrived % stop_capacity] = number;
            stop_times[stop_arrived % stop_capacity] = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
            stop_arrived = stop_arrived + 1;
        }
    }
    unsigned char byte = 0;
    ssize_t written = write(pipe_ends[1], &byte, 1);
    (void)written;
    errno = saved;
}

int phash_signal_next(int64_t *time) {
    *time = 0;
    // The end of a stop first: until it is known, the time is wrong for all others.
    if (has_resumed) {
        has_resumed = 0;
        return SIGCONT;
    }
    if (has_child) {
        has_child = 0;
        return SIGCHLD;
    }
    if (stop_taken != stop_arrived) {
        int number = stop_signals[stop_taken % stop_capacity];
        *time = stop_times[stop_taken % stop_capacity];
        stop_taken = stop_taken + 1;
        return number;
    }
    if (has_status) {
        has_status = 0;
        return SIGUSR1;
    }
    return 0;
}

int phash_signal_pipe(void) {
    if (pipe_ends[0] < 0) {
        int ends[2];
        if (phash_pipe(ends) < 0)
            return -1;
        // Away from the numbers that a child uses, and from 0 to 2 in case they were closed.
        int writing = phash_duplicate(ends[1], 10);
        int reading = writing < 0 ? -1 : phash_duplicate(ends[0], 10);
        int saved = errno;
        close(ends[0]);
        close(ends[1]);
        if (reading < 0) {
            if (writing >= 0)
                close(writing);
            errno = saved;
            return -1;
        }
        // Both or none: with one alone, a signal would arrive and wake nobody.
        pipe_ends[0] = reading;
        pipe_ends[1] = writing;
    }
    return pipe_ends[0];
}

int phash_signal_take(int number) {
    if (phash_signal_pipe() < 0)
        return -1;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    sigfillset(&action.sa_mask);
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
