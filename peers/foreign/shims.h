/* What the Rust side calls: one small shim a library, all behind this header.
 *
 * Every function returns 0 when it worked. `peers_*_new` returns NULL when the library refuses.
 * Inputs and outputs do not overlap, unless a function says that they may. None is aligned.
 */
#ifndef PEERS_SHIMS_H
#define PEERS_SHIMS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* XNNPACK: an operator and, for more than one thread, its pthreadpool. */
struct peers_xnnpack;
struct peers_xnnpack *peers_xnnpack_new(size_t threads);
int peers_xnnpack_sigmoid_f32(struct peers_xnnpack *self, const float *x, float *y, size_t n);
/* x s(x), and then times u if that is not NULL: one operator after the other, over the whole slices. */
int peers_xnnpack_silu_f32(struct peers_xnnpack *self, const float *x, const float *u, float *y, size_t n);
void peers_xnnpack_delete(struct peers_xnnpack *self);

/* oneDNN: primitives by length, made on first use and kept. `y` may be `x` in the forward operation. */
enum peers_onednn_operation {
    PEERS_ONEDNN_FORWARD,
    PEERS_ONEDNN_BACKWARD_FROM_INPUT,
    PEERS_ONEDNN_BACKWARD_FROM_OUTPUT,
    PEERS_ONEDNN_SILU,
    PEERS_ONEDNN_SOFTPLUS,
    PEERS_ONEDNN_LOG_SIGMOID
};
struct peers_onednn;
struct peers_onednn *peers_onednn_new(enum peers_onednn_operation operation, size_t threads);
/* Forward: y = s(x), or one of the last three. `grad` is not read. Backward: y = grad s (1 - s), where x holds the inputs or the
 * outputs of the forward pass. */
int peers_onednn_run_f32(struct peers_onednn *self, const float *x, const float *grad, float *y, size_t n);
void peers_onednn_delete(struct peers_onednn *self);
/* The version of the library that is loaded. */
void peers_onednn_version(int *major, int *minor, int *patch);

/* SLEEF. Whether this CPU can run them is for the caller to know. `y` may be `x`. */
void peers_sleef_avx2_f32(const float *x, float *y, size_t n);
void peers_sleef_avx2_f64(const double *x, double *y, size_t n);
void peers_sleef_avx512_f32(const float *x, float *y, size_t n);
void peers_sleef_avx512_f64(const double *x, double *y, size_t n);
const char *peers_sleef_version(void);

/* Eigen. `y` may be `x`. */
void peers_eigen_f32(const float *x, float *y, size_t n);
void peers_eigen_f64(const double *x, double *y, size_t n);
void peers_eigen_silu_f32(const float *x, float *y, size_t n);
void peers_eigen_swiglu_f32(const float *g, const float *u, float *y, size_t n);
const char *peers_eigen_version(void);
/* The instructions for which it was compiled, in Eigen's own words. */
const char *peers_eigen_instructions(void);

/* A plain loop, as the compiler vectorises it. `_wide` is the same file compiled with
 * -mprefer-vector-width=512. `y` may not be `x`. */
void peers_loop_f32(const float *x, float *y, size_t n);
void peers_loop_f64(const double *x, double *y, size_t n);
void peers_loop_derivative_f32(const float *x, float *y, size_t n);
void peers_loop_derivative_f64(const double *x, double *y, size_t n);
void peers_loop_silu_f32(const float *x, float *y, size_t n);
void peers_loop_softplus_f32(const float *x, float *y, size_t n);
void peers_loop_log_sigmoid_f32(const float *x, float *y, size_t n);
void peers_loop_swiglu_f32(const float *g, const float *u, float *y, size_t n);
void peers_loop_bce_with_logits_f32(const float *x, const float *label, float *y, size_t n);
void peers_loop_wide_f32(const float *x, float *y, size_t n);
void peers_loop_wide_f64(const double *x, double *y, size_t n);
void peers_loop_wide_derivative_f32(const float *x, float *y, size_t n);
void peers_loop_wide_derivative_f64(const double *x, double *y, size_t n);
void peers_loop_wide_silu_f32(const float *x, float *y, size_t n);
void peers_loop_wide_softplus_f32(const float *x, float *y, size_t n);
void peers_loop_wide_log_sigmoid_f32(const float *x, float *y, size_t n);
void peers_loop_wide_swiglu_f32(const float *g, const float *u, float *y, size_t n);
void peers_loop_wide_bce_with_logits_f32(const float *x, const float *label, float *y, size_t n);
const char *peers_loop_compiler(void);

#ifdef __cplusplus
}
#endif

#endif
