// SHA-512 over four lanes with AVX2.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 4
#define TARGET __attribute__((target("avx2")))

typedef __m256i word;

#define ADD(x, y) _mm256_add_epi64(x, y)
#define XOR(x, y) _mm256_xor_si256(x, y)
#define CHOOSE(e, f, g) XOR(g, _mm256_and_si256(e, XOR(f, g)))
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) XOR(b, _mm256_and_si256(a_xor_b, b_xor_c))
#define BROADCAST(x) _mm256_set1_epi64x((long long)(x))
#define LOAD_STATE(memory, i) _mm256_load_si256((const word *)(memory) + (i))
#define STORE_STATE(memory, i, x) _mm256_store_si256((word *)(memory) + (i), x)
#define ROUND_CONSTANT(t) _mm256_load_si256((const word *)phash_k512_x4[t])
#define SECOND_CONSTANT(t) _mm256_load_si256((const word *)chain->second_x4[t])

#define RIGHT(x, n) _mm256_srli_epi64(x, n)
#define LEFT(x, n) _mm256_slli_epi64(x, n)
// Six terms in three pairs, so that none waits for a rotation to be whole.
#define XOR_OF_ROTATIONS(x, i, j, k) \
    XOR(XOR(XOR(RIGHT(x, i), LEFT(x, 64 - i)), XOR(RIGHT(x, j), LEFT(x, 64 - j))), \
        XOR(RIGHT(x, k), LEFT(x, 64 - k)))
PHASH_INLINE TARGET word big_sigma0(word x) { return XOR_OF_ROTATIONS(x, 28, 34, 39); }
PHASH_INLINE TARGET word big_sigma1(word x) { return XOR_OF_ROTATIONS(x, 14, 18, 41); }
PHASH_INLINE TARGET word small_sigma1(word x) {
    return XOR(XOR(XOR(RIGHT(x, 19), LEFT(x, 45)), XOR(RIGHT(x, 61), LEFT(x, 3))), RIGHT(x, 6));
}
PHASH_INLINE TARGET word small_sigma0(word x) {
    // A rotation by whole bytes is one shuffle.
    const word by_8 =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8));
    return XOR(XOR(RIGHT(x, 1), LEFT(x, 63)), XOR(_mm256_shuffle_epi8(x, by_8), RIGHT(x, 7)));
}

// Four words of four lanes at a time, transposed, the highest byte first.
PHASH_INLINE TARGET void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    const word swap =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
    PHASH_UNROLLED
    for (int i = 0; i < 16; i += 4) {
        word row[LANES];
        PHASH_UNROLLED
        for (int lane = 0; lane < LANES; lane++) {
            row[lane] = _mm256_shuffle_epi8(
                _mm256_loadu_si256((const word *)(blocks[lane] + offset + 8 * i)), swap);
        }
        word even01 = _mm256_unpacklo_epi64(row[0], row[1]), odd01 = _mm256_unpackhi_epi64(row[0], row[1]);
        word even23 = _mm256_unpacklo_epi64(row[2], row[3]), odd23 = _mm256_unpackhi_epi64(row[2], row[3]);
        w[i + 0] = _mm256_permute2x128_si256(even01, even23, 0x20);
        w[i + 1] = _mm256_permute2x128_si256(odd01, odd23, 0x20);
        w[i + 2] = _mm256_permute2x128_si256(even01, even23, 0x31);
        w[i + 3] = _mm256_permute2x128_si256(odd01, odd23, 0x31);
    }
}

// The sixteen digits of a word: unpacking puts the low digit of each byte below the high one, as the byte order of a
// message word wants it.
PHASH_INLINE TARGET void hexadecimal(word state, word *high, word *low) {
    const word digits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'));
    const word nibble = _mm256_set1_epi8(15);
    word second = _mm256_shuffle_epi8(digits, _mm256_and_si256(state, nibble));
    word first = _mm256_shuffle_epi8(digits, _mm256_and_si256(RIGHT(state, 4), nibble));
    word lanes02 = _mm256_unpacklo_epi8(second, first), lanes13 = _mm256_unpackhi_epi8(second, first);
    *high = _mm256_unpackhi_epi64(lanes02, lanes13);
    *low = _mm256_unpacklo_epi64(lanes02, lanes13);
}

#define HAS_OWN_SIGMAS
#include "sha512_rounds.h"

// BMI for the code for one record.
static bool is_supported(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

#define ONE {1, phash_sha512_single_avx2_compress, phash_sha512_single_avx2_chain, phash_sha512_single_avx2_keyed_chain}
#define FOUR {LANES, compress, chain, keyed_chain}

const struct phash_kernel phash_sha512_avx2 = {
    .name = "avx2",
    .word_bytes = 8,
    .is_supported = is_supported,
    .is_preferred = true,
    .is_fast_alone = true,
    .lanes = LANES,
    .widths = {[1] = ONE, [2] = FOUR, [3] = FOUR, [4] = FOUR},
};
#endif
