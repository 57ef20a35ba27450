#define _GNU_SOURCE  // Here and not in the header: Swift must see the system's types as everywhere else.
#include "CPhashPosix.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_calls.h"

// What a terminal, systemd or pkill sends to the whole group. Children leave the answer to their parent.
static const int group_signals[] = {SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGUSR1};
enum { group_signal_count = sizeof group_signals / sizeof group_signals[0] };

extern char **environ;

const char *phash_environment_entry(int index) { return environ ? environ[index] : NULL; }

static void group_set(sigset_t *set) {
    sigemptyset(set);
    for (int i = 0; i < group_signal_count; i++)
        sigaddset(set, group_signals[i]);
}

// Whether an entry of the environment sets the backtracer, which would print memory to stderr.
static int is_backtrace(const char *entry) {
    static const char name[] = "SWIFT_BACKTRACE=";
    for (size_t i = 0; i < sizeof name - 1; i++)
        if (entry[i] != name[i])
            return 0;
    return 1;
}

int phash_spawn_child(pid_t *pid, const char *path, const char *mode, int doorbell, int input, int results) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0)
        return code;
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    sigset_t blocked, all;
    group_set(&blocked);
    sigfillset(&all);
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    char **environment = malloc((count + 2) * sizeof *environment);
    if (environment == NULL)
        code = ENOMEM;
    size_t kept = 0;
    for (size_t i = 0; code == 0 && i < count; i++)
        if (!is_backtrace(environ[i]))
            environment[kept++] = environ[i];
    if (code == 0) {
        environment[kept++] = "SWIFT_BACKTRACE=enable=no";
        environment[kept] = NULL;
    }

    // The sources are above 5, so that no dup2 takes what a later one needs.
    if (code == 0)
        code = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (code == 0)
        code = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, doorbell, 3);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, input, 4);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, results, 5);
    if (code == 0)
        code = posix_spawn_file_actions_addclosefrom_np(&actions, 6);
    if (code == 0)
        code = posix_spawnattr_setsigmask(&attributes, &blocked);
    if (code == 0)
        code = posix_spawnattr_setsigdefault(&attributes, &all);
    if (code == 0)
        code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    char *const arguments[] = {"phash", (char *)mode, NULL};
    if (code == 0)
        code = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    free(environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

// Swift's runtime has a handler for crashes that hands this process's memory to a program that prints some of it.
static void leave_crashes_to_the_system(void) {
    static const int crashes[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP};
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++) {
        struct sigaction action;
        // What is ignored stays ignored.
        if (sigaction(crashes[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            signal(crashes[i], SIG_DFL);
    }
}

int phash_close_to_others(void) {
    leave_crashes_to_the_system();
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0)
        return -1;
    // After the limit, which does not hold where cores go to a program; and against debuggers of the same user.
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void phash_worker_settle(void) {
    sigset_t group;
    group_set(&group);
    for (int i = 0; i < group_signal_count; i++)
        signal(group_signals[i], SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &group, NULL);
    // Without these a child still ends when its doorbell closes; so no failure here is one of the program.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "phash", 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    phash_close_to_others();
}

int phash_status_is_signal(int status) { return WIFSIGNALED(status) ? 1 : 0; }

int phash_status_value(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status); }

int phash_affinity_count(void) {
    // A fixed set holds 1,024 CPUs; larger machines need a larger one.
    for (int cpus = 1024; cpus <= 1 << 20; cpus *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)cpus);
        if (set == NULL)
            return -1;
        size_t size = CPU_ALLOC_SIZE((size_t)cpus);
        int code = sched_getaffinity(0, size, set);
        int count = code == 0 ? CPU_COUNT_S(size, set) : -1;
        int again = code < 0 && errno == EINVAL;
        CPU_FREE(set);
        if (!again)
            return count;
    }
    return -1;
}

static int64_t soft_limit(int resource) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > INT64_MAX)
        return -1;
    return (int64_t)limit.rlim_cur;
}

int64_t phash_limit_address_space(void) { return soft_limit(RLIMIT_AS); }

int64_t phash_limit_file_size(void) { return soft_limit(RLIMIT_FSIZE); }

void phash_map_large_memory(int bytes) {
#ifdef __GLIBC__
    // By itself the threshold follows what is freed, up to 32 MiB, and the heap then keeps what was needed once.
    mallopt(M_MMAP_THRESHOLD, bytes);
#else
    (void)bytes;
#endif
}

void phash_raise_descriptors(int64_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= (rlim_t)count)
        return;
    limit.rlim_cur = limit.rlim_max < (rlim_t)count ? limit.rlim_max : (rlim_t)count;
    // A failure shows where the descriptors are wanted.
    setrlimit(RLIMIT_NOFILE, &limit);
}
