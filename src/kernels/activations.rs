//! The everyday cases of what is made of the sigmoid as functions.

use super::Kernels;
use crate::ops::{self, Map, Zip};

/// y\[i\] = x\[i\] s(x\[i\]): see [`ops::Silu`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::silu(&[-1.0_f32, 100.0], &mut y);
/// assert_eq!(y, [-0.26894143, 100.0]);
/// ```
#[track_caller]
#[inline]
pub fn silu<T: 'static, U: 'static>(x: &[T], y: &mut [U])
where
    ops::Silu: Map<T, U>,
{
    Kernels::new().map(ops::Silu, x, y);
}

/// The derivative of x s(x): see [`ops::SiluDerivative`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut dy = [0.0; 2];
/// sigmoid::silu_derivative(&[0.0_f32, 100.0], &mut dy);
/// assert_eq!(dy, [0.5, 1.0]);
/// ```
#[track_caller]
#[inline]
pub fn silu_derivative<T: 'static, U: 'static>(x: &[T], dy: &mut [U])
where
    ops::SiluDerivative: Map<T, U>,
{
    Kernels::new().map(ops::SiluDerivative, x, dy);
}

/// y\[i\] = gate\[i\] s(gate\[i\]) up\[i\]: see [`ops::SwiGlu`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::swiglu(&[1.0_f32, 40.0], &[2.0, 3.0], &mut y);
/// assert_eq!(y, [1.4621172, 120.0]);
/// ```
#[track_caller]
#[inline]
pub fn swiglu<T: 'static, U: 'static>(gate: &[T], up: &[T], y: &mut [U])
where
    ops::SwiGlu: Zip<T, U>,
{
    Kernels::new().zip(ops::SwiGlu::default(), gate, up, y);
}

/// y\[i\] = a\[i\] s(b\[i\]): see [`ops::Glu`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::glu(&[2.0_f32, 3.0], &[0.0, 40.0], &mut y);
/// assert_eq!(y, [1.0, 3.0]);
/// ```
#[track_caller]
#[inline]
pub fn glu<T: 'static, U: 'static>(a: &[T], b: &[T], y: &mut [U])
where
    ops::Glu: Zip<T, U>,
{
    Kernels::new().zip(ops::Glu, a, b, y);
}

/// y\[i\] = x\[i\] s(1.702 x\[i\]): see [`ops::QuickGelu`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::quick_gelu(&[-1.0_f32, 100.0], &mut y);
/// assert_eq!(y, [-0.15420422, 100.0]);
/// ```
#[track_caller]
#[inline]
pub fn quick_gelu<T: 'static, U: 'static>(x: &[T], y: &mut [U])
where
    ops::QuickGelu: Map<T, U>,
{
    Kernels::new().map(ops::QuickGelu, x, y);
}

/// y\[i\] = tanh(x\[i\]): see [`ops::Tanh`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::tanh(&[-1.0_f32, 100.0], &mut y);
/// assert_eq!(y, [-0.7615942, 1.0]);
/// ```
#[track_caller]
#[inline]
pub fn tanh<T: 'static, U: 'static>(x: &[T], y: &mut [U])
where
    ops::Tanh: Map<T, U>,
{
    Kernels::new().map(ops::Tanh, x, y);
}

/// dy\[i\] = 1 - tanh(x\[i\])^2: see [`ops::TanhDerivative`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut dy = [0.0; 2];
/// sigmoid::tanh_derivative(&[0.0_f32, 20.0], &mut dy);
/// assert_eq!(dy, [1.0, 1.6993417e-17]);
/// ```
#[track_caller]
#[inline]
pub fn tanh_derivative<T: 'static, U: 'static>(x: &[T], dy: &mut [U])
where
    ops::TanhDerivative: Map<T, U>,
{
    Kernels::new().map(ops::TanhDerivative, x, dy);
}

/// y\[i\] = x\[i\] Phi(x\[i\]), with the error function: see [`ops::Gelu`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::gelu(&[-1.0_f32, 100.0], &mut y);
/// assert!((y[0] + 0.158_655_25).abs() < 1e-7);
/// assert_eq!(y[1], 100.0);
/// ```
#[track_caller]
#[inline]
pub fn gelu<T: 'static, U: 'static>(x: &[T], y: &mut [U])
where
    ops::Gelu: Map<T, U>,
{
    Kernels::new().map(ops::Gelu, x, y);
}

/// y\[i\] = x\[i\] Phi(x\[i\]), nearly, by way of tanh: see [`ops::GeluTanh`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::gelu_tanh(&[-1.0_f32, 100.0], &mut y);
/// assert!((y[0] + 0.158_808).abs() < 1e-7);
/// assert_eq!(y[1], 100.0);
/// ```
#[track_caller]
#[inline]
pub fn gelu_tanh<T: 'static, U: 'static>(x: &[T], y: &mut [U])
where
    ops::GeluTanh: Map<T, U>,
{
    Kernels::new().map(ops::GeluTanh, x, y);
}

/// y\[i\] = ln(1 + e^(x\[i\])): see [`ops::Softplus`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::softplus(&[0.0_f32, 100.0], &mut y);
/// assert_eq!(y, [0.6931472, 100.0]);
/// ```
#[track_caller]
#[inline]
pub fn softplus<T: 'static, U: 'static>(x: &[T], y: &mut [U])
where
    ops::Softplus: Map<T, U>,
{
    Kernels::new().map(ops::Softplus, x, y);
}

/// y\[i\] = ln s(x\[i\]): see [`ops::LogSigmoid`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::log_sigmoid(&[0.0_f32, -100.0], &mut y);
/// assert_eq!(y, [-0.6931472, -100.0]);
/// ```
#[track_caller]
#[inline]
pub fn log_sigmoid<T: 'static, U: 'static>(x: &[T], y: &mut [U])
where
    ops::LogSigmoid: Map<T, U>,
{
    Kernels::new().map(ops::LogSigmoid, x, y);
}

/// y\[i\] = ln(p\[i\] / (1 - p\[i\])): see [`ops::Logit`].
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 2];
/// sigmoid::logit(&[0.5_f32, 0.75], &mut y);
/// assert_eq!(y, [0.0, 1.0986123]);
/// ```
#[track_caller]
#[inline]
pub fn logit<T: 'static, U: 'static>(p: &[T], y: &mut [U])
where
    ops::Logit: Map<T, U>,
{
    Kernels::new().map(ops::Logit, p, y);
}

/// loss\[i\] = the binary cross entropy of the logit x\[i\] and the label z\[i\]: see [`ops::BceWithLogits`].
/// [`Kernels::bce_with_logits_mean`] is its mean.
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut loss = [0.0; 2];
/// sigmoid::bce_with_logits(&[0.0_f32, -100.0], &[0.25, 1.0], &mut loss);
/// assert_eq!(loss, [0.6931472, 100.0]);
/// ```
#[track_caller]
#[inline]
pub fn bce_with_logits<T: 'static, U: 'static>(x: &[T], z: &[T], loss: &mut [U])
where
    ops::BceWithLogits: Zip<T, U>,
{
    Kernels::new().zip(ops::BceWithLogits, x, z, loss);
}
