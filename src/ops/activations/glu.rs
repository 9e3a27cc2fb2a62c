//! The gated linear unit of the sigmoid

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64};
use crate::pair::{
    Constants, LARGE, Logistic, any_small, common_fraction, counted_early, product, product_lowered,
    wide_range,
};
use crate::reference;

/// a s(b), of what passes, a, and a gate b.
///
/// Largest error found in units in the last place, in `f32` (four billion pairs; the test
/// `glu_and_silu_backward_of_many_pairs` tries 16 million): 3.41 with fused multiply-add, at b = -5.8519893 and
/// a = -5.4004045, and 3.57 without: [`bounds::GLU`](crate::bounds::GLU). There is no Exact.
///
/// A far-out b takes at most 2.3 times as long as b = 1, and an |a| below 2^-63 at most 2.8 times (with AVX2 and
/// AVX-512 2.2); such a one, or one above 2^16, beside a far-out b up to 6 times (Zen 4).
///
/// Right for any a and b: an a that is huge where s(b) is below the normal range, or one that is subnormal. A zero
/// keeps its sign. An infinite a is NaN where the result of every finite a vanishes.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().zip(ops::Glu, &[2.0, 3.0, 1e30], &[0.0, 40.0, -120.0], &mut y);
/// assert_eq!(y, [1.0, 3.0, 7.6676477e-23]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Glu;

/// The largest |b| on the common path: its product with any a but small ones is a normal number.
const COMMON_LIMIT: (f32, f64) = (40.0, 340.0);

/// The result of any a that is not large vanishes from this b down.
const LOWEST: (f32, f64) = (-128.0, -780.0);

/// The result of any finite a vanishes from this b down.
const LOWEST_OF_ALL: (f32, f64) = (-220.0, -1480.0);

/// a s(b) of any a and b, with the bits of the common path where that is right. An infinite a stays infinite.
#[cfg_attr(optimised, inline(always))]
pub(super) fn careful_product<L: Logistic>(a: L, b: L) -> L {
    let highest = b.splat(L::Number::HIGHEST);
    if !b.any_beyond(L::Number::of(COMMON_LIMIT)) {
        let (numerator, denominator) = common_fraction::<L, true>(b);
        product(a, numerator.div(denominator))
    } else if a.any_beyond(L::Number::of(LARGE)) || any_small(a) {
        let pair = wide_range(b.at_least(b.splat(L::Number::of(LOWEST_OF_ALL))).at_most(highest));
        product_lowered(a, pair.a.div(pair.d), pair.n)
    } else {
        counted_early(b.at_least(b.splat(L::Number::of(LOWEST))).at_most(highest)).times(a)
    }
}

impl Formula for Glu {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), (a, b): (L, L)) -> bool {
        b.any_beyond(L::Number::of(COMMON_LIMIT)) || any_small(a)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (a, b): (L, L)) -> L {
        let (numerator, denominator) = common_fraction::<L, true>(b);
        a.mul(numerator.div(denominator))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (a, b): (L, L)) -> L {
        // Where every finite product vanishes, an infinite one is NaN.
        let gone = b.below(b.splat(L::Number::of(LOWEST_OF_ALL)));
        L::select(gone, a.mul(b.splat(L::Number::ZERO)), careful_product(a, b))
    }

    fn reference<N: Constants>(_: &(), (a, b): (N, N)) -> N {
        let b = if b < N::of(LOWEST_OF_ALL) { -N::INFINITY } else { b };
        N::narrow(reference::glu(a.widen(), b.widen()))
    }
}

kernels!(Glu, (): (*const f32, *const f32) => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Four<Avx512F32>]);
kernels!(Glu, (): (*const f64, *const f64) => *mut f64, [Four<PortableF64>, Four<Avx2F64>, Four<Avx512F64>]);
