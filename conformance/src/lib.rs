//! The judge: the true s(x) = 1 / (1 + e^-x) and s'(x), and how far results are from them.
mod expected;
mod exponential;
mod format;
mod instructions;
mod pair;
mod plain;
pub mod sample;
mod tally;
mod truth;

pub use expected::{Expected, Judged};
pub use format::Format;
pub use tally::{Tally, Worst};
pub use truth::{Function, Rounding, Truth};
