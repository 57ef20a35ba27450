// The working variables a to h of FIPS 180-4 sections 6.2.2 and 6.4.2, and b ^ c, which the majority is taken with.
#pragma once

#define WORKING_VARIABLES(state) \
    word a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], \
         h = state[7]; \
    word b_xor_c = XOR(b, c); \
    (void)b_xor_c
#define ADD_WORKING_VARIABLES(target, source) \
    target[0] = ADD(source[0], a), target[1] = ADD(source[1], b), target[2] = ADD(source[2], c), \
    target[3] = ADD(source[3], d), target[4] = ADD(source[4], e), target[5] = ADD(source[5], f), \
    target[6] = ADD(source[6], g), target[7] = ADD(source[7], h)
