// SHA-512 over four lanes with NEON, two to a vector: without instructions for it, two vectors side by side fill the
// units better than one.
#include "kernel.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#define LANES 4
#define TARGET

typedef struct {
    uint64x2_t lanes01, lanes23;
} word;

PHASH_INLINE word add(word x, word y) {
    return (word){vaddq_u64(x.lanes01, y.lanes01), vaddq_u64(x.lanes23, y.lanes23)};
}
PHASH_INLINE word exclusive_or(word x, word y) {
    return (word){veorq_u64(x.lanes01, y.lanes01), veorq_u64(x.lanes23, y.lanes23)};
}
PHASH_INLINE word bit_select(word mask, word x, word y) {
    return (word){vbslq_u64(mask.lanes01, x.lanes01, y.lanes01), vbslq_u64(mask.lanes23, x.lanes23, y.lanes23)};
}
PHASH_INLINE word broadcast(uint64_t x) { return (word){vdupq_n_u64(x), vdupq_n_u64(x)}; }
PHASH_INLINE word load_word(const uint64_t *memory) { return (word){vld1q_u64(memory), vld1q_u64(memory + 2)}; }
PHASH_INLINE void store_word(uint64_t *memory, word x) {
    vst1q_u64(memory, x.lanes01);
    vst1q_u64(memory + 2, x.lanes23);
}

#define ADD(x, y) add(x, y)
#define XOR(x, y) exclusive_or(x, y)
#define CHOOSE(e, f, g) bit_select(e, f, g)
// Where a and b differ, c decides.
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) bit_select(a_xor_b, c, b)
#define BROADCAST(x) broadcast(x)
#define LOAD_STATE(memory, i) load_word((const uint64_t *)(memory) + LANES * (i))
#define STORE_STATE(memory, i, x) store_word((uint64_t *)(memory) + LANES * (i), x)
#define ROUND_CONSTANT(t) load_word(phash_k512_x4[t])
#define SECOND_CONSTANT(t) load_word(chain->second_x4[t])

// A rotation is a shift to the left and one to the right that leaves the other bits as they are; by whole bytes it is
// one shuffle.
#define ROTATE(x, n) vsriq_n_u64(vshlq_n_u64(x, 64 - (n)), x, n)
#define XOR3(x, y, z) veorq_u64(veorq_u64(x, y), z)
PHASH_INLINE uint64x2_t rotate_by_8(uint64x2_t x) {
    static const uint8_t order[16] = {1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8};
    return vreinterpretq_u64_u8(vqtbl1q_u8(vreinterpretq_u8_u64(x), vld1q_u8(order)));
}
#define BIG_SIGMA0(x) XOR3(ROTATE(x, 28), ROTATE(x, 34), ROTATE(x, 39))
#define BIG_SIGMA1(x) XOR3(ROTATE(x, 14), ROTATE(x, 18), ROTATE(x, 41))
#define SMALL_SIGMA0(x) XOR3(ROTATE(x, 1), rotate_by_8(x), vshrq_n_u64(x, 7))
#define SMALL_SIGMA1(x) XOR3(ROTATE(x, 19), ROTATE(x, 61), vshrq_n_u64(x, 6))
PHASH_INLINE word big_sigma0(word x) { return (word){BIG_SIGMA0(x.lanes01), BIG_SIGMA0(x.lanes23)}; }
PHASH_INLINE word big_sigma1(word x) { return (word){BIG_SIGMA1(x.lanes01), BIG_SIGMA1(x.lanes23)}; }
PHASH_INLINE word small_sigma0(word x) { return (word){SMALL_SIGMA0(x.lanes01), SMALL_SIGMA0(x.lanes23)}; }
PHASH_INLINE word small_sigma1(word x) { return (word){SMALL_SIGMA1(x.lanes01), SMALL_SIGMA1(x.lanes23)}; }

/// Two words of a message, the highest byte of each first.
PHASH_INLINE uint64x2_t load_two(const uint8_t *bytes) {
    return vreinterpretq_u64_u8(vrev64q_u8(vld1q_u8(bytes)));
}

PHASH_INLINE void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    PHASH_UNROLLED
    for (int i = 0; i < 16; i += 2) {
        uint64x2_t row[LANES];
        PHASH_UNROLLED
        for (int lane = 0; lane < LANES; lane++) row[lane] = load_two(blocks[lane] + offset + 8 * i);
        w[i] = (word){vzip1q_u64(row[0], row[1]), vzip1q_u64(row[2], row[3])};
        w[i + 1] = (word){vzip2q_u64(row[0], row[1]), vzip2q_u64(row[2], row[3])};
    }
}

// The sixteen digits of a word: zipping puts the low digit of each byte below the high one, as the byte order of a
// message word wants it.
PHASH_INLINE void hexadecimal_two(uint64x2_t state, uint64x2_t *high, uint64x2_t *low) {
    static const uint8_t digit_bytes[16] = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    const uint8x16_t digits = vld1q_u8(digit_bytes);
    uint8x16_t bytes = vreinterpretq_u8_u64(state);
    uint8x16_t second = vqtbl1q_u8(digits, vandq_u8(bytes, vdupq_n_u8(15)));
    uint8x16_t first = vqtbl1q_u8(digits, vshrq_n_u8(bytes, 4));
    uint64x2_t lane0 = vreinterpretq_u64_u8(vzip1q_u8(second, first));
    uint64x2_t lane1 = vreinterpretq_u64_u8(vzip2q_u8(second, first));
    *high = vzip2q_u64(lane0, lane1);
    *low = vzip1q_u64(lane0, lane1);
}

PHASH_INLINE void hexadecimal(word state, word *high, word *low) {
    hexadecimal_two(state.lanes01, &high->lanes01, &low->lanes01);
    hexadecimal_two(state.lanes23, &high->lanes23, &low->lanes23);
}

#define HAS_OWN_SIGMAS
#include "sha512_rounds.h"

static bool is_supported(void) { return true; }

#define ONE {1, phash_sha512_single_compress, phash_sha512_single_chain, phash_sha512_single_keyed_chain}
#define FOUR {LANES, compress, chain, keyed_chain}

const struct phash_kernel phash_sha512_neon = {
    .name = "neon",
    .word_bytes = 8,
    .is_supported = is_supported,
    // By count of instructions: some 2600 a chained round and record for two vector units, where plain words take some
    // 3200 for three or four units. CPUs with more vector units have SHA512 instructions, which OpenSSL uses.
    .is_preferred = false,
    .lanes = LANES,
    .widths = {[1] = ONE, [2] = FOUR, [3] = FOUR, [4] = FOUR},
};
#endif
