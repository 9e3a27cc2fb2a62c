/* The C library held against formulas in long double, and every error that it can answer.
 *
 *     test            all of it; the last line but one says which statuses came up
 *     test --brief    with fewer numbers, for where each takes long
 *
 * Arrays are as long as what they hold, from malloc, so that valgrind sees what reads or writes beyond them. */
#include "numbers.h"

#include <stdio.h>
#include <stdlib.h>

/* Elements of the arrays of numbers, a few more than 512, of which copies are made at a time. */
enum { COUNT = 1100, SHORT = 70 };

/* Elements whose values are held against the formulas. */
static size_t valued = COUNT;

static unsigned long failures, checks;
static unsigned statuses;

static void check(int holds, const char *name, const char *what, size_t i)
{
    ++checks;
    if (!holds && ++failures <= 40)
        printf("FAILED: %s: %s (%zu)\n", name, what, i);
}

static sigmoid_status noted(sigmoid_status status)
{
    statuses |= 1u << status;
    return status;
}

static uint64_t state = 0x9e3779b97f4a7c15;

/* From 0 to 1. */
static long double random_number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (long double)(state >> 11) / (1LL << 53);
}

static long double draw(enum domain domain, size_t i)
{
    static const long double LINES[] = {
        0,    -0.0L, 1,    -1,    0.5L, -0.5L, 1e-3L, -1e-3L, 1e-7L, -1e-7L, 16.64L,    17,        -17,     20,   -20,
        36.8, -36.8, 40,   -40,   87,   -87,   88.5L, -88.5L, 100,   -100,   1.25L, -1.25L, 1e-30L, 1e30L,
        -1e30L, 3.1L, -3.1L, 60000, -60000, INFINITY, -INFINITY, NAN,
    };
    size_t count = sizeof LINES / sizeof *LINES;
    switch (domain) {
    case LINE:
        return i < count ? LINES[i] : i % 3 ? 12 * random_number() - 6 : 90 * random_number() - 45;
    case UNIT:
        return i % 16 == 0 ? 0 : i % 16 == 1 ? 1 : i == 50 ? NAN : random_number();
    case SIGNED_UNIT:
        return i % 16 == 0 ? -1 : i % 16 == 1 ? 1 : i == 50 ? NAN : 2 * random_number() - 1;
    case FACTOR:
        return i % 16 == 0 ? 1 : i % 16 == 1 ? -2 : i == 51 ? NAN : 8 * random_number() - 4;
    default:
        return 0;
    }
}

static void *array(enum format format, size_t n)
{
    void *memory = malloc(n * FORMATS[format].size + !n);
    if (!memory)
        abort();
    return memory;
}

static int input_count(const struct function *f)
{
    return (f->inputs[0] != NONE) + (f->inputs[1] != NONE) + (f->inputs[2] != NONE);
}

/* Arrays that it takes. */
static int array_count(const struct function *f)
{
    return f->layout == APART ? input_count(f) : 1;
}

static size_t array_len(const struct function *f, size_t n)
{
    return f->layout == APART ? n : 2 * n;
}

/* Where an input's element stands: in which array is `array`. */
static size_t place(const struct function *f, int input, size_t i, size_t n)
{
    if (f->layout == PAIRS)
        return 2 * i + (size_t)input;
    if (f->layout == HALVES)
        return 2 * row(n) * (i / row(n)) + (size_t)input * row(n) + i % row(n);
    return i;
}

/* What a call works on: n elements. */
struct operands {
    void *in[3], *out[2];
};

static struct operands operands_of(const struct function *f, size_t n)
{
    struct operands operands = {{NULL, NULL, NULL}, {NULL, NULL}};
    for (int a = 0; a < array_count(f); ++a)
        operands.in[a] = array(f->from, array_len(f, n));
    for (int o = 0; o < f->outputs; ++o)
        memset(operands.out[o] = array(f->to, n), 0xa5, n * FORMATS[f->to].size);
    return operands;
}

static void release(struct operands operands)
{
    for (int a = 0; a < 3; ++a)
        free(operands.in[a]);
    for (int o = 0; o < 2; ++o)
        free(operands.out[o]);
}

static sigmoid_status computed(const struct function *f, struct operands operands, size_t n, const sigmoid_options *how)
{
    return noted(f->call((const void *const *)operands.in, operands.out, n, how));
}

static int untouched(const struct function *f, struct operands operands, size_t n)
{
    for (int o = 0; o < f->outputs; ++o)
        for (size_t byte = 0; byte < n * FORMATS[f->to].size; ++byte)
            if (((unsigned char *)operands.out[o])[byte] != 0xa5)
                return 0;
    return 1;
}

static void fill(const struct function *f, struct operands operands, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        for (int input = 0; input < input_count(f); ++input)
            put(f->from, operands.in[f->layout == APART ? input : 0], place(f, input, i, n),
                draw(f->inputs[input], i * (input ? 5 : 1)));
}

static void check_values(const struct function *f, const sigmoid_options *how, struct operands operands, size_t n)
{
    int exact = how && how->accuracy == SIGMOID_ACCURACY_EXACT;
    for (size_t i = 0; i < n; ++i) {
        long double inputs[3] = {0, 0, 0};
        for (int input = 0; input < input_count(f); ++input)
            inputs[input] = get(f->from, operands.in[f->layout == APART ? input : 0], place(f, input, i, n));
        struct truth truth = f->truth(inputs);
        for (int o = 0; o < f->outputs; ++o) {
            long double value = truth.value[o], result = get(f->to, operands.out[o], i);
            long double rounded = nearest(f->to, value);
            long double unit = unit_at(f->to, fmaxl(fabsl(value), truth.scale[o]));
            if (isnan(rounded) || is_infinite(rounded)) {
                check(isnan(rounded) ? isnan(result) : result == rounded, f->name, "NaN or infinity", i);
                continue;
            }
            /* The truth is off, too; where long double is no longer than double, by as much as any result. */
            long double error = exact ? 0.5 : f->error[o], blur = 0x1p-9L;
            if (long_double_digits() == DBL_MANT_DIG && f->to == F64) {
                blur = 0x1p12L;
                /* It is 0 where a factor overflows. */
                if (fabsl(value) < 1e-290L && fabsl(result) < 1e-290L)
                    continue;
            }
            check(fabsl(result - value) <= (error + blur) * unit, f->name, exact ? "exact value" : "value", i);
        }
    }
}

static void check_same(const struct function *f, struct operands a, size_t from, struct operands b, size_t n,
                       const char *what)
{
    for (int o = 0; o < f->outputs; ++o)
        for (size_t i = 0; i < n; ++i)
            check(same(f->to, a.out[o], from + i, b.out[o], i), f->name, what, i);
}

/* On every backend, in every accuracy: the formulas. */
static void values(const struct function *f)
{
    struct operands operands = operands_of(f, valued);
    fill(f, operands, valued);
    check(computed(f, operands, valued, NULL) == SIGMOID_STATUS_OK, f->name, "status", 0);
    check_values(f, NULL, operands, valued);
    struct operands first = operands_of(f, valued);
    for (int o = 0; o < f->outputs; ++o)
        memcpy(first.out[o], operands.out[o], valued * FORMATS[f->to].size);
    if (f->options) {
        sigmoid_options how = SIGMOID_OPTIONS_INIT;
        check(computed(f, operands, valued, &how) == SIGMOID_STATUS_OK, f->name, "status with options", 0);
        check_same(f, first, 0, operands, valued, "the default options change the result");
        for (uint32_t accuracy = 0; accuracy <= (uint32_t)f->exact; ++accuracy) {
            for (uint32_t backend = 0; sigmoid_backend_status(backend) != SIGMOID_STATUS_UNKNOWN_BACKEND; ++backend) {
                if (sigmoid_backend_status(backend) != SIGMOID_STATUS_OK)
                    continue;
                how.accuracy = accuracy;
                how.backend = backend;
                sigmoid_status status = computed(f, operands, valued, &how);
                check(status == SIGMOID_STATUS_OK, f->name, sigmoid_backend_name(backend), 0);
                check_values(f, &how, operands, valued);
            }
        }
    }
    release(first);
    release(operands);
}

/* Every short length gives the bits that the elements have in a long one. */
static void lengths(const struct function *f)
{
    struct operands long_one = operands_of(f, COUNT);
    fill(f, long_one, COUNT);
    computed(f, long_one, COUNT, NULL);
    for (size_t n = 0; n <= SHORT; ++n) {
        size_t from = COUNT - n;
        struct operands operands = operands_of(f, n);
        for (int input = 0; input < input_count(f); ++input) {
            int a = f->layout == APART ? input : 0;
            for (size_t i = 0; i < n; ++i)
                memcpy((char *)operands.in[a] + place(f, input, i, n) * FORMATS[f->from].size,
                       (char *)long_one.in[a] + place(f, input, from + i, COUNT) * FORMATS[f->from].size,
                       FORMATS[f->from].size);
        }
        check(computed(f, operands, n, NULL) == SIGMOID_STATUS_OK, f->name, "status of a length", n);
        check_same(f, long_one, from, operands, n, "a length");
        release(operands);
    }
    release(long_one);
}

/* An output that is an input: each way of it, and all at once. */
static void in_place(const struct function *f)
{
    if (f->layout != APART || f->from != f->to)
        return;
    size_t bytes = COUNT * FORMATS[f->from].size;
    struct operands apart = operands_of(f, COUNT);
    fill(f, apart, COUNT);
    computed(f, apart, COUNT, NULL);
    for (int o = 0; o < f->outputs; ++o) {
        for (int a = 0; a < array_count(f); ++a) {
            struct operands copy = operands_of(f, COUNT), call;
            for (int b = 0; b < array_count(f); ++b)
                memcpy(copy.in[b], apart.in[b], bytes);
            call = copy;
            call.out[o] = copy.in[a];
            if (f->outputs == 2 && array_count(f) > 1 && o == 1)
                call.out[0] = copy.in[(a + 1) % array_count(f)];
            check(computed(f, call, COUNT, NULL) == SIGMOID_STATUS_OK, f->name, "status in place", 0);
            check_same(f, apart, 0, call, COUNT, "in place");
            release(copy);
        }
    }
    /* One array is all of the inputs and the output. */
    struct operands one = operands_of(f, COUNT), all = one;
    memcpy(one.in[0], apart.in[0], bytes);
    for (int a = 1; a < array_count(f); ++a)
        all.in[a] = one.in[0];
    computed(f, all, COUNT, NULL);
    memcpy(apart.in[0], all.out[0], bytes);
    all.out[0] = one.in[0];
    check(computed(f, all, COUNT, NULL) == SIGMOID_STATUS_OK, f->name, "status in place of all", 0);
    for (size_t i = 0; i < COUNT; ++i)
        check(same(f->to, all.out[0], i, apart.in[0], i), f->name, "in place of all", i);
    release(one);
    release(apart);
}

/* Whether a call answers with an error, and has written nothing. */
static void refused(const struct function *f, struct operands call, struct operands whole, size_t n,
                    const sigmoid_options *how, sigmoid_status status, const char *what)
{
    check(computed(f, call, n, how) == status, f->name, what, n);
    check(untouched(f, whole, SHORT), f->name, "written in spite of an error", 0);
}

static void errors_of_pointers(const struct function *f)
{
    struct operands whole = operands_of(f, SHORT);
    fill(f, whole, SHORT);
    size_t n = SHORT / 2 - 1;
    for (int p = 0; p < array_count(f) + f->outputs; ++p) {
        struct operands call = whole;
        void **pointer = p < array_count(f) ? &call.in[p] : &call.out[p - array_count(f)];
        *pointer = NULL;
        refused(f, call, whole, n, NULL, SIGMOID_STATUS_NULL_POINTER, "null");
        refused(f, call, whole, 1, NULL, SIGMOID_STATUS_NULL_POINTER, "null for one element");
        check(computed(f, call, 0, NULL) == SIGMOID_STATUS_OK, f->name, "null for no elements", 0);
        *pointer = (char *)(p < array_count(f) ? whole.in[p] : whole.out[p - array_count(f)]) + 1;
        refused(f, call, whole, n, NULL, SIGMOID_STATUS_MISALIGNED_POINTER, "misaligned");
    }
    for (int o = 0; o < f->outputs; ++o) {
        for (int a = 0; a < array_count(f); ++a) {
            /* The output begins an element behind the input, and the other way round. */
            struct operands call = whole;
            call.in[a] = (char *)whole.out[o] + (f->from == f->to && f->layout == APART) * FORMATS[f->from].size;
            refused(f, call, whole, n, NULL, SIGMOID_STATUS_OVERLAP, "an input within an output");
            call.in[a] = whole.out[o];
            call.out[o] = (char *)whole.out[o] + FORMATS[f->to].size;
            refused(f, call, whole, n, NULL, SIGMOID_STATUS_OVERLAP, "an output within an input");
        }
    }
    if (f->outputs == 2) {
        struct operands call = whole;
        call.out[1] = whole.out[0];
        refused(f, call, whole, n, NULL, SIGMOID_STATUS_OVERLAP, "two outputs in one");
        call.out[1] = (char *)whole.out[0] + (n - 1) * FORMATS[f->to].size;
        refused(f, call, whole, n, NULL, SIGMOID_STATUS_OVERLAP, "two outputs that overlap");
    }
    refused(f, whole, whole, SIZE_MAX, NULL, SIGMOID_STATUS_TOO_LONG, "more than memory");
    refused(f, whole, whole, SIZE_MAX / 2 + 2, NULL, SIGMOID_STATUS_TOO_LONG, "more than half of memory");
    if (f->layout == APART && f->from == f->to) {
        /* Neighbours do not overlap. */
        struct operands call = whole;
        call.in[0] = (char *)whole.in[0] + n * FORMATS[f->from].size;
        call.out[0] = whole.in[0];
        check(computed(f, call, n, NULL) == SIGMOID_STATUS_OK, f->name, "neighbours", n);
    }
    release(whole);
}

static void errors_of_options(const struct function *f)
{
    if (!f->options)
        return;
    struct operands whole = operands_of(f, SHORT);
    fill(f, whole, SHORT);
    sigmoid_options how = SIGMOID_OPTIONS_INIT;
    how.size = 0;
    refused(f, whole, whole, SHORT, &how, SIGMOID_STATUS_INVALID_OPTIONS, "options of no size");
    refused(f, whole, whole, 0, &how, SIGMOID_STATUS_INVALID_OPTIONS, "options of no size for no elements");
    how.size = sizeof how - 1;
    refused(f, whole, whole, SHORT, &how, SIGMOID_STATUS_INVALID_OPTIONS, "options that are too short");
    how.size = sizeof how;
    how.accuracy = SIGMOID_ACCURACY_EXACT + 1;
    refused(f, whole, whole, SHORT, &how, SIGMOID_STATUS_UNKNOWN_ACCURACY, "an accuracy");
    how.accuracy = SIGMOID_ACCURACY_EXACT;
    if (!f->exact)
        refused(f, whole, whole, SHORT, &how, SIGMOID_STATUS_NOT_EXACT, "Exact");
    how.accuracy = SIGMOID_ACCURACY_FAST;
    how.backend = SIGMOID_BACKEND_AVX512 + 1;
    refused(f, whole, whole, SHORT, &how, SIGMOID_STATUS_UNKNOWN_BACKEND, "a backend");
    for (how.backend = 0; how.backend <= SIGMOID_BACKEND_AVX512; ++how.backend)
        if (sigmoid_backend_status(how.backend) == SIGMOID_STATUS_UNAVAILABLE_BACKEND)
            refused(f, whole, whole, SHORT, &how, SIGMOID_STATUS_UNAVAILABLE_BACKEND, "a backend of another CPU");
    sigmoid_options several[2] = {SIGMOID_OPTIONS_INIT, SIGMOID_OPTIONS_INIT};
    const sigmoid_options *odd = (const void *)((const char *)several + 1);
    refused(f, whole, whole, SHORT, odd, SIGMOID_STATUS_MISALIGNED_POINTER, "misaligned options");
    /* Of a later version: what this one does not know must be zero. */
    struct {
        sigmoid_options options;
        uint32_t later;
    } longer = {SIGMOID_OPTIONS_INIT, 1};
    longer.options.size = sizeof longer;
    refused(f, whole, whole, SHORT, &longer.options, SIGMOID_STATUS_INVALID_OPTIONS, "a later option");
    longer.later = 0;
    check(computed(f, whole, SHORT, &longer.options) == SIGMOID_STATUS_OK, f->name, "later options, all zero", 0);
    release(whole);
}

/* What the operations are not made for. */
static void errors_of_parameters(void)
{
    static const float SLOPES[] = {NAN, INFINITY, -INFINITY, 1025, -2048, 1e-4f, -1e-30f};
    float x[4] = {1, 2, 3, 4}, up[4] = {1, 1, 1, 1}, y[4] = {9, 9, 9, 9}, dy[4] = {9, 9, 9, 9};
    for (size_t i = 0; i < sizeof SLOPES / sizeof *SLOPES; ++i) {
        sigmoid_swiglu_parameters gate = {SLOPES[i], 7, 1};
        sigmoid_status status[3] = {
            sigmoid_scaled_f32(x, y, 4, SLOPES[i]),
            sigmoid_swiglu_f32_ex(x, up, y, 4, &gate, NULL),
            sigmoid_swiglu_backward_f32_ex(x, up, x, y, dy, 4, &gate, NULL),
        };
        for (int call = 0; call < 3; ++call)
            check(noted(status[call]) == SIGMOID_STATUS_INVALID_PARAMETER, "slope", "status", i);
    }
    sigmoid_swiglu_parameters wrong[] = {{1, -1, 0}, {1, NAN, 0}, {1, 1, INFINITY}, {1, 1, NAN}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i)
        check(noted(sigmoid_swiglu_f32_ex(x, up, y, 4, wrong + i, NULL)) == SIGMOID_STATUS_INVALID_PARAMETER, "gate",
              "status", i);
    const sigmoid_swiglu_parameters *odd = (const void *)((const char *)wrong + 1);
    check(sigmoid_swiglu_f32_ex(x, up, y, 4, odd, NULL) == SIGMOID_STATUS_MISALIGNED_POINTER, "gate", "misaligned", 0);
    for (int i = 0; i < 4; ++i)
        check(y[i] == 9 && dy[i] == 9, "parameters", "written in spite of an error", 0);
    check(sigmoid_scaled_f32(x, y, 4, 0) == SIGMOID_STATUS_OK && y[3] == 0.5f, "scaled", "slope 0", 0);
    check(sigmoid_scaled_f32(x, y, 4, -1024) == SIGMOID_STATUS_OK && y[3] == 0, "scaled", "slope -1024", 0);
}

#define SUMS(format, number, FORMAT)                                                                                   \
    static void sums_##format(void)                                                                                    \
    {                                                                                                                  \
        number x[COUNT], z[COUNT];                                                                                     \
        long double sum = 0;                                                                                           \
        for (size_t i = 0; i < COUNT; ++i) {                                                                           \
            put(FORMAT, x, i, 40 * random_number() - 20);                                                              \
            put(FORMAT, z, i, random_number());                                                                        \
            long double pair[3] = {get(FORMAT, x, i), get(FORMAT, z, i), 0};                                           \
            sum += bce_with_logits(pair).value[0];                                                                     \
        }                                                                                                              \
        sigmoid_options how = SIGMOID_OPTIONS_INIT;                                                                    \
        const sigmoid_options *each[] = {NULL, &how};                                                                  \
        const char *name = "bce_with_logits_sum_" #format;                                                             \
        long double most = 4 * sum / (sizeof(number) < 8 ? 0x1p23L : 0x1p51L);                                         \
        for (int i = 0; i < 2; ++i) {                                                                                  \
            double total = -1, average = -1;                                                                           \
            check(sigmoid_bce_with_logits_sum_##format##_ex(x, z, COUNT, &total, each[i]) == SIGMOID_STATUS_OK &&      \
                      fabsl(total - sum) <= most, name, "value", 0);                                                   \
            check(sigmoid_bce_with_logits_mean_##format##_ex(x, z, COUNT, &average, each[i]) == SIGMOID_STATUS_OK &&   \
                      average == total / COUNT, name, "mean", 0);                                                      \
            double again = -1, nothing = -1;                                                                           \
            check(sigmoid_bce_with_logits_sum_##format(x, z, COUNT, &again) == SIGMOID_STATUS_OK && again == total,    \
                  name, "again", 0);                                                                                   \
            check(sigmoid_bce_with_logits_sum_##format(NULL, NULL, 0, &nothing) == SIGMOID_STATUS_OK && nothing == 0,  \
                  name, "of nothing", 0);                                                                              \
            check(sigmoid_bce_with_logits_mean_##format(NULL, NULL, 0, &nothing) == SIGMOID_STATUS_OK &&               \
                      isnan(nothing), name, "mean of nothing", 0);                                                     \
        }                                                                                                              \
        double result = 9;                                                                                             \
        how.accuracy = SIGMOID_ACCURACY_EXACT;                                                                         \
        check(sigmoid_bce_with_logits_sum_##format##_ex(x, z, COUNT, &result, &how) == SIGMOID_STATUS_NOT_EXACT, name, \
              "exact", 0);                                                                                             \
        check(sigmoid_bce_with_logits_sum_##format(x, NULL, COUNT, &result) == SIGMOID_STATUS_NULL_POINTER, name,      \
              "null", 0);                                                                                              \
        check(sigmoid_bce_with_logits_sum_##format(x, z, COUNT, NULL) == SIGMOID_STATUS_NULL_POINTER, name,            \
              "no result", 0);                                                                                         \
        check(sigmoid_bce_with_logits_sum_##format(NULL, NULL, 0, NULL) == SIGMOID_STATUS_NULL_POINTER, name,          \
              "no result of nothing", 0);                                                                              \
        check(sigmoid_bce_with_logits_mean_##format(x, z, 8, (double *)(void *)((char *)x + 8)) ==                     \
                  SIGMOID_STATUS_OVERLAP, name, "overlap", 0);                                                         \
        check(sigmoid_bce_with_logits_mean_##format(x, z, 8, (double *)(void *)((char *)&result + 1)) ==               \
                  SIGMOID_STATUS_MISALIGNED_POINTER, name, "misaligned", 0);                                           \
        check(sigmoid_bce_with_logits_mean_##format(x, z, SIZE_MAX / 2, &result) == SIGMOID_STATUS_TOO_LONG, name,     \
              "too long", 0);                                                                                          \
        check(result == 9, name, "written in spite of an error", 0);                                                   \
    }
SUMS(f32, float, F32)
SUMS(f64, double, F64)
SUMS(bf16, uint16_t, BF16)
SUMS(f16, uint16_t, F16)

/* Enough to be shared among threads: the same bits. */
static void threads(void)
{
    size_t n = (12 << 20) / sizeof(float) + 1;
    float *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y), *z = malloc(n * sizeof *z);
    if (!x || !y || !z)
        abort();
    for (size_t i = 0; i < n; ++i)
        x[i] = (float)(i % 40009) / 1000 - 20;
    sigmoid_options how = SIGMOID_OPTIONS_INIT;
    how.parallel = 1;
    check(sigmoid_silu_f32(x, y, n) == SIGMOID_STATUS_OK, "silu", "one thread", 0);
    check(sigmoid_silu_f32_ex(x, z, n, &how) == SIGMOID_STATUS_OK, "silu", "threads", 0);
    check(memcmp(y, z, n * sizeof *y) == 0, "silu", "bits of threads", 0);
    for (size_t i = 0; i < n; ++i)
        z[i] = (float)(i % 7) / 6;
    double one = 0, many = 1;
    check(sigmoid_bce_with_logits_mean_f32(x, z, n, &one) == SIGMOID_STATUS_OK, "mean", "one thread", 0);
    check(sigmoid_bce_with_logits_mean_f32_ex(x, z, n, &many, &how) == SIGMOID_STATUS_OK, "mean", "threads", 0);
    check(one == many, "mean", "bits of threads", 0);
    free(x);
    free(y);
    free(z);
}

static void questions(void)
{
    check(strcmp(sigmoid_version(), "0.1.0") == 0, "version", sigmoid_version(), 0);
    check(strcmp(sigmoid_status_string(SIGMOID_STATUS_OK), "no error") == 0, "status", "string", 0);
    check(strcmp(sigmoid_status_string(12345), "no such status") == 0, "status", "string of none", 0);
    static const char *const NAMES[] = {"fastest", "scalar", "wide", "avx2", "avx512"};
    for (uint32_t backend = 0; backend < 5; ++backend)
        check(strcmp(sigmoid_backend_name(backend), NAMES[backend]) == 0, "backend", NAMES[backend], backend);
    check(sigmoid_backend_name(5) == NULL, "backend", "name of none", 5);
    check(sigmoid_backend_status(5) == SIGMOID_STATUS_UNKNOWN_BACKEND, "backend", "status of none", 5);
    uint32_t fastest = sigmoid_fastest_backend();
    check(fastest != SIGMOID_BACKEND_FASTEST, "backend", "fastest", fastest);
    check(sigmoid_backend_status(fastest) == SIGMOID_STATUS_OK, "backend", "status of the fastest", fastest);
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "--brief") == 0)
        valued = 100;
    printf("sigmoid %s, %s, long double of %d bits\n", sigmoid_version(),
           sigmoid_backend_name(sigmoid_fastest_backend()), long_double_digits());
    for (size_t i = 0; i < FUNCTION_COUNT; ++i) {
        const struct function *f = &FUNCTIONS[i];
        values(f);
        lengths(f);
        in_place(f);
        errors_of_pointers(f);
        errors_of_options(f);
    }
    errors_of_parameters();
    sums_f32();
    sums_f64();
    sums_bf16();
    sums_f16();
    threads();
    questions();
    printf("statuses:");
    for (uint32_t status = 0; status < 32; ++status)
        if (statuses >> status & 1)
            printf(" %u", status);
    printf("\n%lu checks, %lu failed\n", checks, failures);
    return failures != 0;
}
