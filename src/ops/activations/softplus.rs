//! ln(1 + e^x)

use super::Formula;
use crate::format::Number;
use crate::lanes::{
    Avx2F32, Avx2F64, Avx512F32, Avx512F64, Eight, Four, PortableF32, PortableF64, Six, Three,
};
use crate::pair::{Constants, Logistic, careful_ln_1p_exp, ln_1p_exp};
use crate::reference;

/// softplus(x) = ln(1 + e^x), the smooth max(x, 0).
///
/// Largest error found in units in the last place, in `f32` (all numbers): 2.9520 at -1.2626938 with fused
/// multiply-add, 3.0125 at -0.43917525 without; the test `softplus_is_as_exact_as_stated` fails from 3.0 and 3.2 on.
/// There is no Exact.
///
/// It takes 1.7 times as long as the sigmoid in `f32`, and 2 times in `f64` (Zen 4, AVX-512 and AVX2).
///
/// softplus(-inf) = 0, softplus(inf) = inf; subnormal results are kept.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::Softplus, &[-100.0, 0.0, 100.0], &mut y);
/// assert_eq!(y, [3.8e-44, 0.6931472, 100.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Softplus;

/// ln(1 + e^-|x|), of any x.
#[inline(always)]
pub(super) fn careful_ln_1p_exp_of_any<L: Logistic>(x: L) -> L {
    let lowest = lowest(x);
    careful_ln_1p_exp(x.negative_magnitude().at_least(lowest))
}

/// From where down -|x| changes nothing: where x is positive the logarithm is but added to it.
#[inline(always)]
fn lowest<L: Logistic>(x: L) -> L {
    let positive = x.splat(L::Number::ZERO).below(x);
    L::select(positive, x.splat(-L::Number::HIGHEST), x.splat(L::Number::LOWEST))
}

/// max(x, 0) + ln(1 + e^-|x|): both terms are positive.
impl Formula for Softplus {
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
        ln_1p_exp(x.negative_magnitude()).add(x.at_least(x.splat(L::Number::ZERO)))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        careful_ln_1p_exp_of_any(x).add(x.at_least(x.splat(L::Number::ZERO)))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        N::narrow(reference::softplus(x.widen()))
    }
}

kernels!(Softplus, (): *const f32 => *mut f32, [Four<PortableF32>, Eight<Avx2F32>, Six<Avx512F32>]);
kernels!(Softplus, (): *const f64 => *mut f64, [Three<PortableF64>, Eight<Avx2F64>, Six<Avx512F64>]);
