//! grad s (1 - s)

use super::{Compute, Formula, Reference};
use crate::element::{Element, Kind};
use crate::engine::{Row, Rows, row};
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64};
use crate::pair::{Constants, Logistic, one_minus};
use crate::reference;

/// grad s (1 - s), of s and grad: see [`Kernels::backward`](crate::Kernels::backward) for the error, the worst inputs
/// and the tests.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut grad_in = [0.0_f32];
/// Kernels::new().zip(ops::SigmoidBackward, &[0.5], &[8.0], &mut grad_in);
/// assert_eq!(grad_in, [2.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SigmoidBackward;

/// s is data here: its rounding cannot be undone, and 1 - s is exact for s >= 1/2. The gradient
/// comes last, so that nothing overflows or vanishes before its time.
impl Formula for SigmoidBackward {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    const ALIGNS_STACK: bool = false;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), _: (L, L)) -> bool {
        false
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (s, grad): (L, L)) -> L {
        grad.mul(s.mul(one_minus(s)))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), inputs: (L, L)) -> L {
        Self::common(&(), inputs)
    }

    fn reference<N: Constants>(_: &(), (s, grad): (N, N)) -> N {
        N::narrow(reference::product(s.widen(), grad.widen()))
    }
}

impl<T: Element> Compute<(*const T, *const T), *mut T> for SigmoidBackward {
    type Prepared = ();

    fn prepare(self) {}

    #[inline]
    fn rows(self) -> Rows<(), (*const T, *const T), *mut T> {
        T::__Kind::sigmoid_backward()
    }
}

pub(crate) static F32: Row<(), (*const f32, *const f32), *mut f32> = row::<
    SigmoidBackward,
    Reference<SigmoidBackward>,
    _,
    _,
    _,
    Four<PortableF32>,
    Five<Avx2F32>,
    Four<Avx512F32>,
>();

pub(crate) static F64: Row<(), (*const f64, *const f64), *mut f64> = row::<
    SigmoidBackward,
    Reference<SigmoidBackward>,
    _,
    _,
    _,
    Four<PortableF64>,
    Four<Avx2F64>,
    Four<Avx512F64>,
>();
