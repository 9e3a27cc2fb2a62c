//! x s(x)

use super::SelfGated;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64, Six};
use crate::pair::{Constants, Logistic, common_fraction, counted};
use crate::reference;

/// silu(x) = x s(x), the sigmoid linear unit, or swish.
///
/// Largest error found in units in the last place, in `f32` (all numbers): 3.2643 at -10.724649 with fused
/// multiply-add, 3.3999 at -1.9420477 without: [`bounds::SILU`](crate::bounds::SILU), which has those of `f64` too. The
/// test `silu_is_as_exact_as_stated` holds every backend against them. There is no Exact.
///
/// Any number takes at most 2 times as long as x = 1, and 2.3 times where half of it is below the normal range
/// (`benches/slow_inputs.rs`, Zen 4; 2.6 times on Zen 5).
///
/// silu(-inf) = -0, silu(inf) = inf; a zero keeps its sign; subnormal results are kept.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::Silu, &[-1.0, 0.0, 100.0], &mut y);
/// assert_eq!(y, [-0.26894143, 0.0, 100.0]);
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
    doc = "Kernels::new().map(ops::Silu, &[-1.0, 0.0, 100.0].map(bf16::from_f32), &mut y);"
)]
#[cfg_attr(feature = "half", doc = "assert_eq!(y.map(bf16::to_f32), [-0.26953125, 0.0, 100.0]);")]
#[cfg_attr(feature = "half", doc = "```")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Silu;

/// x s(x) rounds to -0 from here down.
const LOWEST: (f32, f64) = (-110.0, -760.0);

impl SelfGated for Silu {
    #[inline(always)]
    fn common_limit<N: Constants>() -> N {
        N::COMMON_LIMIT
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(x: L) -> L {
        let (a, d) = common_fraction::<L, true>(x);
        x.mul(a.div(d))
    }

    #[inline(always)]
    fn far<L: Logistic>(x: L) -> L {
        let factor = x.at_least(x.splat(L::Number::of(LOWEST)));
        counted(factor.at_most(x.splat(L::Number::HIGHEST))).times(factor)
    }

    fn reference<N: Constants>(x: N) -> N {
        N::narrow(reference::silu(x.widen()))
    }
}

kernels!(Silu, (): *const f32 => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Six<Avx512F32>]);
kernels!(Silu, (): *const f64 => *mut f64, [Four<PortableF64>, Four<Avx2F64>, Five<Avx512F64>]);
#[cfg(feature = "half")]
kernels!(Silu, (): *const half::bf16 => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Six<Avx512F32>]);
#[cfg(feature = "half")]
kernels!(Silu, (): *const half::f16 => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Six<Avx512F32>]);
