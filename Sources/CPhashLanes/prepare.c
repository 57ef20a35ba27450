// What the rounds after the first know beforehand: their message is the hexadecimal text of a digest, so its length,
// its padding and, where the padding needs a second block, all of that block are the same for every record. With a key,
// so are the first block of both hashes of an HMAC, which is worked out once, and all but the digest in the last.
#include "kernel.h"

#include <string.h>

enum { MAXIMUM_BLOCK_BYTES = 128 };

#define ROTATE64(x, n) __builtin_rotateright64(x, n)
#define ROTATE32(x, n) __builtin_rotateright32(x, n)

struct digest64 {
    size_t digest_bytes;
    uint64_t initial[8];
};

struct digest32 {
    size_t digest_bytes;
    uint32_t initial[8];
};

/// FIPS 180-4 sections 5.3.4 to 5.3.6.
static const struct digest64 digests64[] = {
    [PHASH_SHA512] = {64, {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                           0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}},
    [PHASH_SHA384] = {48, {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
                           0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4}},
    [PHASH_SHA512_256] = {32, {0x22312194fc2bf72c, 0x9f555fa3c84c64c2, 0x2393b86b6f53b151, 0x963877195940eabd,
                               0x96283ee2a88effe3, 0xbe5e1e2553863992, 0x2b0199fc2c85b8aa, 0x0eb72ddc81c52ca2}},
    [PHASH_SHA512_224] = {28, {0x8c3d37c819544da2, 0x73e1996689dcd4d6, 0x1dfab7ae32ff9c82, 0x679dd514582f9fcf,
                               0x0f6d2b697bd44da8, 0x77e36f7304c48942, 0x3f9d85a86a1d36c8, 0x1112e6ad91d692a1}},
};

/// FIPS 180-4 sections 5.3.2 and 5.3.3.
static const struct digest32 digests32[] = {
    [PHASH_SHA256] = {32, {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
                           0x5be0cd19}},
    [PHASH_SHA224] = {28, {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7,
                           0xbefa4fa4}},
};

/// Round constants plus the message schedule of a block.
static void schedule64(struct phash_chain64 *chain, const uint64_t block[16]) {
    uint64_t w[80];
    memcpy(w, block, 16 * sizeof *w);
    for (int t = 16; t < 80; t++) {
        uint64_t near = w[t - 2], far = w[t - 15];
        w[t] = (ROTATE64(near, 19) ^ ROTATE64(near, 61) ^ near >> 6) + w[t - 7]
            + (ROTATE64(far, 1) ^ ROTATE64(far, 8) ^ far >> 7) + w[t - 16];
    }
    for (int t = 0; t < 80; t++) {
        chain->second[t] = w[t] + phash_k512[t];
        for (int lane = 0; lane < 4; lane++) chain->second_x4[t][lane] = chain->second[t];
    }
}

static void schedule32(struct phash_chain32 *chain, const uint32_t block[16]) {
    uint32_t w[64];
    memcpy(w, block, 16 * sizeof *w);
    for (int t = 16; t < 64; t++) {
        uint32_t near = w[t - 2], far = w[t - 15];
        w[t] = (ROTATE32(near, 17) ^ ROTATE32(near, 19) ^ near >> 10) + w[t - 7]
            + (ROTATE32(far, 7) ^ ROTATE32(far, 18) ^ far >> 3) + w[t - 16];
    }
    for (int t = 0; t < 64; t++) {
        chain->second[t] = w[t] + phash_k256[t];
        for (int lane = 0; lane < 8; lane++) chain->second_x8[t][lane] = chain->second[t];
    }
}

static void prepare64(struct phash_chain64 *chain, const struct digest64 *digest, size_t prefix_bytes) {
    memcpy(chain->initial, digest->initial, sizeof chain->initial);
    size_t text_bytes = 2 * digest->digest_bytes;
    chain->text_words = (unsigned)(text_bytes / 8);
    chain->has_second = text_bytes + 1 + 16 > 128;
    memset(chain->tail, 0, sizeof chain->tail);
    uint64_t second[16] = {0};
    // The text of these digests ends with a word, so the one bit begins the next.
    uint64_t *after_text = chain->text_words < 16 ? &chain->tail[chain->text_words] : &second[0];
    *after_text = (uint64_t)1 << 63;
    uint64_t *last = chain->has_second ? &second[15] : &chain->tail[15];
    *last = 8 * (prefix_bytes + text_bytes);
    schedule64(chain, second);
}

static void prepare32(struct phash_chain32 *chain, const struct digest32 *digest, size_t prefix_bytes) {
    memcpy(chain->initial, digest->initial, sizeof chain->initial);
    size_t text_bytes = 2 * digest->digest_bytes;
    chain->text_words = (unsigned)(text_bytes / 4);
    chain->has_second = text_bytes + 1 + 8 > 64;
    memset(chain->tail, 0, sizeof chain->tail);
    uint32_t second[16] = {0};
    uint32_t *after_text = chain->text_words < 16 ? &chain->tail[chain->text_words] : &second[0];
    *after_text = (uint32_t)1 << 31;
    uint32_t *last = chain->has_second ? &second[15] : &chain->tail[15];
    *last = 8 * (uint32_t)(prefix_bytes + text_bytes);
    schedule32(chain, second);
}

size_t phash_hasher_size(void) { return sizeof(struct phash_hasher); }

/// All but the states that a key leads to.
static void prepare(
    struct phash_hasher *hasher, const struct phash_kernel *kernel, enum phash_sha2 digest, uint64_t rounds,
    bool is_keyed) {
    hasher->kernel = kernel;
    hasher->rounds = rounds;
    hasher->is_keyed = is_keyed;
    size_t prefix_bytes = is_keyed ? 16 * kernel->word_bytes : 0;
    if (kernel->word_bytes == 8) {
        hasher->digest_bytes = digests64[digest].digest_bytes;
        prepare64(&hasher->chain64, &digests64[digest], prefix_bytes);
    } else {
        hasher->digest_bytes = digests32[digest].digest_bytes;
        prepare32(&hasher->chain32, &digests32[digest], prefix_bytes);
    }
}

void phash_hasher_prepare(
    struct phash_hasher *hasher, const struct phash_kernel *kernel, enum phash_sha2 digest, uint64_t rounds) {
    prepare(hasher, kernel, digest, rounds, false);
}

/// The constant part of the outer block: the digest takes up the words before it.
static void prepare_outer64(struct phash_chain64 *chain, size_t digest_bytes) {
    size_t whole = digest_bytes / 8;
    for (size_t i = 0; i < 8; i++) chain->digest_mask[i] = i < whole ? UINT64_MAX : 0;
    memset(chain->outer_tail, 0, sizeof chain->outer_tail);
    // Only SHA-512/224 ends within a word.
    if (digest_bytes % 8 != 0) chain->digest_mask[whole] = (uint64_t)UINT32_MAX << 32;
    chain->outer_tail[whole] = (uint64_t)1 << (digest_bytes % 8 != 0 ? 31 : 63);
    chain->outer_tail[15] = 8 * (128 + digest_bytes);
}

static void prepare_outer32(struct phash_chain32 *chain, size_t digest_bytes) {
    size_t whole = digest_bytes / 4;
    for (size_t i = 0; i < 8; i++) chain->digest_mask[i] = i < whole ? UINT32_MAX : 0;
    memset(chain->outer_tail, 0, sizeof chain->outer_tail);
    chain->outer_tail[whole] = (uint32_t)1 << 31;
    chain->outer_tail[15] = (uint32_t)(8 * (64 + digest_bytes));
}

/// Replaces `state` by the one after the block of the key, each byte of which is exclusive-or `pad`.
static void hash_key_block(
    const struct phash_kernel *kernel, void *state, const uint8_t *key_block, uint8_t pad) {
    uint8_t block[MAXIMUM_BLOCK_BYTES];
    for (size_t i = 0; i < 16 * kernel->word_bytes; i++) block[i] = key_block[i] ^ pad;
    const uint8_t *blocks[1] = {block};
    kernel->widths[1].compress(state, blocks, 1);
}

/// Overwrites what functions that have returned have left on the stack.
__attribute__((noinline)) static void wipe_stack(void) {
    uint8_t memory[16 << 10];
    memset(memory, 0, sizeof memory);
    // Somebody might read it, for all that the compiler knows.
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/// The states after the block of the key; not inlined, so that all it leaves lies where `wipe_stack` comes by. RFC 2104
/// section 2
__attribute__((noinline)) static void prepare_key(
    struct phash_hasher *hasher, const struct phash_kernel *kernel, enum phash_sha2 digest, const uint8_t *key,
    size_t key_length) {
    enum { INNER_PAD = 0x36, OUTER_PAD = 0x5C };
    uint8_t block[MAXIMUM_BLOCK_BYTES] = {0};
    if (key_length > 16 * kernel->word_bytes) {
        struct phash_hasher plain;
        struct phash_message message = {.bytes = key, .length = key_length};
        prepare(&plain, kernel, digest, 1, false);
        phash_hasher_run(&plain, &message, 1, block);
    } else if (key_length > 0) {
        memcpy(block, key, key_length);
    }
    if (kernel->word_bytes == 8) {
        struct phash_chain64 *chain = &hasher->chain64;
        prepare_outer64(chain, hasher->digest_bytes);
        memcpy(chain->outer, chain->initial, sizeof chain->outer);
        hash_key_block(kernel, chain->initial, block, INNER_PAD);
        hash_key_block(kernel, chain->outer, block, OUTER_PAD);
    } else {
        struct phash_chain32 *chain = &hasher->chain32;
        prepare_outer32(chain, hasher->digest_bytes);
        memcpy(chain->outer, chain->initial, sizeof chain->outer);
        hash_key_block(kernel, chain->initial, block, INNER_PAD);
        hash_key_block(kernel, chain->outer, block, OUTER_PAD);
    }
}

void phash_hasher_prepare_keyed(
    struct phash_hasher *hasher, const struct phash_kernel *kernel, enum phash_sha2 digest, uint64_t rounds,
    const uint8_t *key, size_t key_length) {
    prepare(hasher, kernel, digest, rounds, true);
    prepare_key(hasher, kernel, digest, key, key_length);
    wipe_stack();
}
