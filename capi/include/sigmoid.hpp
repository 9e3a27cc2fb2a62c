// The crate `sigmoid` for C++17: the functions of sigmoid.h over containers, overloaded for the formats, with
// exceptions.
//
//     std::vector<float> x(1000), y(1000);
//     sigmoid::silu(x, y);
//     sigmoid::silu(x, x, sigmoid::options().parallel());
//
// Operands are views, which arrays, std::array, std::vector, std::span and whatever has data() and size() become by
// themselves, and {pointer, length} too. They are float, double, sigmoid::bf16 or sigmoid::f16. An output may be an
// input.
//
// A call throws std::invalid_argument if lengths differ and for each status that sigmoid.h has, before anything is
// written; and std::logic_error for a defect of the library.
#ifndef SIGMOID_HPP
#define SIGMOID_HPP

#include "sigmoid.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace sigmoid {

// Numbers of half precision, as their bits.
struct bf16 {
    std::uint16_t bits;
};
struct f16 {
    std::uint16_t bits;
};

// Elements that lie one behind the other, and belong to somebody else.
template <class T>
class view {
    template <class Container>
    using element = std::remove_pointer_t<decltype(std::data(std::declval<Container &>()))>;

public:
    constexpr view(T *data, std::size_t size) noexcept : data_(data), size_(size) {}

    template <class Container,
              class = std::enable_if_t<std::is_convertible_v<element<Container> (*)[], T (*)[]>>>
    constexpr view(Container &&container) : data_(std::data(container)), size_(std::size(container))
    {
    }

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }

private:
    T *data_;
    std::size_t size_;
};

// The same elements as numbers of half precision: as<sigmoid::bf16>(bits), of any container of std::uint16_t.
template <class Format, class Container>
auto as(Container &&container)
{
    auto *data = std::data(container);
    using bits = std::remove_pointer_t<decltype(data)>;
    static_assert(std::is_same_v<std::remove_const_t<bits>, std::uint16_t>, "half precision has the bits of uint16_t");
    static_assert(std::is_same_v<Format, bf16> || std::is_same_v<Format, f16>, "as<bf16> or as<f16>");
    using number = std::conditional_t<std::is_const_v<bits>, const Format, Format>;
    return view<number>(reinterpret_cast<number *>(data), std::size(container));
}

// How to compute: fast, on the fastest backend, on this thread, but for what is said.
class options {
public:
    // The number nearest to the true value.
    options &exact(bool exact = true) noexcept
    {
        c_.accuracy = exact ? SIGMOID_ACCURACY_EXACT : SIGMOID_ACCURACY_FAST;
        return *this;
    }

    // One backend and no other.
    options &backend(sigmoid_backend backend) noexcept
    {
        c_.backend = static_cast<std::uint32_t>(backend);
        return *this;
    }

    // Long arrays on several threads.
    options &parallel(bool parallel = true) noexcept
    {
        c_.parallel = parallel;
        return *this;
    }

    const sigmoid_options *c() const noexcept { return &c_; }

private:
    sigmoid_options c_ = SIGMOID_OPTIONS_INIT;
};

// A SwiGLU gate: silu(g) u, but for what is said.
struct gate {
    float alpha = 1;
    float limit = std::numeric_limits<float>::infinity();
    float offset = 0;
};

namespace detail {

inline void check(sigmoid_status status)
{
    if (status == SIGMOID_STATUS_OK)
        return;
    const char *sentence = sigmoid_status_string(static_cast<std::uint32_t>(status));
    if (status == SIGMOID_STATUS_INTERNAL_ERROR)
        throw std::logic_error(std::string("sigmoid: ") + sentence);
    throw std::invalid_argument(std::string("sigmoid: ") + sentence);
}

inline void same(std::size_t size, std::size_t other)
{
    if (size != other)
        throw std::invalid_argument("sigmoid: the lengths differ: " + std::to_string(size) + " and " +
                                    std::to_string(other));
}

inline void twice(std::size_t both, std::size_t size)
{
    if (both % 2 != 0 || both / 2 != size)
        throw std::invalid_argument("sigmoid: there must be twice as many inputs as outputs, and there are " +
                                    std::to_string(both) + " and " + std::to_string(size));
}

// Rows of outputs.
inline std::size_t rows(std::size_t size, std::size_t n)
{
    if (n == 0 ? size != 0 : size % n != 0)
        throw std::invalid_argument("sigmoid: " + std::to_string(size) + " outputs are no rows of " +
                                    std::to_string(n));
    return n == 0 ? 0 : size / n;
}

inline const float *c(view<const float> x) { return x.data(); }
inline float *c(view<float> x) { return x.data(); }
inline const double *c(view<const double> x) { return x.data(); }
inline double *c(view<double> x) { return x.data(); }
template <class Half>
const std::uint16_t *c(view<const Half> x)
{
    return reinterpret_cast<const std::uint16_t *>(x.data());
}
template <class Half, class = std::enable_if_t<!std::is_const_v<Half>>>
std::uint16_t *c(view<Half> x)
{
    return reinterpret_cast<std::uint16_t *>(x.data());
}

inline sigmoid_swiglu_parameters c(gate gate) { return {gate.alpha, gate.limit, gate.offset}; }

} // namespace detail

// From here on a line for each function of sigmoid.h; what they compute is said there.

#define SIGMOID_MAP(f, suffix, from, to)                                                                               \
    inline void f(view<const from> x, view<to> y, const options &how = {})                                             \
    {                                                                                                                  \
        detail::same(x.size(), y.size());                                                                              \
        detail::check(sigmoid_##f##suffix##_ex(detail::c(x), detail::c(y), x.size(), how.c()));                        \
    }
#define SIGMOID_ZIP(f, suffix, from, to)                                                                               \
    inline void f(view<const from> x, view<const from> y, view<to> z, const options &how = {})                         \
    {                                                                                                                  \
        detail::same(x.size(), y.size());                                                                              \
        detail::same(x.size(), z.size());                                                                              \
        detail::check(sigmoid_##f##suffix##_ex(detail::c(x), detail::c(y), detail::c(z), x.size(), how.c()));          \
    }
#define SIGMOID_GATE(suffix, from, to)                                                                                 \
    inline void swiglu(view<const from> g, view<const from> u, view<to> y, gate gate = {}, const options &how = {})    \
    {                                                                                                                  \
        detail::same(g.size(), u.size());                                                                              \
        detail::same(g.size(), y.size());                                                                              \
        auto c = detail::c(gate);                                                                                      \
        detail::check(                                                                                                 \
            sigmoid_swiglu##suffix##_ex(detail::c(g), detail::c(u), detail::c(y), g.size(), &c, how.c()));             \
    }
#define SIGMOID_INTERLEAVED(suffix, from, to)                                                                          \
    inline void swiglu_interleaved(view<const from> pairs, view<to> y, gate gate = {}, const options &how = {})        \
    {                                                                                                                  \
        detail::twice(pairs.size(), y.size());                                                                         \
        auto c = detail::c(gate);                                                                                      \
        detail::check(                                                                                                 \
            sigmoid_swiglu_interleaved##suffix##_ex(detail::c(pairs), detail::c(y), y.size(), &c, how.c()));           \
    }
#define SIGMOID_HALVES(suffix, from, to)                                                                               \
    inline void swiglu_halves(view<const from> rows, view<to> y, std::size_t n, gate gate = {},                        \
                              const options &how = {})                                                                 \
    {                                                                                                                  \
        detail::twice(rows.size(), y.size());                                                                          \
        auto count = detail::rows(y.size(), n);                                                                        \
        auto c = detail::c(gate);                                                                                      \
        detail::check(sigmoid_swiglu_halves##suffix##_ex(detail::c(rows), detail::c(y), n, count, &c, how.c()));       \
    }
#define SIGMOID_ALL(shape, f)                                                                                          \
    shape(f, _f32, float, float) shape(f, _f64, double, double) SIGMOID_HALF(shape, f)
#define SIGMOID_HALF(shape, f) shape(f, _bf16, bf16, bf16) shape(f, _f16, f16, f16)
#define SIGMOID_HALF_TO_FLOAT(shape, f) shape(f, _bf16_to_f32, bf16, float) shape(f, _f16_to_f32, f16, float)

SIGMOID_ALL(SIGMOID_MAP, forward)
SIGMOID_HALF_TO_FLOAT(SIGMOID_MAP, forward)
SIGMOID_ALL(SIGMOID_MAP, derivative)
SIGMOID_ALL(SIGMOID_ZIP, backward)
SIGMOID_ALL(SIGMOID_MAP, silu)
SIGMOID_HALF_TO_FLOAT(SIGMOID_MAP, silu)
SIGMOID_ALL(SIGMOID_MAP, silu_derivative)
SIGMOID_ALL(SIGMOID_ZIP, silu_backward)
SIGMOID_GATE(_f32, float, float)
SIGMOID_GATE(_f64, double, double)
SIGMOID_GATE(_bf16, bf16, bf16)
SIGMOID_GATE(_f16, f16, f16)
SIGMOID_GATE(_bf16_to_f32, bf16, float)
SIGMOID_GATE(_f16_to_f32, f16, float)
SIGMOID_INTERLEAVED(_f32, float, float)
SIGMOID_INTERLEAVED(_bf16, bf16, bf16)
SIGMOID_INTERLEAVED(_f16, f16, f16)
SIGMOID_INTERLEAVED(_bf16_to_f32, bf16, float)
SIGMOID_INTERLEAVED(_f16_to_f32, f16, float)
SIGMOID_HALVES(_f32, float, float)
SIGMOID_HALVES(_f64, double, double)
SIGMOID_HALVES(_bf16, bf16, bf16)
SIGMOID_HALVES(_f16, f16, f16)
SIGMOID_HALVES(_bf16_to_f32, bf16, float)
SIGMOID_HALVES(_f16_to_f32, f16, float)
SIGMOID_ALL(SIGMOID_ZIP, glu)
SIGMOID_ALL(SIGMOID_MAP, quick_gelu)
SIGMOID_ALL(SIGMOID_MAP, gelu_tanh)
SIGMOID_ALL(SIGMOID_ZIP, gelu_tanh_backward)
SIGMOID_MAP(gelu, _f32, float, float)
SIGMOID_HALF(SIGMOID_MAP, gelu)
SIGMOID_ALL(SIGMOID_MAP, tanh)
SIGMOID_ALL(SIGMOID_MAP, tanh_derivative)
SIGMOID_ALL(SIGMOID_ZIP, tanh_backward)
SIGMOID_ALL(SIGMOID_MAP, softplus)
SIGMOID_ALL(SIGMOID_ZIP, softplus_backward)
SIGMOID_ALL(SIGMOID_MAP, log_sigmoid)
SIGMOID_ALL(SIGMOID_ZIP, log_sigmoid_backward)
SIGMOID_ALL(SIGMOID_MAP, logit)
SIGMOID_ALL(SIGMOID_ZIP, bce_with_logits)
SIGMOID_ALL(SIGMOID_ZIP, bce_with_logits_gradient)

// What has other operands.
#define SIGMOID_OTHERS(_, suffix, number, __)                                                                          \
    inline void forward_with_derivative(view<const number> x, view<number> y, view<number> dy,                         \
                                        const options &how = {})                                                       \
    {                                                                                                                  \
        detail::same(x.size(), y.size());                                                                              \
        detail::same(x.size(), dy.size());                                                                             \
        detail::check(sigmoid_forward_with_derivative##suffix##_ex(detail::c(x), detail::c(y), detail::c(dy), x.size(),\
                                                                   how.c()));                                          \
    }                                                                                                                  \
    inline void scaled(view<const number> x, view<number> y, float slope, const options &how = {})                     \
    {                                                                                                                  \
        detail::same(x.size(), y.size());                                                                              \
        detail::check(sigmoid_scaled##suffix##_ex(detail::c(x), detail::c(y), x.size(), slope, how.c()));              \
    }                                                                                                                  \
    inline void glu_halves(view<const number> rows, view<number> y, std::size_t n, const options &how = {})            \
    {                                                                                                                  \
        detail::twice(rows.size(), y.size());                                                                          \
        auto count = detail::rows(y.size(), n);                                                                        \
        detail::check(sigmoid_glu_halves##suffix##_ex(detail::c(rows), detail::c(y), n, count, how.c()));              \
    }                                                                                                                  \
    inline void swiglu_backward(view<const number> g, view<const number> u, view<const number> grad_out,               \
                                view<number> grad_g, view<number> grad_u, gate gate = {}, const options &how = {})     \
    {                                                                                                                  \
        for (auto size : {u.size(), grad_out.size(), grad_g.size(), grad_u.size()})                                    \
            detail::same(g.size(), size);                                                                              \
        auto c = detail::c(gate);                                                                                      \
        detail::check(sigmoid_swiglu_backward##suffix##_ex(detail::c(g), detail::c(u), detail::c(grad_out), detail::c(grad_g),\
                                                           detail::c(grad_u), g.size(), &c, how.c()));                 \
    }                                                                                                                  \
    inline double bce_with_logits_sum(view<const number> x, view<const number> z, const options &how = {})             \
    {                                                                                                                  \
        detail::same(x.size(), z.size());                                                                              \
        double sum;                                                                                                    \
        detail::check(sigmoid_bce_with_logits_sum##suffix##_ex(detail::c(x), detail::c(z), x.size(), &sum, how.c()));  \
        return sum;                                                                                                    \
    }                                                                                                                  \
    inline double bce_with_logits_mean(view<const number> x, view<const number> z, const options &how = {})            \
    {                                                                                                                  \
        detail::same(x.size(), z.size());                                                                              \
        double mean;                                                                                                   \
        detail::check(sigmoid_bce_with_logits_mean##suffix##_ex(detail::c(x), detail::c(z), x.size(), &mean, how.c()));\
        return mean;                                                                                                   \
    }
SIGMOID_ALL(SIGMOID_OTHERS, )

#undef SIGMOID_MAP
#undef SIGMOID_ZIP
#undef SIGMOID_GATE
#undef SIGMOID_INTERLEAVED
#undef SIGMOID_HALVES
#undef SIGMOID_ALL
#undef SIGMOID_HALF
#undef SIGMOID_HALF_TO_FLOAT
#undef SIGMOID_OTHERS

} // namespace sigmoid

#endif
