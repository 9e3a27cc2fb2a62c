//! What is made of the sigmoid: activations and losses, and the ways back through them.

mod bce_with_logits;
mod bce_with_logits_gradient;
mod gelu;
mod gelu_tanh;
mod gelu_tanh_backward;
mod glu;
mod log_sigmoid;
mod log_sigmoid_backward;
mod logit;
mod quick_gelu;
mod scaled;
mod silu;
mod silu_backward;
mod silu_derivative;
mod softplus;
mod softplus_backward;
mod swiglu;
mod swiglu_backward;
#[cfg(feature = "half")]
mod swiglu_in_two_steps;
mod tanh;
mod tanh_backward;
mod tanh_derivative;

pub use bce_with_logits::BceWithLogits;
pub use bce_with_logits_gradient::BceWithLogitsGradient;
pub use gelu::Gelu;
pub use gelu_tanh::GeluTanh;
pub use gelu_tanh_backward::GeluTanhBackward;
pub use glu::Glu;
pub use log_sigmoid::LogSigmoid;
pub use log_sigmoid_backward::LogSigmoidBackward;
pub use logit::Logit;
pub use quick_gelu::QuickGelu;
pub use scaled::Scaled;
pub use silu::Silu;
pub use silu_backward::SiluBackward;
pub use silu_derivative::SiluDerivative;
pub use softplus::Softplus;
pub use softplus_backward::SoftplusBackward;
pub use swiglu::SwiGlu;
pub use swiglu_backward::SwiGluBackward;
#[cfg(feature = "half")]
pub use swiglu_in_two_steps::SwiGluInTwoSteps;
pub use tanh::Tanh;
pub use tanh_backward::TanhBackward;
pub use tanh_derivative::TanhDerivative;

use super::Formula;
use super::self_gated::SelfGated;
