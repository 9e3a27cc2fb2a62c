/* 1 / (1 + exp(-x)) around SLEEF's exponential of sixteen floats or eight doubles, exact to 1.0 ULP.
 *
 * The -u10 functions flush results below the normal range; SLEEF has none of a sigmoid. Debian packages
 * the library, not the headers with which SLEEF can be inlined, so each register is a call. */
#include "shims.h"

#include <immintrin.h>
#include <sleef.h>

static inline __m512 sigmoid_f32(__m512 x) {
    const __m512 one = _mm512_set1_ps(1.0f);
    const __m512 negated = _mm512_sub_ps(_mm512_set1_ps(-0.0f), x);
    return _mm512_div_ps(one, _mm512_add_ps(one, Sleef_expf16_u10avx512f(negated)));
}

static inline __m512d sigmoid_f64(__m512d x) {
    const __m512d one = _mm512_set1_pd(1.0);
    const __m512d negated = _mm512_sub_pd(_mm512_set1_pd(-0.0), x);
    return _mm512_div_pd(one, _mm512_add_pd(one, Sleef_expd8_u10avx512f(negated)));
}

void peers_sleef_avx512_f32(const float *x, float *y, size_t n) {
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        _mm512_storeu_ps(y + i, sigmoid_f32(_mm512_loadu_ps(x + i)));
    }
    if (i < n) {
        const __mmask16 rest = (__mmask16)((1u << (n - i)) - 1);
        _mm512_mask_storeu_ps(y + i, rest, sigmoid_f32(_mm512_maskz_loadu_ps(rest, x + i)));
    }
}

void peers_sleef_avx512_f64(const double *x, double *y, size_t n) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm512_storeu_pd(y + i, sigmoid_f64(_mm512_loadu_pd(x + i)));
    }
    if (i < n) {
        const __mmask8 rest = (__mmask8)((1u << (n - i)) - 1);
        _mm512_mask_storeu_pd(y + i, rest, sigmoid_f64(_mm512_maskz_loadu_pd(rest, x + i)));
    }
}
