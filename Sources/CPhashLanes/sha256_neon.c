// SHA-256 with the SHA2 instructions of ARMv8.
#include "kernel.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

#define TARGET __attribute__((target("sha2")))

typedef uint32x4_t vector;

/// The names of the words begin with the lowest.
struct stream {
    vector abcd, efgh;
};

#define ADD(x, y) vaddq_u32(x, y)
#define LOAD(words) vld1q_u32(words)

PHASH_INLINE TARGET struct stream add_streams(struct stream x, struct stream y) {
    return (struct stream){ADD(x.abcd, y.abcd), ADD(x.efgh, y.efgh)};
}

/// Four rounds, whose round constants plus message schedule are in `words`.
PHASH_INLINE TARGET struct stream four_rounds(struct stream x, vector words) {
    return (struct stream){vsha256hq_u32(x.abcd, x.efgh, words), vsha256h2q_u32(x.efgh, x.abcd, words)};
}

PHASH_INLINE TARGET struct stream four_constant_rounds(struct stream x, const uint32_t *words) {
    return four_rounds(x, LOAD(words));
}

/// The next four words of the message schedule after the last sixteen.
PHASH_INLINE TARGET vector next_words(vector first, vector second, vector third, vector last) {
    return vsha256su1q_u32(vsha256su0q_u32(first, second), third, last);
}

/// Four words of a message.
PHASH_INLINE TARGET vector load_message(const uint8_t *bytes) {
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes)));
}

// The digits of four words, of which the lowest comes first in the message. Zipping puts the low digit of each byte
// below the high one, as the byte order of a message word wants it; so the high half of each word has to lie below its
// low half.
PHASH_INLINE TARGET void hexadecimal_words(vector words, vector *first_two, vector *last_two) {
    static const uint8_t digit_bytes[16] = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    const uint8x16_t digits = vld1q_u8(digit_bytes);
    uint8x16_t bytes = vreinterpretq_u8_u16(vrev32q_u16(vreinterpretq_u16_u32(words)));
    uint8x16_t second = vqtbl1q_u8(digits, vandq_u8(bytes, vdupq_n_u8(15)));
    uint8x16_t first = vqtbl1q_u8(digits, vshrq_n_u8(bytes, 4));
    *first_two = vreinterpretq_u32_u8(vzip1q_u8(second, first));
    *last_two = vreinterpretq_u32_u8(vzip2q_u8(second, first));
}

/// The hexadecimal text of a state as a block.
PHASH_INLINE TARGET void hexadecimal(struct stream x, vector w[4]) {
    hexadecimal_words(x.abcd, &w[0], &w[1]);
    hexadecimal_words(x.efgh, &w[2], &w[3]);
}

/// The words of a state in their order, four to a vector.
PHASH_INLINE TARGET void digest_words(struct stream x, vector w[2]) {
    w[0] = x.abcd;
    w[1] = x.efgh;
}

PHASH_INLINE TARGET vector replace_last_two(vector words, vector by) {
    return vcombine_u32(vget_low_u32(words), vget_high_u32(by));
}
PHASH_INLINE TARGET vector replace_last(vector words, vector by) { return vcopyq_laneq_u32(words, 3, by, 3); }

// From and to the transposed state: the accesses of four-element structures transpose four streams, fewer go word by
// word.
PHASH_INLINE TARGET void load_streams(struct stream *stream, const void *state, int streams) {
    const uint32_t *words = state;
    if (streams == 4) {
        uint32x4x4_t abcd = vld4q_u32(words), efgh = vld4q_u32(words + 16);
        PHASH_UNROLLED
        for (int i = 0; i < 4; i++) stream[i] = (struct stream){abcd.val[i], efgh.val[i]};
    } else {
        PHASH_UNROLLED
        for (int i = 0; i < streams; i++) {
            uint32_t of_stream[8];
            PHASH_UNROLLED
            for (int word = 0; word < 8; word++) of_stream[word] = words[word * streams + i];
            stream[i] = (struct stream){LOAD(of_stream), LOAD(of_stream + 4)};
        }
    }
}

PHASH_INLINE TARGET void store_streams(void *state, const struct stream *stream, int streams) {
    uint32_t *words = state;
    if (streams == 4) {
        uint32x4x4_t abcd, efgh;
        PHASH_UNROLLED
        for (int i = 0; i < 4; i++) abcd.val[i] = stream[i].abcd, efgh.val[i] = stream[i].efgh;
        vst4q_u32(words, abcd);
        vst4q_u32(words + 16, efgh);
    } else {
        PHASH_UNROLLED
        for (int i = 0; i < streams; i++) {
            uint32_t of_stream[8];
            vst1q_u32(of_stream, stream[i].abcd);
            vst1q_u32(of_stream + 4, stream[i].efgh);
            PHASH_UNROLLED
            for (int word = 0; word < 8; word++) words[word * streams + i] = of_stream[word];
        }
    }
}

#include "sha256_streams.h"

static bool is_supported(void) {
#if defined(__ARM_FEATURE_SHA2) || defined(__APPLE__)
    return true;
#elif defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_SHA2) != 0;
#else
    return false;
#endif
}

const struct phash_kernel phash_sha256_neon = {
    .name = "neon",
    .word_bytes = 4,
    .is_supported = is_supported,
    .is_preferred = true,
    .lanes = MAXIMUM_STREAMS,
    .widths = {[1] = {1, compress_1, chain_1, keyed_chain_1},
               [2] = {2, compress_2, chain_2, keyed_chain_2},
               [3] = {3, compress_3, chain_3, keyed_chain_3},
               [4] = {4, compress_4, chain_4, keyed_chain_4}},
};
#endif
