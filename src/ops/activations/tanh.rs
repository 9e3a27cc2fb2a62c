//! tanh(x)

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64, Three};
use crate::pair::{Approximation, Constants, Logistic, TWICE, magnitude_and_sign};
use crate::reference;

/// tanh(x), the hyperbolic tangent.
///
/// Largest error found in units in the last place, in `f32` (all numbers): 2.6095 at 0.52395785, and without fused
/// multiply-add 3.9054 at 0.5264221; stated is [`bounds::TANH`](crate::bounds::TANH), and the test
/// `tanh_is_as_exact_as_stated` tries every 997th. There is no Exact.
///
/// Any number takes at most 1.4 times as long as x = 1 (Zen 4).
///
/// tanh(-x) = -tanh(x), bit by bit; a zero keeps its sign, and subnormal numbers come back as they are; tanh(-inf) =
/// -1, tanh(inf) = 1.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::Tanh, &[-1.0, 1e-30, 100.0], &mut y);
/// assert_eq!(y, [-0.7615942, 1e-30, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tanh;

/// tanh(x) rounds to 1 from here up.
const HIGHEST: (f32, f64) = (10.0, 20.0);

/// By the addition formula, for y = |x|:
///
/// ```text
/// k = round(-2 y log2 e),  r = y + k ln 2 / 2,  p = 2^k,  tanh(r) = r O / E
/// tanh(y) = ((1 - p) E + (1 + p) r O) / ((1 + p) E + (1 - p) r O)
/// ```
///
/// Where k = 0 that is r O / E, and has all its digits.
impl Formula for Tanh {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    /// (Zeros too: the careful path costs next to nothing more.)
    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_without_bits(L::Number::ROOT_OF_SMALLEST_NORMAL_AND_ABOVE)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        let (y, sign) = magnitude_and_sign(x);
        let (r, t) = TWICE.reduce(y.at_most(x.splat(L::Number::of(HIGHEST))), L::Number::BIASED_MAGIC);
        let Approximation { e, o, .. } = TWICE.approximate(r);
        let (ro, p, one) = (r.mul(o), t.low_bits_to_exponent(), x.splat(L::Number::ONE));
        let (minus, plus) = (one.sub(p), one.add(p));
        let numerator = minus.mul_add(e, plus.mul(ro));
        numerator.div(plus.mul_add(e, minus.mul(ro))).or_bits(sign)
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        let near_zero = x.splat(-L::Number::ROOT_OF_SMALLEST_NORMAL).below(x.negative_magnitude());
        L::select(near_zero, x, Self::common(&(), L::discard(near_zero, x)))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        N::narrow(reference::stable_tanh(x.widen()))
    }
}

kernels!(Tanh, (): *const f32 => *mut f32, [Four<PortableF32>, Four<Avx2F32>, Five<Avx512F32>]);
kernels!(Tanh, (): *const f64 => *mut f64, [Three<PortableF64>, Four<Avx2F64>, Five<Avx512F64>]);
