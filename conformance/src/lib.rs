//! The judge: the true s(x) = 1 / (1 + e^-x) and s'(x), and how far a result is from them.
mod exponential;
mod format;
mod pair;
mod truth;

pub use format::Format;
pub use truth::{Function, Rounding, Truth};
