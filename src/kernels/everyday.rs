//! The everyday cases of the sigmoid as functions.

use super::Kernels;
use crate::ops::{self, Map};

/// y\[i\] = s(x\[i\]): fast, on this thread, with the best instructions that the CPU has.
///
/// Short for [`Kernels::new().forward(x, y)`](Kernels::forward).
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut y = [0.0; 5];
/// sigmoid::sigmoid(&[0.0_f32; 5], &mut y);
/// assert_eq!(y, [0.5; 5]);
/// ```
#[track_caller]
#[inline]
pub fn sigmoid<T: 'static>(x: &[T], y: &mut [T])
where
    ops::Sigmoid: Map<T>,
{
    Kernels::new().forward(x, y);
}

/// dy\[i\] = s'(x\[i\]): fast, on this thread, with the best instructions that the CPU has.
///
/// Short for [`Kernels::new().derivative(x, dy)`](Kernels::derivative).
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// let mut dy = [0.0; 5];
/// sigmoid::sigmoid_derivative(&[0.0_f64; 5], &mut dy);
/// assert_eq!(dy, [0.25; 5]);
/// ```
#[track_caller]
#[inline]
pub fn sigmoid_derivative<T: 'static>(x: &[T], dy: &mut [T])
where
    ops::SigmoidDerivative: Map<T>,
{
    Kernels::new().derivative(x, dy);
}
