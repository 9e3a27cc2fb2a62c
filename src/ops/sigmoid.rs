//! s(x)

use super::{Compute, Formula, Reference};
use crate::element::{Element, Kind};
use crate::engine::{Row, Rows, row};
use crate::lanes::{
    Avx2F32, Avx2F64, Avx512F32, Avx512F64, Eight, Five, Four, PortableF32, PortableF64, Six,
};
use crate::pair::{CarefulFraction, Constants, Logistic, careful_fraction, common_fraction};
use crate::reference;

/// s(x) = 1 / (1 + e^-x): see [`Kernels::forward`](crate::Kernels::forward) for the error, the worst inputs and the
/// tests.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// assert_eq!(Kernels::new().value(ops::Sigmoid, 0.0_f64), 0.5);
/// ```
///
/// In the formats of the crate `half` (feature `half`), from `bf16` to `bf16` and from `f16` to `f16`, every result is
/// correctly rounded, on every backend, whatever the [accuracy](crate::Accuracy): all 65,536 inputs of each are tried
/// (`tests/half_precision.rs`). From either to `f32` it is the operation on `f32`.
///
#[cfg_attr(feature = "half", doc = "```")]
#[cfg_attr(feature = "half", doc = "use half::bf16;")]
#[cfg_attr(feature = "half", doc = "use sigmoid::{Kernels, ops};")]
#[cfg_attr(feature = "half", doc = "")]
#[cfg_attr(feature = "half", doc = "let mut y = [bf16::ZERO; 3];")]
#[cfg_attr(
    feature = "half",
    doc = "Kernels::new().map(ops::Sigmoid, &[-1.0, 0.0, f32::INFINITY].map(bf16::from_f32), &mut y);"
)]
#[cfg_attr(feature = "half", doc = "assert_eq!(y.map(bf16::to_f32), [0.26953125, 0.5, 1.0]);")]
#[cfg_attr(feature = "half", doc = "```")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sigmoid;

impl Formula for Sigmoid {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    const ALIGNS_STACK: bool = false;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_beyond(L::Number::COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        let (a, d) = common_fraction::<L, true>(x);
        a.div(d)
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        let CarefulFraction { numerator, denominator, tail, .. } =
            careful_fraction(x.at_most(x.splat(L::Number::HIGHEST)));
        tail.counts_to_numbers(numerator.div(denominator))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        N::narrow(reference::stable_sigmoid(x.widen()))
    }
}

impl<T: Element> Compute<*const T, *mut T> for Sigmoid {
    type Prepared = ();

    fn prepare(self) {}

    #[inline]
    fn rows(self) -> Rows<(), *const T, *mut T> {
        T::__Kind::sigmoid()
    }
}

pub(crate) static F32: Row<(), *const f32, *mut f32> =
    row::<Sigmoid, Reference<Sigmoid>, _, _, _, Five<PortableF32>, Five<Avx2F32>, Eight<Avx512F32>>()
        .with_slow_division::<Sigmoid, Four<Avx512F32>>();

pub(crate) static F64: Row<(), *const f64, *mut f64> =
    row::<Sigmoid, Reference<Sigmoid>, _, _, _, Four<PortableF64>, Four<Avx2F64>, Six<Avx512F64>>();

#[cfg(feature = "half")]
kernels!(Sigmoid, (): *const half::bf16 => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Eight<Avx512F32>]);
#[cfg(feature = "half")]
kernels!(Sigmoid, (): *const half::f16 => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Eight<Avx512F32>]);
