//! The scalar reference: each formula as one would write it down, to hold everything else against.
//!
//! It shares no code with the kernels. The exponential is that of the `libm` crate, in pure Rust:
//! the same bits on every platform.
//!
//! Two kinds of functions stand here:
//!
//! - [`sigmoid()`], [`sigmoid_derivative`] and [`backward`] are the *judge*: stable formulas, for
//!   `f32` computed in `f64` and rounded once.
//! - [`naive_sigmoid`], [`derivative_quotient`], [`derivative_product`] and
//!   [`derivative_positive_exponent`] are the *textbook forms*, exactly as written, in the arithmetic
//!   of the format. They are equal on paper; the crate's front page shows what a computer makes
//!   of them.

use crate::element::Element;

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
    T::narrow(stable_sigmoid(x.widen()))
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
    T::narrow(stable_derivative(x.widen()))
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
    let (s, grad) = (s.widen(), grad.widen());
    T::narrow(grad * (s * (1.0 - s)))
}

/// s(x) = 1 / (1 + e^-x), as written.
///
/// ```
/// assert_eq!(sigmoid::reference::naive_sigmoid(0.0_f64), 0.5);
/// ```
pub fn naive_sigmoid<T: Element>(x: T) -> T {
    T::ONE / (T::ONE + (-x).exp())
}

/// s'(x) = e^-x / (1 + e^-x)^2, as written: what the quotient rule gives.
///
/// ```
/// let s = sigmoid::reference::derivative_quotient(5.0_f64);
/// assert!((s - 0.006648056670790155).abs() < 1e-17);
/// assert!(sigmoid::reference::derivative_quotient(-100.0_f32).is_nan()); // inf / inf
/// ```
pub fn derivative_quotient<T: Element>(x: T) -> T {
    let e = (-x).exp();
    let d = T::ONE + e;
    e / (d * d)
}

/// s'(x) = s(x) (1 - s(x)), as written, with s as written.
///
/// ```
/// assert_eq!(sigmoid::reference::derivative_product(17.0_f32), 0.0); // 1 + e^-17 rounded to 1
/// ```
pub fn derivative_product<T: Element>(x: T) -> T {
    let s = naive_sigmoid(x);
    s * (T::ONE - s)
}

/// s'(x) = e^x / (1 + e^x)^2, as written: the quotient form mirrored, for s' is even.
///
/// ```
/// assert!(sigmoid::reference::derivative_positive_exponent(100.0_f32).is_nan()); // inf / inf
/// ```
pub fn derivative_positive_exponent<T: Element>(x: T) -> T {
    let e = x.exp();
    let d = T::ONE + e;
    e / (d * d)
}

/// The exponent is never positive, and so nothing overflows.
fn stable_sigmoid(x: f64) -> f64 {
    if x < 0.0 {
        let e = libm::exp(x);
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + libm::exp(-x))
    }
}

/// s(-|x|) is at most 1/2, so that 1 - s does not cancel, and the product at most 1/4.
fn stable_derivative(x: f64) -> f64 {
    let s = stable_sigmoid(-x.abs());
    s * (1.0 - s)
}
