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

#[cfg(native_registers)]
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
    /// The kernels of a backend, for a CPU that divides fast or [slowly](crate::backend::divides_slowly).
    fn kernels(backend: Backend, accuracy: Accuracy, divides_slowly: bool) -> &'static Kernels<Self>;
}

/// Expands to a backend's kernels in one format, which work on so many registers at a time: in
/// `[forward, derivative, forward_with_derivative, backward]`, or in all alike. The numbers are measured:
/// with more, too many values of a block are kept on the stack.
///
/// (At some places where the stack may begin, one of these values lies on two pages. The Exact kernels align their
/// stack against it: see `to_memory` in [`crate::exact`]. The Fast kernels do not, for that costs 0.6 ns of each
/// call. With AVX2 they take 2 to 3 times as long at 1 in 80 places, and with far-out inputs at up to 1 in 16:
/// measured on Zen 4.)
///
/// (A function pointer type cannot be generic over the operation, and so no function could return
/// these.)
macro_rules! kernels {
    ($run:ident, $lanes:ty, $blocks:tt) => {
        kernels!($run, $lanes, $blocks, [Forward, Derivative, ForwardWithDerivative<false>, Backward])
    };
    ($run:ident, $lanes:ty, $blocks:tt, one_division) => {
        kernels!($run, $lanes, $blocks, [Forward, Derivative, ForwardWithDerivative<true>, Backward])
    };
    ($run:ident, $lanes:ty, $blocks:tt, exact_single, $share:literal) => {
        kernels!(
            $run,
            $lanes,
            $blocks,
            [
                single::Forward<$share>,
                single::Derivative<$share>,
                single::ForwardWithDerivative<$share>,
                single::Backward
            ]
        )
    };
    ($run:ident, $lanes:ty, $blocks:tt, exact_double) => {
        kernels!(
            $run,
            $lanes,
            $blocks,
            [double::Forward, double::Derivative, double::ForwardWithDerivative, double::Backward]
        )
    };
    ($run:ident, $lanes:ty, $block:literal, $operations:tt) => {
        kernels!($run, $lanes, [$block, $block, $block, $block], $operations)
    };
    (
        $run:ident, $lanes:ty, [$b0:literal, $b1:literal, $b2:literal, $b3:literal],
        [$forward:ty, $derivative:ty, $both:ty, $backward:ty]
    ) => {
        &Kernels {
            forward: $run::<$lanes, $forward, 1, 1, $b0>,
            derivative: $run::<$lanes, $derivative, 1, 1, $b1>,
            forward_with_derivative: $run::<$lanes, $both, 1, 2, $b2>,
            backward: $run::<$lanes, $backward, 2, 1, $b3>,
        }
    };
}

/// The kernels of all backends in the order of [`Backend::ALL`], at each accuracy, for a fast and a slow
/// divider. (A table and no `match`: a call finds its kernel by one load.)
type Table<T> = [[[&'static Kernels<T>; 2]; Accuracy::ALL.len()]; Backend::ALL.len()];

/// A backend whose kernels are the same whatever the divider.
const fn any_divider<T>(
    fast: &'static Kernels<T>,
    exact: &'static Kernels<T>,
) -> [[&'static Kernels<T>; 2]; 2] {
    [[fast, fast], [exact, exact]]
}

static SINGLE: Table<f32> = {
    let wide = any_divider(
        kernels!(portable, PortableF32, [5, 5, 4, 4]),
        kernels!(portable, PortableF32, [2, 2, 2, 1], exact_single, false),
    );
    [
        any_divider(&scalar::kernels::<f32, Reference>(), &scalar::kernels::<f32, Exactly>()),
        wide,
        #[cfg(native_registers)]
        any_divider(kernels!(avx2, Avx2F32, 5), kernels!(avx2, Avx2F32, [4, 2, 3, 1], exact_single, false)),
        #[cfg(native_registers)]
        [
            [kernels!(avx512, Avx512F32, [8, 6, 6, 4]), kernels!(avx512, Avx512F32, 4, one_division)],
            [
                kernels!(avx512, Avx512F32, [2, 2, 4, 2], exact_single, false),
                kernels!(avx512, Avx512F32, 2, exact_single, true),
            ],
        ],
        // Never available here.
        #[cfg(not(native_registers))]
        wide,
        #[cfg(not(native_registers))]
        wide,
    ]
};

static DOUBLE: Table<f64> = {
    let wide = any_divider(
        kernels!(portable, PortableF64, 4),
        kernels!(portable, PortableF64, [4, 4, 4, 2], exact_double),
    );
    [
        any_divider(&scalar::kernels::<f64, Reference>(), &scalar::kernels::<f64, Exactly>()),
        wide,
        #[cfg(native_registers)]
        any_divider(kernels!(avx2, Avx2F64, 4), kernels!(avx2, Avx2F64, [4, 4, 4, 3], exact_double)),
        #[cfg(native_registers)]
        any_divider(
            kernels!(avx512, Avx512F64, [6, 5, 4, 4]),
            kernels!(avx512, Avx512F64, [4, 4, 4, 2], exact_double),
        ),
        // Never available here.
        #[cfg(not(native_registers))]
        wide,
        #[cfg(not(native_registers))]
        wide,
    ]
};

impl Dispatch for f32 {
    #[inline]
    fn kernels(backend: Backend, accuracy: Accuracy, divides_slowly: bool) -> &'static Kernels<f32> {
        SINGLE[backend as usize][accuracy as usize][usize::from(divides_slowly)]
    }
}

impl Dispatch for f64 {
    #[inline]
    fn kernels(backend: Backend, accuracy: Accuracy, divides_slowly: bool) -> &'static Kernels<f64> {
        DOUBLE[backend as usize][accuracy as usize][usize::from(divides_slowly)]
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
    Op: Operation<L, I, O> + Operation<L::One, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    // SAFETY: as the caller vouches; the build's own instructions are always there.
    unsafe { drive::<L, Op, I, O, BLOCK>(inputs, outputs, len, stores) }
}

/// # Safety
///
/// As for [`drive`]; the CPU has AVX2 and FMA.
#[cfg(native_registers)]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<L, Op, const I: usize, const O: usize, const BLOCK: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    len: usize,
    stores: Stores,
) where
    L: Register,
    Op: Operation<L, I, O> + Operation<L::One, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    // SAFETY: as the caller vouches.
    unsafe { drive::<L, Op, I, O, BLOCK>(inputs, outputs, len, stores) }
}

/// # Safety
///
/// As for [`drive`]; the CPU has AVX-512 F, DQ, BW and VL, and FMA.
#[cfg(native_registers)]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,fma")]
unsafe fn avx512<L, Op, const I: usize, const O: usize, const BLOCK: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    len: usize,
    stores: Stores,
) where
    L: Register,
    Op: Operation<L, I, O> + Operation<L::One, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    // SAFETY: as the caller vouches.
    unsafe { drive::<L, Op, I, O, BLOCK>(inputs, outputs, len, stores) }
}
