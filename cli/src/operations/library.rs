//! From the name of an operation to the library's.

use half::{bf16, f16};
use sigmoid::Element;
use sigmoid::ops::{self, Gradients, Map, Zip};

use super::Operation;

/// s(c x) is computed with the c of quick gelu.
const SCALE: f32 = 1.702;

/// What is to be done with an operation, whichever it is, on elements of type `T`.
pub trait With<T: 'static>: Sized {
    type Output;

    /// With one from a slice to a slice.
    fn map(self, op: impl Map<T> + Send + Sync + 'static) -> Self::Output;

    /// With one from two slices to a slice.
    fn zip(self, op: impl Zip<T> + Send + Sync + 'static) -> Self::Output;

    /// With the way back through one from two slices to a slice.
    fn gradients(self, op: impl Gradients<T> + Send + Sync + 'static) -> Self::Output;

    /// With s and s' in one pass.
    fn sigmoid_with_derivative(self) -> Self::Output
    where
        T: Element;
}

/// A format of the library.
pub trait InLibrary: Copy + Default + Send + Sync + 'static {
    /// Does it with the operation of that name; `None` if there is none in this format.
    fn with<W: With<Self>>(op: Operation, with: W) -> Option<W::Output>;
}

/// Expands to the operations of a format with kernels of everything.
macro_rules! everything {
    ($number:ty, $op:ident, $with:ident, $($more:tt)*) => {
        Some(match $op {
            Operation::Sigmoid => $with.map(ops::Sigmoid),
            Operation::SigmoidDerivative => $with.map(ops::SigmoidDerivative),
            Operation::SigmoidWithDerivative => $with.sigmoid_with_derivative(),
            Operation::SigmoidBackward => $with.zip(ops::SigmoidBackward),
            Operation::Scaled => $with.map(ops::Scaled(SCALE)),
            Operation::Silu => $with.map(ops::Silu),
            Operation::SiluDerivative => $with.map(ops::SiluDerivative),
            Operation::SiluBackward => $with.zip(ops::SiluBackward),
            Operation::SwiGlu => $with.zip(ops::SwiGlu::default()),
            Operation::SwiGluBackward => $with.gradients(ops::SwiGluBackward::default()),
            Operation::Glu => $with.zip(ops::Glu),
            Operation::QuickGelu => $with.map(ops::QuickGelu),
            Operation::GeluTanh => $with.map(ops::GeluTanh),
            Operation::GeluTanhBackward => $with.zip(ops::GeluTanhBackward),
            Operation::Tanh => $with.map(ops::Tanh),
            Operation::TanhDerivative => $with.map(ops::TanhDerivative),
            Operation::TanhBackward => $with.zip(ops::TanhBackward),
            Operation::Softplus => $with.map(ops::Softplus),
            Operation::SoftplusBackward => $with.zip(ops::SoftplusBackward),
            Operation::LogSigmoid => $with.map(ops::LogSigmoid),
            Operation::LogSigmoidBackward => $with.zip(ops::LogSigmoidBackward),
            Operation::Logit => $with.map(ops::Logit),
            Operation::BceWithLogits => $with.zip(ops::BceWithLogits),
            Operation::BceWithLogitsGradient => $with.zip(ops::BceWithLogitsGradient),
            $($more)*
        })
    };
}

impl InLibrary for f32 {
    fn with<W: With<f32>>(op: Operation, with: W) -> Option<W::Output> {
        everything!(f32, op, with, Operation::Gelu => with.map(ops::Gelu),)
    }
}

impl InLibrary for f64 {
    fn with<W: With<f64>>(op: Operation, with: W) -> Option<W::Output> {
        everything!(f64, op, with, Operation::Gelu => return None,)
    }
}

macro_rules! half_precision {
    ($($number:ty),*) => {$(
        impl InLibrary for $number {
            fn with<W: With<$number>>(op: Operation, with: W) -> Option<W::Output> {
                match op {
                    Operation::Sigmoid => Some(with.map(ops::Sigmoid)),
                    Operation::SigmoidDerivative => Some(with.map(ops::SigmoidDerivative)),
                    Operation::Silu => Some(with.map(ops::Silu)),
                    Operation::SwiGlu => Some(with.zip(ops::SwiGlu::default())),
                    _ => None,
                }
            }
        }
    )*};
}
half_precision!(bf16, f16);
