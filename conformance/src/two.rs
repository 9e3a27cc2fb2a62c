//! Functions of two numbers: gates, a loss, a way back.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::arbitrary::Arbitrary;
use crate::family::{logistic_of, silu, silu_derivative, silu_derivative_near_0, softplus_of_minus};
use crate::format::Format;
use crate::function::{Function, UnknownFunction};
use crate::truth::{Rounding, SMALL, Truth};
use crate::wide::Wide;

/// A function of two numbers that is made of the sigmoid.
///
/// ```
/// use sigmoid_conformance::FunctionOfTwo;
///
/// let truth = FunctionOfTwo::SwiGlu.truth(1.0, 2.0);
/// assert!(truth.error_in_ulp(1.462_117_2_f32) < 0.5);
/// assert_eq!("swiglu".parse(), Ok(FunctionOfTwo::SwiGlu));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum FunctionOfTwo {
    /// silu(g) u of the gate g and u
    #[serde(rename = "swiglu")]
    SwiGlu,
    /// a s(b) of a and b
    #[serde(rename = "glu")]
    Glu,
    /// softplus(x) - x z of the logit x and the label z in [0, 1]: the binary cross entropy,
    /// -z ln s(x) - (1 - z) ln s(-x)
    #[serde(rename = "bce_with_logits")]
    BceWithLogits,
    /// silu'(x) g of x and the gradient g
    #[serde(rename = "silu_backward")]
    SiluBackward,
}

impl FunctionOfTwo {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::SwiGlu, Self::Glu, Self::BceWithLogits, Self::SiluBackward];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SwiGlu => "swiglu",
            Self::Glu => "glu",
            Self::BceWithLogits => "bce_with_logits",
            Self::SiluBackward => "silu_backward",
        }
    }

    /// Its true value, in pairs of `f64`, trusted to 2^-90 of it: one product more than the functions of one input
    /// have, or for the loss the sum of two numbers that are not negative. It may be far above or below what a format
    /// holds; that is told when it is rounded.
    ///
    /// At infinities and zeros it is the product of the limits: NaN for 0 times infinity. (silu(g) is negative for any
    /// finite g < 0, however small the product.) A label outside of [0, 1] has NaN.
    ///
    /// ```
    /// use sigmoid_conformance::FunctionOfTwo;
    ///
    /// // e^-120 alone is 0 in single precision, and this is not.
    /// let truth = FunctionOfTwo::Glu.truth(1e30, -120.0);
    /// assert!(truth.error_in_ulp(7.667_648e-23_f32) < 0.5);
    /// ```
    pub fn truth(self, a: f64, b: f64) -> Truth {
        if let Some(exact) = self.exact(a, b) {
            return Truth::exactly(exact);
        }
        match self {
            Self::SwiGlu => silu(a).mul(Wide::of(b)).truth(),
            // Half of a subnormal number may be the middle between two.
            Self::Glu if b == 0.0 => Truth { error: 0.0, ..Wide::of(a).shifted(-1).truth() },
            Self::Glu => Wide::of(a).mul(logistic_of(b)).truth(),
            Self::BceWithLogits => {
                // max(x, 0) - x z is x (1 - z) or |x| z.
                let linear =
                    if a > 0.0 { Wide::of(a).mul(Wide::one_minus(b)) } else { Wide::of_product(-a, b) };
                linear.add(softplus_of_minus(a)).truth()
            }
            Self::SiluBackward if a.abs() < SMALL => {
                // The three parts of 1/2 + x/2 - ... hold the fourth power of x; here two will do.
                let ([high, low, _], _) = silu_derivative_near_0(a).parts();
                Wide::of_pair(crate::pair::sum(high, low)).mul(Wide::of(b)).truth()
            }
            Self::SiluBackward => silu_derivative(a).mul(Wide::of(b)).truth(),
        }
    }

    /// Its correctly rounded value by arbitrary precision: see [`Function::round_arbitrarily`].
    pub fn round_arbitrarily<T: Format>(self, a: T, b: T) -> Option<T> {
        match self.truth(a.widen(), b.widen()) {
            // Known exactly, and no digits would tell that it is a middle.
            truth if truth.error() == 0.0 => match truth.round() {
                Rounding::Known(number) | Rounding::Unknown(number) => Some(number),
            },
            _ => Arbitrary::new().round_of_two(self, a, b),
        }
    }

    /// See [`Function::doubt`].
    pub fn doubt(self, a: f64, b: f64) -> Option<f64> {
        let exact = self.exact(a, b).is_some();
        (!exact).then(|| Arbitrary::new().distance_of_two(self, [a, b], &self.truth(a, b)))
    }

    /// Where an input is a zero, an infinity or none: what the limits make of it.
    pub(crate) fn exact(self, a: f64, b: f64) -> Option<f64> {
        if a.is_nan() || b.is_nan() {
            return Some(f64::NAN);
        }
        // A factor that is neither counts as a number of its sign.
        let limit = |function: Function, x: f64| {
            function.exact(x).unwrap_or_else(|| {
                let ([high, ..], _) = function.truth(x).parts();
                1.0_f64.copysign(high)
            })
        };
        let settled = |x: f64| x == 0.0 || x.is_infinite();
        match self {
            Self::SwiGlu => (settled(a) || settled(b)).then(|| limit(Function::Silu, a) * b),
            Self::Glu => (settled(a) || b.is_infinite()).then(|| a * limit(Function::Sigmoid, b)),
            Self::BceWithLogits if !(0.0..=1.0).contains(&b) => Some(f64::NAN),
            Self::BceWithLogits if a == f64::INFINITY => Some(if b == 1.0 { 0.0 } else { a }),
            Self::BceWithLogits if a == f64::NEG_INFINITY => Some(if b == 0.0 { 0.0 } else { -a }),
            Self::BceWithLogits => None,
            Self::SiluBackward if a.is_infinite() || settled(b) => {
                Some(limit(Function::SiluDerivative, a) * b)
            }
            Self::SiluBackward => None,
        }
    }
}

impl fmt::Display for FunctionOfTwo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for FunctionOfTwo {
    type Err = UnknownFunction;

    fn from_str(name: &str) -> Result<Self, UnknownFunction> {
        Self::ALL.into_iter().find(|function| function.name() == name).ok_or(UnknownFunction)
    }
}
