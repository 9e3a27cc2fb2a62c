//! What the operations take, beside what the command line says of them.

use crate::options::FileOperation;

impl FileOperation {
    /// What its inputs are, in the order in which the library takes them.
    pub fn inputs(self) -> &'static [&'static str] {
        match self {
            Self::Sigmoid
            | Self::SigmoidDerivative
            | Self::Silu
            | Self::SiluDerivative
            | Self::QuickGelu
            | Self::GeluTanh
            | Self::Gelu
            | Self::Tanh
            | Self::TanhDerivative
            | Self::Softplus
            | Self::LogSigmoid
            | Self::Logit
            | Self::Scaled => &["INPUT"],
            Self::SwiGlu => &["GATE", "UP"],
            Self::Glu => &["A", "B"],
            Self::BceWithLogits | Self::BceWithLogitsGradient => &["X", "Z"],
            Self::SigmoidBackward => &["S", "GRAD"],
            Self::TanhBackward => &["Y", "GRAD"],
            Self::SiluBackward
            | Self::GeluTanhBackward
            | Self::SoftplusBackward
            | Self::LogSigmoidBackward => &["X", "GRAD"],
        }
    }
}
