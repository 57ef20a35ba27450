// SHA-512 over eight lanes with AVX-512: rotations and functions of three operands are one instruction each.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 8
#define TARGET __attribute__((target("avx512f,avx512bw")))

typedef __m512i word;

#define ADD(x, y) _mm512_add_epi64(x, y)
#define XOR(x, y) _mm512_xor_si512(x, y)
// The truth tables of e ? f : g, of the majority and of the exclusive or.
#define CHOOSE(e, f, g) _mm512_ternarylogic_epi64(e, f, g, 0xCA)
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) _mm512_ternarylogic_epi64(a, b, c, 0xE8)
#define XOR3(x, y, z) _mm512_ternarylogic_epi64(x, y, z, 0x96)
#define BROADCAST(x) _mm512_set1_epi64((long long)(x))
#define LOAD_STATE(memory, i) _mm512_load_si512((const word *)(memory) + (i))
#define STORE_STATE(memory, i, x) _mm512_store_si512((word *)(memory) + (i), x)
// An operand that is broadcast from memory costs nothing here.
#define ROUND_CONSTANT(t) BROADCAST(phash_k512[t])
#define SECOND_CONSTANT(t) BROADCAST(chain->second[t])

#define ROTATE(x, n) _mm512_ror_epi64(x, n)
#define SHIFT(x, n) _mm512_srli_epi64(x, n)

// Eight words of eight lanes at a time, transposed in three steps, the highest byte first.
PHASH_INLINE TARGET void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    const word swap =
        _mm512_broadcast_i32x4(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
    PHASH_UNROLLED
    for (int i = 0; i < 16; i += 8) {
        word row[LANES], pair[LANES], four[LANES];
        PHASH_UNROLLED
        for (int lane = 0; lane < LANES; lane++) {
            row[lane] = _mm512_shuffle_epi8(_mm512_loadu_si512(blocks[lane] + offset + 8 * i), swap);
        }
        // pair[2k], pair[2k+1]: even and odd words of lanes 2k and 2k+1.
        PHASH_UNROLLED
        for (int k = 0; k < LANES; k += 2) {
            pair[k] = _mm512_unpacklo_epi64(row[k], row[k + 1]);
            pair[k + 1] = _mm512_unpackhi_epi64(row[k], row[k + 1]);
        }
        // Words 0 and 4 (1 and 5; 2 and 6; 3 and 7) of four lanes.
        PHASH_UNROLLED
        for (int k = 0; k < LANES; k += 4) {
            four[k] = _mm512_shuffle_i64x2(pair[k], pair[k + 2], 0x88);
            four[k + 1] = _mm512_shuffle_i64x2(pair[k + 1], pair[k + 3], 0x88);
            four[k + 2] = _mm512_shuffle_i64x2(pair[k], pair[k + 2], 0xDD);
            four[k + 3] = _mm512_shuffle_i64x2(pair[k + 1], pair[k + 3], 0xDD);
        }
        PHASH_UNROLLED
        for (int k = 0; k < 4; k++) {
            w[i + k] = _mm512_shuffle_i64x2(four[k], four[k + 4], 0x88);
            w[i + k + 4] = _mm512_shuffle_i64x2(four[k], four[k + 4], 0xDD);
        }
    }
}

// As in sha512_avx2.c.
PHASH_INLINE TARGET void hexadecimal(word state, word *high, word *low) {
    const word digits = _mm512_broadcast_i32x4(
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'));
    const word nibble = _mm512_set1_epi8(15);
    word second = _mm512_shuffle_epi8(digits, _mm512_and_si512(state, nibble));
    word first = _mm512_shuffle_epi8(digits, _mm512_and_si512(_mm512_srli_epi64(state, 4), nibble));
    word even = _mm512_unpacklo_epi8(second, first), odd = _mm512_unpackhi_epi8(second, first);
    *high = _mm512_unpackhi_epi64(even, odd);
    *low = _mm512_unpacklo_epi64(even, odd);
}

#include "sha512_rounds.h"

// AVX2 and BMI for the code for one record.
static bool is_supported(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx2")
        && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

#define ONE {1, phash_sha512_single_avx2_compress, phash_sha512_single_avx2_chain, phash_sha512_single_avx2_keyed_chain}
#define EIGHT {LANES, compress, chain, keyed_chain}

const struct phash_kernel phash_sha512_avx512 = {
    .name = "avx512",
    .word_bytes = 8,
    .is_supported = is_supported,
    .is_preferred = true,
    .is_fast_alone = true,
    .lanes = LANES,
    .widths = {[1] = ONE, [2] = EIGHT, [3] = EIGHT, [4] = EIGHT, [5] = EIGHT, [6] = EIGHT, [7] = EIGHT, [8] = EIGHT},
};
#endif
