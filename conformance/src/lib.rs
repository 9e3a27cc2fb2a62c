//! The judge: the true s(x) = 1 / (1 + e^-x), s'(x) and functions made of s, and how far results are from them.
//!
//! [`assert_conforms`] is for tests; [`Conformance`] examines any implementation, a closure or a
//! [C function](foreign()), and its [`Report`] says how large the errors are, where, and which laws do not hold:
//!
//! ```
//! use sigmoid_conformance::{Conformance, Function};
//!
//! let report = Conformance::<f32>::new(Function::Sigmoid).stride(65_537).check(|x, y| {
//!     for (x, y) in x.iter().zip(y) {
//!         *y = 1.0 / (1.0 + (-x).exp());
//!     }
//! });
//! assert!(report.is_sound() && report.max_ulp() > 1e6); // below x = -88.7 everything is lost
//! ```
//!
//! Below it are the parts, for those who judge in another way. [`Function::truth`] knows a value
//! to 90 bits and more, [`Expected`] does so for a block of inputs, and [`Tally`] holds results against it:
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
//! "Not correctly rounded" is decided in three steps, each of which either knows or hands on:
//!
//! 1. In plain `f64`, with an error below 2^-44 (the source derives it). If all numbers within 2^-43 round
//!    alike, so does the truth, because rounding is monotone.
//! 2. The few in a million left go to pairs of `f64`, trusted to 2^-95 (the source derives 2^-97 for
//!    the exponential). Near 0, where 1/2 + x/4 lies exactly in the middle between two floats, the series
//!    is taken term by term, and the cubic one decides.
//! 3. What pairs cannot tell is decided by an arbitrary-precision library
//!    ([`Function::round_arbitrarily`]), in as many digits as it takes.
//!
//! There are only 2^32 inputs, a full run takes each of them, and each verdict is one of these
//! three: together they are a proof of the statement "so many of all results are not correctly rounded",
//! as good as the error bounds of the steps. Steps 1 and 2 decide all of them:
//! [`Tally::by_arbitrary_precision`] is 0.
//!
//! # What it is for `f64`
//!
//! Steps 2 and 3 decide each input, so a verdict is as sound as for `f32`; but the inputs are a
//! [sample]. "None wrong" is a proof for the points tried and evidence for the others. About one in 2^40
//! points should need step 3.
//!
//! # What it is for half precision
//!
//! With the feature `half`, all numbers of `bf16` or `f16`: as sure as for `f32`, and in a second.
//!
//! # What it is for the functions made of the sigmoid
//!
//! Steps 2 and 3 decide each input, in both formats, with pairs trusted to 2^-90: the source derives 2^-91.5, and the
//! test `pairs_agree_with_arbitrary_precision` finds 2^-94.6 at the worst. About one `f64` in 2^36 should need step 3.
//! What is asked of results follows from the function: its range, its signs, where it rises.
//!
//! The tests hold values, error bounds and roundings of thousands of points against arbitrary
//! precision, and take the trust away from steps 1 and 2 to see step 3 come to the same results
//! ([`Expected::trusting`]).
/// The README's example is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod arbitrary;
mod claims;
mod conformance;
mod expected;
mod exponential;
mod family;
mod foreign;
mod format;
mod function;
mod instructions;
mod laws;
mod logarithm;
mod memory;
mod normal;
mod pair;
mod place;
mod plain;
pub mod report;
pub mod sample;
mod simplest;
mod tally;
mod truth;
mod two;
mod wide;

pub use claims::{Claims, assert_conforms};
pub use conformance::{Conformance, Examiner, Kernel};
pub use expected::{Expected, Judged};
pub use foreign::{ForeignKernel, foreign, foreign_in_place, in_place};
pub use format::Format;
pub use function::{Function, UnknownFunction};
pub use report::{Report, Rule};
pub use sample::Sampled;
pub use tally::{Tally, Worst};
pub use truth::{Rounding, Truth};
pub use two::FunctionOfTwo;
