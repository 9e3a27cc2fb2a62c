//! x s(1.702 x)

use super::SelfGated;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64, Six};
use crate::pair::{Constants, Logistic, QUICK_GELU};
use crate::reference;

/// x s(1.702 x), an approximation of the Gaussian error linear unit.
///
/// Largest error found in units in the last place, in `f32` (all numbers): 3.4943 at -5.9695034 with fused
/// multiply-add, and 3.5566 at -1.4313142 without (the test `quick_gelu_is_as_exact_as_stated` tries fewer):
/// [`bounds::QUICK_GELU`](crate::bounds::QUICK_GELU). There is no Exact.
///
/// Any number takes at most 2.3 times as long as x = 1 (Zen 4; 2.6 times on Zen 5).
///
/// The product 1.702 x is not rounded: 1.702 is in the constants of the kernel. (1.702 itself is no number of either
/// format, and none is put in its place. A rounded product costs up to 80 units where x is far below zero.)
///
/// The result of -inf is -0, of inf it is inf; a zero keeps its sign; subnormal results are kept.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::QuickGelu, &[-1.0, 0.0, 100.0], &mut y);
/// assert_eq!(y, [-0.15420422, 0.0, 100.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct QuickGelu;

/// The largest |x| on the common path.
const COMMON_LIMIT: (f32, f64) = (47.0, 405.0);

/// x s(1.702 x) rounds to -0 from here down.
const LOWEST: (f32, f64) = (-65.0, -447.0);

/// s(1.702 x) rounds to 1 from here up.
const HIGHEST: (f32, f64) = (24.0, 24.0);

impl SelfGated for QuickGelu {
    #[inline(always)]
    fn common_limit<N: Constants>() -> N {
        N::of(COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(x: L) -> L {
        let (a, d) = QUICK_GELU.common_fraction(x);
        x.mul(a.div(d))
    }

    #[inline(always)]
    fn far<L: Logistic>(x: L) -> L {
        let factor = x.at_least(x.splat(L::Number::of(LOWEST)));
        QUICK_GELU.counted(factor.at_most(x.splat(L::Number::of(HIGHEST)))).times(factor)
    }

    fn reference<N: Constants>(x: N) -> N {
        N::narrow(reference::quick_gelu(x.widen()))
    }
}

kernels!(QuickGelu, (): *const f32 => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Six<Avx512F32>]);
kernels!(QuickGelu, (): *const f64 => *mut f64, [Four<PortableF64>, Four<Avx2F64>, Five<Avx512F64>]);
