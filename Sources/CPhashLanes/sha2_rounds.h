// SHA-2 over any kind of word: FIPS 180-4 sections 6.2 and 6.4, which differ in the length of a word, the rotations and
// the number of rounds only. A file for one instruction set defines what a word is and includes sha512_rounds.h or
// sha256_rounds.h, which say the rest; see sha512_portable.c for what has to be defined.
//
// The message schedule is worked out sixteen words at a time, between the rounds that use them. The majority of a, b
// and c is taken as b ^ ((a ^ b) & (b ^ c)), because a ^ b of one round is b ^ c of the next.

#include "working_variables.h"

#define ROUND(a, b, c, d, e, f, g, h, constant) \
    do { \
        word t1 = ADD(h, constant); \
        t1 = ADD(t1, CHOOSE(e, f, g)); \
        t1 = ADD(t1, big_sigma1(e)); \
        word a_xor_b = XOR(a, b); \
        word majority = MAJORITY(a, b, c, a_xor_b, b_xor_c); \
        b_xor_c = a_xor_b; \
        d = ADD(d, t1); \
        h = ADD(t1, ADD(big_sigma0(a), majority)); \
    } while (0)

// Eight rounds, after which every word is in its own variable again.
#define EIGHT_ROUNDS(one, t) \
    one((t) + 0, a, b, c, d, e, f, g, h); \
    one((t) + 1, h, a, b, c, d, e, f, g); \
    one((t) + 2, g, h, a, b, c, d, e, f); \
    one((t) + 3, f, g, h, a, b, c, d, e); \
    one((t) + 4, e, f, g, h, a, b, c, d); \
    one((t) + 5, d, e, f, g, h, a, b, c); \
    one((t) + 6, c, d, e, f, g, h, a, b); \
    one((t) + 7, b, c, d, e, f, g, h, a)

#define FIRST_ROUND(t, ...) ROUND(__VA_ARGS__, ADD(w[t], ROUND_CONSTANT(t)))
#define LATER_ROUND(t, ...) \
    do { \
        word near = small_sigma1(w[((t) + 14) & 15]), far = small_sigma0(w[((t) + 1) & 15]); \
        w[(t) & 15] = ADD(ADD(w[(t) & 15], w[((t) + 9) & 15]), ADD(near, far)); \
        ROUND(__VA_ARGS__, ADD(w[(t) & 15], ROUND_CONSTANT(base + t))); \
    } while (0)
#define SECOND_ROUND(t, ...) ROUND(__VA_ARGS__, SECOND_CONSTANT(base + t))

/// One block, whose words are in `w`, from the state `source` to the state `target`, which may be the same.
PHASH_INLINE TARGET void hash_block(word target[8], const word source[8], word w[16]) {
    WORKING_VARIABLES(source);
    EIGHT_ROUNDS(FIRST_ROUND, 0);
    EIGHT_ROUNDS(FIRST_ROUND, 8);
    PHASH_ROLLED
    for (int base = 16; base < ROUNDS; base += 16) {
        EIGHT_ROUNDS(LATER_ROUND, 0);
        EIGHT_ROUNDS(LATER_ROUND, 8);
    }
    ADD_WORKING_VARIABLES(target, source);
}

TARGET static void compress(void *memory, const uint8_t *const *blocks, size_t count) {
    word state[8], w[16];
    PHASH_UNROLLED
    for (int i = 0; i < 8; i++) state[i] = LOAD_STATE(memory, i);
    for (size_t block = 0; block < count; block++) {
        load_block(w, blocks, BLOCK_BYTES * block);
        hash_block(state, state, w);
    }
    PHASH_UNROLLED
    for (int i = 0; i < 8; i++) STORE_STATE(memory, i, state[i]);
}

/// The one block of an HMAC's outer hash: the digest in `state`, and constants.
PHASH_INLINE TARGET void hash_outer_block(word state[8], const CHAIN_TYPE *chain, word w[16]) {
    word outer[8];
    PHASH_UNROLLED
    for (int i = 0; i < 8; i++) {
        w[i] = CHOOSE(BROADCAST(chain->digest_mask[i]), state[i], BROADCAST(chain->outer_tail[i]));
        w[i + 8] = BROADCAST(chain->outer_tail[i + 8]);
        outer[i] = BROADCAST(chain->outer[i]);
    }
    hash_block(state, outer, w);
}

// The digests stay in registers, transposed, from one round to the next. `is_keyed` is a constant where this is called.
PHASH_INLINE TARGET void run_chain(
    void *memory, const struct phash_hasher *hasher, uint64_t rounds, bool is_keyed) {
    const CHAIN_TYPE *chain = &hasher->CHAIN_MEMBER;
    word state[8], initial[8], w[16];
    PHASH_UNROLLED
    for (int i = 0; i < 8; i++) state[i] = LOAD_STATE(memory, i), initial[i] = BROADCAST(chain->initial[i]);
    for (uint64_t round = 0; round < rounds; round++) {
        PHASH_UNROLLED
        for (int i = 0; i < 8; i++) hexadecimal(state[i], &w[2 * i], &w[2 * i + 1]);
        for (unsigned i = chain->text_words; i < 16; i++) w[i] = BROADCAST(chain->tail[i]);
        hash_block(state, initial, w);
        if (chain->has_second) {
            WORKING_VARIABLES(state);
            PHASH_ROLLED
            for (int base = 0; base < ROUNDS; base += 8) {
                EIGHT_ROUNDS(SECOND_ROUND, 0);
            }
            ADD_WORKING_VARIABLES(state, state);
        }
        if (is_keyed) hash_outer_block(state, chain, w);
    }
    PHASH_UNROLLED
    for (int i = 0; i < 8; i++) STORE_STATE(memory, i, state[i]);
}

TARGET static void chain(void *memory, const struct phash_hasher *hasher, uint64_t rounds) {
    run_chain(memory, hasher, rounds, false);
}

TARGET static void keyed_chain(void *memory, const struct phash_hasher *hasher, uint64_t rounds) {
    run_chain(memory, hasher, rounds, true);
}
