// The C++ header: every overload gives what the formulas say and the bits of the C function, and throws where lengths
// or operands are wrong, before anything is written.
#include "sigmoid.hpp"
// (The formulas are C.)
#include "truth.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <list>
#include <string>
#include <vector>

namespace {

unsigned long failures, checks;

void check(bool holds, const std::string &what)
{
    ++checks;
    if (!holds && ++failures <= 40)
        std::printf("FAILED: %s\n", what.c_str());
}

// Whether a call throws this, with a message that says as much.
template <class Exception = std::invalid_argument, class Call>
bool throws(Call call, const char *message)
{
    try {
        call();
    } catch (const Exception &error) {
        return std::strstr(error.what(), message) != nullptr;
    }
    return false;
}

template <class T>
const char *name();
template <>
const char *name<float>() { return "f32"; }
template <>
const char *name<double>() { return "f64"; }
template <>
const char *name<sigmoid::bf16>() { return "bf16"; }
template <>
const char *name<sigmoid::f16>() { return "f16"; }

// From 0 to 1, in binary fractions that all formats have.
long double fraction(std::size_t i) { return static_cast<long double>(i * 37 % 65) / 64; }

long double value(float x) { return x; }
long double value(double x) { return x; }
long double value(sigmoid::bf16 x)
{
    std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
    float number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
}
long double value(sigmoid::f16 x)
{
    int exponent = x.bits >> 10 & 31, significand = x.bits & 1023;
    long double size = exponent == 0 ? std::ldexp(significand, -24) : std::ldexp(1024 + significand, exponent - 25);
    return x.bits & 0x8000 ? -size : size;
}

// The element that is an integer of quarters of at most 8 bits.
template <class T>
T element(long double x);
template <>
float element(long double x) { return static_cast<float>(x); }
template <>
double element(long double x) { return static_cast<double>(x); }
template <>
sigmoid::bf16 element(long double x)
{
    float number = static_cast<float>(x);
    std::uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    return {static_cast<std::uint16_t>(bits >> 16)};
}
template <>
sigmoid::f16 element(long double x)
{
    if (x == 0)
        return {0};
    int exponent;
    long double significand = std::frexp(std::fabs(x), &exponent);
    auto counts = static_cast<unsigned>(std::ldexp(significand, 11)) - 1024;
    return {static_cast<std::uint16_t>((x < 0 ? 0x8000u : 0u) | static_cast<unsigned>(exponent + 14) << 10 | counts)};
}

// Relative errors that are far beyond any that is stated, and far below what another function would have.
template <class T>
long double tolerance();
template <>
long double tolerance<float>() { return 0x1p-19L; }
template <>
long double tolerance<double>() { return long_double_digits() == DBL_MANT_DIG ? 0x1p-35L : 0x1p-47L; }
template <>
long double tolerance<sigmoid::bf16>() { return 0x1p-7L; }
template <>
long double tolerance<sigmoid::f16>() { return 0x1p-9L; }

// Below the smallest normal number units in the last place are as large as there.
template <class T>
constexpr long double smallest_normal = std::is_same_v<T, sigmoid::f16> ? 0x1p-14L : 0x1p-126L;

using truth_of = struct truth (*)(const long double *);

constexpr std::size_t count = 100;

template <class T>
std::vector<T> inputs(long double from, long double to, std::size_t shift)
{
    std::vector<T> numbers;
    for (std::size_t i = 0; i < count; ++i)
        numbers.push_back(element<T>(from + (to - from) * fraction(i + shift)));
    return numbers;
}

template <class T>
void near(const std::string &what, const std::vector<T> &results, int output, truth_of truth,
          const std::vector<std::vector<long double>> &operands)
{
    for (std::size_t i = 0; i < results.size(); ++i) {
        long double at[3] = {0, 0, 0};
        for (std::size_t operand = 0; operand < operands.size(); ++operand)
            at[operand] = operands[operand][i];
        struct truth expected = truth(at);
        long double scale = std::fmax(std::fabs(expected.value[output]), expected.scale[output]);
        scale = std::fmax(scale, smallest_normal<T>);
        check(std::fabs(value(results[i]) - expected.value[output]) <= tolerance<T>() * scale,
              what + " of element " + std::to_string(i));
    }
}

template <class T>
std::vector<long double> values(const std::vector<T> &elements)
{
    std::vector<long double> numbers;
    for (T element : elements)
        numbers.push_back(value(element));
    return numbers;
}

template <class T>
bool same(const std::vector<T> &a, const std::vector<T> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// The numbers that an operand may be.
struct range {
    long double from, to;
};
constexpr range line = {-8, 8}, unit = {0, 1}, inner = {1 / 64.0L, 63 / 64.0L}, signed_unit = {-1, 1};
constexpr range factor = {0.5, 2.5};

template <class From, class To, class Call, class Raw>
void map(const char *function, Call call, Raw raw, truth_of truth, range of)
{
    std::string what = std::string(function) + " of " + name<From>() + " into " + name<To>();
    auto x = inputs<From>(of.from, of.to, 0);
    std::vector<To> y(count), c(count), untouched(count - 1, element<To>(1));
    call(x, y, sigmoid::options());
    near(what, y, 0, truth, {values(x)});
    check(raw(x.data(), c.data(), count) == SIGMOID_STATUS_OK && same(y, c), what + ": the bits of C");
    auto before = untouched;
    bool thrown = throws([&] { call(x, untouched, sigmoid::options()); }, "the lengths differ: 100 and 99");
    check(thrown, what + ": lengths");
    check(same(untouched, before), what + ": written in spite of an error");
}

template <class From, class To, class Call, class Raw>
void zip(const char *function, Call call, Raw raw, truth_of truth, range of, range with)
{
    std::string what = std::string(function) + " of " + name<From>() + " into " + name<To>();
    auto x = inputs<From>(of.from, of.to, 0), y = inputs<From>(with.from, with.to, 5);
    std::vector<To> z(count), c(count), short_one(count - 1);
    call(x, y, z, sigmoid::options());
    near(what, z, 0, truth, {values(x), values(y)});
    check(raw(x.data(), y.data(), c.data(), count) == SIGMOID_STATUS_OK && same(z, c), what + ": the bits of C");
    check(throws([&] { call(x, y, short_one, sigmoid::options()); }, "the lengths differ"), what + ": lengths");
    y.pop_back();
    check(throws([&] { call(x, y, z, sigmoid::options()); }, "the lengths differ"), what + ": lengths of inputs");
    check(same(z, c), what + ": written in spite of an error");
}

auto bits(sigmoid::bf16 *x) { return reinterpret_cast<std::uint16_t *>(x); }
auto bits(sigmoid::f16 *x) { return reinterpret_cast<std::uint16_t *>(x); }
template <class T>
T *bits(T *x)
{
    return x;
}

#define MAP(f, suffix, from, to, truth, range)                                                                         \
    map<from, to>(                                                                                                     \
        #f, [](const auto &x, auto &y, const auto &how) { sigmoid::f(x, y, how); },                                    \
        [](auto x, auto y, auto n) { return sigmoid_##f##suffix(bits(x), bits(y), n); }, truth, range);
#define ZIP(f, suffix, from, to, truth, range, other)                                                                  \
    zip<from, to>(                                                                                                     \
        #f, [](const auto &x, const auto &y, auto &z, const auto &how) { sigmoid::f(x, y, z, how); },                  \
        [](auto x, auto y, auto z, auto n) { return sigmoid_##f##suffix(bits(x), bits(y), bits(z), n); }, truth,       \
        range, other);
#define HALF_MAP(f, truth, range)                                                                                      \
    MAP(f, _bf16, sigmoid::bf16, sigmoid::bf16, truth, range) MAP(f, _f16, sigmoid::f16, sigmoid::f16, truth, range)
#define ALL_MAP(f, truth, range)                                                                                       \
    MAP(f, _f32, float, float, truth, range)                                                                           \
    MAP(f, _f64, double, double, truth, range) HALF_MAP(f, truth, range)
#define ALL_ZIP(f, truth, range, other)                                                                                \
    ZIP(f, _f32, float, float, truth, range, other)                                                                    \
    ZIP(f, _f64, double, double, truth, range, other)                                                                  \
    ZIP(f, _bf16, sigmoid::bf16, sigmoid::bf16, truth, range, other)                                                   \
    ZIP(f, _f16, sigmoid::f16, sigmoid::f16, truth, range, other)
#define HALF_TO_FLOAT(f, truth, range)                                                                                 \
    MAP(f, _bf16_to_f32, sigmoid::bf16, float, truth, range) MAP(f, _f16_to_f32, sigmoid::f16, float, truth, range)

void of_one_and_two()
{
    ALL_MAP(forward, ::forward, line)
    HALF_TO_FLOAT(forward, ::forward, line)
    ALL_MAP(derivative, ::derivative, line)
    ALL_ZIP(backward, ::backward, unit, factor)
    ALL_MAP(silu, ::silu, line)
    HALF_TO_FLOAT(silu, ::silu, line)
    ALL_MAP(silu_derivative, ::silu_derivative, line)
    ALL_ZIP(silu_backward, ::silu_backward, line, factor)
    ALL_ZIP(glu, ::glu, line, line)
    ALL_MAP(quick_gelu, ::quick_gelu, line)
    ALL_MAP(gelu_tanh, ::gelu_tanh, line)
    ALL_ZIP(gelu_tanh_backward, ::gelu_tanh_backward, line, factor)
    MAP(gelu, _f32, float, float, ::gelu, line)
    HALF_MAP(gelu, ::gelu, line)
    ALL_MAP(tanh, ::tanh_, line)
    ALL_MAP(tanh_derivative, ::tanh_derivative, line)
    ALL_ZIP(tanh_backward, ::tanh_backward, signed_unit, factor)
    ALL_MAP(softplus, ::softplus, line)
    ALL_ZIP(softplus_backward, ::softplus_backward, line, factor)
    ALL_MAP(log_sigmoid, ::log_sigmoid, line)
    ALL_ZIP(log_sigmoid_backward, ::log_sigmoid_backward, line, factor)
    ALL_MAP(logit, ::logit, inner)
    ALL_ZIP(bce_with_logits, ::bce_with_logits, line, unit)
    ALL_ZIP(bce_with_logits_gradient, ::bce_with_logits_gradient, line, unit)
}

constexpr sigmoid::gate oss_gate = {1.702f, 7, 1};

// Gates apart, interleaved and in halves of rows: the same bits.
template <class From, class To>
void gates()
{
    std::string what = std::string("swiglu of ") + name<From>() + " into " + name<To>();
    auto g = inputs<From>(line.from, line.to, 0), u = inputs<From>(factor.from, factor.to, 3);
    std::vector<To> y(count), other(count);
    sigmoid::swiglu(g, u, y);
    near(what, y, 0, ::swiglu, {values(g), values(u)});
    sigmoid::swiglu(g, u, y, oss_gate);
    near(what + " of gpt-oss", y, 0, ::oss, {values(g), values(u)});

    std::vector<From> rows;
    constexpr std::size_t n = 20;
    for (std::size_t row = 0; row < count / n; ++row) {
        for (const auto *half : {&g, &u})
            rows.insert(rows.end(), half->begin() + row * n, half->begin() + (row + 1) * n);
    }
    sigmoid::swiglu_halves(rows, other, n, oss_gate);
    check(same(y, other), what + ": halves");
    check(throws([&] { sigmoid::swiglu_halves(rows, other, 30); }, "100 outputs are no rows of 30"), what + ": rows");
    check(throws([&] { sigmoid::swiglu_halves(rows, other, 0); }, "no rows of 0"), what + ": rows of nothing");
    rows.pop_back();
    check(throws([&] { sigmoid::swiglu_halves(rows, other, n); }, "twice as many"), what + ": halves of odd rows");

    if constexpr (!std::is_same_v<From, double>) {
        std::vector<From> pairs;
        for (std::size_t i = 0; i < count; ++i) {
            pairs.push_back(g[i]);
            pairs.push_back(u[i]);
        }
        other.assign(count, To());
        sigmoid::swiglu_interleaved(pairs, other, oss_gate);
        check(same(y, other), what + ": interleaved");
        pairs.pop_back();
        check(throws([&] { sigmoid::swiglu_interleaved(pairs, other); }, "twice as many"), what + ": odd pairs");
    }
}

template <class T>
void others()
{
    std::string what = name<T>();
    auto x = inputs<T>(line.from, line.to, 0), z = inputs<T>(unit.from, unit.to, 7), grad = inputs<T>(0.5, 2.5, 11);
    std::vector<T> y(count), dy(count);
    sigmoid::forward_with_derivative(x, y, dy);
    near("forward with derivative, " + what, y, 0, ::forward_with_derivative, {values(x)});
    near("derivative with forward, " + what, dy, 1, ::forward_with_derivative, {values(x)});
    sigmoid::scaled(x, y, 1.702f);
    near("scaled, " + what, y, 0, ::scaled, {values(x)});
    check(throws([&] { sigmoid::scaled(x, y, NAN); }, "out of the range"), "scaled by NaN, " + what);
    sigmoid::swiglu_backward(x, z, grad, y, dy);
    near("gradient of a gate, " + what, y, 0, ::swiglu_backward, {values(x), values(z), values(grad)});
    near("gradient of what passes, " + what, dy, 1, ::swiglu_backward, {values(x), values(z), values(grad)});
    sigmoid::swiglu_backward(x, z, grad, y, dy, oss_gate);
    near("gradient of gpt-oss's gate, " + what, y, 0, ::oss_backward, {values(x), values(z), values(grad)});
    std::vector<T> rows = x;
    rows.insert(rows.end(), z.begin(), z.end());
    sigmoid::glu(x, z, y);
    sigmoid::glu_halves(rows, dy, count);
    check(same(y, dy), "glu of halves, " + what);

    long double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        long double pair[3] = {value(x[i]), value(z[i]), 0};
        sum += ::bce_with_logits(pair).value[0];
    }
    check(std::fabs(sigmoid::bce_with_logits_sum(x, z) - sum) <= tolerance<T>() * sum, "sum of losses, " + what);
    check(sigmoid::bce_with_logits_mean(x, z) == sigmoid::bce_with_logits_sum(x, z) / count, "mean of losses, " + what);
    check(std::isnan(sigmoid::bce_with_logits_mean(std::vector<T>(), std::vector<T>())), "mean of nothing, " + what);
    z.pop_back();
    check(throws([&] { sigmoid::bce_with_logits_sum(x, z); }, "the lengths differ"), "sum of lengths, " + what);
}

// What becomes a view, and what does not.
void views()
{
    float plain[3] = {0, 0, 0};
    std::array<float, 3> array = {1, 1, 1};
    const std::vector<float> vector(3);
    sigmoid::forward(vector, plain);
    check(plain[0] == 0.5f && plain[2] == 0.5f, "from a vector into an array");
    sigmoid::forward(plain, array);
    check(array[0] > 0.62f && array[0] < 0.63f, "from an array into a std::array");
    sigmoid::forward({plain, 2}, {array.data(), 2});
    sigmoid::forward(sigmoid::view<const float>(plain, 2), sigmoid::view<float>(array.data(), 2));
    std::vector<std::uint16_t> half = {0x3f80, 0x0000};
    sigmoid::forward(sigmoid::as<sigmoid::bf16>(half), sigmoid::as<sigmoid::bf16>(half));
    check(half[0] == 0x3f3b && half[1] == 0x3f00, "bits of half precision");
    static_assert(!std::is_convertible_v<std::vector<float> &, sigmoid::view<const double>>);
    static_assert(!std::is_convertible_v<const std::vector<float> &, sigmoid::view<float>>);
    static_assert(!std::is_convertible_v<std::list<float> &, sigmoid::view<float>>);
    static_assert(std::is_convertible_v<std::vector<float> &, sigmoid::view<const float>>);
    std::vector<float> empty;
    sigmoid::silu(empty, empty);
}

void errors()
{
    std::vector<float> x(10, 1), y(10, 9);
    auto untouched = y;
    check(throws([&] { sigmoid::silu(sigmoid::view<float>(nullptr, 10), y); }, "a pointer is null"), "null");
    check(throws([&] { sigmoid::silu(sigmoid::view<float>(y.data(), 9), {y.data() + 1, 9}); }, "overlaps"), "overlap");
    auto *odd = reinterpret_cast<const float *>(reinterpret_cast<const char *>(x.data()) + 1);
    check(throws([&] { sigmoid::silu({odd, 9}, {y.data(), 9}); }, "not aligned"), "misaligned");
    check(throws([&] { sigmoid::silu(x, y, sigmoid::options().exact()); }, "there is no proof"), "exact");
    auto none = static_cast<sigmoid_backend>(SIGMOID_BACKEND_AVX512 + 2);
    check(throws([&] { sigmoid::silu(x, y, sigmoid::options().backend(none)); }, "no such backend"), "backend");
    check(throws([&] { sigmoid::swiglu(x, x, y, {1, -1, 0}); }, "out of the range"), "gate");
    for (auto backend : {SIGMOID_BACKEND_AVX2, SIGMOID_BACKEND_AVX512}) {
        if (sigmoid_backend_status(backend) != SIGMOID_STATUS_OK)
            check(throws([&] { sigmoid::silu(x, y, sigmoid::options().backend(backend)); }, "does not have"), "CPU");
    }
    check(same(y, untouched), "written in spite of an error");
    auto status = [](sigmoid_status status) { return [status] { sigmoid::detail::check(status); }; };
    check(throws<std::logic_error>(status(SIGMOID_STATUS_INTERNAL_ERROR), "a defect"), "a defect");

    std::vector<float> exact(10), c(10);
    sigmoid::forward(x, exact, sigmoid::options().exact().parallel());
    check(sigmoid_forward_exact_f32(x.data(), c.data(), 10) == SIGMOID_STATUS_OK && same(exact, c), "exact in C");
    sigmoid::forward(x, y, sigmoid::options().backend(SIGMOID_BACKEND_SCALAR));
    sigmoid::forward(x, x);
    check(std::fabs(x[0] - y[0]) < 1e-6f, "in place");
}

} // namespace

int main()
{
    of_one_and_two();
    gates<float, float>();
    gates<double, double>();
    gates<sigmoid::bf16, sigmoid::bf16>();
    gates<sigmoid::f16, sigmoid::f16>();
    gates<sigmoid::bf16, float>();
    gates<sigmoid::f16, float>();
    others<float>();
    others<double>();
    others<sigmoid::bf16>();
    others<sigmoid::f16>();
    views();
    errors();
    std::printf("C++: %lu checks, %lu failed\n", checks, failures);
    return failures != 0;
}
