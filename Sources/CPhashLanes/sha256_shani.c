// SHA-256 with the SHA instructions of x86-64.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1,ssse3")))

typedef __m128i vector;

/// The names of the words begin with the highest.
struct stream {
    vector abef, cdgh;
};

#define ADD(x, y) _mm_add_epi32(x, y)
#define LOAD(words) _mm_loadu_si128((const vector *)(words))

PHASH_INLINE TARGET struct stream add_streams(struct stream x, struct stream y) {
    return (struct stream){ADD(x.abef, y.abef), ADD(x.cdgh, y.cdgh)};
}

// Two rounds, whose words are the lower half of `words`: the instruction makes the new abef out of both halves of the
// state, and the old abef is the new cdgh.
PHASH_INLINE TARGET struct stream two_rounds(struct stream x, vector words) {
    return (struct stream){_mm_sha256rnds2_epu32(x.cdgh, x.abef, words), x.abef};
}

/// Four rounds, whose round constants plus message schedule are in `words`.
PHASH_INLINE TARGET struct stream four_rounds(struct stream x, vector words) {
    return two_rounds(two_rounds(x, words), _mm_shuffle_epi32(words, 0x0E));
}

/// The same with words from memory, where a load of the upper half costs less than a shuffle.
PHASH_INLINE TARGET struct stream four_constant_rounds(struct stream x, const uint32_t *words) {
    return two_rounds(two_rounds(x, LOAD(words)), _mm_loadl_epi64((const vector *)(words + 2)));
}

/// The next four words of the message schedule after the last sixteen.
PHASH_INLINE TARGET vector next_words(vector first, vector second, vector third, vector last) {
    vector seven_back = _mm_alignr_epi8(last, third, 4);
    return _mm_sha256msg2_epu32(ADD(_mm_sha256msg1_epu32(first, second), seven_back), last);
}

/// Four words of a message.
PHASH_INLINE TARGET vector load_message(const uint8_t *bytes) {
    const vector swap = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    return _mm_shuffle_epi8(LOAD(bytes), swap);
}

// The digits of four words, of which the highest comes first in the message. Unpacking puts the low digit of each byte
// below the high one, as the byte order of a message word wants it; so the bytes have to lie with the high half of each
// word below its low half, and the first word lowest.
PHASH_INLINE TARGET void hexadecimal_words(vector words, vector *first_two, vector *last_two) {
    const vector order = _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
    const vector digits =
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
    const vector nibble = _mm_set1_epi8(15);
    vector bytes = _mm_shuffle_epi8(words, order);
    vector second = _mm_shuffle_epi8(digits, _mm_and_si128(bytes, nibble));
    vector first = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi32(bytes, 4), nibble));
    *first_two = _mm_unpacklo_epi8(second, first);
    *last_two = _mm_unpackhi_epi8(second, first);
}

/// The hexadecimal text of a state as a block.
PHASH_INLINE TARGET void hexadecimal(struct stream x, vector w[4]) {
    hexadecimal_words(x.abef, &w[0], &w[2]);
    hexadecimal_words(x.cdgh, &w[1], &w[3]);
}

/// The words of a state in their order, four to a vector.
PHASH_INLINE TARGET void digest_words(struct stream x, vector w[2]) {
    w[0] = _mm_shuffle_epi32(_mm_unpackhi_epi64(x.abef, x.cdgh), 0xB1);
    w[1] = _mm_shuffle_epi32(_mm_unpacklo_epi64(x.abef, x.cdgh), 0xB1);
}

PHASH_INLINE TARGET vector replace_last_two(vector words, vector by) { return _mm_blend_epi16(words, by, 0xF0); }
PHASH_INLINE TARGET vector replace_last(vector words, vector by) { return _mm_blend_epi16(words, by, 0xC0); }

// Four vectors of four words, transposed.
PHASH_INLINE TARGET void transpose(vector row[4]) {
    vector low01 = _mm_unpacklo_epi32(row[0], row[1]), high01 = _mm_unpackhi_epi32(row[0], row[1]);
    vector low23 = _mm_unpacklo_epi32(row[2], row[3]), high23 = _mm_unpackhi_epi32(row[2], row[3]);
    row[0] = _mm_unpacklo_epi64(low01, low23);
    row[1] = _mm_unpackhi_epi64(low01, low23);
    row[2] = _mm_unpacklo_epi64(high01, high23);
    row[3] = _mm_unpackhi_epi64(high01, high23);
}

// From and to the transposed state: four streams by shuffles, fewer word by word.
PHASH_INLINE TARGET void load_streams(struct stream *stream, const void *state, int streams) {
    const uint32_t *words = state;
    if (streams == 4) {
        vector abef[4] = {LOAD(words + 20), LOAD(words + 16), LOAD(words + 4), LOAD(words)};
        vector cdgh[4] = {LOAD(words + 28), LOAD(words + 24), LOAD(words + 12), LOAD(words + 8)};
        transpose(abef);
        transpose(cdgh);
        PHASH_UNROLLED
        for (int i = 0; i < 4; i++) stream[i] = (struct stream){abef[i], cdgh[i]};
    } else {
#define WORD(word) (int)words[(word) * streams + i]
        PHASH_UNROLLED
        for (int i = 0; i < streams; i++) {
            stream[i].abef = _mm_set_epi32(WORD(0), WORD(1), WORD(4), WORD(5));
            stream[i].cdgh = _mm_set_epi32(WORD(2), WORD(3), WORD(6), WORD(7));
        }
#undef WORD
    }
}

PHASH_INLINE TARGET void store_streams(void *state, const struct stream *stream, int streams) {
    static const int words_of_abef[4] = {5, 4, 1, 0}, words_of_cdgh[4] = {7, 6, 3, 2};
    vector abef[4], cdgh[4];
    PHASH_UNROLLED
    for (int i = 0; i < streams; i++) abef[i] = stream[i].abef, cdgh[i] = stream[i].cdgh;
    if (streams == 4) {
        transpose(abef);
        transpose(cdgh);
        PHASH_UNROLLED
        for (int k = 0; k < 4; k++) {
            _mm_storeu_si128((vector *)state + words_of_abef[k], abef[k]);
            _mm_storeu_si128((vector *)state + words_of_cdgh[k], cdgh[k]);
        }
    } else {
        uint32_t *words = state, of_abef[4], of_cdgh[4];
        PHASH_UNROLLED
        for (int i = 0; i < streams; i++) {
            _mm_storeu_si128((vector *)of_abef, abef[i]);
            _mm_storeu_si128((vector *)of_cdgh, cdgh[i]);
            PHASH_UNROLLED
            for (int k = 0; k < 4; k++) {
                words[words_of_abef[k] * streams + i] = of_abef[k];
                words[words_of_cdgh[k] * streams + i] = of_cdgh[k];
            }
        }
    }
}

#include "sha256_streams.h"

static bool is_supported(void) {
    return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}

const struct phash_kernel phash_sha256_shani = {
    .name = "shani",
    .word_bytes = 4,
    .is_supported = is_supported,
    .is_preferred = true,
    .is_fast_alone = true,
    .lanes = MAXIMUM_STREAMS,
    .widths = {[1] = {1, compress_1, chain_1, keyed_chain_1},
               [2] = {2, compress_2, chain_2, keyed_chain_2},
               [3] = {3, compress_3, chain_3, keyed_chain_3},
               [4] = {4, compress_4, chain_4, keyed_chain_4}},
};
#endif
