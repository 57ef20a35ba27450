// 32 bytes at a time, on x86-64 processors with AVX2.

#include "implementations.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define FEATURES "avx2,bmi,popcnt"
#define AVX2 __attribute__((target(FEATURES)))
#define AVX2_INLINE static inline __attribute__((always_inline, target(FEATURES)))

AVX2_INLINE __m256i load(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }
AVX2_INLINE void store(uint8_t *bytes, __m256i vector) { _mm256_storeu_si256((__m256i *)bytes, vector); }

AVX2_INLINE uint64_t matches(const uint8_t *bytes, __m256i wanted) {
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(bytes), wanted));
}

AVX2 static size_t find(const void *bytes, size_t count, uint8_t wanted, uint32_t *places) {
    const uint8_t *input = bytes;
    const __m256i pattern = _mm256_set1_epi8((char)wanted);
    uint32_t *end = places;
    size_t index = 0;
    for (; index + 64 <= count; index += 64) {
        uint64_t mask = matches(input + index, pattern) | matches(input + index + 32, pattern) << 32;
        end = phash_bytes_append_places(end, mask, (uint32_t)index);
    }
    uint64_t mask = 0;
    size_t start = index;
    if (index + 32 <= count) {
        mask = matches(input + index, pattern);
        index += 32;
    }
    for (; index < count; index++) mask |= (uint64_t)(input[index] == wanted) << (index - start);
    return (size_t)(phash_bytes_append_places(end, mask, (uint32_t)start) - places);
}

/// A bit for each byte that is not plain. As signed numbers those above ASCII are less than a blank, too.
AVX2_INLINE uint32_t special(__m256i bytes) {
    __m256i escaped = _mm256_or_si256(
        _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    __m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes);
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(escaped, low));
}

AVX2 static size_t copy_plain(void *target, const void *text, size_t count) {
    const uint8_t *input = text;
    uint8_t *output = target;
    if (count < 32) return phash_bytes_ssse3.copy_plain(target, text, count);
    size_t index = 0;
    do {
        // The last vector ends with the text and so begins among bytes that are known to be plain.
        if (index + 32 > count) index = count - 32;
        __m256i bytes = load(input + index);
        store(output + index, bytes);
        uint32_t mask = special(bytes);
        if (mask != 0) return index + (size_t)__builtin_ctz(mask);
        index += 32;
    } while (index < count);
    return count;
}

AVX2 static void hexadecimal(void *text, const void *bytes, size_t count) {
    const uint8_t *input = bytes;
    uint8_t *output = text;
    if (count < 16) {
        phash_bytes_portable.hexadecimal(text, bytes, count);
        return;
    }
    const __m256i alphabet = _mm256_broadcastsi128_si256(
        _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'));
    const __m256i nibble = _mm256_set1_epi8(0x0F);
    size_t index = 0;
    do {
        if (index + 16 > count) index = count - 16;
        // One byte in every 16 bits: its high nibble goes to the lower of the two bytes there.
        __m256i group = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(input + index)));
        __m256i nibbles =
            _mm256_and_si256(_mm256_or_si256(_mm256_srli_epi16(group, 4), _mm256_slli_epi16(group, 8)), nibble);
        store(output + 2 * index, _mm256_shuffle_epi8(alphabet, nibbles));
        index += 16;
    } while (index < count);
}

const struct phash_bytes phash_bytes_avx2 = {"avx2", find, copy_plain, hexadecimal};

#endif
