/* Numbers of the four formats, to and from long double, and the distance between neighbours. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <float.h>
#include <string.h>

#include "functions.h"

/* Bits of the significand, and the exponents of the smallest normal number and of the largest. */
static const struct {
    size_t size;
    int digits, lowest, highest;
} FORMATS[] = {
    [F32] = {sizeof(float), 24, -126, 127},
    [F64] = {sizeof(double), 53, -1022, 1023},
    [BF16] = {sizeof(uint16_t), 8, -126, 127},
    [F16] = {sizeof(uint16_t), 11, -14, 15},
};

/* The distance between the numbers of a format about x. */
static inline long double unit_at(enum format format, long double x)
{
    int exponent = FORMATS[format].lowest;
    if (x != 0) {
        int own;
        frexpl(x, &own);
        if (own - 1 > exponent)
            exponent = own - 1;
    }
    return ldexpl(1, exponent - FORMATS[format].digits + 1);
}

/* The nearest number of a format, or an infinity. */
static inline long double nearest(enum format format, long double x)
{
    if (isnan(x) || x == 0)
        return x;
    if (is_infinite(x))
        return copysignl(INFINITY, x);
    long double unit = unit_at(format, x);
    long double rounded = rintl(x / unit) * unit;
    return fabsl(rounded) < ldexpl(1, FORMATS[format].highest + 1) ? rounded : copysignl(INFINITY, x);
}

static inline void put(enum format format, void *array, size_t i, long double x)
{
    x = nearest(format, x);
    if (format == F32) {
        ((float *)array)[i] = (float)x;
    } else if (format == F64) {
        ((double *)array)[i] = (double)x;
    } else {
        int stored = FORMATS[format].digits - 1, exponents = 15 - stored;
        unsigned sign = signbit(x) ? 0x8000u : 0, top = ((1u << exponents) - 1) << stored, bits;
        if (isnan(x)) {
            bits = top | 1u << (stored - 1);
        } else if (is_infinite(x)) {
            bits = top;
        } else {
            int own;
            frexpl(x, &own);
            int normal = x != 0 && own - 1 >= FORMATS[format].lowest;
            unsigned counts = (unsigned)(fabsl(x) / unit_at(format, x));
            bits = normal ? counts + ((unsigned)(own - 1 - FORMATS[format].lowest) << stored) : counts;
        }
        ((uint16_t *)array)[i] = (uint16_t)(sign | bits);
    }
}

static inline long double get(enum format format, const void *array, size_t i)
{
    if (format == F32)
        return ((const float *)array)[i];
    if (format == F64)
        return ((const double *)array)[i];
    unsigned bits = ((const uint16_t *)array)[i];
    int stored = FORMATS[format].digits - 1;
    unsigned significand = bits & ((1u << stored) - 1), exponent = (bits & 0x7fff) >> stored;
    long double size;
    if (exponent == 0x7fffu >> stored)
        size = significand ? NAN : INFINITY;
    else if (exponent == 0)
        size = ldexpl(significand, FORMATS[format].lowest - stored);
    else
        size = ldexpl(significand | 1u << stored, FORMATS[format].lowest - stored + (int)exponent - 1);
    return bits & 0x8000 ? -size : size;
}

/* Whether two elements have the same bits, or both are NaN. */
static inline int same(enum format format, const void *a, size_t i, const void *b, size_t j)
{
    size_t size = FORMATS[format].size;
    if (memcmp((const char *)a + i * size, (const char *)b + j * size, size) == 0)
        return 1;
    return isnan(get(format, a, i)) && isnan(get(format, b, j));
}

#endif
