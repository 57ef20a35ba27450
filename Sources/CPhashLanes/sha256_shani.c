// SHA-256 with the SHA instructions of x86-64: one record, or up to four whose rounds are interleaved.
//
// Two rounds are one instruction, whose result the next two wait for; other records fill that time.
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1,ssse3")))
#define MAXIMUM_STREAMS 4

/// A state as the instructions want it; the names of the words begin with the highest.
struct stream {
    __m128i abef, cdgh;
};

// `streams` is a constant in every function that calls these, so that all loops over streams are unrolled.
#define FOR_EACH_STREAM PHASH_UNROLLED for (int i = 0; i < streams; i++)

// Four rounds of each stream, whose round constants plus message schedule are in `message`.
PHASH_INLINE TARGET void four_rounds(struct stream *stream, const __m128i *message, int streams) {
    FOR_EACH_STREAM stream[i].cdgh = _mm_sha256rnds2_epu32(stream[i].cdgh, stream[i].abef, message[i]);
    FOR_EACH_STREAM {
        __m128i last_two = _mm_shuffle_epi32(message[i], 0x0E);
        stream[i].abef = _mm_sha256rnds2_epu32(stream[i].abef, stream[i].cdgh, last_two);
    }
}

/// One block, whose words are in `w`, four to a vector.
PHASH_INLINE TARGET void hash_block(struct stream *stream, __m128i w[MAXIMUM_STREAMS][4], int streams) {
    struct stream before[MAXIMUM_STREAMS];
    FOR_EACH_STREAM before[i] = stream[i];
    PHASH_UNROLLED
    for (int t = 0; t < 64; t += 4) {
        const __m128i constants = _mm_load_si128((const __m128i *)(phash_k256 + t));
        const int now = t / 4 & 3, next = (now + 1) & 3, third = (now + 2) & 3, last = (now + 3) & 3;
        __m128i message[MAXIMUM_STREAMS];
        FOR_EACH_STREAM {
            if (t >= 16) {
                __m128i seven_back = _mm_alignr_epi8(w[i][last], w[i][third], 4);
                __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i][now], w[i][next]), seven_back);
                w[i][now] = _mm_sha256msg2_epu32(sum, w[i][last]);
            }
            message[i] = _mm_add_epi32(w[i][now], constants);
        }
        four_rounds(stream, message, streams);
    }
    FOR_EACH_STREAM {
        stream[i].abef = _mm_add_epi32(stream[i].abef, before[i].abef);
        stream[i].cdgh = _mm_add_epi32(stream[i].cdgh, before[i].cdgh);
    }
}

/// The second block of a chain, which needs no message schedule.
PHASH_INLINE TARGET void hash_second_block(struct stream *stream, const uint32_t second[64], int streams) {
    struct stream before[MAXIMUM_STREAMS];
    FOR_EACH_STREAM before[i] = stream[i];
    PHASH_UNROLLED
    for (int t = 0; t < 64; t += 4) {
        const __m128i first_two = _mm_load_si128((const __m128i *)(second + t));
        FOR_EACH_STREAM stream[i].cdgh = _mm_sha256rnds2_epu32(stream[i].cdgh, stream[i].abef, first_two);
        const __m128i last_two = _mm_loadl_epi64((const __m128i *)(second + t + 2));
        FOR_EACH_STREAM stream[i].abef = _mm_sha256rnds2_epu32(stream[i].abef, stream[i].cdgh, last_two);
    }
    FOR_EACH_STREAM {
        stream[i].abef = _mm_add_epi32(stream[i].abef, before[i].abef);
        stream[i].cdgh = _mm_add_epi32(stream[i].cdgh, before[i].cdgh);
    }
}

// Word by word from the transposed state; `lanes` is 1 for a state of one record alone.
PHASH_INLINE TARGET struct stream load_stream(const uint32_t *words, int lanes) {
#define WORD(i) (int)words[(i) * lanes]
    return (struct stream){
        .abef = _mm_set_epi32(WORD(0), WORD(1), WORD(4), WORD(5)),
        .cdgh = _mm_set_epi32(WORD(2), WORD(3), WORD(6), WORD(7)),
    };
#undef WORD
}

PHASH_INLINE TARGET void store_stream(uint32_t *words, int lanes, struct stream stream) {
#define STORE(word, vector, element) words[(word) * lanes] = (uint32_t)_mm_extract_epi32(vector, element)
    STORE(0, stream.abef, 3);
    STORE(1, stream.abef, 2);
    STORE(2, stream.cdgh, 3);
    STORE(3, stream.cdgh, 2);
    STORE(4, stream.abef, 1);
    STORE(5, stream.abef, 0);
    STORE(6, stream.cdgh, 1);
    STORE(7, stream.cdgh, 0);
#undef STORE
}

PHASH_INLINE TARGET void load_block(__m128i w[4], const uint8_t *block) {
    const __m128i swap = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    PHASH_UNROLLED
    for (int k = 0; k < 4; k++) {
        w[k] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + k), swap);
    }
}

// The digits of four words, of which the highest in `words` comes first in the message. Unpacking puts the low digit of
// each byte below the high one, as the byte order of a message word wants it; so the bytes have to lie with the high
// half of each word below its low half, and the first word lowest.
PHASH_INLINE TARGET void hexadecimal(__m128i words, __m128i *first_two, __m128i *last_two) {
    const __m128i order = _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
    const __m128i digits =
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
    const __m128i nibble = _mm_set1_epi8(15);
    __m128i bytes = _mm_shuffle_epi8(words, order);
    __m128i second = _mm_shuffle_epi8(digits, _mm_and_si128(bytes, nibble));
    __m128i first = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi32(bytes, 4), nibble));
    *first_two = _mm_unpacklo_epi8(second, first);
    *last_two = _mm_unpackhi_epi8(second, first);
}

PHASH_INLINE TARGET void compress(void *memory, const uint8_t *const *blocks, size_t count, int streams) {
    struct stream stream[MAXIMUM_STREAMS];
    __m128i w[MAXIMUM_STREAMS][4];
    FOR_EACH_STREAM stream[i] = load_stream((const uint32_t *)memory + i, streams);
    for (size_t block = 0; block < count; block++) {
        FOR_EACH_STREAM load_block(w[i], blocks[i] + 64 * block);
        hash_block(stream, w, streams);
    }
    FOR_EACH_STREAM store_stream((uint32_t *)memory + i, streams, stream[i]);
}

PHASH_INLINE TARGET void chain(void *memory, const struct phash_hasher *hasher, uint64_t rounds, int streams) {
    const struct phash_chain32 *chain = &hasher->chain32;
    const struct stream initial = load_stream(chain->initial, 1);
    // SHA-224 has fourteen words of text, so its padding begins within the last four words of the block.
    const bool has_short_text = chain->text_words < 16;
    const __m128i tail = _mm_loadu_si128((const __m128i *)(chain->tail + 12));
    struct stream stream[MAXIMUM_STREAMS];
    __m128i w[MAXIMUM_STREAMS][4];
    FOR_EACH_STREAM stream[i] = load_stream((const uint32_t *)memory + i, streams);
    for (uint64_t round = 0; round < rounds; round++) {
        FOR_EACH_STREAM {
            __m128i ab, ef, cd, gh;
            hexadecimal(stream[i].abef, &ab, &ef);
            hexadecimal(stream[i].cdgh, &cd, &gh);
            w[i][0] = ab, w[i][1] = cd, w[i][2] = ef, w[i][3] = gh;
            stream[i] = initial;
        }
        if (has_short_text) {
            FOR_EACH_STREAM w[i][3] = _mm_blend_epi16(w[i][3], tail, 0xF0);
        }
        hash_block(stream, w, streams);
        hash_second_block(stream, chain->second, streams);
    }
    FOR_EACH_STREAM store_stream((uint32_t *)memory + i, streams, stream[i]);
}

#define WIDTH(streams) \
    TARGET static void compress_##streams(void *state, const uint8_t *const *blocks, size_t count) { \
        compress(state, blocks, count, streams); \
    } \
    TARGET static void chain_##streams(void *state, const struct phash_hasher *hasher, uint64_t rounds) { \
        chain(state, hasher, rounds, streams); \
    }
WIDTH(1)
WIDTH(2)
WIDTH(3)
WIDTH(4)

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
    .widths = {[1] = {1, compress_1, chain_1},
               [2] = {2, compress_2, chain_2},
               [3] = {3, compress_3, chain_3},
               [4] = {4, compress_4, chain_4}},
};
#endif
