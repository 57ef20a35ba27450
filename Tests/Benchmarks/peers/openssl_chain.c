// The slow job as one would write it in C with OpenSSL's low-level functions: SHA512_Init, SHA512_Update, SHA512_Final
// and a table for the hexadecimal text, over and over. One process per CPU; each takes the next record that nobody has.
//
//     openssl_chain sha512|sha256 ROUNDS PROCESSES < records
#define OPENSSL_SUPPRESS_DEPRECATED 1  // The low-level functions are the fastest that OpenSSL has for short messages.
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { maximum_records = 4096, maximum_hexadecimal = 2 * SHA512_DIGEST_LENGTH };

// What all processes share.
struct board {
    atomic_size_t next;
    char hashes[maximum_records][maximum_hexadecimal + 1];
};

static char hexadecimal_pairs[256][2];

static void fill_hexadecimal_pairs(void) {
    static const char digits[] = "0123456789abcdef";
    for (int byte = 0; byte < 256; byte++) {
        hexadecimal_pairs[byte][0] = digits[byte >> 4];
        hexadecimal_pairs[byte][1] = digits[byte & 15];
    }
}

static inline void write_hexadecimal(const unsigned char *digest, size_t size, char *text) {
    for (size_t i = 0; i < size; i++) memcpy(text + 2 * i, hexadecimal_pairs[digest[i]], 2);
}

// A macro, so that neither chain pays for the other: no call through a pointer, every size known when compiling.
#define DEFINE_CHAIN(name, bits)                                              \
    static void name(const char *record, size_t size, long rounds, char *text) { \
        unsigned char digest[SHA##bits##_DIGEST_LENGTH];                      \
        SHA##bits##_CTX context;                                              \
        const void *message = record;                                         \
        for (long round = 0; round < rounds; round++) {                       \
            SHA##bits##_Init(&context);                                       \
            SHA##bits##_Update(&context, message, size);                      \
            SHA##bits##_Final(digest, &context);                              \
            write_hexadecimal(digest, sizeof digest, text);                   \
            message = text;                                                   \
            size = 2 * sizeof digest;                                         \
        }                                                                     \
        text[2 * sizeof digest] = '\0';                                       \
    }

DEFINE_CHAIN(chain_sha256, 256)
DEFINE_CHAIN(chain_sha512, 512)

static void work(struct board *board, char **records, size_t count, int is_sha256, long rounds) {
    size_t index;
    while ((index = atomic_fetch_add(&board->next, 1)) < count) {
        (is_sha256 ? chain_sha256 : chain_sha512)(
            records[index], strlen(records[index]), rounds, board->hashes[index]);
    }
}

static size_t read_records(char **records) {
    size_t count = 0, room = 0;
    char *line = NULL;
    ssize_t size;
    while (count < maximum_records && (size = getline(&line, &room, stdin)) > 0) {
        if (line[size - 1] == '\n') line[size - 1] = '\0';
        records[count++] = strdup(line);
    }
    free(line);
    return count;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) return puts(OpenSSL_version(OPENSSL_VERSION)) < 0;
    if (argc != 4) return 64;
    int is_sha256 = strcmp(argv[1], "sha256") == 0;
    long rounds = atol(argv[2]), processes = atol(argv[3]);
    static char *records[maximum_records];
    size_t count = read_records(records);
    struct board *board =
        mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED) return 70;
    fill_hexadecimal_pairs();
    for (long i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid < 0) return 70;
        if (pid == 0) {
            work(board, records, count, is_sha256, rounds);
            _exit(0);
        }
    }
    int status, failed = 0;
    while (wait(&status) > 0) failed |= status != 0;
    for (size_t i = 0; i < count; i++)
        printf("{\"line\":%zu,\"input\":\"%s\",\"hash\":\"%s\"}\n", i + 1, records[i], board->hashes[i]);
    return failed || fflush(stdout) != 0;
}
