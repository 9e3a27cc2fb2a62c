//! The judge: the true s(x) = 1 / (1 + e^-x) and s'(x), and how far results are from them.
//!
//! [`Function::truth`] knows a value to 95 bits and more, [`Expected`] does so for a block of inputs,
//! and [`Tally`] holds results against it:
//!
//! ```
//! use sigmoid_conformance::{Expected, Function, Tally};
//!
//! let x = [-2.0_f32, 0.0, 2.0];
//! let naive = x.map(|x| 1.0 / (1.0 + (-x).exp()));
//!
//! let (mut expected, mut tally) = (Expected::default(), Tally::default());
//! expected.compute(Function::Sigmoid, &x);
//! tally.add(Function::Sigmoid, &x, &naive, &expected);
//! assert!(tally.is_sound() && tally.max_ulp() < 2.0);
//! ```
//!
//! It shares no code with the kernels, or with anything they are made of.
//!
//! # The error of a result
//!
//! |result - truth| / ulp, where the ulp is the distance between the numbers of the format at the
//! correctly rounded truth; among subnormal numbers, the smallest positive one. A NaN where a
//! number should be, or the other way round, is an infinite error.
//!
//! # Why the verdict is a proof for `f32`
//!
//! "Not correctly rounded" is decided in three steps, each of which either knows or says that it
//! does not:
//!
//! 1. In plain `f64`, with an error below 2^-50 (the source derives it). If all numbers within 2^-48 round
//!    alike, so does the truth, because rounding is monotone.
//! 2. The few in a million left go to pairs of `f64`, trusted to 2^-95. Near 0, where 1/2 + x/4 lies
//!    exactly in the middle between two floats, the series is taken term by term, and the cubic one
//!    decides.
//! 3. What pairs cannot tell is counted as undecided ([`Tally::undecided`]), for arbitrary precision to
//!    decide. A full run over `f32` counts none, and so each of its 2^32 verdicts is proved.
//!
//! For `f64` the inputs are a [sample], and the verdicts on it are as sound. The tests hold
//! values, error bounds and roundings of thousands of points against an arbitrary-precision library.
/// The README's example is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod conformance;
mod expected;
mod exponential;
mod foreign;
mod format;
mod instructions;
mod laws;
mod pair;
mod place;
mod plain;
pub mod report;
pub mod sample;
mod tally;
mod truth;

pub use conformance::{Conformance, Examiner, Kernel};
pub use expected::{Expected, Judged};
pub use foreign::{ForeignKernel, foreign};
pub use format::Format;
pub use report::Report;
pub use sample::Sampled;
pub use tally::{Tally, Worst};
pub use truth::{Function, Rounding, Truth};
