//! The error bounds that the library states, by the command's words.

use sigmoid::bounds::{self, Fast, Stated};
use sigmoid::{Accuracy, Kernels};

use crate::operations::{DataType, Operation};

/// The largest error that a result may have, in units in the last place; `None` if none is stated.
pub fn stated(op: Operation, dtype: DataType, kernels: &Kernels) -> Option<f64> {
    let of = |stated: Stated| match dtype {
        DataType::F32 => Some(stated.f32),
        DataType::F64 => Some(stated.f64),
        DataType::Bf16 | DataType::F16 => None,
    };
    let of_sigmoid = |of_f32: Fast, of_f64: Fast| match dtype {
        DataType::F32 => Some(of_f32),
        DataType::F64 => Some(of_f64),
        DataType::Bf16 | DataType::F16 => None,
    };
    if op.has_exact(dtype) && (dtype.is_half() || kernels.selected_accuracy() == Accuracy::Exact) {
        return Some(bounds::EXACT);
    }
    let fast = match op {
        Operation::Sigmoid => of_sigmoid(bounds::FORWARD_F32, bounds::FORWARD_F64),
        Operation::SigmoidDerivative => of_sigmoid(bounds::DERIVATIVE_F32, bounds::DERIVATIVE_F64),
        Operation::SigmoidBackward => of_sigmoid(bounds::BACKWARD_F32, bounds::BACKWARD_F64),
        Operation::SigmoidWithDerivative => None,
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
        Operation::Gelu => (dtype == DataType::F32).then_some(bounds::GELU),
        Operation::Tanh => of(bounds::TANH),
        Operation::TanhDerivative => of(bounds::TANH_DERIVATIVE),
        Operation::TanhBackward => of(bounds::TANH_BACKWARD),
        Operation::Softplus | Operation::LogSigmoid => of(bounds::SOFTPLUS),
        Operation::SoftplusBackward | Operation::LogSigmoidBackward => of(bounds::SOFTPLUS_BACKWARD),
        Operation::Logit => of(bounds::LOGIT),
        Operation::BceWithLogits => of(bounds::BCE_WITH_LOGITS),
        Operation::BceWithLogitsGradient => of(bounds::BCE_WITH_LOGITS_GRADIENT),
    };
    fast.map(|fast| fast.on(kernels.selected_backend()))
}
