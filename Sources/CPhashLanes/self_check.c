// Whether a kernel is right on this very machine: a compiler or a CPU that is not would give wrong digests silently.
#include "kernel.h"

enum { MESSAGE_COUNT = 17, LONGEST_MESSAGE = 257, MAXIMUM_DIGEST_BYTES = 64 };

/// The edges of one and two blocks of both sizes.
static const uint16_t lengths[MESSAGE_COUNT] = {
    0, 1, 3, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 200, LONGEST_MESSAGE,
};

static const uint64_t rounds[2] = {1, 3};

/// FNV-1a over all digests after so many rounds, made with Python's hashlib. Message i begins at byte i of a pattern
/// whose byte k is 151 k + 7.
static const uint64_t expected[][2] = {
    [PHASH_SHA512] = {0x6a04e9224736f24e, 0x002589a1d1260d07},
    [PHASH_SHA384] = {0x2887805abcb725d5, 0xa95a7aee00ec5ee1},
    [PHASH_SHA512_256] = {0x908f8e3bc33afbdb, 0x6118ac97325a1d23},
    [PHASH_SHA512_224] = {0x8e330a1653000590, 0xa51eafe31a359c03},
    [PHASH_SHA256] = {0xe645d90497cb9e75, 0xac5986e0926e666b},
    [PHASH_SHA224] = {0x26c3b8b9557d4d20, 0xaf3168130d3772a6},
};

/// FNV-1a of 64 bits (Fowler, Noll, Vo): short, and it misses no wrong digest but by a chance of 2^-64.
static uint64_t fingerprint(const uint8_t *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

bool phash_kernel_passes_check(const struct phash_kernel *kernel, enum phash_sha2 digest) {
    uint8_t pattern[MESSAGE_COUNT + LONGEST_MESSAGE];
    for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (uint8_t)(151 * i + 7);
    struct phash_message messages[MESSAGE_COUNT];
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        messages[i] = (struct phash_message){.bytes = pattern + i, .length = lengths[i]};
    }
    uint8_t digests[MESSAGE_COUNT * MAXIMUM_DIGEST_BYTES];
    struct phash_hasher hasher;
    for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
        phash_hasher_prepare(&hasher, kernel, digest, rounds[i]);
        // Once in groups of each size that has code of its own, and once all together, so that lanes take the next one.
        for (size_t group = 1; group <= MESSAGE_COUNT; group++) {
            bool is_width = group <= kernel->lanes && kernel->widths[group].lanes == group;
            if (!is_width && group != MESSAGE_COUNT) continue;
            for (size_t done = 0; done < MESSAGE_COUNT; done += group) {
                size_t left = MESSAGE_COUNT - done;
                phash_hasher_run(
                    &hasher, messages + done, left < group ? left : group, digests + done * hasher.digest_bytes);
            }
            if (fingerprint(digests, MESSAGE_COUNT * hasher.digest_bytes) != expected[digest][i]) return false;
        }
    }
    return true;
}
