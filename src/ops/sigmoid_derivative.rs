//! s'(x)

use super::{Compute, Formula, Reference, Sigmoid};
use crate::element::{Element, Kind};
use crate::engine::{Row, Rows, row};
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64, Six};
use crate::pair::{CarefulFraction, Constants, Logistic, careful_fraction, common_fraction, one_minus};
use crate::reference;

/// s'(x) = s(x) (1 - s(x)), from x: see [`Kernels::derivative`](crate::Kernels::derivative) for the error, the worst
/// inputs and the tests.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// assert_eq!(Kernels::new().value(ops::SigmoidDerivative, 0.0_f64), 0.25);
/// ```
///
/// In the formats of the crate `half` (feature `half`), from `bf16` to `bf16` and from `f16` to `f16`, every result is
/// correctly rounded, on every backend, whatever the [accuracy](crate::Accuracy): all 65,536 inputs of each are tried
/// (`tests/half_precision.rs`).
///
#[cfg_attr(feature = "half", doc = "```")]
#[cfg_attr(feature = "half", doc = "use half::bf16;")]
#[cfg_attr(feature = "half", doc = "use sigmoid::{Kernels, ops};")]
#[cfg_attr(feature = "half", doc = "")]
#[cfg_attr(feature = "half", doc = "let mut y = [bf16::ZERO; 3];")]
#[cfg_attr(
    feature = "half",
    doc = "Kernels::new().map(ops::SigmoidDerivative, &[0.0, 1.0, f32::INFINITY].map(bf16::from_f32), &mut y);"
)]
#[cfg_attr(feature = "half", doc = "assert_eq!(y.map(bf16::to_f32), [0.25, 0.19628906, 0.0]);")]
#[cfg_attr(feature = "half", doc = "```")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SigmoidDerivative;

/// s' is even, and s'(x) = q (1 - q) with q = s(-|x|) <= 1/2, where 1 - q does not cancel.
impl Formula for SigmoidDerivative {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    const ALIGNS_STACK: bool = false;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        Sigmoid::needs_care(&(), x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        let (a, d) = common_fraction::<L, false>(x.negative_magnitude());
        let q = a.div(d);
        q.mul(one_minus(q))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        let CarefulFraction { numerator, denominator, tail, .. } = careful_fraction(x.negative_magnitude());
        let q = numerator.div(denominator);
        // In the tail s' = q - q^2 rounds to q, which is a count there.
        tail.counts_to_numbers(q.mul(one_minus(tail.cleared(q))))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        N::narrow(reference::stable_derivative(x.widen()))
    }
}

impl<T: Element> Compute<*const T, *mut T> for SigmoidDerivative {
    type Prepared = ();

    fn prepare(self) {}

    #[inline]
    fn rows(self) -> Rows<(), *const T, *mut T> {
        T::__Kind::sigmoid_derivative()
    }
}

pub(crate) static F32: Row<(), *const f32, *mut f32> = row::<
    SigmoidDerivative,
    Reference<SigmoidDerivative>,
    _,
    _,
    _,
    Five<PortableF32>,
    Five<Avx2F32>,
    Six<Avx512F32>,
>()
.with_slow_division::<SigmoidDerivative, Four<Avx512F32>>();

pub(crate) static F64: Row<(), *const f64, *mut f64> = row::<
    SigmoidDerivative,
    Reference<SigmoidDerivative>,
    _,
    _,
    _,
    Four<PortableF64>,
    Four<Avx2F64>,
    Five<Avx512F64>,
>();
