// 16 bytes at a time, on every 64-bit ARM processor.

#include "implementations.h"

#if defined(__aarch64__)

#include <arm_neon.h>

/// A bit for each of 64 bytes, which are 0 or 0xFF, the first lowest.
static inline uint64_t bits(uint8x16_t first, uint8x16_t second, uint8x16_t third, uint8x16_t fourth) {
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t weight = vld1q_u8(weights);
    // Each addition of neighbours halves the bytes; after three a byte holds the bits of eight.
    uint8x16_t low = vpaddq_u8(vandq_u8(first, weight), vandq_u8(second, weight));
    uint8x16_t high = vpaddq_u8(vandq_u8(third, weight), vandq_u8(fourth, weight));
    uint8x16_t sum = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static size_t find(const void *bytes, size_t count, uint8_t wanted, uint32_t *places) {
    const uint8_t *input = bytes;
    uint8x16_t pattern = vdupq_n_u8(wanted);
    uint32_t *end = places;
    size_t index = 0;
    for (; index + 64 <= count; index += 64) {
        const uint8_t *block = input + index;
        uint64_t mask = bits(
            vceqq_u8(vld1q_u8(block), pattern), vceqq_u8(vld1q_u8(block + 16), pattern),
            vceqq_u8(vld1q_u8(block + 32), pattern), vceqq_u8(vld1q_u8(block + 48), pattern));
        end = phash_bytes_append_places(end, mask, (uint32_t)index);
    }
    uint64_t mask = 0;
    for (size_t place = index; place < count; place++) mask |= (uint64_t)(input[place] == wanted) << (place - index);
    return (size_t)(phash_bytes_append_places(end, mask, (uint32_t)index) - places);
}

/// Four bits, all set, for each byte that is not plain: narrowing keeps the half of each byte that is needed.
static inline uint64_t special(uint8x16_t bytes) {
    uint8x16_t escaped = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\')));
    // As signed numbers those above ASCII are less than a blank, too.
    uint8x16_t low = vcltq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(0x20));
    uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(vorrq_u8(escaped, low)), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}

static size_t copy_plain(void *target, const void *text, size_t count) {
    const uint8_t *input = text;
    uint8_t *output = target;
    if (count < 16) return phash_bytes_portable.copy_plain(target, text, count);
    size_t index = 0;
    do {
        // The last vector ends with the text and so begins among bytes that are known to be plain.
        if (index + 16 > count) index = count - 16;
        uint8x16_t bytes = vld1q_u8(input + index);
        vst1q_u8(output + index, bytes);
        uint64_t mask = special(bytes);
        if (mask != 0) return index + (size_t)__builtin_ctzll(mask) / 4;
        index += 16;
    } while (index < count);
    return count;
}

static void hexadecimal(void *text, const void *bytes, size_t count) {
    static const char letters[] = "0123456789abcdef";
    const uint8_t *input = bytes;
    uint8_t *output = text;
    if (count < 16) {
        phash_bytes_portable.hexadecimal(text, bytes, count);
        return;
    }
    uint8x16_t alphabet = vld1q_u8((const uint8_t *)letters);
    size_t index = 0;
    do {
        if (index + 16 > count) index = count - 16;
        uint8x16_t group = vld1q_u8(input + index);
        uint8x16x2_t pairs = {
            {vqtbl1q_u8(alphabet, vshrq_n_u8(group, 4)), vqtbl1q_u8(alphabet, vandq_u8(group, vdupq_n_u8(0x0F)))}};
        vst2q_u8(output + 2 * index, pairs);
        index += 16;
    } while (index < count);
}

const struct phash_bytes phash_bytes_neon = {"neon", find, copy_plain, hexadecimal};

#endif
