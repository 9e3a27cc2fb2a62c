//! [`crate::Accuracy::Exact`] for [`crate::Backend::Scalar`]: no lanes, no code in common with them.
//!
//! In `f32` the first phase is the reference's formula in `f64`, before it is rounded; in `f64` there is none.

use super::last_phase::{self, Rounded};
use crate::format::Number;
use crate::reference;
use crate::walk::Operation;

/// A format with exact scalar functions.
pub(crate) trait Exact: Rounded {
    /// The correctly rounded s(x).
    fn sigmoid(self) -> Self;

    /// The correctly rounded s'(x).
    fn derivative(self) -> Self;

    /// The correctly rounded grad s (1 - s), of self as s.
    fn backward(self, grad: Self) -> Self;
}

/// The relative error that [`reference`]'s functions are trusted with in `f64`: 2^-48. (They state less than 8 ULP,
/// 2^-49: [`crate::bounds`].)
const MARGIN: f64 = f64::from_bits((1023 - 48) << 52);

/// `value` in `f32`, if everything within the margin rounds alike.
fn rounded(value: f64) -> Option<f32> {
    let (low, high) = ((value - value * MARGIN) as f32, (value + value * MARGIN) as f32);
    (low == high).then_some(low)
}

impl Exact for f32 {
    fn sigmoid(self) -> f32 {
        let x = f64::from(self);
        rounded(reference::sigmoid(x)).unwrap_or_else(|| last_phase::sigmoid(x))
    }

    fn derivative(self) -> f32 {
        let x = f64::from(self);
        rounded(reference::sigmoid_derivative(x)).unwrap_or_else(|| last_phase::derivative(x))
    }

    fn backward(self, grad: f32) -> f32 {
        last_phase::backward(self.into(), grad.into())
    }
}

impl Exact for f64 {
    fn sigmoid(self) -> f64 {
        last_phase::sigmoid(self)
    }

    fn derivative(self) -> f64 {
        last_phase::derivative(self)
    }

    fn backward(self, grad: f64) -> f64 {
        last_phase::backward(self, grad)
    }
}

/// s(x)
pub(crate) struct Sigmoid;

/// s'(x)
pub(crate) struct SigmoidDerivative;

/// s(x) and s'(x)
pub(crate) struct SigmoidWithDerivative;

/// grad s (1 - s)
pub(crate) struct SigmoidBackward;

/// Expands to an operation.
macro_rules! operation {
    ($operation:ident, $inputs:pat, $from:ty, $to:ty, $results:expr) => {
        impl<N: Exact + Number> Operation<N> for $operation {
            type Prepared = ();
            type Inputs = $from;
            type Outputs = $to;

            fn apply(_: &(), $inputs: $from) -> $to {
                $results
            }
        }
    };
}

operation!(Sigmoid, x, N, N, x.sigmoid());
operation!(SigmoidDerivative, x, N, N, x.derivative());
operation!(SigmoidWithDerivative, x, N, (N, N), (x.sigmoid(), x.derivative()));
operation!(SigmoidBackward, (s, grad), (N, N), N, s.backward(grad));
