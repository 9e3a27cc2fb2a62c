//! Number formats, on the ground of the crate: what lies in memory, and what it is computed with.

use core::ops::{Add, Div, Mul, Neg, Sub};

/// What is computed with: `f32` or `f64`, and what scalar code needs of them.
pub trait Number:
    Format<Number = Self>
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// 0
    const ZERO: Self;

    /// 1
    const ONE: Self;

    /// Of a constant in both formats, the one in this.
    fn of(constant: (f32, f64)) -> Self;

    /// e^x in this format.
    fn exp(self) -> Self;

    /// tanh(x) in this format.
    fn tanh(self) -> Self;

    /// erf(x) in this format.
    fn erf(self) -> Self;

    /// ln x in this format.
    fn ln(self) -> Self;

    /// The same number in `f64`.
    fn widen(self) -> f64;

    /// The nearest number of this format.
    fn narrow(x: f64) -> Self;
}

/// What lies in memory: a number of a kind that is computed with, or a shorter one of its values.
pub trait Format: Copy + Send + Sync + 'static {
    /// What it is computed with.
    type Number: Number;

    /// The same number.
    fn number(self) -> Self::Number;

    /// The nearest one, ties to even.
    fn nearest(number: Self::Number) -> Self;
}

impl Format for f32 {
    type Number = f32;

    fn number(self) -> f32 {
        self
    }

    fn nearest(number: f32) -> f32 {
        number
    }
}

impl Format for f64 {
    type Number = f64;

    fn number(self) -> f64 {
        self
    }

    fn nearest(number: f64) -> f64 {
        number
    }
}

impl Number for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;

    #[inline(always)]
    fn of((constant, _): (f32, f64)) -> f32 {
        constant
    }

    fn exp(self) -> f32 {
        libm::expf(self)
    }

    fn tanh(self) -> f32 {
        libm::tanhf(self)
    }

    fn erf(self) -> f32 {
        libm::erff(self)
    }

    fn ln(self) -> f32 {
        libm::logf(self)
    }

    fn widen(self) -> f64 {
        self.into()
    }

    fn narrow(x: f64) -> f32 {
        x as f32
    }
}

impl Number for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;

    #[inline(always)]
    fn of((_, constant): (f32, f64)) -> f64 {
        constant
    }

    fn exp(self) -> f64 {
        libm::exp(self)
    }

    fn tanh(self) -> f64 {
        libm::tanh(self)
    }

    fn erf(self) -> f64 {
        libm::erf(self)
    }

    fn ln(self) -> f64 {
        libm::log(self)
    }

    fn widen(self) -> f64 {
        self
    }

    fn narrow(x: f64) -> f64 {
        x
    }
}

/// Expands to a format of the crate `half`.
#[cfg(feature = "half")]
macro_rules! half {
    ($format:ident) => {
        impl Format for half::$format {
            type Number = f32;

            fn number(self) -> f32 {
                self.to_f32()
            }

            fn nearest(number: f32) -> half::$format {
                half::$format::from_f32(number)
            }
        }
    };
}

#[cfg(feature = "half")]
half!(bf16);
#[cfg(feature = "half")]
half!(f16);
