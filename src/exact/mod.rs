//! [`crate::Accuracy::Exact`]: the float nearest to the true value, in two or three phases (A. Ziv,
//! ACM Transactions on Mathematical Software 17, 1991).
//!
//! The first phase computes in lanes, to more digits than the result has, with a known bound for its error. If
//! everything within the bound rounds to the same float, that float is the answer, because rounding is monotone. The
//! few lanes in which it does not are computed again, in lanes too, to more digits. In `f32` that decides all; the
//! few that are left in `f64` are asked one by one, with so many digits that the answer is certain.
//!
//! [`single`] and [`double`] are the phases in lanes, [`last_phase`] the last one, and [`scalar`] is a first phase and
//! the last without lanes, for [`crate::Backend::Scalar`]. A result that is nearest to the truth is the same
//! everywhere: on every backend, with and without fused multiply-add, in every version.

pub(crate) mod double;
mod last_phase;
mod overlapped;
mod pair;
mod scalar;
pub(crate) mod single;

use core::mem::MaybeUninit;

use crate::lanes::Lanes;

/// Writes lanes to memory that is aligned as their registers are.
///
/// A kernel with such a variable has a stack that is aligned so, too. Without, the compiler keeps registers on the
/// stack wherever they fall, and where one falls on two pages the kernel takes up to twice the time (with AVX2,
/// measured on Zen 4).
#[inline(always)]
fn to_memory<L: Lanes>(lanes: L, memory: &mut MaybeUninit<L>) -> &mut [L::Number] {
    const {
        assert!(size_of::<L>() >= L::LANES * size_of::<L::Number>());
        assert!(align_of::<L>() >= align_of::<L::Number>());
    }
    let elements = memory.as_mut_ptr().cast::<L::Number>();
    // SAFETY: there is room for all lanes, aligned as they must be, and the CPU has the instructions of `lanes`.
    // The store writes all of what the slice is then made of.
    unsafe {
        lanes.store(elements);
        core::slice::from_raw_parts_mut(elements, L::LANES)
    }
}
