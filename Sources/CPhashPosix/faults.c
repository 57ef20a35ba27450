#ifdef PHASH_TEST_HOOKS
#define _GNU_SOURCE  // Here and not in the header, as in the other files.
#include "fault_layer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME(name) #name,
static const char *const call_names[] = {PHASH_FAULT_CALLS(NAME)};

#define ERRORS(X)                                                                                                      \
    X(EACCES) X(EAGAIN) X(EBADF) X(EBUSY) X(ECHILD) X(ECONNRESET) X(EDQUOT) X(EFBIG) X(EINTR) X(EINVAL) X(EIO)         \
    X(EMFILE) X(ENFILE) X(ENODEV) X(ENOENT) X(ENOMEM) X(ENOSPC) X(ENOSYS) X(EPERM) X(EPIPE)
#define ERROR(name) {#name, name},
static const struct { const char *name; int code; } errors[] = {ERRORS(ERROR)};

static const char variable[] = "PHASH_TEST_FAULTS";
const char phash_fault_child_variable[] = "PHASH_TEST_FAULTS_CHILD";

enum what { fails, is_short, jumps };
enum when { always, at, from, each, by_chance, after_bytes };

struct fault {
    enum phash_fault_call call;
    int descriptor;  // -1: any
    enum what what;
    long amount;  // errno, or seconds
    enum when when;
    uint64_t number;
    uint64_t calls, bytes;
    int has_jumped;
};

enum { maximum_faults = 32 };
static struct fault faults[maximum_faults];
static int fault_count;
static uint64_t random_state = 1;

// SplitMix64, as everywhere in the tests.
static uint64_t random_number(void) {
    uint64_t mixed = random_state += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

// Reading PHASH_TEST_FAULTS.

static _Noreturn void reject(const char *word, const char *why) {
    dprintf(2, "phash: %s: '%s': %s\n", variable, word, why);
    _exit(64);
}

// Digits at the start of a text, which is moved behind them.
static uint64_t read_number(const char **text, const char *word) {
    if (**text < '0' || **text > '9')
        reject(word, "a number is missing");
    char *end;
    errno = 0;
    uint64_t number = strtoull(*text, &end, 10);
    if (errno != 0)
        reject(word, "a number is too large");
    *text = end;
    return number;
}

// Whether the first `length` bytes of a text are a word.
static int is_equal(const char *text, const char *wanted, size_t length) {
    return strlen(wanted) == length && strncmp(text, wanted, length) == 0;
}

// Whether a word is about this process; its text is moved behind the name of it.
static int is_about_us(const char **text, const char *word, uint64_t child) {
    const char *colon = strchr(*text, ':');
    if (colon == NULL)
        return 1;
    const char *who = *text;
    size_t length = (size_t)(colon - who);
    *text = colon + 1;
    if (is_equal(who, "parent", length))
        return child == 0;
    if (strncmp(who, "child", 5) != 0)
        reject(word, "before ':' stands parent, child, or child and a number");
    const char *number = who + 5;
    if (number == colon)
        return child != 0;
    uint64_t wanted = read_number(&number, word);
    if (number != colon || wanted == 0)
        reject(word, "before ':' stands parent, child, or child and a number");
    return child == wanted;
}

static void read_what(const char **text, const char *word, struct fault *fault) {
    size_t length = strcspn(*text, "@/~>");
    int transfers = fault->call <= CALL_sendmsg;
    if (**text == '+') {
        const char *end = *text + 1;
        fault->what = jumps;
        fault->amount = (long)read_number(&end, word);
        if (fault->call != CALL_clock_gettime || end != *text + length)
            reject(word, "only clock_gettime jumps, by whole seconds");
    } else if (is_equal(*text, "short", length)) {
        fault->what = is_short;
        if (!transfers)
            reject(word, "only read, write, writev and sendmsg can be short");
    } else {
        fault->what = fails;
        for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
            if (is_equal(*text, errors[i].name, length))
                fault->amount = errors[i].code;
        if (fault->amount == 0 || fault->call == CALL_clock_gettime)
            reject(word, "no such fault of this call");
    }
    *text += length;
    if (**text == '>' && (!transfers || fault->what != fails))
        reject(word, "bytes count only where read, write, writev or sendmsg fail");
}

static void read_when(const char **text, const char *word, struct fault *fault) {
    static const char marks[] = "@/~>";
    static const enum when meanings[] = {at, each, by_chance, after_bytes};
    const char *mark = **text == 0 ? NULL : strchr(marks, **text);
    if (mark == NULL)
        return;
    *text += 1;
    fault->when = meanings[mark - marks];
    fault->number = read_number(text, word);
    if (fault->when == at && **text == '+') {
        fault->when = from;
        *text += 1;
    }
    if (fault->when == by_chance) {
        if (**text != '%' || fault->number > 100)
            reject(word, "a chance is 0% to 100%");
        *text += 1;
    } else if (fault->number == 0 && fault->when != after_bytes) {
        reject(word, "calls are counted from 1");
    }
}

static void read_word(const char *word, uint64_t child) {
    const char *text = word;
    if (strncmp(text, "seed=", 5) == 0) {
        text += 5;
        // Every process has chances of its own.
        random_state = read_number(&text, word) + (child << 32);
        if (*text != 0)
            reject(word, "a seed is a number");
        return;
    }
    struct fault fault = {.call = CALL_count, .descriptor = -1, .when = always};
    int is_ours = is_about_us(&text, word, child);
    size_t length = strcspn(text, "#=");
    for (int i = 0; i < CALL_count; i++)
        if (is_equal(text, call_names[i], length))
            fault.call = (enum phash_fault_call)i;
    if (fault.call == CALL_count)
        reject(word, "no such call");
    text += length;
    if (*text == '#') {
        text++;
        fault.descriptor = (int)read_number(&text, word);
    }
    if (*text++ != '=')
        reject(word, "behind the call stands '='");
    read_what(&text, word, &fault);
    read_when(&text, word, &fault);
    if (*text != 0)
        reject(word, "there is more than CALL=WHAT and WHEN");
    if (fault_count == maximum_faults)
        reject(word, "there are too many");
    if (is_ours)
        faults[fault_count++] = fault;
}

// Before anything else runs, and never again: a child may be allowed little later.
__attribute__((constructor)) static void load(void) {
    const char *text = getenv(variable);
    const char *child = getenv(phash_fault_child_variable);
    if (text == NULL)
        return;
    char *words = strdup(text);
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        read_word(word, child == NULL ? 0 : strtoull(child, NULL, 10));
    free(words);
}

// Asking for a fault.

static int is_due(struct fault *fault, size_t length) {
    switch (fault->when) {
    case always:
        return 1;
    case at:
        return fault->calls == fault->number;
    case from:
        return fault->calls >= fault->number;
    case each:
        return fault->calls % fault->number == 0;
    case by_chance:
        return random_number() % 100 < fault->number;
    case after_bytes:
        return fault->bytes + length > fault->number;
    }
    abort();
}

int phash_fault_of(enum phash_fault_call call, int descriptor, size_t *length) {
    struct fault *due = NULL;
    for (struct fault *fault = faults; fault < faults + fault_count; fault++) {
        if (fault->call != call || (fault->descriptor >= 0 && fault->descriptor != descriptor))
            continue;
        fault->calls++;
        if (due == NULL && is_due(fault, length == NULL ? 0 : *length))
            due = fault;
    }
    if (due == NULL)
        return 0;
    if (due->when == after_bytes && due->bytes < due->number) {
        *length = (size_t)(due->number - due->bytes);
        return 0;
    }
    if (due->what == is_short) {
        if (*length > 1)
            *length = 1 + (size_t)(random_number() % (*length - 1));
        return 0;
    }
    errno = (int)due->amount;
    return 1;
}

ssize_t phash_fault_transferred(enum phash_fault_call call, int descriptor, ssize_t count) {
    for (struct fault *fault = faults; count > 0 && fault < faults + fault_count; fault++)
        if (fault->call == call && (fault->descriptor < 0 || fault->descriptor == descriptor))
            fault->bytes += (uint64_t)count;
    return count;
}

long phash_fault_seconds_ahead(void) {
    long ahead = 0;
    for (struct fault *fault = faults; fault < faults + fault_count; fault++) {
        if (fault->call != CALL_clock_gettime)
            continue;
        fault->calls++;
        // What has become due stays so.
        if (!fault->has_jumped)
            fault->has_jumped = is_due(fault, 0);
        if (fault->has_jumped)
            ahead += fault->amount;
    }
    return ahead;
}
#endif
