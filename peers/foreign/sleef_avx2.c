/* 1 / (1 + exp(-x)) around SLEEF's exponential of eight floats or four doubles, exact to 1.0 ULP. See
 * sleef_avx512.c. */
#include "shims.h"

#include <immintrin.h>
#include <sleef.h>
#include <string.h>

static inline __m256 sigmoid_f32(__m256 x) {
    const __m256 one = _mm256_set1_ps(1.0f);
    const __m256 negated = _mm256_xor_ps(_mm256_set1_ps(-0.0f), x);
    return _mm256_div_ps(one, _mm256_add_ps(one, Sleef_expf8_u10avx2(negated)));
}

static inline __m256d sigmoid_f64(__m256d x) {
    const __m256d one = _mm256_set1_pd(1.0);
    const __m256d negated = _mm256_xor_pd(_mm256_set1_pd(-0.0), x);
    return _mm256_div_pd(one, _mm256_add_pd(one, Sleef_expd4_u10avx2(negated)));
}

void peers_sleef_avx2_f32(const float *x, float *y, size_t n) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm256_storeu_ps(y + i, sigmoid_f32(_mm256_loadu_ps(x + i)));
    }
    if (i < n) {
        float rest[8] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        _mm256_storeu_ps(rest, sigmoid_f32(_mm256_loadu_ps(rest)));
        memcpy(y + i, rest, (n - i) * sizeof *y);
    }
}

void peers_sleef_avx2_f64(const double *x, double *y, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        _mm256_storeu_pd(y + i, sigmoid_f64(_mm256_loadu_pd(x + i)));
    }
    if (i < n) {
        double rest[4] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        _mm256_storeu_pd(rest, sigmoid_f64(_mm256_loadu_pd(rest)));
        memcpy(y + i, rest, (n - i) * sizeof *y);
    }
}

/* SLEEF has no function for it: the version of the headers. */
#define TEXT(number) #number
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)
const char *peers_sleef_version(void) {
    return VERSION(SLEEF_VERSION_MAJOR, SLEEF_VERSION_MINOR, SLEEF_VERSION_PATCHLEVEL);
}
