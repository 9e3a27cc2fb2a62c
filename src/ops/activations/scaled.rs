//! s(c x)

use super::Formula;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64, Six};
use crate::pair::{self, Constants, Logistic, Steepness};
use crate::reference;

/// s(c x), of a c that is the same for all x: finite, and its magnitude from 2^-10 to 2^10, or 0.
///
/// The product is not rounded: c goes into the constants of the kernel, once a call. (A rounded one costs up to a
/// hundred units in the last place where c x is far below zero.)
///
/// Largest error found in units in the last place, in `f32`: 2.7806 with fused multiply-add (c = 1.1052198), and 2.9956
/// without (c = 1.1067575), of 12,000 c; stated is [`bounds::SCALED`](crate::bounds::SCALED), and the test
/// `scaled_of_many_f32` tries nine c. There is no Exact.
///
/// Any number takes at most 1.8 times as long as x = 1 (Zen 4).
///
/// s(0 x) is 1/2 of every x, an infinity too.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::Scaled(-2.0), &[0.0, 0.5, 50.0], &mut y);
/// assert_eq!(y, [0.5, 0.26894143, 3.8e-44]); // e^-100, a subnormal
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled(pub f32);

/// [`Scaled`], prepared.
#[derive(Clone, Copy, Debug)]
pub struct Slope<N> {
    scaled: pair::Scaled<N>,
    /// From the first of these down s(c x) is the number at one end of the range, and from the second up that at the
    /// other.
    range: [N; 2],
}

impl<N: Constants> Slope<N> {
    fn new(c: N) -> Self {
        let range = if c > N::ZERO {
            [N::LOWEST / c, N::HIGHEST / c]
        } else if c < N::ZERO {
            [N::HIGHEST / c, N::LOWEST / c]
        } else {
            [-N::ONE, N::ONE]
        };
        Self { scaled: pair::Scaled::new(c), range }
    }
}

impl Formula for Scaled {
    type Prepared<N: Constants> = Slope<N>;
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) -> Slope<N> {
        Slope::new(N::narrow(self.0.into()))
    }

    #[inline(always)]
    fn needs_care<L: Logistic>(slope: &Slope<L::Number>, x: L) -> bool {
        x.any_beyond(slope.scaled.common_limit())
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(slope: &Slope<L::Number>, x: L) -> L {
        let (a, d) = slope.scaled.common_fraction(x);
        a.div(d)
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(slope: &Slope<L::Number>, x: L) -> L {
        let [from, to] = slope.range;
        slope.scaled.counted(x.at_least(x.splat(from)).at_most(x.splat(to))).number()
    }

    fn reference<N: Constants>(slope: &Slope<N>, x: N) -> N {
        N::narrow(reference::scaled(x.widen(), slope.scaled.c.widen()))
    }
}

kernels!(Scaled, Slope<f32>: *const f32 => *mut f32, [Five<PortableF32>, Five<Avx2F32>, Six<Avx512F32>]);
kernels!(Scaled, Slope<f64>: *const f64 => *mut f64, [Four<PortableF64>, Four<Avx2F64>, Five<Avx512F64>]);
