//! The two formats, and what the crate needs to know about each.

use core::fmt;
use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::bounds::Errors;
use crate::dispatch::Dispatch;
use crate::logistic::Constants;

/// A number format that the kernels work on: `f32` or `f64`. Sealed.
///
/// ```
/// fn halves<T: sigmoid::Element + Default>() -> [T; 4] {
///     let mut x = [T::default(); 4];
///     sigmoid::Sigmoid::new().forward_in_place(&mut x);
///     x
/// }
/// assert_eq!(halves::<f32>(), [0.5; 4]);
/// assert_eq!(halves::<f64>(), [0.5; 4]);
/// ```
pub trait Element: Format + Copy + PartialOrd + fmt::Debug + fmt::Display + Send + Sync {}

impl Element for f32 {}
impl Element for f64 {}

/// The hidden half of [`Element`]: scalar arithmetic for the reference, kernels for the rest.
pub trait Format:
    Dispatch
    + Constants
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The stated errors of its results: see [`crate::bounds`].
    const ERRORS: Errors;

    /// e^x in this format.
    fn exp(self) -> Self;

    /// The same number in `f64`.
    fn widen(self) -> f64;

    /// The nearest number of this format.
    fn narrow(x: f64) -> Self;
}

impl Format for f32 {
    const ERRORS: Errors = Errors::F32;

    fn exp(self) -> f32 {
        libm::expf(self)
    }

    fn widen(self) -> f64 {
        self.into()
    }

    fn narrow(x: f64) -> f32 {
        x as f32
    }
}

impl Format for f64 {
    const ERRORS: Errors = Errors::F64;

    fn exp(self) -> f64 {
        libm::exp(self)
    }

    fn widen(self) -> f64 {
        self
    }

    fn narrow(x: f64) -> f64 {
        x
    }
}
