/* The plain loop that anyone would write, left to the compiler: -O3 -march=native -ffast-math. With glibc,
 * gcc calls libmvec's exponential in it. Compiled twice; see shims.h. */
#include "shims.h"

#include <math.h>

#ifdef PEERS_LOOP_WIDE
#define NAME(rest) peers_loop_wide_##rest
#else
#define NAME(rest) peers_loop_##rest
const char *peers_loop_compiler(void) {
#ifdef __clang__
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}
#endif

void NAME(f32)(const float *restrict x, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        y[i] = 1.0f / (1.0f + expf(-x[i]));
    }
}

void NAME(f64)(const double *restrict x, double *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        y[i] = 1.0 / (1.0 + exp(-x[i]));
    }
}

/* Even in x; with the absolute value nothing overflows. */
void NAME(derivative_f32)(const float *restrict x, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float e = expf(-fabsf(x[i]));
        y[i] = e / ((1.0f + e) * (1.0f + e));
    }
}

void NAME(derivative_f64)(const double *restrict x, double *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const double e = exp(-fabs(x[i]));
        y[i] = e / ((1.0 + e) * (1.0 + e));
    }
}

void NAME(silu_f32)(const float *restrict x, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        y[i] = x[i] / (1.0f + expf(-x[i]));
    }
}

void NAME(softplus_f32)(const float *restrict x, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        y[i] = fmaxf(x[i], 0.0f) + log1pf(expf(-fabsf(x[i])));
    }
}

void NAME(log_sigmoid_f32)(const float *restrict x, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        y[i] = fminf(x[i], 0.0f) - log1pf(expf(-fabsf(x[i])));
    }
}

void NAME(swiglu_f32)(const float *restrict g, const float *restrict u, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        y[i] = g[i] / (1.0f + expf(-g[i])) * u[i];
    }
}

void NAME(bce_with_logits_f32)(const float *restrict x, const float *restrict label, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        y[i] = fmaxf(x[i], 0.0f) - x[i] * label[i] + log1pf(expf(-fabsf(x[i])));
    }
}
