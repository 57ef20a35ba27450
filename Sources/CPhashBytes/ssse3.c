// 16 bytes at a time, on every x86-64 processor since 2006. SSE2 would do but for the table look-up of `hexadecimal`.

#include "implementations.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SSSE3 __attribute__((target("ssse3")))
#define SSSE3_INLINE static inline __attribute__((always_inline, target("ssse3")))

SSSE3_INLINE __m128i load(const uint8_t *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }
SSSE3_INLINE void store(uint8_t *bytes, __m128i vector) { _mm_storeu_si128((__m128i *)bytes, vector); }

SSSE3_INLINE uint64_t matches(const uint8_t *bytes, __m128i wanted) {
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load(bytes), wanted));
}

SSSE3 static size_t find(const void *bytes, size_t count, uint8_t wanted, uint32_t *places) {
    const uint8_t *input = bytes;
    const __m128i pattern = _mm_set1_epi8((char)wanted);
    uint32_t *end = places;
    size_t index = 0;
    for (; index + 64 <= count; index += 64) {
        const uint8_t *block = input + index;
        uint64_t mask = matches(block, pattern) | matches(block + 16, pattern) << 16
            | matches(block + 32, pattern) << 32 | matches(block + 48, pattern) << 48;
        end = phash_bytes_append_places(end, mask, (uint32_t)index);
    }
    uint64_t mask = 0;
    size_t start = index;
    for (; index + 16 <= count; index += 16) mask |= matches(input + index, pattern) << (index - start);
    for (; index < count; index++) mask |= (uint64_t)(input[index] == wanted) << (index - start);
    return (size_t)(phash_bytes_append_places(end, mask, (uint32_t)start) - places);
}

/// A bit for each byte that is not plain. As signed numbers those above ASCII are less than a blank, too.
SSSE3_INLINE uint32_t special(__m128i bytes) {
    __m128i escaped = _mm_or_si128(
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(escaped, _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20))));
}

SSSE3 static size_t copy_plain(void *target, const void *text, size_t count) {
    const uint8_t *input = text;
    uint8_t *output = target;
    if (count < 16) return phash_bytes_portable.copy_plain(target, text, count);
    size_t index = 0;
    do {
        // The last vector ends with the text and so begins among bytes that are known to be plain.
        if (index + 16 > count) index = count - 16;
        __m128i bytes = load(input + index);
        store(output + index, bytes);
        uint32_t mask = special(bytes);
        if (mask != 0) return index + (size_t)__builtin_ctz(mask);
        index += 16;
    } while (index < count);
    return count;
}

SSSE3 static void hexadecimal(void *text, const void *bytes, size_t count) {
    const uint8_t *input = bytes;
    uint8_t *output = text;
    if (count < 16) {
        phash_bytes_portable.hexadecimal(text, bytes, count);
        return;
    }
    const __m128i alphabet =
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
    const __m128i nibble = _mm_set1_epi8(0x0F);
    size_t index = 0;
    do {
        if (index + 16 > count) index = count - 16;
        __m128i group = load(input + index);
        __m128i high = _mm_shuffle_epi8(alphabet, _mm_and_si128(_mm_srli_epi16(group, 4), nibble));
        __m128i low = _mm_shuffle_epi8(alphabet, _mm_and_si128(group, nibble));
        store(output + 2 * index, _mm_unpacklo_epi8(high, low));
        store(output + 2 * index + 16, _mm_unpackhi_epi8(high, low));
        index += 16;
    } while (index < count);
}

const struct phash_bytes phash_bytes_ssse3 = {"ssse3", find, copy_plain, hexadecimal};

#endif
