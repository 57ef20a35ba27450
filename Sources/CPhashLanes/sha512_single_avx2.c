// SHA-512 of one record alone on x86-64 with AVX2 and BMI2: the rounds in plain words, the message schedule beside them
// in vectors of two words, so that both kinds of units have something to do.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "operator_words.h"
#include "single_words.h"
#include "working_variables.h"

#define TARGET __attribute__((target("avx2,bmi,bmi2")))

typedef uint64_t word;
typedef __m128i pair;

#define ROTATE(x, n) __builtin_rotateright64(x, n)
PHASH_INLINE TARGET word big_sigma0(word x) { return ROTATE(x, 28) ^ ROTATE(x, 34) ^ ROTATE(x, 39); }
PHASH_INLINE TARGET word big_sigma1(word x) { return ROTATE(x, 14) ^ ROTATE(x, 18) ^ ROTATE(x, 41); }

#define RIGHT(x, n) _mm_srli_epi64(x, n)
#define LEFT(x, n) _mm_slli_epi64(x, n)
#define XOR_PAIR(x, y) _mm_xor_si128(x, y)
#define ADD_PAIR(x, y) _mm_add_epi64(x, y)
PHASH_INLINE TARGET pair small_sigma0(pair x) {
    const pair by_8 = _mm_setr_epi8(1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8);
    return XOR_PAIR(XOR_PAIR(RIGHT(x, 1), LEFT(x, 63)), XOR_PAIR(_mm_shuffle_epi8(x, by_8), RIGHT(x, 7)));
}
PHASH_INLINE TARGET pair small_sigma1(pair x) {
    return XOR_PAIR(XOR_PAIR(XOR_PAIR(RIGHT(x, 19), LEFT(x, 45)), XOR_PAIR(RIGHT(x, 61), LEFT(x, 3))), RIGHT(x, 6));
}

// The sum of both halves of "choose" is their exclusive or, and shortens the way from e to the next e.
#define ROUND(a, b, c, d, e, f, g, h, scheduled) \
    do { \
        word t1 = h + (scheduled); \
        t1 += ~e & g; \
        t1 += e & f; \
        t1 += big_sigma1(e); \
        word a_xor_b = a ^ b; \
        word t2 = b ^ (a_xor_b & b_xor_c); \
        b_xor_c = a_xor_b; \
        d += t1; \
        h = t1 + t2 + big_sigma0(a); \
    } while (0)

// Two rounds, and meanwhile the two words that are needed sixteen rounds later.
#define SCHEDULE(i) \
    do { \
        pair far = _mm_alignr_epi8(w[((i) + 1) & 7], w[i], 8); \
        pair middle = _mm_alignr_epi8(w[((i) + 5) & 7], w[((i) + 4) & 7], 8); \
        w[i] = ADD_PAIR(ADD_PAIR(w[i], middle), ADD_PAIR(small_sigma0(far), small_sigma1(w[((i) + 7) & 7]))); \
        _mm_store_si128( \
            (pair *)&scheduled[2 * (i)], \
            ADD_PAIR(w[i], _mm_load_si128((const pair *)&phash_k512[base + 16 + 2 * (i)]))); \
    } while (0)

#define SIXTEEN_ROUNDS(between) \
    do { \
        ROUND(a, b, c, d, e, f, g, h, scheduled[0]); \
        ROUND(h, a, b, c, d, e, f, g, scheduled[1]); \
        between(0); \
        ROUND(g, h, a, b, c, d, e, f, scheduled[2]); \
        ROUND(f, g, h, a, b, c, d, e, scheduled[3]); \
        between(1); \
        ROUND(e, f, g, h, a, b, c, d, scheduled[4]); \
        ROUND(d, e, f, g, h, a, b, c, scheduled[5]); \
        between(2); \
        ROUND(c, d, e, f, g, h, a, b, scheduled[6]); \
        ROUND(b, c, d, e, f, g, h, a, scheduled[7]); \
        between(3); \
        ROUND(a, b, c, d, e, f, g, h, scheduled[8]); \
        ROUND(h, a, b, c, d, e, f, g, scheduled[9]); \
        between(4); \
        ROUND(g, h, a, b, c, d, e, f, scheduled[10]); \
        ROUND(f, g, h, a, b, c, d, e, scheduled[11]); \
        between(5); \
        ROUND(e, f, g, h, a, b, c, d, scheduled[12]); \
        ROUND(d, e, f, g, h, a, b, c, scheduled[13]); \
        between(6); \
        ROUND(c, d, e, f, g, h, a, b, scheduled[14]); \
        ROUND(b, c, d, e, f, g, h, a, scheduled[15]); \
        between(7); \
    } while (0)
#define NOTHING(i) (void)0

/// One block, whose words are in `w`, from the state `source` to the state `target`, which may be the same.
PHASH_INLINE TARGET void hash_block(word target[8], const word source[8], pair w[8]) {
    _Alignas(16) word scheduled[16];
    for (int i = 0; i < 8; i++) {
        _mm_store_si128((pair *)&scheduled[2 * i], ADD_PAIR(w[i], _mm_load_si128((const pair *)&phash_k512[2 * i])));
    }
    WORKING_VARIABLES(source);
    PHASH_ROLLED
    for (int base = 0; base < 64; base += 16) SIXTEEN_ROUNDS(SCHEDULE);
    SIXTEEN_ROUNDS(NOTHING);
    ADD_WORKING_VARIABLES(target, source);
}

TARGET void phash_sha512_single_avx2_compress(void *memory, const uint8_t *const *blocks, size_t count) {
    word *state = memory;
    const pair swap = _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    const uint8_t *bytes = blocks[0];
    for (size_t block = 0; block < count; block++, bytes += 128) {
        pair w[8];
        for (int i = 0; i < 8; i++) {
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const pair *)(bytes + 16 * i)), swap);
        }
        hash_block(state, state, w);
    }
}

PHASH_INLINE TARGET void load_words(pair w[8], const word words[16]) {
    for (int i = 0; i < 8; i++) w[i] = _mm_load_si128((const pair *)&words[2 * i]);
}

// As in sha2_rounds.h.
PHASH_INLINE TARGET void run_chain(
    void *memory, const struct phash_hasher *hasher, uint64_t rounds, bool is_keyed) {
    const struct phash_chain64 *chain = &hasher->chain64;
    word *state = memory;
    for (uint64_t round = 0; round < rounds; round++) {
        _Alignas(16) word text[16];
        for (int i = 0; i < 8; i++) {
            text[2 * i] = phash_hexadecimal64((uint32_t)(state[i] >> 32));
            text[2 * i + 1] = phash_hexadecimal64((uint32_t)state[i]);
        }
        for (unsigned i = chain->text_words; i < 16; i++) text[i] = chain->tail[i];
        pair w[8];
        load_words(w, text);
        hash_block(state, chain->initial, w);
        if (chain->has_second) {
            WORKING_VARIABLES(state);
            PHASH_ROLLED
            for (int base = 0; base < 80; base += 16) {
                const word *scheduled = &chain->second[base];
                SIXTEEN_ROUNDS(NOTHING);
            }
            ADD_WORKING_VARIABLES(state, state);
        }
        if (is_keyed) {
            for (int i = 0; i < 8; i++) {
                text[i] = CHOOSE(chain->digest_mask[i], state[i], chain->outer_tail[i]);
                text[i + 8] = chain->outer_tail[i + 8];
            }
            load_words(w, text);
            hash_block(state, chain->outer, w);
        }
    }
}

TARGET void phash_sha512_single_avx2_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds) {
    run_chain(state, hasher, rounds, false);
}

TARGET void phash_sha512_single_avx2_keyed_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds) {
    run_chain(state, hasher, rounds, true);
}
#endif
