/* The crate `sigmoid` for C: kernels for the logistic sigmoid s(x) = 1 / (1 + e^-x), its derivative and what is made of
 * it.
 *
 * Made by cbindgen of the library's own table of functions, by `cargo test -p sigmoid-capi`: do not edit.
 *
 * All functions follow these rules.
 *
 * - A name ends in the format: f32 (float), f64 (double), bf16 and f16 (bfloat16 and IEEE binary16, as the uint16_t
 *   that has their bits); X_to_f32 reads X and writes float.
 * - Inputs and outputs are arrays of n elements. With n = 0 no array is looked at.
 * - An output may be an input: the same pointer, for the same format and length. Other overlaps are an error.
 * - Where the status is not SIGMOID_STATUS_OK nothing was written (but for SIGMOID_STATUS_INTERNAL_ERROR, a defect). No
 *   function aborts, throws or takes a lock, and none allocates or starts threads unless `parallel` asks for it.
 * - The functions X_ex take options in addition. A null pointer means the defaults.
 * - An element's result has the same bits at any position and length, on any number of threads, in place or not.
 * - Any thread may call any function at any time.
 */


#ifndef SIGMOID_H
#define SIGMOID_H

#include <stddef.h>
#include <stdint.h>

/* Fast, on the fastest backend, on this thread: for `sigmoid_options options = SIGMOID_OPTIONS_INIT;`. */
#define SIGMOID_OPTIONS_INIT { sizeof(sigmoid_options), SIGMOID_ACCURACY_FAST, SIGMOID_BACKEND_FASTEST, 0 }


/**
 * What became of a call. But for SIGMOID_STATUS_OK and SIGMOID_STATUS_INTERNAL_ERROR, nothing was written.
 */
typedef enum {
    /**
     * The results are there.
     */
    SIGMOID_STATUS_OK = 0,
    /**
     * A pointer is null, and n is not 0.
     */
    SIGMOID_STATUS_NULL_POINTER = 1,
    /**
     * A pointer is not a multiple of its elements' alignment.
     */
    SIGMOID_STATUS_MISALIGNED_POINTER = 2,
    /**
     * An output overlaps an input or the other output. (It may be an input: the same pointer, as many bytes.)
     */
    SIGMOID_STATUS_OVERLAP = 3,
    /**
     * So many elements do not fit into memory.
     */
    SIGMOID_STATUS_TOO_LONG = 4,
    /**
     * The size that the options carry is smaller than any version of them had, or they ask for something that this
     * version of the library does not know.
     */
    SIGMOID_STATUS_INVALID_OPTIONS = 5,
    /**
     * The accuracy is none of sigmoid_accuracy.
     */
    SIGMOID_STATUS_UNKNOWN_ACCURACY = 6,
    /**
     * The backend is none of sigmoid_backend.
     */
    SIGMOID_STATUS_UNKNOWN_BACKEND = 7,
    /**
     * This CPU does not have the backend's instructions.
     */
    SIGMOID_STATUS_UNAVAILABLE_BACKEND = 8,
    /**
     * SIGMOID_ACCURACY_EXACT was asked of an operation that has no proof for it.
     */
    SIGMOID_STATUS_NOT_EXACT = 9,
    /**
     * A parameter is not in the range that its operation is made for.
     */
    SIGMOID_STATUS_INVALID_PARAMETER = 10,
    /**
     * A defect of the library, and the only status after which outputs may have been written. Please report it.
     */
    SIGMOID_STATUS_INTERNAL_ERROR = 11,
} sigmoid_status;

/**
 * How exact the results are.
 */
typedef enum {
    /**
     * Within a few units in the last place.
     */
    SIGMOID_ACCURACY_FAST = 0,
    /**
     * The number nearest to the true value, with the same bits on every machine.
     */
    SIGMOID_ACCURACY_EXACT = 1,
} sigmoid_accuracy;

/**
 * The instructions and registers that compute.
 */
typedef enum {
    /**
     * The fastest that this CPU has.
     */
    SIGMOID_BACKEND_FASTEST = 0,
    /**
     * The scalar reference, element by element: what the others are tested against.
     */
    SIGMOID_BACKEND_SCALAR = 1,
    /**
     * What every CPU of this architecture has.
     */
    SIGMOID_BACKEND_WIDE = 2,
    /**
     * x86-64 with AVX2, FMA and F16C.
     */
    SIGMOID_BACKEND_AVX2 = 3,
    /**
     * x86-64 with AVX-512 F, DQ, BW and VL.
     */
    SIGMOID_BACKEND_AVX512 = 4,
} sigmoid_backend;

/**
 * How to compute. SIGMOID_OPTIONS_INIT is the default; so is a null pointer. The size says which version of this
 * struct a program was compiled with, so that later versions of the library can add members.
 */
typedef struct {
    /**
     * sizeof(sigmoid_options)
     */
    uint32_t size;
    /**
     * One of sigmoid_accuracy.
     */
    uint32_t accuracy;
    /**
     * One of sigmoid_backend.
     */
    uint32_t backend;
    /**
     * Other than 0: long arrays are shared among the threads of a pool, which the first such call starts and which
     * stays, of as many threads as the environment variable RAYON_NUM_THREADS says, or the CPU has. Not after a fork.
     */
    uint32_t parallel;
} sigmoid_options;

/**
 * What a SwiGLU gate is: min(g, limit) s(alpha min(g, limit)) (clamp(u, -limit, limit) + offset). A null pointer means
 * { 1, INFINITY, 0 }, which is silu(g) u.
 */
typedef struct {
    /**
     * How steep the gate is: 0, or its magnitude from 2^-10 to 2^10.
     */
    float alpha;
    /**
     * What g and |u| count as at the most: not negative.
     */
    float limit;
    /**
     * What is added to u: finite.
     */
    float offset;
} sigmoid_swiglu_parameters;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The status in English: a string that is never freed, of any number.
 */
const char *sigmoid_status_string(uint32_t status);

/**
 * The version of the library: a string that is never freed.
 */
const char *sigmoid_version(void);

/**
 * The backend that SIGMOID_BACKEND_FASTEST stands for on this CPU: one of sigmoid_backend.
 */
uint32_t sigmoid_fastest_backend(void);

/**
 * Whether this CPU can run a backend: SIGMOID_STATUS_OK, SIGMOID_STATUS_UNAVAILABLE_BACKEND or
 * SIGMOID_STATUS_UNKNOWN_BACKEND.
 */
sigmoid_status sigmoid_backend_status(uint32_t backend);

/**
 * The name of a backend in lower case, a string that is never freed; null if there is no such backend.
 */
const char *sigmoid_backend_name(uint32_t backend);

/**
 * y[i] = the number nearest to s(x[i]), with the same bits on every machine.
 */
sigmoid_status sigmoid_forward_exact_f32(const float *x, float *y, size_t n);

/**
 * y[i] = the number nearest to s(x[i]), with the same bits on every machine.
 */
sigmoid_status sigmoid_forward_exact_f64(const double *x, double *y, size_t n);

/**
 * dy[i] = the number nearest to s'(x[i]), with the same bits on every machine.
 */
sigmoid_status sigmoid_derivative_exact_f32(const float *x, float *dy, size_t n);

/**
 * dy[i] = the number nearest to s'(x[i]), with the same bits on every machine.
 */
sigmoid_status sigmoid_derivative_exact_f64(const double *x, double *dy, size_t n);

/**
 * y[i] = s(x[i]) = 1 / (1 + e^-x[i])
 */
sigmoid_status sigmoid_forward_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_forward_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_forward_f64(const double *x, double *y, size_t n);

sigmoid_status sigmoid_forward_f64_ex(const double *x, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_forward_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_forward_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_forward_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_forward_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * The same into f32.
 */
sigmoid_status sigmoid_forward_bf16_to_f32(const uint16_t *x, float *y, size_t n);

sigmoid_status sigmoid_forward_bf16_to_f32_ex(const uint16_t *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_forward_f16_to_f32(const uint16_t *x, float *y, size_t n);

sigmoid_status sigmoid_forward_f16_to_f32_ex(const uint16_t *x, float *y, size_t n, const sigmoid_options *options);

/**
 * dy[i] = s'(x[i]), from the inputs: nothing cancels.
 */
sigmoid_status sigmoid_derivative_f32(const float *x, float *dy, size_t n);

sigmoid_status sigmoid_derivative_f32_ex(const float *x, float *dy, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_derivative_f64(const double *x, double *dy, size_t n);

sigmoid_status sigmoid_derivative_f64_ex(const double *x, double *dy, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_derivative_bf16(const uint16_t *x, uint16_t *dy, size_t n);

sigmoid_status sigmoid_derivative_bf16_ex(const uint16_t *x, uint16_t *dy, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_derivative_f16(const uint16_t *x, uint16_t *dy, size_t n);

sigmoid_status sigmoid_derivative_f16_ex(const uint16_t *x, uint16_t *dy, size_t n, const sigmoid_options *options);

/**
 * y[i] = s(x[i]) and dy[i] = s'(x[i]), in one pass.
 */
sigmoid_status sigmoid_forward_with_derivative_f32(const float *x, float *y, float *dy, size_t n);

sigmoid_status sigmoid_forward_with_derivative_f32_ex(const float *x,
                                                      float *y,
                                                      float *dy,
                                                      size_t n,
                                                      const sigmoid_options *options);

sigmoid_status sigmoid_forward_with_derivative_f64(const double *x, double *y, double *dy, size_t n);

sigmoid_status sigmoid_forward_with_derivative_f64_ex(const double *x,
                                                      double *y,
                                                      double *dy,
                                                      size_t n,
                                                      const sigmoid_options *options);

sigmoid_status sigmoid_forward_with_derivative_bf16(const uint16_t *x, uint16_t *y, uint16_t *dy, size_t n);

sigmoid_status sigmoid_forward_with_derivative_bf16_ex(const uint16_t *x,
                                                       uint16_t *y,
                                                       uint16_t *dy,
                                                       size_t n,
                                                       const sigmoid_options *options);

sigmoid_status sigmoid_forward_with_derivative_f16(const uint16_t *x, uint16_t *y, uint16_t *dy, size_t n);

sigmoid_status sigmoid_forward_with_derivative_f16_ex(const uint16_t *x,
                                                      uint16_t *y,
                                                      uint16_t *dy,
                                                      size_t n,
                                                      const sigmoid_options *options);

/**
 * grad_in[i] = grad_out[i] s[i] (1 - s[i]), from the outputs s of the forward pass.
 */
sigmoid_status sigmoid_backward_f32(const float *s, const float *grad_out, float *grad_in, size_t n);

sigmoid_status sigmoid_backward_f32_ex(const float *s,
                                       const float *grad_out,
                                       float *grad_in,
                                       size_t n,
                                       const sigmoid_options *options);

sigmoid_status sigmoid_backward_f64(const double *s, const double *grad_out, double *grad_in, size_t n);

sigmoid_status sigmoid_backward_f64_ex(const double *s,
                                       const double *grad_out,
                                       double *grad_in,
                                       size_t n,
                                       const sigmoid_options *options);

sigmoid_status sigmoid_backward_bf16(const uint16_t *s, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_backward_bf16_ex(const uint16_t *s,
                                        const uint16_t *grad_out,
                                        uint16_t *grad_in,
                                        size_t n,
                                        const sigmoid_options *options);

sigmoid_status sigmoid_backward_f16(const uint16_t *s, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_backward_f16_ex(const uint16_t *s,
                                       const uint16_t *grad_out,
                                       uint16_t *grad_in,
                                       size_t n,
                                       const sigmoid_options *options);

/**
 * y[i] = s(c x[i]), of a c that is 0 or whose magnitude is from 2^-10 to 2^10. The product is not rounded.
 */
sigmoid_status sigmoid_scaled_f32(const float *x, float *y, size_t n, float c);

sigmoid_status sigmoid_scaled_f32_ex(const float *x, float *y, size_t n, float c, const sigmoid_options *options);

sigmoid_status sigmoid_scaled_f64(const double *x, double *y, size_t n, float c);

sigmoid_status sigmoid_scaled_f64_ex(const double *x, double *y, size_t n, float c, const sigmoid_options *options);

sigmoid_status sigmoid_scaled_bf16(const uint16_t *x, uint16_t *y, size_t n, float c);

sigmoid_status sigmoid_scaled_bf16_ex(const uint16_t *x,
                                      uint16_t *y,
                                      size_t n,
                                      float c,
                                      const sigmoid_options *options);

sigmoid_status sigmoid_scaled_f16(const uint16_t *x, uint16_t *y, size_t n, float c);

sigmoid_status sigmoid_scaled_f16_ex(const uint16_t *x, uint16_t *y, size_t n, float c, const sigmoid_options *options);

/**
 * y[i] = x[i] s(x[i])
 */
sigmoid_status sigmoid_silu_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_silu_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_silu_f64(const double *x, double *y, size_t n);

sigmoid_status sigmoid_silu_f64_ex(const double *x, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_silu_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_silu_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_silu_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_silu_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * The same into f32.
 */
sigmoid_status sigmoid_silu_bf16_to_f32(const uint16_t *x, float *y, size_t n);

sigmoid_status sigmoid_silu_bf16_to_f32_ex(const uint16_t *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_silu_f16_to_f32(const uint16_t *x, float *y, size_t n);

sigmoid_status sigmoid_silu_f16_to_f32_ex(const uint16_t *x, float *y, size_t n, const sigmoid_options *options);

/**
 * dy[i] = silu'(x[i]), the derivative of x s(x).
 */
sigmoid_status sigmoid_silu_derivative_f32(const float *x, float *dy, size_t n);

sigmoid_status sigmoid_silu_derivative_f32_ex(const float *x, float *dy, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_silu_derivative_f64(const double *x, double *dy, size_t n);

sigmoid_status sigmoid_silu_derivative_f64_ex(const double *x, double *dy, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_silu_derivative_bf16(const uint16_t *x, uint16_t *dy, size_t n);

sigmoid_status sigmoid_silu_derivative_bf16_ex(const uint16_t *x,
                                               uint16_t *dy,
                                               size_t n,
                                               const sigmoid_options *options);

sigmoid_status sigmoid_silu_derivative_f16(const uint16_t *x, uint16_t *dy, size_t n);

sigmoid_status sigmoid_silu_derivative_f16_ex(const uint16_t *x,
                                              uint16_t *dy,
                                              size_t n,
                                              const sigmoid_options *options);

/**
 * grad_in[i] = grad_out[i] silu'(x[i])
 */
sigmoid_status sigmoid_silu_backward_f32(const float *x, const float *grad_out, float *grad_in, size_t n);

sigmoid_status sigmoid_silu_backward_f32_ex(const float *x,
                                            const float *grad_out,
                                            float *grad_in,
                                            size_t n,
                                            const sigmoid_options *options);

sigmoid_status sigmoid_silu_backward_f64(const double *x, const double *grad_out, double *grad_in, size_t n);

sigmoid_status sigmoid_silu_backward_f64_ex(const double *x,
                                            const double *grad_out,
                                            double *grad_in,
                                            size_t n,
                                            const sigmoid_options *options);

sigmoid_status sigmoid_silu_backward_bf16(const uint16_t *x, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_silu_backward_bf16_ex(const uint16_t *x,
                                             const uint16_t *grad_out,
                                             uint16_t *grad_in,
                                             size_t n,
                                             const sigmoid_options *options);

sigmoid_status sigmoid_silu_backward_f16(const uint16_t *x, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_silu_backward_f16_ex(const uint16_t *x,
                                            const uint16_t *grad_out,
                                            uint16_t *grad_in,
                                            size_t n,
                                            const sigmoid_options *options);

/**
 * y[i] = silu(gate[i]) up[i], or what the parameters say.
 */
sigmoid_status sigmoid_swiglu_f32(const float *gate, const float *up, float *y, size_t n);

sigmoid_status sigmoid_swiglu_f32_ex(const float *gate,
                                     const float *up,
                                     float *y,
                                     size_t n,
                                     const sigmoid_swiglu_parameters *parameters,
                                     const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_f64(const double *gate, const double *up, double *y, size_t n);

sigmoid_status sigmoid_swiglu_f64_ex(const double *gate,
                                     const double *up,
                                     double *y,
                                     size_t n,
                                     const sigmoid_swiglu_parameters *parameters,
                                     const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_bf16(const uint16_t *gate, const uint16_t *up, uint16_t *y, size_t n);

sigmoid_status sigmoid_swiglu_bf16_ex(const uint16_t *gate,
                                      const uint16_t *up,
                                      uint16_t *y,
                                      size_t n,
                                      const sigmoid_swiglu_parameters *parameters,
                                      const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_f16(const uint16_t *gate, const uint16_t *up, uint16_t *y, size_t n);

sigmoid_status sigmoid_swiglu_f16_ex(const uint16_t *gate,
                                     const uint16_t *up,
                                     uint16_t *y,
                                     size_t n,
                                     const sigmoid_swiglu_parameters *parameters,
                                     const sigmoid_options *options);

/**
 * The same into f32.
 */
sigmoid_status sigmoid_swiglu_bf16_to_f32(const uint16_t *gate, const uint16_t *up, float *y, size_t n);

sigmoid_status sigmoid_swiglu_bf16_to_f32_ex(const uint16_t *gate,
                                             const uint16_t *up,
                                             float *y,
                                             size_t n,
                                             const sigmoid_swiglu_parameters *parameters,
                                             const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_f16_to_f32(const uint16_t *gate, const uint16_t *up, float *y, size_t n);

sigmoid_status sigmoid_swiglu_f16_to_f32_ex(const uint16_t *gate,
                                            const uint16_t *up,
                                            float *y,
                                            size_t n,
                                            const sigmoid_swiglu_parameters *parameters,
                                            const sigmoid_options *options);

/**
 * sigmoid_swiglu of n pairs: gate[0], up[0], gate[1], up[1], ...
 */
sigmoid_status sigmoid_swiglu_interleaved_f32(const float *pairs, float *y, size_t n);

sigmoid_status sigmoid_swiglu_interleaved_f32_ex(const float *pairs,
                                                 float *y,
                                                 size_t n,
                                                 const sigmoid_swiglu_parameters *parameters,
                                                 const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_interleaved_bf16(const uint16_t *pairs, uint16_t *y, size_t n);

sigmoid_status sigmoid_swiglu_interleaved_bf16_ex(const uint16_t *pairs,
                                                  uint16_t *y,
                                                  size_t n,
                                                  const sigmoid_swiglu_parameters *parameters,
                                                  const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_interleaved_f16(const uint16_t *pairs, uint16_t *y, size_t n);

sigmoid_status sigmoid_swiglu_interleaved_f16_ex(const uint16_t *pairs,
                                                 uint16_t *y,
                                                 size_t n,
                                                 const sigmoid_swiglu_parameters *parameters,
                                                 const sigmoid_options *options);

/**
 * The same into f32.
 */
sigmoid_status sigmoid_swiglu_interleaved_bf16_to_f32(const uint16_t *pairs, float *y, size_t n);

sigmoid_status sigmoid_swiglu_interleaved_bf16_to_f32_ex(const uint16_t *pairs,
                                                         float *y,
                                                         size_t n,
                                                         const sigmoid_swiglu_parameters *parameters,
                                                         const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_interleaved_f16_to_f32(const uint16_t *pairs, float *y, size_t n);

sigmoid_status sigmoid_swiglu_interleaved_f16_to_f32_ex(const uint16_t *pairs,
                                                        float *y,
                                                        size_t n,
                                                        const sigmoid_swiglu_parameters *parameters,
                                                        const sigmoid_options *options);

/**
 * sigmoid_swiglu of rows, of which each is n gate and then n up.
 */
sigmoid_status sigmoid_swiglu_halves_f32(const float *rows, float *y, size_t n, size_t count);

sigmoid_status sigmoid_swiglu_halves_f32_ex(const float *rows,
                                            float *y,
                                            size_t n,
                                            size_t count,
                                            const sigmoid_swiglu_parameters *parameters,
                                            const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_halves_f64(const double *rows, double *y, size_t n, size_t count);

sigmoid_status sigmoid_swiglu_halves_f64_ex(const double *rows,
                                            double *y,
                                            size_t n,
                                            size_t count,
                                            const sigmoid_swiglu_parameters *parameters,
                                            const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_halves_bf16(const uint16_t *rows, uint16_t *y, size_t n, size_t count);

sigmoid_status sigmoid_swiglu_halves_bf16_ex(const uint16_t *rows,
                                             uint16_t *y,
                                             size_t n,
                                             size_t count,
                                             const sigmoid_swiglu_parameters *parameters,
                                             const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_halves_f16(const uint16_t *rows, uint16_t *y, size_t n, size_t count);

sigmoid_status sigmoid_swiglu_halves_f16_ex(const uint16_t *rows,
                                            uint16_t *y,
                                            size_t n,
                                            size_t count,
                                            const sigmoid_swiglu_parameters *parameters,
                                            const sigmoid_options *options);

/**
 * The same into f32.
 */
sigmoid_status sigmoid_swiglu_halves_bf16_to_f32(const uint16_t *rows, float *y, size_t n, size_t count);

sigmoid_status sigmoid_swiglu_halves_bf16_to_f32_ex(const uint16_t *rows,
                                                    float *y,
                                                    size_t n,
                                                    size_t count,
                                                    const sigmoid_swiglu_parameters *parameters,
                                                    const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_halves_f16_to_f32(const uint16_t *rows, float *y, size_t n, size_t count);

sigmoid_status sigmoid_swiglu_halves_f16_to_f32_ex(const uint16_t *rows,
                                                   float *y,
                                                   size_t n,
                                                   size_t count,
                                                   const sigmoid_swiglu_parameters *parameters,
                                                   const sigmoid_options *options);

/**
 * The gradients of gate and up through sigmoid_swiglu, from those of its results.
 */
sigmoid_status sigmoid_swiglu_backward_f32(const float *gate,
                                           const float *up,
                                           const float *grad_out,
                                           float *grad_gate,
                                           float *grad_up,
                                           size_t n);

sigmoid_status sigmoid_swiglu_backward_f32_ex(const float *gate,
                                              const float *up,
                                              const float *grad_out,
                                              float *grad_gate,
                                              float *grad_up,
                                              size_t n,
                                              const sigmoid_swiglu_parameters *parameters,
                                              const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_backward_f64(const double *gate,
                                           const double *up,
                                           const double *grad_out,
                                           double *grad_gate,
                                           double *grad_up,
                                           size_t n);

sigmoid_status sigmoid_swiglu_backward_f64_ex(const double *gate,
                                              const double *up,
                                              const double *grad_out,
                                              double *grad_gate,
                                              double *grad_up,
                                              size_t n,
                                              const sigmoid_swiglu_parameters *parameters,
                                              const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_backward_bf16(const uint16_t *gate,
                                            const uint16_t *up,
                                            const uint16_t *grad_out,
                                            uint16_t *grad_gate,
                                            uint16_t *grad_up,
                                            size_t n);

sigmoid_status sigmoid_swiglu_backward_bf16_ex(const uint16_t *gate,
                                               const uint16_t *up,
                                               const uint16_t *grad_out,
                                               uint16_t *grad_gate,
                                               uint16_t *grad_up,
                                               size_t n,
                                               const sigmoid_swiglu_parameters *parameters,
                                               const sigmoid_options *options);

sigmoid_status sigmoid_swiglu_backward_f16(const uint16_t *gate,
                                           const uint16_t *up,
                                           const uint16_t *grad_out,
                                           uint16_t *grad_gate,
                                           uint16_t *grad_up,
                                           size_t n);

sigmoid_status sigmoid_swiglu_backward_f16_ex(const uint16_t *gate,
                                              const uint16_t *up,
                                              const uint16_t *grad_out,
                                              uint16_t *grad_gate,
                                              uint16_t *grad_up,
                                              size_t n,
                                              const sigmoid_swiglu_parameters *parameters,
                                              const sigmoid_options *options);

/**
 * y[i] = a[i] s(b[i])
 */
sigmoid_status sigmoid_glu_f32(const float *a, const float *b, float *y, size_t n);

sigmoid_status sigmoid_glu_f32_ex(const float *a, const float *b, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_glu_f64(const double *a, const double *b, double *y, size_t n);

sigmoid_status sigmoid_glu_f64_ex(const double *a,
                                  const double *b,
                                  double *y,
                                  size_t n,
                                  const sigmoid_options *options);

sigmoid_status sigmoid_glu_bf16(const uint16_t *a, const uint16_t *b, uint16_t *y, size_t n);

sigmoid_status sigmoid_glu_bf16_ex(const uint16_t *a,
                                   const uint16_t *b,
                                   uint16_t *y,
                                   size_t n,
                                   const sigmoid_options *options);

sigmoid_status sigmoid_glu_f16(const uint16_t *a, const uint16_t *b, uint16_t *y, size_t n);

sigmoid_status sigmoid_glu_f16_ex(const uint16_t *a,
                                  const uint16_t *b,
                                  uint16_t *y,
                                  size_t n,
                                  const sigmoid_options *options);

/**
 * sigmoid_glu of rows, of which each is n a and then n b.
 */
sigmoid_status sigmoid_glu_halves_f32(const float *rows, float *y, size_t n, size_t count);

sigmoid_status sigmoid_glu_halves_f32_ex(const float *rows,
                                         float *y,
                                         size_t n,
                                         size_t count,
                                         const sigmoid_options *options);

sigmoid_status sigmoid_glu_halves_f64(const double *rows, double *y, size_t n, size_t count);

sigmoid_status sigmoid_glu_halves_f64_ex(const double *rows,
                                         double *y,
                                         size_t n,
                                         size_t count,
                                         const sigmoid_options *options);

sigmoid_status sigmoid_glu_halves_bf16(const uint16_t *rows, uint16_t *y, size_t n, size_t count);

sigmoid_status sigmoid_glu_halves_bf16_ex(const uint16_t *rows,
                                          uint16_t *y,
                                          size_t n,
                                          size_t count,
                                          const sigmoid_options *options);

sigmoid_status sigmoid_glu_halves_f16(const uint16_t *rows, uint16_t *y, size_t n, size_t count);

sigmoid_status sigmoid_glu_halves_f16_ex(const uint16_t *rows,
                                         uint16_t *y,
                                         size_t n,
                                         size_t count,
                                         const sigmoid_options *options);

/**
 * y[i] = x[i] s(1.702 x[i])
 */
sigmoid_status sigmoid_quick_gelu_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_quick_gelu_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_quick_gelu_f64(const double *x, double *y, size_t n);

sigmoid_status sigmoid_quick_gelu_f64_ex(const double *x, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_quick_gelu_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_quick_gelu_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_quick_gelu_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_quick_gelu_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * y[i] = x[i]/2 (1 + tanh(sqrt(2 / pi) (x[i] + 0.044715 x[i]^3)))
 */
sigmoid_status sigmoid_gelu_tanh_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_gelu_tanh_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_gelu_tanh_f64(const double *x, double *y, size_t n);

sigmoid_status sigmoid_gelu_tanh_f64_ex(const double *x, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_gelu_tanh_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_gelu_tanh_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_gelu_tanh_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_gelu_tanh_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * grad_in[i] = grad_out[i] times the derivative of sigmoid_gelu_tanh at x[i].
 */
sigmoid_status sigmoid_gelu_tanh_backward_f32(const float *x, const float *grad_out, float *grad_in, size_t n);

sigmoid_status sigmoid_gelu_tanh_backward_f32_ex(const float *x,
                                                 const float *grad_out,
                                                 float *grad_in,
                                                 size_t n,
                                                 const sigmoid_options *options);

sigmoid_status sigmoid_gelu_tanh_backward_f64(const double *x, const double *grad_out, double *grad_in, size_t n);

sigmoid_status sigmoid_gelu_tanh_backward_f64_ex(const double *x,
                                                 const double *grad_out,
                                                 double *grad_in,
                                                 size_t n,
                                                 const sigmoid_options *options);

sigmoid_status sigmoid_gelu_tanh_backward_bf16(const uint16_t *x,
                                               const uint16_t *grad_out,
                                               uint16_t *grad_in,
                                               size_t n);

sigmoid_status sigmoid_gelu_tanh_backward_bf16_ex(const uint16_t *x,
                                                  const uint16_t *grad_out,
                                                  uint16_t *grad_in,
                                                  size_t n,
                                                  const sigmoid_options *options);

sigmoid_status sigmoid_gelu_tanh_backward_f16(const uint16_t *x, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_gelu_tanh_backward_f16_ex(const uint16_t *x,
                                                 const uint16_t *grad_out,
                                                 uint16_t *grad_in,
                                                 size_t n,
                                                 const sigmoid_options *options);

/**
 * y[i] = x[i]/2 (1 + erf(x[i] / sqrt(2)))
 */
sigmoid_status sigmoid_gelu_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_gelu_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_gelu_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_gelu_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_gelu_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_gelu_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * y[i] = tanh(x[i])
 */
sigmoid_status sigmoid_tanh_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_tanh_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_tanh_f64(const double *x, double *y, size_t n);

sigmoid_status sigmoid_tanh_f64_ex(const double *x, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_tanh_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_tanh_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_tanh_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_tanh_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * dy[i] = 1 - tanh(x[i])^2, from the inputs: nothing cancels.
 */
sigmoid_status sigmoid_tanh_derivative_f32(const float *x, float *dy, size_t n);

sigmoid_status sigmoid_tanh_derivative_f32_ex(const float *x, float *dy, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_tanh_derivative_f64(const double *x, double *dy, size_t n);

sigmoid_status sigmoid_tanh_derivative_f64_ex(const double *x, double *dy, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_tanh_derivative_bf16(const uint16_t *x, uint16_t *dy, size_t n);

sigmoid_status sigmoid_tanh_derivative_bf16_ex(const uint16_t *x,
                                               uint16_t *dy,
                                               size_t n,
                                               const sigmoid_options *options);

sigmoid_status sigmoid_tanh_derivative_f16(const uint16_t *x, uint16_t *dy, size_t n);

sigmoid_status sigmoid_tanh_derivative_f16_ex(const uint16_t *x,
                                              uint16_t *dy,
                                              size_t n,
                                              const sigmoid_options *options);

/**
 * grad_in[i] = grad_out[i] (1 - y[i]^2), from the outputs y of sigmoid_tanh.
 */
sigmoid_status sigmoid_tanh_backward_f32(const float *y, const float *grad_out, float *grad_in, size_t n);

sigmoid_status sigmoid_tanh_backward_f32_ex(const float *y,
                                            const float *grad_out,
                                            float *grad_in,
                                            size_t n,
                                            const sigmoid_options *options);

sigmoid_status sigmoid_tanh_backward_f64(const double *y, const double *grad_out, double *grad_in, size_t n);

sigmoid_status sigmoid_tanh_backward_f64_ex(const double *y,
                                            const double *grad_out,
                                            double *grad_in,
                                            size_t n,
                                            const sigmoid_options *options);

sigmoid_status sigmoid_tanh_backward_bf16(const uint16_t *y, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_tanh_backward_bf16_ex(const uint16_t *y,
                                             const uint16_t *grad_out,
                                             uint16_t *grad_in,
                                             size_t n,
                                             const sigmoid_options *options);

sigmoid_status sigmoid_tanh_backward_f16(const uint16_t *y, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_tanh_backward_f16_ex(const uint16_t *y,
                                            const uint16_t *grad_out,
                                            uint16_t *grad_in,
                                            size_t n,
                                            const sigmoid_options *options);

/**
 * y[i] = ln(1 + e^x[i])
 */
sigmoid_status sigmoid_softplus_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_softplus_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_softplus_f64(const double *x, double *y, size_t n);

sigmoid_status sigmoid_softplus_f64_ex(const double *x, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_softplus_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_softplus_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_softplus_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_softplus_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * grad_in[i] = grad_out[i] s(x[i]), the way back through sigmoid_softplus.
 */
sigmoid_status sigmoid_softplus_backward_f32(const float *x, const float *grad_out, float *grad_in, size_t n);

sigmoid_status sigmoid_softplus_backward_f32_ex(const float *x,
                                                const float *grad_out,
                                                float *grad_in,
                                                size_t n,
                                                const sigmoid_options *options);

sigmoid_status sigmoid_softplus_backward_f64(const double *x, const double *grad_out, double *grad_in, size_t n);

sigmoid_status sigmoid_softplus_backward_f64_ex(const double *x,
                                                const double *grad_out,
                                                double *grad_in,
                                                size_t n,
                                                const sigmoid_options *options);

sigmoid_status sigmoid_softplus_backward_bf16(const uint16_t *x, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_softplus_backward_bf16_ex(const uint16_t *x,
                                                 const uint16_t *grad_out,
                                                 uint16_t *grad_in,
                                                 size_t n,
                                                 const sigmoid_options *options);

sigmoid_status sigmoid_softplus_backward_f16(const uint16_t *x, const uint16_t *grad_out, uint16_t *grad_in, size_t n);

sigmoid_status sigmoid_softplus_backward_f16_ex(const uint16_t *x,
                                                const uint16_t *grad_out,
                                                uint16_t *grad_in,
                                                size_t n,
                                                const sigmoid_options *options);

/**
 * y[i] = ln s(x[i])
 */
sigmoid_status sigmoid_log_sigmoid_f32(const float *x, float *y, size_t n);

sigmoid_status sigmoid_log_sigmoid_f32_ex(const float *x, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_log_sigmoid_f64(const double *x, double *y, size_t n);

sigmoid_status sigmoid_log_sigmoid_f64_ex(const double *x, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_log_sigmoid_bf16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_log_sigmoid_bf16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_log_sigmoid_f16(const uint16_t *x, uint16_t *y, size_t n);

sigmoid_status sigmoid_log_sigmoid_f16_ex(const uint16_t *x, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * grad_in[i] = grad_out[i] s(-x[i]), the way back through sigmoid_log_sigmoid.
 */
sigmoid_status sigmoid_log_sigmoid_backward_f32(const float *x, const float *grad_out, float *grad_in, size_t n);

sigmoid_status sigmoid_log_sigmoid_backward_f32_ex(const float *x,
                                                   const float *grad_out,
                                                   float *grad_in,
                                                   size_t n,
                                                   const sigmoid_options *options);

sigmoid_status sigmoid_log_sigmoid_backward_f64(const double *x, const double *grad_out, double *grad_in, size_t n);

sigmoid_status sigmoid_log_sigmoid_backward_f64_ex(const double *x,
                                                   const double *grad_out,
                                                   double *grad_in,
                                                   size_t n,
                                                   const sigmoid_options *options);

sigmoid_status sigmoid_log_sigmoid_backward_bf16(const uint16_t *x,
                                                 const uint16_t *grad_out,
                                                 uint16_t *grad_in,
                                                 size_t n);

sigmoid_status sigmoid_log_sigmoid_backward_bf16_ex(const uint16_t *x,
                                                    const uint16_t *grad_out,
                                                    uint16_t *grad_in,
                                                    size_t n,
                                                    const sigmoid_options *options);

sigmoid_status sigmoid_log_sigmoid_backward_f16(const uint16_t *x,
                                                const uint16_t *grad_out,
                                                uint16_t *grad_in,
                                                size_t n);

sigmoid_status sigmoid_log_sigmoid_backward_f16_ex(const uint16_t *x,
                                                   const uint16_t *grad_out,
                                                   uint16_t *grad_in,
                                                   size_t n,
                                                   const sigmoid_options *options);

/**
 * y[i] = ln(p[i] / (1 - p[i])), the inverse of the sigmoid: NaN outside of [0, 1].
 */
sigmoid_status sigmoid_logit_f32(const float *p, float *y, size_t n);

sigmoid_status sigmoid_logit_f32_ex(const float *p, float *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_logit_f64(const double *p, double *y, size_t n);

sigmoid_status sigmoid_logit_f64_ex(const double *p, double *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_logit_bf16(const uint16_t *p, uint16_t *y, size_t n);

sigmoid_status sigmoid_logit_bf16_ex(const uint16_t *p, uint16_t *y, size_t n, const sigmoid_options *options);

sigmoid_status sigmoid_logit_f16(const uint16_t *p, uint16_t *y, size_t n);

sigmoid_status sigmoid_logit_f16_ex(const uint16_t *p, uint16_t *y, size_t n, const sigmoid_options *options);

/**
 * loss[i] = the binary cross entropy of the logit x[i] and the label z[i] in [0, 1].
 */
sigmoid_status sigmoid_bce_with_logits_f32(const float *x, const float *z, float *loss, size_t n);

sigmoid_status sigmoid_bce_with_logits_f32_ex(const float *x,
                                              const float *z,
                                              float *loss,
                                              size_t n,
                                              const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_f64(const double *x, const double *z, double *loss, size_t n);

sigmoid_status sigmoid_bce_with_logits_f64_ex(const double *x,
                                              const double *z,
                                              double *loss,
                                              size_t n,
                                              const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_bf16(const uint16_t *x, const uint16_t *z, uint16_t *loss, size_t n);

sigmoid_status sigmoid_bce_with_logits_bf16_ex(const uint16_t *x,
                                               const uint16_t *z,
                                               uint16_t *loss,
                                               size_t n,
                                               const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_f16(const uint16_t *x, const uint16_t *z, uint16_t *loss, size_t n);

sigmoid_status sigmoid_bce_with_logits_f16_ex(const uint16_t *x,
                                              const uint16_t *z,
                                              uint16_t *loss,
                                              size_t n,
                                              const sigmoid_options *options);

/**
 * grad[i] = s(x[i]) - z[i], the gradient of sigmoid_bce_with_logits for x.
 */
sigmoid_status sigmoid_bce_with_logits_gradient_f32(const float *x, const float *z, float *grad, size_t n);

sigmoid_status sigmoid_bce_with_logits_gradient_f32_ex(const float *x,
                                                       const float *z,
                                                       float *grad,
                                                       size_t n,
                                                       const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_gradient_f64(const double *x, const double *z, double *grad, size_t n);

sigmoid_status sigmoid_bce_with_logits_gradient_f64_ex(const double *x,
                                                       const double *z,
                                                       double *grad,
                                                       size_t n,
                                                       const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_gradient_bf16(const uint16_t *x, const uint16_t *z, uint16_t *grad, size_t n);

sigmoid_status sigmoid_bce_with_logits_gradient_bf16_ex(const uint16_t *x,
                                                        const uint16_t *z,
                                                        uint16_t *grad,
                                                        size_t n,
                                                        const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_gradient_f16(const uint16_t *x, const uint16_t *z, uint16_t *grad, size_t n);

sigmoid_status sigmoid_bce_with_logits_gradient_f16_ex(const uint16_t *x,
                                                       const uint16_t *z,
                                                       uint16_t *grad,
                                                       size_t n,
                                                       const sigmoid_options *options);

/**
 * The sum of the losses of sigmoid_bce_with_logits, with the same bits on any number of threads; of none, 0.
 */
sigmoid_status sigmoid_bce_with_logits_sum_f32(const float *x, const float *z, size_t n, double *sum);

sigmoid_status sigmoid_bce_with_logits_sum_f32_ex(const float *x,
                                                  const float *z,
                                                  size_t n,
                                                  double *sum,
                                                  const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_sum_f64(const double *x, const double *z, size_t n, double *sum);

sigmoid_status sigmoid_bce_with_logits_sum_f64_ex(const double *x,
                                                  const double *z,
                                                  size_t n,
                                                  double *sum,
                                                  const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_sum_bf16(const uint16_t *x, const uint16_t *z, size_t n, double *sum);

sigmoid_status sigmoid_bce_with_logits_sum_bf16_ex(const uint16_t *x,
                                                   const uint16_t *z,
                                                   size_t n,
                                                   double *sum,
                                                   const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_sum_f16(const uint16_t *x, const uint16_t *z, size_t n, double *sum);

sigmoid_status sigmoid_bce_with_logits_sum_f16_ex(const uint16_t *x,
                                                  const uint16_t *z,
                                                  size_t n,
                                                  double *sum,
                                                  const sigmoid_options *options);

/**
 * The mean of the losses of sigmoid_bce_with_logits; of none, NaN.
 */
sigmoid_status sigmoid_bce_with_logits_mean_f32(const float *x, const float *z, size_t n, double *mean);

sigmoid_status sigmoid_bce_with_logits_mean_f32_ex(const float *x,
                                                   const float *z,
                                                   size_t n,
                                                   double *mean,
                                                   const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_mean_f64(const double *x, const double *z, size_t n, double *mean);

sigmoid_status sigmoid_bce_with_logits_mean_f64_ex(const double *x,
                                                   const double *z,
                                                   size_t n,
                                                   double *mean,
                                                   const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_mean_bf16(const uint16_t *x, const uint16_t *z, size_t n, double *mean);

sigmoid_status sigmoid_bce_with_logits_mean_bf16_ex(const uint16_t *x,
                                                    const uint16_t *z,
                                                    size_t n,
                                                    double *mean,
                                                    const sigmoid_options *options);

sigmoid_status sigmoid_bce_with_logits_mean_f16(const uint16_t *x, const uint16_t *z, size_t n, double *mean);

sigmoid_status sigmoid_bce_with_logits_mean_f16_ex(const uint16_t *x,
                                                   const uint16_t *z,
                                                   size_t n,
                                                   double *mean,
                                                   const sigmoid_options *options);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SIGMOID_H */
