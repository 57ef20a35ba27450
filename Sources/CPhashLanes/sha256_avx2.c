// SHA-256 over eight lanes with AVX2.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 8
#define TARGET __attribute__((target("avx2")))

typedef __m256i word;

#define ADD(x, y) _mm256_add_epi32(x, y)
#define XOR(x, y) _mm256_xor_si256(x, y)
#define CHOOSE(e, f, g) XOR(g, _mm256_and_si256(e, XOR(f, g)))
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) XOR(b, _mm256_and_si256(a_xor_b, b_xor_c))
#define BROADCAST(x) _mm256_set1_epi32((int)(x))
#define LOAD_STATE(memory, i) _mm256_load_si256((const word *)(memory) + (i))
#define STORE_STATE(memory, i, x) _mm256_store_si256((word *)(memory) + (i), x)
#define ROUND_CONSTANT(t) _mm256_load_si256((const word *)phash_k256_x8[t])
#define SECOND_CONSTANT(t) _mm256_load_si256((const word *)chain->second_x8[t])

#define ROTATE(x, n) XOR(_mm256_srli_epi32(x, n), _mm256_slli_epi32(x, 32 - (n)))
#define SHIFT(x, n) _mm256_srli_epi32(x, n)
#define XOR3(x, y, z) XOR(XOR(x, y), z)

// Eight words of eight lanes at a time, transposed in three steps, the highest byte first.
PHASH_INLINE TARGET void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    const word swap =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    PHASH_UNROLLED
    for (int i = 0; i < 16; i += 8) {
        word row[LANES], pair[LANES], four[LANES];
        PHASH_UNROLLED
        for (int lane = 0; lane < LANES; lane++) {
            row[lane] = _mm256_shuffle_epi8(
                _mm256_loadu_si256((const word *)(blocks[lane] + offset + 4 * i)), swap);
        }
        // Words 0, 1, 4 and 5 (2, 3, 6 and 7) of two lanes.
        PHASH_UNROLLED
        for (int k = 0; k < LANES; k += 2) {
            pair[k] = _mm256_unpacklo_epi32(row[k], row[k + 1]);
            pair[k + 1] = _mm256_unpackhi_epi32(row[k], row[k + 1]);
        }
        // Words 0 and 4 (1 and 5; 2 and 6; 3 and 7) of four lanes.
        PHASH_UNROLLED
        for (int k = 0; k < LANES; k += 4) {
            four[k] = _mm256_unpacklo_epi64(pair[k], pair[k + 2]);
            four[k + 1] = _mm256_unpackhi_epi64(pair[k], pair[k + 2]);
            four[k + 2] = _mm256_unpacklo_epi64(pair[k + 1], pair[k + 3]);
            four[k + 3] = _mm256_unpackhi_epi64(pair[k + 1], pair[k + 3]);
        }
        PHASH_UNROLLED
        for (int k = 0; k < 4; k++) {
            w[i + k] = _mm256_permute2x128_si256(four[k], four[k + 4], 0x20);
            w[i + k + 4] = _mm256_permute2x128_si256(four[k], four[k + 4], 0x31);
        }
    }
}

// The eight digits of a word: unpacking puts the low digit of each byte below the high one, as the byte order of a
// message word wants it, and the digits of the low half of each lane below those of its high half.
PHASH_INLINE TARGET void hexadecimal(word state, word *high, word *low) {
    const word digits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'));
    const word nibble = _mm256_set1_epi8(15);
    word second = _mm256_shuffle_epi8(digits, _mm256_and_si256(state, nibble));
    word first = _mm256_shuffle_epi8(digits, _mm256_and_si256(SHIFT(state, 4), nibble));
    __m256 lanes0145 = _mm256_castsi256_ps(_mm256_unpacklo_epi8(second, first));
    __m256 lanes2367 = _mm256_castsi256_ps(_mm256_unpackhi_epi8(second, first));
    // A shuffle of two operands is only there for floating-point numbers.
    *low = _mm256_castps_si256(_mm256_shuffle_ps(lanes0145, lanes2367, 0x88));
    *high = _mm256_castps_si256(_mm256_shuffle_ps(lanes0145, lanes2367, 0xDD));
}

#include "sha256_rounds.h"

static bool is_supported(void) { return __builtin_cpu_supports("avx2"); }

#define ONE {1, phash_sha256_single_compress, phash_sha256_single_chain, phash_sha256_single_keyed_chain}
#define EIGHT {LANES, compress, chain, keyed_chain}

const struct phash_kernel phash_sha256_avx2 = {
    .name = "avx2",
    .word_bytes = 4,
    .is_supported = is_supported,
    .is_preferred = true,
    .lanes = LANES,
    .widths = {[1] = ONE, [2] = EIGHT, [3] = EIGHT, [4] = EIGHT, [5] = EIGHT, [6] = EIGHT, [7] = EIGHT, [8] = EIGHT},
};
#endif
