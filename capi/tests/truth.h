/* What the functions are, in long double and written in another way than the library's: what the tests hold results
 * against. A truth also says how large the numbers are that its error is counted in units of, where that is not the
 * result itself. */
#ifndef TRUTH_H
#define TRUTH_H

#include <float.h>
#include <math.h>

/* Bits of long double's significand: valgrind computes it in double. */
static int long_double_digits(void)
{
    volatile long double small = 0x1p-60L, sum = 1 + small;
    return sum == 1 ? DBL_MANT_DIG : LDBL_MANT_DIG;
}

struct truth {
    long double value[2];
    long double scale[2];
};

/* Infinite, or nearly so. (isinf compares with the largest long double, which valgrind takes for infinity.) */
static int is_infinite(long double x)
{
    return isinf((double)x);
}

/* The gates that are tried: what a null pointer means, and gpt-oss's. */
struct gate {
    long double alpha, limit, offset;
};
static const struct gate PLAIN_GATE = {1, INFINITY, 0};
static const struct gate OSS_GATE = {1.702f, 7, 1};
static const long double SLOPE = 1.702f;

static struct truth one(long double value)
{
    struct truth truth = {{value, 0}, {0, 0}};
    return truth;
}

static long double s_of(long double x)
{
    return 1 / (1 + expl(-x));
}

/* s'(x), and s'(-x) */
static long double slope_of_s(long double x)
{
    long double e = expl(-fabsl(x));
    return e / ((1 + e) * (1 + e));
}

static long double softplus_of(long double x)
{
    if (isnan(x))
        return x;
    return fmaxl(x, 0) + log1pl(expl(-fabsl(x)));
}

/* x s(c x), with 0 where e^-cx overflows. */
static long double gated(long double x, long double c)
{
    return c * x < -11000 ? -0.0L : x * s_of(c * x);
}

/* d/dx of x s(c x) */
static long double slope_of_gated(long double x, long double c)
{
    if (is_infinite(x))
        return c * x > 0;
    return s_of(c * x) + c * x * slope_of_s(c * x);
}

/* The zero of that derivative is at -1.2784645 / c: long double has too few digits for what is left next to it, and so
 * errors are counted there in units of a thousandth of the factor. */
static long double next_to_zero(long double x, long double c, long double factor)
{
    return c * x > -1.3L && c * x < -1.26L ? fabsl(factor) / 1000 : 0;
}

/* The argument of s in gelu by way of tanh, and its derivative. */
static long double cubic(long double x)
{
    return 2 * sqrtl(2 / acosl(-1)) * (x + 0.044715L * x * x * x);
}

static long double slope_of_cubic(long double x)
{
    return 2 * sqrtl(2 / acosl(-1)) * (1 + 3 * 0.044715L * x * x);
}

static struct truth forward(const long double *x)
{
    return one(s_of(x[0]));
}

static struct truth derivative(const long double *x)
{
    return one(slope_of_s(x[0]));
}

static struct truth forward_with_derivative(const long double *x)
{
    struct truth truth = {{s_of(x[0]), slope_of_s(x[0])}, {0, 0}};
    return truth;
}

static struct truth backward(const long double *x)
{
    return one(x[1] * x[0] * (1 - x[0]));
}

static struct truth scaled(const long double *x)
{
    return one(s_of(SLOPE * x[0]));
}

static struct truth silu(const long double *x)
{
    return one(gated(x[0], 1));
}

static struct truth silu_derivative(const long double *x)
{
    struct truth truth = one(slope_of_gated(x[0], 1));
    truth.scale[0] = next_to_zero(x[0], 1, 1);
    return truth;
}

static struct truth silu_backward(const long double *x)
{
    struct truth truth = one(x[1] * slope_of_gated(x[0], 1));
    truth.scale[0] = next_to_zero(x[0], 1, x[1]);
    return truth;
}

static struct truth swiglu_of(const long double *x, struct gate gate)
{
    long double g = x[0] > gate.limit ? gate.limit : x[0];
    long double u = x[1] > gate.limit ? gate.limit : x[1] < -gate.limit ? -gate.limit : x[1];
    return one(gated(g, gate.alpha) * (u + gate.offset));
}

static struct truth swiglu(const long double *x)
{
    return swiglu_of(x, PLAIN_GATE);
}

static struct truth oss(const long double *x)
{
    return swiglu_of(x, OSS_GATE);
}

static struct truth swiglu_backward_of(const long double *x, struct gate gate)
{
    struct truth truth = {{0, 0}, {0, 0}};
    if (isnan(x[0] + x[1] + x[2])) {
        truth.value[0] = truth.value[1] = NAN;
        return truth;
    }
    long double g = x[0] > gate.limit ? gate.limit : x[0];
    long double u = x[1] > gate.limit ? gate.limit : x[1] < -gate.limit ? -gate.limit : x[1];
    truth.scale[0] = next_to_zero(g, gate.alpha, x[2] * (u + gate.offset));
    if (!(x[0] > gate.limit))
        truth.value[0] = x[2] * slope_of_gated(g, gate.alpha) * (u + gate.offset);
    if (!(fabsl(x[1]) > gate.limit))
        truth.value[1] = x[2] * gated(g, gate.alpha);
    return truth;
}

static struct truth swiglu_backward(const long double *x)
{
    return swiglu_backward_of(x, PLAIN_GATE);
}

static struct truth oss_backward(const long double *x)
{
    return swiglu_backward_of(x, OSS_GATE);
}

static struct truth glu(const long double *x)
{
    return one(x[0] * s_of(x[1]));
}

static struct truth quick_gelu(const long double *x)
{
    return one(gated(x[0], 1.702L));
}

static struct truth gelu_tanh(const long double *x)
{
    return one(cubic(x[0]) < -11000 ? -0.0L : x[0] * s_of(cubic(x[0])));
}

static struct truth gelu_tanh_backward(const long double *x)
{
    if (is_infinite(x[0]))
        return one(x[0] > 0 ? x[1] : -0.0L * x[1]);
    long double at = cubic(x[0]);
    struct truth truth = one(x[1] * (s_of(at) + x[0] * slope_of_cubic(x[0]) * slope_of_s(at)));
    if (x[0] >= -1 && x[0] <= -0.5L)
        truth.scale[0] = fabsl(x[1]) / 8;
    return truth;
}

static struct truth gelu(const long double *x)
{
    return one(x[0] < -200 ? -0.0L : x[0] / 2 * erfcl(-x[0] / sqrtl(2)));
}

static struct truth tanh_(const long double *x)
{
    return one(tanhl(x[0]));
}

static struct truth tanh_derivative(const long double *x)
{
    return one(4 * slope_of_s(2 * x[0]));
}

static struct truth tanh_backward(const long double *x)
{
    return one(x[1] * (1 - x[0]) * (1 + x[0]));
}

static struct truth softplus(const long double *x)
{
    return one(softplus_of(x[0]));
}

static struct truth softplus_backward(const long double *x)
{
    return one(x[1] * s_of(x[0]));
}

static struct truth log_sigmoid(const long double *x)
{
    return one(-softplus_of(-x[0]));
}

static struct truth log_sigmoid_backward(const long double *x)
{
    return one(x[1] * s_of(-x[0]));
}

static struct truth logit(const long double *x)
{
    long double p = x[0];
    if (p > 0.25L && p < 0.75L)
        return one(log1pl((2 * p - 1) / (1 - p)));
    return one(logl(p) - log1pl(-p));
}

static struct truth bce_with_logits(const long double *x)
{
    if (is_infinite(x[0]))
        return one(x[1] == (x[0] > 0) ? 0 : INFINITY);
    long double size = fabsl(x[0]);
    return one(size * (x[0] > 0 ? 1 - x[1] : x[1]) + log1pl(expl(-size)));
}

static struct truth bce_with_logits_gradient(const long double *x)
{
    struct truth truth = one(s_of(x[0]) - x[1]);
    if (x[1] == 1)
        truth.value[0] = -s_of(-x[0]);
    else
        truth.scale[0] = fmaxl(s_of(x[0]), x[1]);
    return truth;
}

#endif
