//! From the name of an operation to the library's.

use half::{bf16, f16};
use sigmoid::ops::{self, Gradients, Map, Split, Zip};

use super::Operation;

/// What some operations are told with a call.
#[derive(Clone, Copy)]
pub struct Parameters {
    /// Of swiglu and its way back, the alpha, the limit and the offset.
    pub gate: ops::SwiGlu,
    /// The factor of scaled.
    pub scaled: ops::Scaled,
}

impl Default for Parameters {
    /// silu(g) u, and the factor of quick gelu.
    fn default() -> Self {
        Self { gate: ops::SwiGlu::default(), scaled: ops::Scaled(1.702) }
    }
}

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
        ops::SigmoidWithDerivative: Split<T>;
}

/// Nothing is done with it.
struct Nothing;

impl<T: 'static> With<T> for Nothing {
    type Output = ();

    fn map(self, _: impl Map<T> + Send + Sync + 'static) {}

    fn zip(self, _: impl Zip<T> + Send + Sync + 'static) {}

    fn gradients(self, _: impl Gradients<T> + Send + Sync + 'static) {}

    fn sigmoid_with_derivative(self)
    where
        ops::SigmoidWithDerivative: Split<T>,
    {
    }
}

impl Parameters {
    fn gate_backward(self) -> ops::SwiGluBackward {
        let ops::SwiGlu { alpha, limit, offset } = self.gate;
        ops::SwiGluBackward { alpha, limit, offset }
    }
}

/// A format of the library.
pub trait InLibrary: Copy + Default + Send + Sync + 'static {
    /// Does it with the operation of that name and these parameters; `None` if there is none in this format.
    fn with_parameters<W: With<Self>>(op: Operation, parameters: Parameters, with: W) -> Option<W::Output>;

    /// The same with the parameters that are used unless others are given.
    fn with<W: With<Self>>(op: Operation, with: W) -> Option<W::Output> {
        Self::with_parameters(op, Parameters::default(), with)
    }

    /// Whether there is that operation in this format.
    fn has(op: Operation) -> bool {
        Self::with(op, Nothing).is_some()
    }
}

/// Expands to the operations that all formats have, and what more a format has or has not.
macro_rules! everything {
    ($op:ident, $parameters:ident, $with:ident, $($more:tt)*) => {
        Some(match $op {
            Operation::Sigmoid => $with.map(ops::Sigmoid),
            Operation::SigmoidDerivative => $with.map(ops::SigmoidDerivative),
            Operation::SigmoidWithDerivative => $with.sigmoid_with_derivative(),
            Operation::SigmoidBackward => $with.zip(ops::SigmoidBackward),
            Operation::Scaled => $with.map($parameters.scaled),
            Operation::Silu => $with.map(ops::Silu),
            Operation::SiluDerivative => $with.map(ops::SiluDerivative),
            Operation::SiluBackward => $with.zip(ops::SiluBackward),
            Operation::SwiGlu => $with.zip($parameters.gate),
            Operation::SwiGluBackward => $with.gradients($parameters.gate_backward()),
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

/// Expands to a format.
macro_rules! in_library {
    ($number:ty: $with:ident, $($more:tt)*) => {
        impl InLibrary for $number {
            fn with_parameters<W: With<$number>>(op: Operation, parameters: Parameters, $with: W) -> Option<W::Output> {
                everything!(op, parameters, $with, $($more)*)
            }
        }
    };
}

in_library!(f32: with,
    Operation::Gelu => with.map(ops::Gelu),
    Operation::SwiGluInTwoSteps => return None,
);
in_library!(f64: with,
    Operation::Gelu | Operation::SwiGluInTwoSteps => return None,
);
in_library!(bf16: with,
    Operation::Gelu => with.map(ops::Gelu),
    Operation::SwiGluInTwoSteps => with.zip(ops::SwiGluInTwoSteps),
);
in_library!(f16: with,
    Operation::Gelu => with.map(ops::Gelu),
    Operation::SwiGluInTwoSteps => with.zip(ops::SwiGluInTwoSteps),
);
