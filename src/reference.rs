//! The scalar reference: each formula as one would write it down, to hold everything else against.
//!
//! It shares no code with the kernels. The exponential is that of the `libm` crate, in pure Rust:
//! the same bits on every platform.
//!
//! Two kinds of functions stand here:
//!
//! - [`sigmoid()`], [`sigmoid_derivative`] and [`backward`] are the *judge*: stable formulas, for
//!   `f32` computed in `f64` and rounded once.
//! - [`derivative_quotient`], [`derivative_product`], [`derivative_positive_exponent`] and those that begin with
//!   `naive` are the *textbook forms*, exactly as written, in the arithmetic of the format. The three of the derivative
//!   are equal on paper; the crate's front page shows what a computer makes of them.

use crate::element::{Element, Kind};
use crate::format::Number;

/// s(x) by the stable formula: the judge.
///
/// Error: at most [`bounds::FORWARD_F32`](crate::bounds::FORWARD_F32)`.scalar` in `f32`, half a unit in the last
/// place and nothing that one would see; [`bounds::FORWARD_F64`](crate::bounds::FORWARD_F64)`.scalar` in `f64`. NaN
/// gives NaN.
///
/// ```
/// assert_eq!(sigmoid::reference::sigmoid(0.0_f32), 0.5);
/// assert_eq!(sigmoid::reference::sigmoid(-100.0_f32), 3.8e-44); // e^-100, a subnormal
/// ```
pub fn sigmoid<T: Element>(x: T) -> T {
    of(x, |x| narrow(stable_sigmoid(x.widen())))
}

/// s'(x) by the stable formula: the judge.
///
/// Error: at most [`bounds::DERIVATIVE_F32`](crate::bounds::DERIVATIVE_F32)`.scalar` in `f32`, half a unit in the last
/// place; [`bounds::DERIVATIVE_F64`](crate::bounds::DERIVATIVE_F64)`.scalar` in `f64`. NaN gives NaN.
///
/// ```
/// assert_eq!(sigmoid::reference::sigmoid_derivative(0.0_f32), 0.25);
/// assert_eq!(sigmoid::reference::sigmoid_derivative(17.0_f32), 4.1399374e-8);
/// ```
pub fn sigmoid_derivative<T: Element>(x: T) -> T {
    of(x, |x| narrow(stable_derivative(x.widen())))
}

/// grad s (1 - s), for s = s(x) as it was computed before: the judge.
///
/// Error: at most [`bounds::BACKWARD_F32`](crate::bounds::BACKWARD_F32)`.scalar` and
/// [`bounds::BACKWARD_F64`](crate::bounds::BACKWARD_F64)`.scalar`, where the result is normal.
///
/// ```
/// assert_eq!(sigmoid::reference::backward(0.5_f32, 8.0), 2.0);
/// ```
pub fn backward<T: Element>(s: T, grad: T) -> T {
    let (s, grad) = (T::__Kind::number(s).widen(), T::__Kind::number(grad).widen());
    T::__Kind::nearest(narrow(product(s, grad)))
}

/// s(x) = 1 / (1 + e^-x), as written.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_sigmoid(0.0_f64), 0.5);
/// ```
pub fn naive_sigmoid<T: Element>(x: T) -> T {
    of(x, naive)
}

/// x s(x), as written.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_silu(-1.0_f32), -0.26894143);
/// assert!(sigmoid::reference::naive_silu(f32::NEG_INFINITY).is_nan()); // -inf times 0
/// ```
pub fn naive_silu<T: Element>(x: T) -> T {
    of(x, |x| x * naive(x))
}

/// x s(1.702 x), as written.
///
/// ```
/// let y = sigmoid::reference::naive_quick_gelu(-50.0_f32);
/// assert!((y / -5.510_066e-36 - 1.0).abs() > 1e-7); // 1.702 x is rounded
/// ```
pub fn naive_quick_gelu<T: Element>(x: T) -> T {
    of(x, |x| x * naive(x * narrow(1.702)))
}

/// a s(b), as written.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_glu(3.0_f64, 0.0), 1.5);
/// ```
pub fn naive_glu<T: Element>(a: T, b: T) -> T {
    T::__Kind::nearest(T::__Kind::number(a) * naive(T::__Kind::number(b)))
}

/// s'(x) = e^-x / (1 + e^-x)^2, as written: what the quotient rule gives.
///
/// ```
/// let s = sigmoid::reference::derivative_quotient(5.0_f64);
/// assert!((s - 0.006648056670790155).abs() < 1e-17);
/// assert!(sigmoid::reference::derivative_quotient(-100.0_f32).is_nan()); // inf / inf
/// ```
pub fn derivative_quotient<T: Element>(x: T) -> T {
    of(x, |x| quotient((-x).exp()))
}

/// s'(x) = s(x) (1 - s(x)), as written, with s as written.
///
/// ```
/// assert_eq!(sigmoid::reference::derivative_product(17.0_f32), 0.0); // 1 + e^-17 rounded to 1
/// ```
pub fn derivative_product<T: Element>(x: T) -> T {
    of(x, |x| {
        let s = naive(x);
        s * one_minus(s)
    })
}

/// s'(x) = e^x / (1 + e^x)^2, as written: the quotient form mirrored, for s' is even.
///
/// ```
/// assert!(sigmoid::reference::derivative_positive_exponent(100.0_f32).is_nan()); // inf / inf
/// ```
pub fn derivative_positive_exponent<T: Element>(x: T) -> T {
    of(x, |x| quotient(x.exp()))
}

/// tanh(x) = (e^x - e^-x) / (e^x + e^-x), as written.
///
/// ```
/// assert!(sigmoid::reference::naive_tanh(100.0_f32).is_nan()); // inf / inf
/// ```
pub fn naive_tanh<T: Element>(x: T) -> T {
    of(x, |x| {
        let (up, down) = (x.exp(), (-x).exp());
        (up - down) / (up + down)
    })
}

/// x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), as written, with the tanh of `libm`.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_gelu_tanh(-6.0_f32), 0.0); // the truth is -8.6e-11
/// ```
pub fn naive_gelu_tanh<T: Element>(x: T) -> T {
    of(x, by_tanh)
}

/// x/2 (1 + erf(x / sqrt(2))), as written, with the error function of `libm`.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_gelu(-6.0_f32), 0.0); // the truth is -5.9e-9
/// ```
pub fn naive_gelu<T: Element>(x: T) -> T {
    of(x, by_erf)
}

/// softplus(x) = ln(1 + e^x), as written.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_softplus(0.0_f64), std::f64::consts::LN_2);
/// assert_eq!(sigmoid::reference::naive_softplus(-17.0_f32), 0.0); // 1 + e^-17 rounded to 1
/// assert_eq!(sigmoid::reference::naive_softplus(100.0_f32), f32::INFINITY); // e^100
/// ```
pub fn naive_softplus<T: Element>(x: T) -> T {
    of(x, |x| plus_one(x.exp()).ln())
}

/// logit(p) = ln(p / (1 - p)), as written.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_logit(0.5_f64), 0.0);
/// // 1 - p is rounded to 1/2, and this is half of the true value.
/// assert_eq!(sigmoid::reference::naive_logit(0.49999997_f32), -5.9604645e-8);
/// ```
pub fn naive_logit<T: Element>(p: T) -> T {
    of(p, |p| (p / one_minus(p)).ln())
}

/// -z ln s(x) - (1 - z) ln(1 - s(x)), as written, with s as written: the binary cross entropy of a logit x and a label z.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_bce_with_logits(0.0_f64, 1.0), std::f64::consts::LN_2);
/// assert!(sigmoid::reference::naive_bce_with_logits(17.0_f32, 1.0).is_nan()); // 0 ln 0
/// ```
pub fn naive_bce_with_logits<T: Element>(x: T, z: T) -> T {
    let z = T::__Kind::number(z);
    of(x, |x| {
        let s = naive(x);
        -z * s.ln() - one_minus(z) * one_minus(s).ln()
    })
}

/// A function of numbers, of an element.
fn of<T: Element>(
    x: T,
    function: impl Fn(<T::__Kind as Kind<T>>::Number) -> <T::__Kind as Kind<T>>::Number,
) -> T {
    T::__Kind::nearest(function(T::__Kind::number(x)))
}

fn narrow<N: Number>(x: f64) -> N {
    N::narrow(x)
}

fn naive<N: Number>(x: N) -> N {
    N::ONE / (N::ONE + (-x).exp())
}

fn plus_one<N: Number>(x: N) -> N {
    N::ONE + x
}

fn one_minus<N: Number>(s: N) -> N {
    N::ONE - s
}

fn by_tanh<N: Number>(x: N) -> N {
    let [half, factor, root]: [N; 3] = [0.5, 0.044715, ROOT_OF_2_OVER_PI].map(N::narrow);
    half * x * (N::ONE + (root * (x + factor * x * x * x)).tanh())
}

fn by_erf<N: Number>(x: N) -> N {
    let [half, root]: [N; 2] = [0.5, core::f64::consts::SQRT_2].map(N::narrow);
    half * x * (N::ONE + (x / root).erf())
}

/// e / (1 + e)^2
fn quotient<N: Number>(e: N) -> N {
    let d = N::ONE + e;
    e / (d * d)
}

/// grad s (1 - s)
pub(crate) fn product(s: f64, grad: f64) -> f64 {
    grad * (s * (1.0 - s))
}

/// The exponent is never positive, and so nothing overflows.
pub(crate) fn stable_sigmoid(x: f64) -> f64 {
    if x < 0.0 {
        let e = libm::exp(x);
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + libm::exp(-x))
    }
}

/// s(-|x|) is at most 1/2, so that 1 - s does not cancel, and the product at most 1/4.
pub(crate) fn stable_derivative(x: f64) -> f64 {
    let s = stable_sigmoid(-x.abs());
    s * (1.0 - s)
}

/// s(x) is e^x from here down, and may be subnormal.
const NEAR_SUBNORMAL: f64 = -700.0;

/// factor s(x), of which e^x may be below the normal range and the product not; a zero for x = -inf.
fn times_sigmoid(factor: f64, x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        return if factor < 0.0 { -0.0 } else { 0.0 };
    }
    if x < NEAR_SUBNORMAL {
        let root = libm::exp(0.5 * x);
        factor * root * root
    } else {
        factor * stable_sigmoid(x)
    }
}

/// factor s(c x), of c in two parts: the rounding of their product is made good.
fn times_sigmoid_of_product(factor: f64, c: [f64; 2], x: f64) -> f64 {
    let product = c[0] * x;
    let result = times_sigmoid(factor, product);
    if !(-1e4..=1e4).contains(&product) {
        return result;
    }
    let rest = libm::fma(c[0], x, -product) + c[1] * x;
    result * (1.0 + rest * stable_sigmoid(-product))
}

/// s(c x), and 1/2 of any x if c is 0.
pub(crate) fn scaled(x: f64, c: f64) -> f64 {
    if c == 0.0 && !x.is_nan() { 0.5 } else { times_sigmoid_of_product(1.0, [c, 0.0], x) }
}

/// a s(b).
pub(crate) fn glu(a: f64, b: f64) -> f64 {
    if b == f64::NEG_INFINITY { 0.0 * a } else { times_sigmoid(a, b) }
}

/// x s(1.702 x), and -0 for x = -inf.
pub(crate) fn quick_gelu(x: f64) -> f64 {
    times_sigmoid_of_product(x, QUICK_GELU, x)
}

/// 1.702 in two parts.
const QUICK_GELU: [f64; 2] = [1.702, 4.263256414560601e-17];

/// x s(x), and -0 for x = -inf.
pub(crate) fn silu(x: f64) -> f64 {
    times_sigmoid(x, x)
}

/// The zero of silu' in two parts.
const ZERO_OF_SLOPE: [f64; 2] = [-1.2784645427610737, -1.0946994183093437e-16];

/// s(x) (1 + x s(-x)), for x < 0 as s(x) s(-x) (1 + x + e^x), of which the last factor is d + e^x0 (e^d - 1) for
/// x = x0 + d.
pub(crate) fn silu_derivative(x: f64) -> f64 {
    if x < 0.0 {
        let s = stable_sigmoid(x);
        let d = (x - ZERO_OF_SLOPE[0]) - ZERO_OF_SLOPE[1];
        let factor = if libm::fabs(d) < 0.5 {
            d + libm::exp(ZERO_OF_SLOPE[0]) * libm::expm1(d)
        } else {
            1.0 + x + libm::exp(x)
        };
        if x < NEAR_SUBNORMAL { times_sigmoid(1.0 + x, x) } else { s * (1.0 - s) * factor }
    } else {
        stable_sigmoid(x) + if x == f64::INFINITY { 0.0 } else { x * stable_derivative(x) }
    }
}

/// factor silu'(x), of which silu'(x) may be below the normal range and the product not.
pub(crate) fn silu_backward(x: f64, factor: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        -0.0 * factor
    } else if x < NEAR_SUBNORMAL {
        let root = libm::exp(0.5 * x);
        factor * root * (1.0 + x) * root
    } else {
        factor * silu_derivative(x)
    }
}

/// g s(alpha g), of any g if alpha is 0.
pub(crate) fn gate(g: f64, alpha: f64) -> f64 {
    if alpha == 0.0 { times_sigmoid(g, 0.0) } else { times_sigmoid_of_product(g, [alpha, 0.0], g) }
}

/// factor silu'(alpha g), of any g if alpha is 0.
pub(crate) fn slope_of_gate(g: f64, alpha: f64, factor: f64) -> f64 {
    if alpha == 0.0 {
        return if g.is_nan() { g } else { 0.5 * factor };
    }
    let product = alpha * g;
    if !(-1e4..=1e4).contains(&product) {
        return silu_backward(product, factor);
    }
    // The rounding of the product times silu'', which is almost silu' far below zero.
    let rest = libm::fma(alpha, g, -product);
    if product < -4.0 {
        silu_backward(product, factor) * (1.0 + rest)
    } else {
        let s = stable_sigmoid(product);
        factor * (silu_derivative(product) + rest * s * (1.0 - s) * (2.0 + product * (1.0 - 2.0 * s)))
    }
}

/// tanh(x), of which `libm` has a stable one.
pub(crate) fn stable_tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// 4 s'(2 x), and where that is near the end of the format (2 e^-|x|)^2, which is rounded once.
pub(crate) fn stable_tanh_derivative(x: f64) -> f64 {
    if x.abs() < 0.5 * -NEAR_SUBNORMAL {
        4.0 * stable_derivative(2.0 * x)
    } else {
        let double = 2.0 * libm::exp(-x.abs());
        double * double
    }
}

/// grad (1 - y^2), in factors of which none cancels.
pub(crate) fn tanh_backward(y: f64, grad: f64) -> f64 {
    grad * ((1.0 - y) * (1.0 + y))
}

/// sqrt(2 / pi)
const ROOT_OF_2_OVER_PI: f64 = 0.797_884_560_802_865_4;

/// 2 sqrt(2 / pi) 0.044715 in two parts, and 1 / 0.044715.
const CUBIC: [f64; 2] = [f64::from_bits(0x3fb2_444f_2a4d_8b4b), f64::from_bits(0xbc26_c843_a29d_1c70)];
const LINEAR: [f64; 2] = [f64::from_bits(0x4036_5d25_edd9_ed82), f64::from_bits(0xbc85_86cc_71ee_31de)];

/// Beyond it x s(z) is -0 or x, and the derivative times any number nothing or that number.
const END_OF_GELU: f64 = 28.0;

/// a b in two parts (T. J. Dekker, Numerische Mathematik 18, 1971).
fn exact_product(a: f64, b: f64) -> [f64; 2] {
    let halves = |x: f64| {
        let scaled = x * 134_217_729.0; // 2^27 + 1
        let high = scaled - (scaled - x);
        (high, x - high)
    };
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    [product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)]
}

/// z = 2 sqrt(2 / pi) (x + 0.044715 x^3) = c (x^3 + a x) in two parts, up to [`END_OF_GELU`]: in the tail its digits
/// are those of the result.
fn cubic(x: f64) -> [f64; 2] {
    let [square, low] = exact_product(x, x);
    let sum = square + LINEAR[0];
    let rest = sum - square;
    let low = ((square - (sum - rest)) + (LINEAR[0] - rest)) + (low + LINEAR[1]);
    let [product, rest] = exact_product(x, sum);
    let low = rest + x * low;
    let [z, rest] = exact_product(product, CUBIC[0]);
    [z, rest + (low * CUBIC[0] + product * CUBIC[1])]
}

/// x s(z)
pub(crate) fn gelu_tanh(x: f64) -> f64 {
    if x > END_OF_GELU {
        x
    } else if x < -END_OF_GELU {
        -0.0
    } else {
        let [z, low] = cubic(x);
        times_sigmoid(x + x * low * stable_sigmoid(-z), z)
    }
}

/// grad s(z) (1 + x z' s(-z))
pub(crate) fn gelu_tanh_backward(x: f64, grad: f64) -> f64 {
    if x > END_OF_GELU {
        return grad;
    } else if x < -END_OF_GELU {
        return -0.0 * grad;
    }
    let [z, low] = cubic(x);
    let other = stable_sigmoid(-z);
    let slope = x * (CUBIC[0] * (3.0 * x * x + LINEAR[0]));
    let factor = (1.0 + slope * other) * (1.0 + low * other);
    if z < NEAR_SUBNORMAL {
        // e^z in parts, for it may be far below the format and grad at its upper end.
        let root = libm::exp(0.25 * z);
        (grad * root * root) * (factor * root * root)
    } else {
        grad * (stable_sigmoid(z) * factor)
    }
}

/// x Phi(x), and -0 for x = -inf.
pub(crate) fn gelu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { -0.0 } else { x * (0.5 * libm::erfc(-core::f64::consts::FRAC_1_SQRT_2 * x)) }
}

/// max(x, 0) + ln(1 + e^-|x|).
pub(crate) fn softplus(x: f64) -> f64 {
    let logarithm = libm::log1p(libm::exp(-libm::fabs(x)));
    if x > 0.0 { x + logarithm } else { logarithm }
}

/// grad s(x): s(x) is nothing for x = -inf only.
pub(crate) fn softplus_backward(x: f64, grad: f64) -> f64 {
    /// No finite gradient has a result from here down.
    const LOWEST: f64 = -1470.0;
    if x == f64::NEG_INFINITY { 0.0 * grad } else { times_sigmoid(grad, if x < LOWEST { LOWEST } else { x }) }
}

/// ln(p / (1 - p)), where it is small as ln(1 + (2 p - 1) / (1 - p)), of which the numerator is exact.
pub(crate) fn logit(p: f64) -> f64 {
    if (0.25..=0.75).contains(&p) {
        libm::log1p((2.0 * p - 1.0) / (1.0 - p))
    } else {
        libm::log(p / (1.0 - p))
    }
}

/// |x| w + ln(1 + e^-|x|), w being 1 - z where x is positive, and z elsewhere.
pub(crate) fn bce_with_logits(x: f64, z: f64) -> f64 {
    let weight = if x > 0.0 { 1.0 - z } else { z };
    let size = libm::fabs(x);
    let product = if weight == 0.0 && size == f64::INFINITY { 0.0 } else { size * weight };
    product + softplus(-size)
}

/// s(x) - z, of positive x as (1 - z) - s(-x).
pub(crate) fn bce_with_logits_gradient(x: f64, z: f64) -> f64 {
    if x > 0.0 { (1.0 - z) - stable_sigmoid(-x) } else { stable_sigmoid(x) - z }
}
