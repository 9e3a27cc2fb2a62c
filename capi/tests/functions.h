/* Every function of the library, called in one way: a table that the tests walk. A function that the header declares
 * and this does not name makes check.sh fail. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "sigmoid.h"
#include "truth.h"

enum format { F32, F64, BF16, F16 };

/* Where an input lies: in an array of its own, or two in one. */
enum layout { APART, PAIRS, HALVES };

/* The numbers that an input may be. */
enum domain { NONE, LINE, UNIT, SIGNED_UNIT, FACTOR };

typedef sigmoid_status call(const void *const *in, void *const *out, size_t n, const sigmoid_options *options);

struct function {
    const char *name;
    call *call;
    struct truth (*truth)(const long double *inputs);
    /* The largest error that is stated of any backend, in units in the last place, of each output. */
    double error[2];
    enum format from, to;
    enum layout layout;
    enum domain inputs[3];
    int outputs;
    /* Whether it can be exact, and whether it has a twin that takes options. */
    int exact, options;
};

/* Rows of two, of which every number of elements can be made. */
static inline size_t row(size_t n)
{
    return n % 2 ? n : n / 2;
}

static const sigmoid_swiglu_parameters OSS_PARAMETERS = {1.702f, 7, 1};

/* Calls, with options and without. */
#define MAP(f)                                                                                                         \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        return how ? sigmoid_##f##_ex(in[0], out[0], n, how) : sigmoid_##f(in[0], out[0], n);                          \
    }
#define MAP_ONLY(f)                                                                                                    \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        (void)how;                                                                                                     \
        return sigmoid_##f(in[0], out[0], n);                                                                          \
    }
#define SLOPED(f)                                                                                                      \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        return how ? sigmoid_##f##_ex(in[0], out[0], n, 1.702f, how) : sigmoid_##f(in[0], out[0], n, 1.702f);          \
    }
#define SPLIT(f)                                                                                                       \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        return how ? sigmoid_##f##_ex(in[0], out[0], out[1], n, how) : sigmoid_##f(in[0], out[0], out[1], n);          \
    }
#define ZIP(f)                                                                                                         \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        return how ? sigmoid_##f##_ex(in[0], in[1], out[0], n, how) : sigmoid_##f(in[0], in[1], out[0], n);            \
    }
#define ROWS(f)                                                                                                        \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        size_t count = n ? n / row(n) : 0;                                                                             \
        return how ? sigmoid_##f##_ex(in[0], out[0], row(n), count, how) : sigmoid_##f(in[0], out[0], row(n), count);  \
    }
#define GATE(f)                                                                                                        \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        return how ? sigmoid_##f##_ex(in[0], in[1], out[0], n, NULL, how) : sigmoid_##f(in[0], in[1], out[0], n);      \
    }                                                                                                                  \
    static sigmoid_status oss_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)       \
    {                                                                                                                  \
        return sigmoid_##f##_ex(in[0], in[1], out[0], n, &OSS_PARAMETERS, how);                                        \
    }
#define GATE_PAIRS(f)                                                                                                  \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        return how ? sigmoid_##f##_ex(in[0], out[0], n, NULL, how) : sigmoid_##f(in[0], out[0], n);                    \
    }                                                                                                                  \
    static sigmoid_status oss_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)       \
    {                                                                                                                  \
        return sigmoid_##f##_ex(in[0], out[0], n, &OSS_PARAMETERS, how);                                               \
    }
#define GATE_ROWS(f)                                                                                                   \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        size_t count = n ? n / row(n) : 0;                                                                             \
        return how ? sigmoid_##f##_ex(in[0], out[0], row(n), count, NULL, how)                                         \
                   : sigmoid_##f(in[0], out[0], row(n), count);                                                        \
    }                                                                                                                  \
    static sigmoid_status oss_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)       \
    {                                                                                                                  \
        return sigmoid_##f##_ex(in[0], out[0], row(n), n ? n / row(n) : 0, &OSS_PARAMETERS, how);                      \
    }
#define GRADIENTS(f)                                                                                                   \
    static sigmoid_status call_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)      \
    {                                                                                                                  \
        return how ? sigmoid_##f##_ex(in[0], in[1], in[2], out[0], out[1], n, NULL, how)                               \
                   : sigmoid_##f(in[0], in[1], in[2], out[0], out[1], n);                                              \
    }                                                                                                                  \
    static sigmoid_status oss_##f(const void *const *in, void *const *out, size_t n, const sigmoid_options *how)       \
    {                                                                                                                  \
        return sigmoid_##f##_ex(in[0], in[1], in[2], out[0], out[1], n, &OSS_PARAMETERS, how);                         \
    }

/* In every format. */
#define ALL(SHAPE, f) SHAPE(f##_f32) SHAPE(f##_f64) SHAPE(f##_bf16) SHAPE(f##_f16)
#define TO_FLOAT(SHAPE, f) SHAPE(f##_bf16_to_f32) SHAPE(f##_f16_to_f32)

ALL(MAP, forward) TO_FLOAT(MAP, forward) ALL(MAP, derivative)
MAP_ONLY(forward_exact_f32) MAP_ONLY(forward_exact_f64) MAP_ONLY(derivative_exact_f32) MAP_ONLY(derivative_exact_f64)
ALL(SPLIT, forward_with_derivative)
ALL(ZIP, backward) ALL(SLOPED, scaled)
ALL(MAP, silu) TO_FLOAT(MAP, silu) ALL(MAP, silu_derivative) ALL(ZIP, silu_backward)
ALL(GATE, swiglu) TO_FLOAT(GATE, swiglu)
GATE_PAIRS(swiglu_interleaved_f32) GATE_PAIRS(swiglu_interleaved_bf16) GATE_PAIRS(swiglu_interleaved_f16)
TO_FLOAT(GATE_PAIRS, swiglu_interleaved)
ALL(GATE_ROWS, swiglu_halves) TO_FLOAT(GATE_ROWS, swiglu_halves)
ALL(GRADIENTS, swiglu_backward) ALL(ZIP, glu) ALL(ROWS, glu_halves)
ALL(MAP, quick_gelu) ALL(MAP, gelu_tanh) ALL(ZIP, gelu_tanh_backward)
MAP(gelu_f32) MAP(gelu_bf16) MAP(gelu_f16)
ALL(MAP, tanh) ALL(MAP, tanh_derivative) ALL(ZIP, tanh_backward)
ALL(MAP, softplus) ALL(ZIP, softplus_backward) ALL(MAP, log_sigmoid) ALL(ZIP, log_sigmoid_backward)
ALL(MAP, logit) ALL(ZIP, bce_with_logits) ALL(ZIP, bce_with_logits_gradient)

/* In half precision a result that is computed in float is rounded once more. */
#define ROUNDED 0.51

#define F(f, truth, error, from, to, layout, a, b, c, outputs, exact, options)                                         \
    {#f, call_##f, truth, {error, error}, from, to, layout, {a, b, c}, outputs, exact, options}
#define OF_GATES(f, truth, oss, error, from, to, layout, c, outputs)                                                   \
    F(f, truth, error, from, to, layout, LINE, FACTOR, c, outputs, 0, 1),                                              \
        {#f " of gpt-oss", oss_##f, oss, {error, error}, from, to, layout, {LINE, FACTOR, c}, outputs, 0, 1}
/* In float and in double, in half precision, in all. */
#define BOTH(f, truth, single, twice, layout, a, b, exact)                                                             \
    F(f##_f32, truth, single, F32, F32, layout, a, b, NONE, 1, exact, 1),                                              \
        F(f##_f64, truth, twice, F64, F64, layout, a, b, NONE, 1, exact, 1)
#define HALF(f, truth, error, layout, a, b, exact)                                                                     \
    F(f##_bf16, truth, error, BF16, BF16, layout, a, b, NONE, 1, exact, 1),                                            \
        F(f##_f16, truth, error, F16, F16, layout, a, b, NONE, 1, exact, 1)
#define ONE(f, truth, single, twice, a)                                                                                \
    BOTH(f, truth, single, twice, APART, a, NONE, 0), HALF(f, truth, ROUNDED, APART, a, NONE, 0)
#define ONE_EXACT_IN_HALF(f, truth, single, twice, a)                                                                  \
    BOTH(f, truth, single, twice, APART, a, NONE, 0), HALF(f, truth, 0.5, APART, a, NONE, 1)
#define TWO(f, truth, single, twice, a, b)                                                                             \
    BOTH(f, truth, single, twice, APART, a, b, 0), HALF(f, truth, ROUNDED, APART, a, b, 0)

/* The errors are those of the module `bounds` of the crate, of the backend where they are largest. */
static const struct function FUNCTIONS[] = {
    BOTH(forward, forward, 2.7, 2.85, APART, LINE, NONE, 1),
    HALF(forward, forward, 0.5, APART, LINE, NONE, 1),
    F(forward_bf16_to_f32, forward, 2.7, BF16, F32, APART, LINE, NONE, NONE, 1, 0, 1),
    F(forward_f16_to_f32, forward, 2.7, F16, F32, APART, LINE, NONE, NONE, 1, 0, 1),
    BOTH(derivative, derivative, 3.4, 4.2, APART, LINE, NONE, 1),
    HALF(derivative, derivative, 0.5, APART, LINE, NONE, 1),
    F(forward_exact_f32, forward, 0.5, F32, F32, APART, LINE, NONE, NONE, 1, 1, 0),
    F(forward_exact_f64, forward, 0.5, F64, F64, APART, LINE, NONE, NONE, 1, 1, 0),
    F(derivative_exact_f32, derivative, 0.5, F32, F32, APART, LINE, NONE, NONE, 1, 1, 0),
    F(derivative_exact_f64, derivative, 0.5, F64, F64, APART, LINE, NONE, NONE, 1, 1, 0),
    {"forward_with_derivative_f32", call_forward_with_derivative_f32, forward_with_derivative, {2.7, 3.4}, F32, F32,
     APART, {LINE, NONE, NONE}, 2, 1, 1},
    {"forward_with_derivative_f64", call_forward_with_derivative_f64, forward_with_derivative, {2.85, 4.2}, F64, F64,
     APART, {LINE, NONE, NONE}, 2, 1, 1},
    F(forward_with_derivative_bf16, forward_with_derivative, 0.5, BF16, BF16, APART, LINE, NONE, NONE, 2, 1, 1),
    F(forward_with_derivative_f16, forward_with_derivative, 0.5, F16, F16, APART, LINE, NONE, NONE, 2, 1, 1),
    BOTH(backward, backward, 2.6, 2.6, APART, UNIT, FACTOR, 1),
    HALF(backward, backward, ROUNDED, APART, UNIT, FACTOR, 0),
    ONE(scaled, scaled, 2.9, 4.0, LINE),
    ONE_EXACT_IN_HALF(silu, silu, 3.5, 3.8, LINE),
    F(silu_bf16_to_f32, silu, 3.5, BF16, F32, APART, LINE, NONE, NONE, 1, 0, 1),
    F(silu_f16_to_f32, silu, 3.5, F16, F32, APART, LINE, NONE, NONE, 1, 0, 1),
    ONE(silu_derivative, silu_derivative, 7.0, 7.9, LINE),
    TWO(silu_backward, silu_backward, 7.5, 8.0, LINE, FACTOR),
    OF_GATES(swiglu_f32, swiglu, oss, 4.2, F32, F32, APART, NONE, 1),
    OF_GATES(swiglu_f64, swiglu, oss, 4.2, F64, F64, APART, NONE, 1),
    OF_GATES(swiglu_bf16, swiglu, oss, ROUNDED, BF16, BF16, APART, NONE, 1),
    OF_GATES(swiglu_f16, swiglu, oss, ROUNDED, F16, F16, APART, NONE, 1),
    OF_GATES(swiglu_bf16_to_f32, swiglu, oss, 4.2, BF16, F32, APART, NONE, 1),
    OF_GATES(swiglu_f16_to_f32, swiglu, oss, 4.2, F16, F32, APART, NONE, 1),
    OF_GATES(swiglu_interleaved_f32, swiglu, oss, 4.2, F32, F32, PAIRS, NONE, 1),
    OF_GATES(swiglu_interleaved_bf16, swiglu, oss, ROUNDED, BF16, BF16, PAIRS, NONE, 1),
    OF_GATES(swiglu_interleaved_f16, swiglu, oss, ROUNDED, F16, F16, PAIRS, NONE, 1),
    OF_GATES(swiglu_interleaved_bf16_to_f32, swiglu, oss, 4.2, BF16, F32, PAIRS, NONE, 1),
    OF_GATES(swiglu_interleaved_f16_to_f32, swiglu, oss, 4.2, F16, F32, PAIRS, NONE, 1),
    OF_GATES(swiglu_halves_f32, swiglu, oss, 4.2, F32, F32, HALVES, NONE, 1),
    OF_GATES(swiglu_halves_f64, swiglu, oss, 4.2, F64, F64, HALVES, NONE, 1),
    OF_GATES(swiglu_halves_bf16, swiglu, oss, ROUNDED, BF16, BF16, HALVES, NONE, 1),
    OF_GATES(swiglu_halves_f16, swiglu, oss, ROUNDED, F16, F16, HALVES, NONE, 1),
    OF_GATES(swiglu_halves_bf16_to_f32, swiglu, oss, 4.2, BF16, F32, HALVES, NONE, 1),
    OF_GATES(swiglu_halves_f16_to_f32, swiglu, oss, 4.2, F16, F32, HALVES, NONE, 1),
    OF_GATES(swiglu_backward_f32, swiglu_backward, oss_backward, 7.7, F32, F32, APART, FACTOR, 2),
    OF_GATES(swiglu_backward_f64, swiglu_backward, oss_backward, 9.0, F64, F64, APART, FACTOR, 2),
    OF_GATES(swiglu_backward_bf16, swiglu_backward, oss_backward, ROUNDED, BF16, BF16, APART, FACTOR, 2),
    OF_GATES(swiglu_backward_f16, swiglu_backward, oss_backward, ROUNDED, F16, F16, APART, FACTOR, 2),
    TWO(glu, glu, 3.5, 4.0, FACTOR, LINE),
    BOTH(glu_halves, glu, 3.5, 4.0, HALVES, FACTOR, LINE, 0),
    HALF(glu_halves, glu, ROUNDED, HALVES, FACTOR, LINE, 0),
    ONE_EXACT_IN_HALF(quick_gelu, quick_gelu, 3.6, 4.5, LINE),
    ONE(gelu_tanh, gelu_tanh, 4.2, 4.5, LINE),
    TWO(gelu_tanh_backward, gelu_tanh_backward, 7.5, 9.0, LINE, FACTOR),
    F(gelu_f32, gelu, 9.0, F32, F32, APART, LINE, NONE, NONE, 1, 0, 1),
    HALF(gelu, gelu, ROUNDED, APART, LINE, NONE, 0),
    ONE_EXACT_IN_HALF(tanh, tanh_, 4.1, 4.1, LINE),
    ONE(tanh_derivative, tanh_derivative, 3.4, 4.2, LINE),
    TWO(tanh_backward, tanh_backward, 3.51, 3.51, SIGNED_UNIT, FACTOR),
    ONE(softplus, softplus, 3.2, 3.2, LINE),
    TWO(softplus_backward, softplus_backward, 3.6, 3.6, LINE, FACTOR),
    ONE(log_sigmoid, log_sigmoid, 3.2, 3.2, LINE),
    TWO(log_sigmoid_backward, log_sigmoid_backward, 3.6, 3.6, LINE, FACTOR),
    ONE(logit, logit, 1.9, 3.5, UNIT),
    TWO(bce_with_logits, bce_with_logits, 3.5, 4.0, LINE, UNIT),
    TWO(bce_with_logits_gradient, bce_with_logits_gradient, 4.0, 4.0, LINE, UNIT),
};

enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof *FUNCTIONS };

#endif
