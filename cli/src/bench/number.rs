//! What the formats must be able to do to be measured.

use std::ops::{Add, Div, Mul, Neg, Sub};

use half::{bf16, f16};
use sigmoid::Element;
use sigmoid_measure::yardsticks::{self, Yardsticks};

// The widest registers of `wide` that this build's target features give. Wider types exist, but
// they are arrays of these, and spill.
#[cfg(not(target_feature = "avx2"))]
use wide::{f32x4 as WideF32, f64x2 as WideF64};
#[cfg(all(target_feature = "avx2", not(target_feature = "avx512f")))]
use wide::{f32x8 as WideF32, f64x4 as WideF64};
#[cfg(target_feature = "avx512f")]
use wide::{f32x16 as WideF32, f64x8 as WideF64};

use super::call::Calls;
use super::naive;
use crate::operations::{InLibrary, Operation};

/// A format.
pub trait Number: InLibrary + sigmoid_measure::Number {
    /// What one computes in: `f32` where the format is half of it.
    type Real: Real;

    fn real(self) -> Self::Real;

    fn nearest(real: Self::Real) -> Self;

    fn from_f64(x: f64) -> Self {
        Self::nearest(Self::Real::from_f64(x))
    }

    /// The loop for an operation over the exponential of `wide`, if there is one.
    fn naive_wide(op: Operation, in_place: bool) -> Option<Calls<Self>>;

    /// The best loops for this CPU, if there are any.
    fn yardsticks() -> Option<Yardsticks<Self>>;
}

/// `f32` or `f64`, with the standard library's functions.
pub trait Real:
    Element
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<Output = Self>
    + Neg<Output = Self>
{
    fn from_f64(x: f64) -> Self;

    fn exp(self) -> Self;

    fn ln(self) -> Self;

    fn tanh(self) -> Self;

    /// y = s(x), through the exponential of `wide`, in its widest registers. The slices have whole
    /// registers, [`Real::WIDE_LANES`] each.
    fn wide_sigmoid(x: &[Self], y: &mut [Self]);

    /// The elements of `wide`'s widest register.
    const WIDE_LANES: usize;
}

macro_rules! real {
    ($number:ident, $register:ident) => {
        impl Real for $number {
            const WIDE_LANES: usize = size_of::<$register>() / size_of::<$number>();

            fn from_f64(x: f64) -> Self {
                x as Self
            }

            #[inline(always)]
            fn exp(self) -> Self {
                $number::exp(self)
            }

            #[inline(always)]
            fn ln(self) -> Self {
                $number::ln(self)
            }

            #[inline(always)]
            fn tanh(self) -> Self {
                $number::tanh(self)
            }

            #[inline(always)]
            fn wide_sigmoid(x: &[Self], y: &mut [Self]) {
                const LANES: usize = <$number as Real>::WIDE_LANES;
                let one = $register::splat(1.0);
                for (x, y) in x.as_chunks::<LANES>().0.iter().zip(y.as_chunks_mut::<LANES>().0) {
                    *y = (one / (one + (-$register::new(*x)).exp())).to_array();
                }
            }
        }

        impl Number for $number {
            type Real = Self;

            #[inline(always)]
            fn real(self) -> Self {
                self
            }

            #[inline(always)]
            fn nearest(real: Self) -> Self {
                real
            }

            fn naive_wide(op: Operation, in_place: bool) -> Option<Calls<Self>> {
                naive::with_wide(op, in_place)
            }

            fn yardsticks() -> Option<Yardsticks<Self>> {
                Some(yardsticks::$number())
            }
        }
    };
}

real!(f32, WideF32);
real!(f64, WideF64);

macro_rules! half_precision {
    ($($number:ident),*) => {$(
        impl Number for $number {
            type Real = f32;

            #[inline(always)]
            fn real(self) -> f32 {
                self.to_f32()
            }

            #[inline(always)]
            fn nearest(real: f32) -> Self {
                $number::from_f32(real)
            }

            fn naive_wide(_: Operation, _: bool) -> Option<Calls<Self>> {
                None
            }

            fn yardsticks() -> Option<Yardsticks<Self>> {
                None
            }
        }
    )*};
}
half_precision!(bf16, f16);
