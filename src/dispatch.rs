//! From a backend to its kernels: one function pointer for each operation and format.
//!
//! The functions here are where an instruction set begins: each enables one and inlines
//! [`drive`], with the mathematics in it. [`kernels`] hands out their addresses, and a
//! [`Backend`] that is in use is proof that the CPU has what they need
//! ([`Backend::is_available`]).

use crate::accuracy::Accuracy;
use crate::backend::Backend;
use crate::drive::{Stores, drive};
use crate::exact::{double, single};
use crate::lanes::{Block, PortableF32, PortableF64, Register};
use crate::logistic::{Backward, Derivative, Forward, ForwardWithDerivative};
use crate::operation::Operation;
use crate::scalar::{self, Exactly, Reference};

#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// An operation from `I` inputs to `O` outputs over slices of one length.
///
/// # Safety
///
/// The backend is available. Inputs are valid for reads, outputs for writes of `len` elements. An
/// output may be the same memory as an input, and then the stores are [`Stores::Cached`];
/// otherwise no output overlaps anything.
pub type Kernel<T, const I: usize, const O: usize> =
    unsafe fn(inputs: [*const T; I], outputs: [*mut T; O], len: usize, stores: Stores);

/// What one backend can do for one format.
pub struct Kernels<T> {
    pub(crate) forward: Kernel<T, 1, 1>,
    pub(crate) derivative: Kernel<T, 1, 1>,
    pub(crate) forward_with_derivative: Kernel<T, 1, 2>,
    pub(crate) backward: Kernel<T, 2, 1>,
}

/// A format that has kernels on every backend.
pub trait Dispatch: Sized + 'static {
    /// The kernels of a backend.
    fn kernels(backend: Backend, accuracy: Accuracy) -> &'static Kernels<Self>;
}

/// Expands to a backend's kernels in one format, which work on so many registers at a time. The
/// numbers are measured: with more, the chains of a block do not fit the registers.
///
/// (A function pointer type cannot be generic over the operation, and so no function could return
/// these.)
macro_rules! kernels {
    ($run:ident, $lanes:ty, $block:literal) => {
        kernels!($run, $lanes, $block, [Forward, Derivative, ForwardWithDerivative<false>, Backward])
    };
    ($run:ident, $lanes:ty, $block:literal, one_division) => {
        kernels!($run, $lanes, $block, [Forward, Derivative, ForwardWithDerivative<true>, Backward])
    };
    ($run:ident, $lanes:ty, $block:literal, exact_single, $share:literal) => {
        kernels!(
            $run,
            $lanes,
            $block,
            [
                single::Forward<$share>,
                single::Derivative<$share>,
                single::ForwardWithDerivative<$share>,
                single::Backward
            ]
        )
    };
    ($run:ident, $lanes:ty, $block:literal, exact_double) => {
        &Kernels {
            forward: $run::<$lanes, double::Forward, 1, 1, $block>,
            derivative: $run::<$lanes, double::Derivative, 1, 1, $block>,
            forward_with_derivative: $run::<$lanes, double::ForwardWithDerivative, 1, 2, $block>,
            // One by one.
            backward: scalar::kernels::<f64, Exactly>().backward,
        }
    };
    ($run:ident, $lanes:ty, $block:literal, [$forward:ty, $derivative:ty, $both:ty, $backward:ty]) => {
        &Kernels {
            forward: $run::<$lanes, $forward, 1, 1, $block>,
            derivative: $run::<$lanes, $derivative, 1, 1, $block>,
            forward_with_derivative: $run::<$lanes, $both, 1, 2, $block>,
            backward: $run::<$lanes, $backward, 2, 1, $block>,
        }
    };
}

impl Dispatch for f32 {
    #[inline]
    fn kernels(backend: Backend, accuracy: Accuracy) -> &'static Kernels<f32> {
        match (backend, accuracy) {
            (Backend::Scalar, Accuracy::Fast) => const { &scalar::kernels::<f32, Reference>() },
            (Backend::Scalar, Accuracy::Exact) => const { &scalar::kernels::<f32, Exactly>() },
            (Backend::Wide, Accuracy::Fast) => kernels!(portable, PortableF32, 4),
            (Backend::Wide, Accuracy::Exact) => kernels!(portable, PortableF32, 2, exact_single, false),
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx2, Accuracy::Fast) => kernels!(avx2, Avx2F32, 5),
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx2, Accuracy::Exact) => kernels!(avx2, Avx2F32, 3, exact_single, false),
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx512, Accuracy::Fast) if crate::backend::divides_slowly() => {
                kernels!(avx512, Avx512F32, 4, one_division)
            }
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx512, Accuracy::Fast) => kernels!(avx512, Avx512F32, 4),
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx512, Accuracy::Exact) if crate::backend::divides_slowly() => {
                kernels!(avx512, Avx512F32, 2, exact_single, true)
            }
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx512, Accuracy::Exact) => kernels!(avx512, Avx512F32, 2, exact_single, false),
            #[cfg(not(target_arch = "x86_64"))]
            (Backend::Avx2 | Backend::Avx512, _) => unreachable!("never available here"),
        }
    }
}

impl Dispatch for f64 {
    #[inline]
    fn kernels(backend: Backend, accuracy: Accuracy) -> &'static Kernels<f64> {
        match (backend, accuracy) {
            (Backend::Scalar, Accuracy::Fast) => const { &scalar::kernels::<f64, Reference>() },
            (Backend::Scalar, Accuracy::Exact) => const { &scalar::kernels::<f64, Exactly>() },
            (Backend::Wide, Accuracy::Fast) => kernels!(portable, PortableF64, 4),
            (Backend::Wide, Accuracy::Exact) => const { kernels!(portable, PortableF64, 1, exact_double) },
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx2, Accuracy::Fast) => kernels!(avx2, Avx2F64, 4),
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx2, Accuracy::Exact) => const { kernels!(avx2, Avx2F64, 1, exact_double) },
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx512, Accuracy::Fast) => kernels!(avx512, Avx512F64, 4),
            #[cfg(target_arch = "x86_64")]
            (Backend::Avx512, Accuracy::Exact) => const { kernels!(avx512, Avx512F64, 2, exact_double) },
            #[cfg(not(target_arch = "x86_64"))]
            (Backend::Avx2 | Backend::Avx512, _) => unreachable!("never available here"),
        }
    }
}

/// # Safety
///
/// As for [`drive`].
unsafe fn portable<L, Op, const I: usize, const O: usize, const BLOCK: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    len: usize,
    stores: Stores,
) where
    L: Register,
    Op: Operation<L, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    // SAFETY: as the caller vouches; the build's own instructions are always there.
    unsafe { drive::<L, Op, I, O, BLOCK>(inputs, outputs, len, stores) }
}

/// # Safety
///
/// As for [`drive`]; the CPU has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<L, Op, const I: usize, const O: usize, const BLOCK: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    len: usize,
    stores: Stores,
) where
    L: Register,
    Op: Operation<L, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    // SAFETY: as the caller vouches.
    unsafe { drive::<L, Op, I, O, BLOCK>(inputs, outputs, len, stores) }
}

/// # Safety
///
/// As for [`drive`]; the CPU has AVX-512 F, DQ, BW and VL, and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,fma")]
unsafe fn avx512<L, Op, const I: usize, const O: usize, const BLOCK: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    len: usize,
    stores: Stores,
) where
    L: Register,
    Op: Operation<L, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    // SAFETY: as the caller vouches.
    unsafe { drive::<L, Op, I, O, BLOCK>(inputs, outputs, len, stores) }
}

#[cfg(all(test, feature = "std", target_arch = "x86_64"))]
mod tests {
    use super::*;

    /// Both ways to two quotients, at every `stride`-th bit pattern.
    fn one_division_has_the_bits_of_two(stride: usize) {
        if !Backend::Avx512.is_available() {
            return;
        }
        let one = kernels!(avx512, Avx512F32, 4, one_division);
        let two = kernels!(avx512, Avx512F32, 4);
        let run = |kernels: &Kernels<f32>, x: &[f32]| {
            let (mut s, mut ds) = (vec![0.0_f32; x.len()], vec![0.0_f32; x.len()]);
            let outputs = [s.as_mut_ptr(), ds.as_mut_ptr()];
            // SAFETY: the CPU has AVX-512; slices of one length.
            unsafe { (kernels.forward_with_derivative)([x.as_ptr()], outputs, x.len(), Stores::Cached) };
            s.into_iter().chain(ds).map(f32::to_bits).collect::<Vec<_>>()
        };
        // Ordinary blocks only: the careful path does not depend on the way.
        for low in (0..1_u64 << 32).step_by(stride << 16) {
            let x: Vec<f32> = (low..low + ((stride as u64) << 16))
                .step_by(stride)
                .map(|bits| f32::from_bits(bits as u32))
                .filter(|x| x.abs() <= 80.0)
                .collect();
            assert_eq!(run(one, &x), run(two, &x), "from {low:#x}");
        }
    }

    #[test]
    fn one_division_has_the_bits_of_two_at_a_stride() {
        one_division_has_the_bits_of_two(251);
    }

    /// What CPUs with a slow divider run, at every `stride`-th bit pattern.
    fn a_shared_division_changes_no_exact_result(stride: usize) {
        if !Backend::Avx512.is_available() {
            return;
        }
        let run = |kernels: &Kernels<f32>, x: &[f32]| {
            let mut results = vec![0.0_f32; 4 * x.len()];
            let at = |i: usize| results.as_ptr().wrapping_add(i * x.len()).cast_mut();
            // SAFETY: the CPU has AVX-512; slices of one length.
            unsafe {
                (kernels.forward)([x.as_ptr()], [at(0)], x.len(), Stores::Cached);
                (kernels.derivative)([x.as_ptr()], [at(1)], x.len(), Stores::Cached);
                (kernels.forward_with_derivative)([x.as_ptr()], [at(2), at(3)], x.len(), Stores::Cached);
            }
            results.iter_mut().map(|result| result.to_bits()).collect::<Vec<_>>()
        };
        let shared = kernels!(avx512, Avx512F32, 2, exact_single, true);
        let unshared = kernels!(avx512, Avx512F32, 2, exact_single, false);
        for low in (0..1_u64 << 32).step_by(stride << 16) {
            let x: Vec<f32> = (low..low + ((stride as u64) << 16))
                .step_by(stride)
                .map(|bits| f32::from_bits(bits as u32))
                .filter(|x| !x.is_nan())
                .collect();
            assert_eq!(run(shared, &x), run(unshared, &x), "from {low:#x}");
        }
    }

    #[test]
    fn a_shared_division_changes_no_exact_result_at_a_stride() {
        a_shared_division_changes_no_exact_result(251);
    }

    /// `cargo test --release -p sigmoid --lib -- --ignored`; so below.
    #[test]
    #[ignore = "all 2^32 inputs: a minute"]
    fn a_shared_division_changes_no_exact_result_anywhere() {
        a_shared_division_changes_no_exact_result(1);
    }

    /// `cargo test --release -p sigmoid --lib -- --ignored`
    #[test]
    #[ignore = "all 2^32 inputs: a minute"]
    fn one_division_has_the_bits_of_two_everywhere() {
        one_division_has_the_bits_of_two(1);
    }
}
