//! ln s(x)

use super::Formula;
use super::softplus::careful_ln_1p_exp_of_any;
use crate::format::Number;
use crate::lanes::{
    Avx2F32, Avx2F64, Avx512F32, Avx512F64, Eight, Four, PortableF32, PortableF64, Six, Three,
};
use crate::pair::{Constants, Logistic, ln_1p_exp};
use crate::reference;

/// ln s(x) = -softplus(-x), with the bits of [`Softplus`](super::Softplus).
///
/// Its errors and its cost are those of [`Softplus`](super::Softplus) too: the largest error found is 2.89 units in the
/// last place in `f32` with fused multiply-add. There is no Exact.
///
/// ln s(-inf) = -inf, ln s(inf) = -0; subnormal results are kept.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::LogSigmoid, &[-100.0, 0.0, 100.0], &mut y);
/// assert_eq!(y, [-100.0, -0.6931472, -3.8e-44]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSigmoid;

/// min(x, 0) - ln(1 + e^-|x|): both terms are negative.
impl Formula for LogSigmoid {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_beyond(L::Number::COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        below_zero(x).sub(ln_1p_exp(x.negative_magnitude()))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        below_zero(x).sub(careful_ln_1p_exp_of_any(negated(x)))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        N::narrow(-reference::softplus(-x.widen()))
    }
}

/// min(x, 0), of which the zero is negative: less nothing it stays so.
#[inline(always)]
fn below_zero<L: Logistic>(x: L) -> L {
    x.at_most(x.splat(-L::Number::ZERO))
}

/// -x, of a NaN too.
#[inline(always)]
pub(super) fn negated<L: Logistic>(x: L) -> L {
    x.add_bits(x.splat(-L::Number::ZERO))
}

kernels!(LogSigmoid, (): *const f32 => *mut f32, [Four<PortableF32>, Eight<Avx2F32>, Six<Avx512F32>]);
kernels!(LogSigmoid, (): *const f64 => *mut f64, [Three<PortableF64>, Eight<Avx2F64>, Six<Avx512F64>]);
