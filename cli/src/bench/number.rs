//! What the two formats must be able to do to be measured.

use std::ops::{Add, Div, Mul, Neg, Sub};

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

/// `f32` or `f64`.
pub trait Number:
    Element
    + sigmoid_measure::Number
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<Output = Self>
    + Neg<Output = Self>
{
    fn from_f64(x: f64) -> Self;

    /// e^x of the standard library.
    fn std_exp(self) -> Self;

    /// y = s(x), through the exponential of `wide`, in its widest registers. The slices have whole
    /// registers, [`Number::WIDE_LANES`] each.
    fn wide_sigmoid(x: &[Self], y: &mut [Self]);

    /// The elements of `wide`'s widest register.
    const WIDE_LANES: usize;

    /// The best loops for this CPU.
    fn yardsticks() -> Yardsticks<Self>;
}

macro_rules! number {
    ($number:ident, $register:ident) => {
        impl Number for $number {
            const WIDE_LANES: usize = size_of::<$register>() / size_of::<$number>();

            fn from_f64(x: f64) -> Self {
                x as Self
            }

            #[inline(always)]
            fn std_exp(self) -> Self {
                self.exp()
            }

            #[inline(always)]
            fn wide_sigmoid(x: &[Self], y: &mut [Self]) {
                const LANES: usize = <$number as Number>::WIDE_LANES;
                let one = $register::splat(1.0);
                for (x, y) in x.as_chunks::<LANES>().0.iter().zip(y.as_chunks_mut::<LANES>().0) {
                    *y = (one / (one + (-$register::new(*x)).exp())).to_array();
                }
            }

            fn yardsticks() -> Yardsticks<Self> {
                yardsticks::$number()
            }
        }
    };
}

number!(f32, WideF32);
number!(f64, WideF64);
