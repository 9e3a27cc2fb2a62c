//! The error bounds that the library states, by the command's words.

use sigmoid::bounds::{self, Fast, Stated};
use sigmoid::{Accuracy, Kernels};

use crate::operations::{DataType, Operation};

/// The largest error that a result may have, in units in the last place; `None` if none is stated.
pub fn stated(op: Operation, dtype: DataType, kernels: &Kernels) -> Option<f64> {
    let of_sigmoid = |of_f32: Fast, of_f64: Fast| Some(if dtype == DataType::F64 { of_f64 } else { of_f32 });
    let of = |stated: Stated| of_sigmoid(stated.f32, stated.f64);
    if op.has_exact(dtype) && (dtype.is_half() || kernels.selected_accuracy() == Accuracy::Exact) {
        return Some(bounds::EXACT);
    }
    let fast = match op {
        Operation::Sigmoid => of_sigmoid(bounds::FORWARD_F32, bounds::FORWARD_F64),
        Operation::SigmoidDerivative => of_sigmoid(bounds::DERIVATIVE_F32, bounds::DERIVATIVE_F64),
        Operation::SigmoidBackward => of_sigmoid(bounds::BACKWARD_F32, bounds::BACKWARD_F64),
        Operation::SigmoidWithDerivative | Operation::SwiGluInTwoSteps => None,
        Operation::Scaled => of(bounds::SCALED),
        Operation::Silu => of(bounds::SILU),
        Operation::SiluDerivative => of(bounds::SILU_DERIVATIVE),
        Operation::SiluBackward => of(bounds::SILU_BACKWARD),
        Operation::SwiGlu => of(bounds::SWIGLU),
        Operation::SwiGluBackward => of(bounds::SWIGLU_BACKWARD),
        Operation::Glu => of(bounds::GLU),
        Operation::QuickGelu => of(bounds::QUICK_GELU),
        Operation::GeluTanh => of(bounds::GELU_TANH),
        Operation::GeluTanhBackward => of(bounds::GELU_TANH_BACKWARD),
        Operation::Gelu => (dtype != DataType::F64).then_some(bounds::GELU),
        Operation::Tanh => of(bounds::TANH),
        Operation::TanhDerivative => of(bounds::TANH_DERIVATIVE),
        Operation::TanhBackward => of(bounds::TANH_BACKWARD),
        Operation::Softplus | Operation::LogSigmoid => of(bounds::SOFTPLUS),
        Operation::SoftplusBackward | Operation::LogSigmoidBackward => of(bounds::SOFTPLUS_BACKWARD),
        Operation::Logit => of(bounds::LOGIT),
        Operation::BceWithLogits => of(bounds::BCE_WITH_LOGITS),
        Operation::BceWithLogitsGradient => of(bounds::BCE_WITH_LOGITS_GRADIENT),
    };
    // Half precision is f32, rounded once: a unit in the last place is so many of f32.
    let units = match dtype {
        DataType::F32 | DataType::F64 => 1.0,
        DataType::Bf16 => 65_536.0,
        DataType::F16 => 8192.0,
    };
    let rounding = if dtype.is_half() { bounds::EXACT } else { 0.0 };
    fast.map(|fast| rounding + fast.on(kernels.selected_backend()) / units)
}
