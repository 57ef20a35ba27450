// Whether a kernel is right on this very machine: a compiler or a CPU that is not would give wrong digests silently.
#include "kernel.h"

enum { MESSAGE_COUNT = 17, LONGEST_MESSAGE = 257, MAXIMUM_DIGEST_BYTES = 64 };

/// The edges of one and two blocks of both sizes.
static const uint16_t lengths[MESSAGE_COUNT] = {
    0, 1, 3, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 200, LONGEST_MESSAGE,
};

static const uint64_t rounds[2] = {1, 3};

/// A key is the first bytes of the pattern: one that is shorter than a block of any digest, one that is longer.
static const uint8_t key_lengths[2] = {32, 200};

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

/// The same with each key, made with Python's hmac.
static const uint64_t expected_keyed[][2][2] = {
    [PHASH_SHA512] = {{0xe29986110fcc64df, 0x5f8aa5f548bf6975}, {0x47a1eb5c28e0dfe6, 0x5e5779d4467b155b}},
    [PHASH_SHA384] = {{0x33bc9c4295d5eb86, 0xfeef85b4b7496701}, {0xe9cc493533923e77, 0xff5e522f2000e296}},
    [PHASH_SHA512_256] = {{0x8cf31894dc1df5ce, 0xea54777c0100661c}, {0x81a88701e015d0e9, 0x7f8eae5b82841105}},
    [PHASH_SHA512_224] = {{0x2d3610895effac63, 0x0e93d41e43604a61}, {0x631ebeb2202733bf, 0xeb1a9e7729791b30}},
    [PHASH_SHA256] = {{0x7f914774aee9bac9, 0x2f0031612540a350}, {0x57b0e8406da0e938, 0xe7177452b65b72dc}},
    [PHASH_SHA224] = {{0x9df1f49caaa98fe1, 0xe1a5092f3616597b}, {0xd6b5d3463a715548, 0x49a555196bcc7386}},
};

/// FNV-1a of 64 bits (Fowler, Noll, Vo): short, and it misses no wrong digest but by a chance of 2^-64.
static uint64_t fingerprint(const uint8_t *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

enum { PATTERN_BYTES = MESSAGE_COUNT + LONGEST_MESSAGE };

static void fill(uint8_t pattern[PATTERN_BYTES]) {
    for (size_t i = 0; i < PATTERN_BYTES; i++) pattern[i] = (uint8_t)(151 * i + 7);
}

/// Whether the digests of all messages have that fingerprint.
static bool gives(const struct phash_hasher *hasher, const uint8_t *pattern, uint64_t right_fingerprint) {
    struct phash_message messages[MESSAGE_COUNT];
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        messages[i] = (struct phash_message){.bytes = pattern + i, .length = lengths[i]};
    }
    uint8_t digests[MESSAGE_COUNT * MAXIMUM_DIGEST_BYTES];
    const struct phash_kernel *kernel = hasher->kernel;
    // Once in groups of each size that has code of its own, and once all together, so that lanes take the next one.
    for (size_t group = 1; group <= MESSAGE_COUNT; group++) {
        bool is_width = group <= kernel->lanes && kernel->widths[group].lanes == group;
        if (!is_width && group != MESSAGE_COUNT) continue;
        for (size_t done = 0; done < MESSAGE_COUNT; done += group) {
            size_t left = MESSAGE_COUNT - done;
            phash_hasher_run(
                hasher, messages + done, left < group ? left : group, digests + done * hasher->digest_bytes);
        }
        if (fingerprint(digests, MESSAGE_COUNT * hasher->digest_bytes) != right_fingerprint) return false;
    }
    return true;
}

bool phash_kernel_passes_check(const struct phash_kernel *kernel, enum phash_sha2 digest) {
    uint8_t pattern[PATTERN_BYTES];
    fill(pattern);
    struct phash_hasher hasher;
    for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
        phash_hasher_prepare(&hasher, kernel, digest, rounds[i]);
        if (!gives(&hasher, pattern, expected[digest][i])) return false;
    }
    return true;
}

bool phash_kernel_passes_keyed_check(const struct phash_kernel *kernel, enum phash_sha2 digest) {
    uint8_t pattern[PATTERN_BYTES];
    fill(pattern);
    struct phash_hasher hasher;
    for (size_t key = 0; key < sizeof key_lengths / sizeof *key_lengths; key++) {
        for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
            phash_hasher_prepare_keyed(&hasher, kernel, digest, rounds[i], pattern, key_lengths[key]);
            if (!gives(&hasher, pattern, expected_keyed[digest][key][i])) return false;
        }
    }
    return true;
}
