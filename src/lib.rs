//! Batched slice kernels for the logistic sigmoid s(x) = 1 / (1 + e^-x) and its derivative: as fast
//! as the machine can move the data, from a default build.
//!
//! ```
//! let x = [-2.0_f32, -1.0, 0.0, 1.0, 2.0];
//! let (mut y, mut dy) = ([0.0; 5], [0.0; 5]);
//! sigmoid::sigmoid(&x, &mut y);
//! sigmoid::sigmoid_derivative(&x, &mut dy);
//! assert_eq!((y[2], dy[2]), (0.5, 0.25));
//! ```
//!
//! # A tour
//!
//! - [`sigmoid()`] and [`sigmoid_derivative`] for the everyday case.
//! - [`Kernels`], a value that says how to compute, with a method for each thing to compute:
//!   [`forward`](Kernels::forward), [`derivative`](Kernels::derivative),
//!   [`forward_with_derivative`](Kernels::forward_with_derivative) and
//!   [`backward`](Kernels::backward); out of place, in place, into uninitialised memory; `f32` and
//!   `f64`. What every call promises is written there.
//! - [`ops`]: the operations as values, those made of the sigmoid among them ([`ops::Silu`], [`ops::SwiGlu`]), for
//!   [`Kernels::map`] and its kin.
//! - [`Accuracy`]: as fast as can be within a few ULP, or correctly rounded, with the same bits on every
//!   machine.
//! - [`bounds`]: the largest error that a call may have, and what proves it.
//! - [`Backend`], to force an instruction set and to list what there is.
//! - [`mod@reference`], the plain scalar formulas that everything is tested against.
//!
//! ```
//! use sigmoid::{Backend, Kernels};
//!
//! let mut x = vec![0.5_f64; 1000];
//! Kernels::new().parallel(true).forward_in_place(&mut x); // threads, when there is enough work
//! Kernels::new().backend(Backend::Scalar)?.derivative_in_place(&mut x); // the reference path
//! # Ok::<(), sigmoid::UnavailableBackend>(())
//! ```
//!
//! # Why s' = s (1 - s)
//!
//! Write s(x) = (1 + e^-x)^-1 and differentiate by the chain rule: the outer function gives
//! -(1 + e^-x)^-2, the inner one -e^-x, and the two signs cancel:
//!
//! ```text
//! s'(x) = e^-x / (1 + e^-x)^2                                      the quotient form
//! ```
//!
//! Now add and subtract 1 in the numerator, split the fraction and factor:
//!
//! ```text
//!         (1 + e^-x) - 1        1              1
//! s'(x) = ---------------- = -------- - --------------
//!          (1 + e^-x)^2      1 + e^-x    (1 + e^-x)^2
//!
//!       = s(x) - s(x)^2 = s(x) (1 - s(x))                          the product form
//! ```
//!
//! And since 1 - s(x) = e^-x / (1 + e^-x) = 1 / (1 + e^x) = s(-x), the derivative is
//! s(x) s(-x): an even function. Put -x for x in the quotient form, and it is also
//!
//! ```text
//! s'(x) = e^x / (1 + e^x)^2                                        the positive exponent
//! ```
//!
//! ```
//! use sigmoid::reference::{derivative_positive_exponent, derivative_product, derivative_quotient};
//!
//! for i in -100..=100 {
//!     let x = f64::from(i) * 0.1;
//!     approx::assert_relative_eq!(derivative_quotient(x), derivative_product(x), max_relative = 1e-11);
//!     approx::assert_relative_eq!(derivative_quotient(x), derivative_positive_exponent(x), max_relative = 1e-14);
//! }
//! ```
//!
//! # Why a computer disagrees
//!
//! The three are equal on paper. In `f32` they lie this far from the truth, in units in the last
//! place (ULP); 0.5 is the best that rounding can do:
//!
//! | x | s'(x) | quotient | product | positive exponent | [stable](reference::sigmoid_derivative) | [this crate](Kernels::derivative) |
//! |---:|---:|---:|---:|---:|---:|---:|
//! | -100 | 3.720076e-44 | NaN | 26.5 (it is 0) | 0.5 | 0.5 | 0.5 |
//! | -20 | 2.061154e-9 | 0.4 | 0.4 | 0.4 | 0.4 | 0.6 |
//! | -5 | 6.648057e-3 | 0.0 | 0.0 | 0.0 | 0.0 | 1.0 |
//! | 0 | 0.25 | 0.0 | 0.0 | 0.0 | 0.0 | 0.0 |
//! | 5 | 6.648057e-3 | 0.0 | 51.0 | 0.0 | 0.0 | 1.0 |
//! | 10 | 4.539581e-5 | 0.4 | 5736.4 | 0.4 | 0.4 | 0.6 |
//! | 17 | 4.139937e-8 | 1.2 | 11652887.8 (it is 0) | 1.2 | 0.2 | 0.8 |
//! | 20 | 2.061154e-9 | 0.4 | 9282610.6 (it is 0) | 0.4 | 0.4 | 0.6 |
//! | 100 | 3.720076e-44 | 0.5 | 26.5 (it is 0) | NaN | 0.5 | 0.5 |
//!
//! The product form subtracts two nearly equal numbers: for x = 10 the float nearest to s(x) = 0.99995460... has
//! rounded away all that lies beyond the 24th bit, and 1 - s(x) is made of just what was lost. From 16.64 on, 1 +
//! e^-x rounds to 1, and the derivative as written is 0, though its true value is an ordinary number. A better s does
//! not help: for x = 17 the float nearest to s(x) is 1 - 2^-24, and s (1 - s) is 5.96e-8 where s'(x) is 4.14e-8; from
//! 17.33 on, the nearest float is 1. The other two forms overflow: e^100 is no `f32`, and infinity by infinity is not
//! a number. The same formulas with |x| for x, arranged so that the exponent is never positive, do neither; that is
//! the stable form. This crate's kernels take the product form of s(-|x|), where 1 - s is at least 1/2 and nothing
//! cancels.
//!
//! # How it works
//!
//! ```text
//! k = round(-x log2 e)    r = x + k ln 2    A = E(r^2) + r O(r^2)    B = 2^k (E(r^2) - r O(r^2))
//!
//! s(x) = A / (A + B)      1 - s(x) = B / (A + B)
//! ```
//!
//! because tanh(r/2) = r O / E for two short polynomials: one division, no table, no cancellation.
//! The mathematics is written once, over whatever registers there are; which these are is found
//! out at run time. Long results are written past the caches, far-out inputs take a path of their
//! own, tails go through the same code as the rest.
//!
//! # How it is exact
//!
//! [`Accuracy::Exact`] computes in `f64` lanes to 2^-43 of the result, and asks whether all that lies within
//! this error rounds to the same float. If not, which happens to one result in 2^18, it is computed again in pairs of
//! `f64`, to 2^-67, and that decides (Ziv's method). All 2^32 inputs have been tried on every backend, and have the
//! same digest.
//!
//! Error and speed beside each other, in `f32` (ULP over all inputs; ns per element of 2,048 on one core of an
//! AMD EPYC, Zen 4, in registers of 512 bits):
//!
//! | | largest error of s | largest error of s' | s | s' |
//! |---|---:|---:|---:|---:|
//! | Fast | 2.48 | 3.33 | 0.18 | 0.21 |
//! | Exact | 0.50 | 0.50 | 0.49 | 0.56 |
//! | as written: `1 / (1 + (-x).exp())`, s (1 - s) | see above | see above | 2.6 | 2.6 |
//!
//! # Features
//!
//! - `std` (default): the CPU's instructions are detected at run time. Without it the crate is
//!   `no_std` and uses what the build's target features say.
//! - `rayon` (default): [`Kernels::parallel`].
//! - `exact` (default): [`Accuracy::Exact`]. Without it, to ask for it is a panic.
//! - `activations` (default): the operations made of the sigmoid.
//! - `half`: `bf16` and `f16` of the crate `half` in every method, and for all [`ops`](ops#half-precision), to the same
//!   format or to `f32`.
//!
//! The crate never allocates, but where a method hands over a new `Vec`.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// What only these use stands beside the rest.
#![cfg_attr(
    not(all(feature = "exact", feature = "activations")),
    allow(dead_code, unused_imports, unused_macros)
)]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

// x87 registers have more digits than the format: a result would have other bits where the compiler spills it.
#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!(
    "the crate `sigmoid` needs SSE2 on 32-bit x86: build for i686, or with -C target-feature=+sse2"
);

mod accuracy;
mod backend;
pub mod bounds;
pub mod build_info;
mod element;
mod engine;
#[cfg(feature = "exact")]
mod exact;
mod format;
mod kernels;
mod lanes;
pub mod ops;
mod pair;
mod parallel;
pub mod reference;
mod slices;
mod walk;

pub use accuracy::{Accuracy, UnknownAccuracy};
pub use backend::{Backend, UnavailableBackend, UnknownBackend};
pub use element::Element;
pub use kernels::*;

/// The README's example is a test too.
#[cfg(all(doctest, feature = "rayon", feature = "activations"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The lengths at which a call changes its way, all chosen by measurement.
pub mod thresholds {
    /// Bytes of one output from which a call with [`Kernels::parallel`](crate::Kernels::parallel)
    /// on a thread of a rayon pool uses the others.
    pub const PARALLEL_FROM_BYTES: usize = crate::parallel::PARALLEL_FROM_BYTES;

    /// Bytes of one output from which such a call from outside of any pool uses the global one.
    pub const PARALLEL_FROM_OUTSIDE_BYTES: usize = crate::parallel::PARALLEL_FROM_OUTSIDE_BYTES;

    /// Bytes of one output from which an out-of-place call writes past the caches.
    pub const STREAM_FROM_BYTES: usize = crate::kernels::STREAM_FROM_BYTES;
}
