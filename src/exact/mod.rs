//! [`crate::Accuracy::Exact`]: the float nearest to the true value, in two phases (A. Ziv, ACM
//! Transactions on Mathematical Software 17, 1991).
//!
//! The first phase computes in lanes, to more digits than the result has, with a known bound for its
//! error. If everything within the bound rounds to the same float, that float is the answer, because
//! rounding is monotone. The few lanes in which it does not are asked again, one by one, with so many digits
//! that the answer is certain.
//!
//! [`single`] and [`double`] are the first phases, [`second_phase`] the second of both formats, and [`scalar`] both
//! phases without lanes, for [`crate::Backend::Scalar`]. A result that is nearest to the truth is the same
//! everywhere: on every backend, with and without fused multiply-add, in every version.

pub(crate) mod double;
mod pair;
pub(crate) mod scalar;
pub(crate) mod second_phase;
pub(crate) mod single;
