// SHA-256 over sixteen lanes with AVX-512: rotations and functions of three operands are one instruction each.
//
// A chained round of sixteen records is some 3200 instructions; at two of 512 bits a cycle that is 100 cycles a record,
// when there are sixteen. Four streams of the SHA instructions take 100 to 140 with four records already, so this is
// for CPUs without them.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 16
#define TARGET __attribute__((target("avx512f,avx512bw")))

typedef __m512i word;

#define ADD(x, y) _mm512_add_epi32(x, y)
#define XOR(x, y) _mm512_xor_si512(x, y)
// The truth tables of e ? f : g, of the majority and of the exclusive or.
#define CHOOSE(e, f, g) _mm512_ternarylogic_epi32(e, f, g, 0xCA)
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) _mm512_ternarylogic_epi32(a, b, c, 0xE8)
#define XOR3(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0x96)
#define BROADCAST(x) _mm512_set1_epi32((int)(x))
#define LOAD_STATE(memory, i) _mm512_load_si512((const word *)(memory) + (i))
#define STORE_STATE(memory, i, x) _mm512_store_si512((word *)(memory) + (i), x)
// An operand that is broadcast from memory costs nothing here.
#define ROUND_CONSTANT(t) BROADCAST(phash_k256[t])
#define SECOND_CONSTANT(t) BROADCAST(chain->second[t])

#define ROTATE(x, n) _mm512_ror_epi32(x, n)
#define SHIFT(x, n) _mm512_srli_epi32(x, n)

// A whole block of sixteen lanes, transposed in four steps, the highest byte first.
PHASH_INLINE TARGET void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    const word swap =
        _mm512_broadcast_i32x4(_mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    word row[LANES], pair[LANES], four[LANES];
    PHASH_UNROLLED
    for (int lane = 0; lane < LANES; lane++) {
        row[lane] = _mm512_shuffle_epi8(_mm512_loadu_si512(blocks[lane] + offset), swap);
    }
    // Of every four words, the first two (the last two) of two lanes.
    PHASH_UNROLLED
    for (int k = 0; k < LANES; k += 2) {
        pair[k] = _mm512_unpacklo_epi32(row[k], row[k + 1]);
        pair[k + 1] = _mm512_unpackhi_epi32(row[k], row[k + 1]);
    }
    // four[k + j]: words j, j + 4, j + 8 and j + 12 of four lanes, a quarter of the vector each.
    PHASH_UNROLLED
    for (int k = 0; k < LANES; k += 4) {
        four[k] = _mm512_unpacklo_epi64(pair[k], pair[k + 2]);
        four[k + 1] = _mm512_unpackhi_epi64(pair[k], pair[k + 2]);
        four[k + 2] = _mm512_unpacklo_epi64(pair[k + 1], pair[k + 3]);
        four[k + 3] = _mm512_unpackhi_epi64(pair[k + 1], pair[k + 3]);
    }
    // Quarters 0 and 2 (1 and 3) of eight lanes, then one quarter of all lanes.
    PHASH_UNROLLED
    for (int j = 0; j < 4; j++) {
        word low02 = _mm512_shuffle_i32x4(four[j], four[j + 4], 0x88);
        word low13 = _mm512_shuffle_i32x4(four[j], four[j + 4], 0xDD);
        word high02 = _mm512_shuffle_i32x4(four[j + 8], four[j + 12], 0x88);
        word high13 = _mm512_shuffle_i32x4(four[j + 8], four[j + 12], 0xDD);
        w[j] = _mm512_shuffle_i32x4(low02, high02, 0x88);
        w[j + 4] = _mm512_shuffle_i32x4(low13, high13, 0x88);
        w[j + 8] = _mm512_shuffle_i32x4(low02, high02, 0xDD);
        w[j + 12] = _mm512_shuffle_i32x4(low13, high13, 0xDD);
    }
}

// As in sha256_avx2.c.
PHASH_INLINE TARGET void hexadecimal(word state, word *high, word *low) {
    const word digits = _mm512_broadcast_i32x4(
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'));
    const word nibble = _mm512_set1_epi8(15);
    word second = _mm512_shuffle_epi8(digits, _mm512_and_si512(state, nibble));
    word first = _mm512_shuffle_epi8(digits, _mm512_and_si512(_mm512_srli_epi32(state, 4), nibble));
    __m512 lower = _mm512_castsi512_ps(_mm512_unpacklo_epi8(second, first));
    __m512 upper = _mm512_castsi512_ps(_mm512_unpackhi_epi8(second, first));
    *low = _mm512_castps_si512(_mm512_shuffle_ps(lower, upper, 0x88));
    *high = _mm512_castps_si512(_mm512_shuffle_ps(lower, upper, 0xDD));
}

#include "sha256_rounds.h"

static bool is_supported(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}

#define ONE {1, phash_sha256_single_compress, phash_sha256_single_chain, phash_sha256_single_keyed_chain}
#define ALL {LANES, compress, chain, keyed_chain}

const struct phash_kernel phash_sha256_avx512 = {
    .name = "avx512",
    .word_bytes = 4,
    .is_supported = is_supported,
    .is_preferred = true,
    .lanes = LANES,
    .widths = {[1] = ONE, [2] = ALL, [3] = ALL, [4] = ALL, [5] = ALL, [6] = ALL, [7] = ALL, [8] = ALL,
               [9] = ALL, [10] = ALL, [11] = ALL, [12] = ALL, [13] = ALL, [14] = ALL, [15] = ALL, [16] = ALL},
};
#endif
