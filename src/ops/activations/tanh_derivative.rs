//! The derivative of tanh(x)

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64, Six};
use crate::pair::{Constants, Logistic, TWICE, one_minus};
use crate::reference;

/// tanh'(x) = 1 - tanh(x)^2 = 4 s'(2 x), from x.
///
/// Largest error found in units in the last place, in `f32` (all numbers): 3.3283 at 3.1176574 with fused
/// multiply-add, and 3.3530 at 5.6198144 without; stated is
/// [`bounds::TANH_DERIVATIVE`](crate::bounds::TANH_DERIVATIVE), and the test `tanh_derivative_is_as_exact_as_stated` tries
/// every 997th. There is no Exact.
///
/// Any number takes at most 2 times as long as x = 1, and 2.3 times on AVX2 in `f32` (Zen 4).
///
/// tanh'(0) = 1, tanh'(-inf) = tanh'(inf) = 0. Results have all their digits however small they are, and subnormal ones
/// are kept.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut dy = [0.0_f32; 2];
/// Kernels::new().map(ops::TanhDerivative, &[0.0, 20.0], &mut dy);
/// assert_eq!(dy, [1.0, 1.6993417e-17]); // (of which 1 - tanh(20)^2 leaves nothing)
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TanhDerivative;

/// The largest |x| on the common path: half of what it is for s.
const COMMON_LIMIT: (f32, f64) = (40.0, 345.0);

/// tanh'(x) rounds to 0 from here down.
const LOWEST: (f32, f64) = (-53.0, -374.0);

/// tanh' is even, and tanh'(x) = 4 q (1 - q) with q = s(-2 |x|) <= 1/2, where 1 - q does not cancel.
impl Formula for TanhDerivative {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_beyond(L::Number::of(COMMON_LIMIT))
    }

    /// 2 q (2 - 2 q), in which the factors are sums.
    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        let (a, d) = TWICE.common_fraction(x.negative_magnitude());
        let q = a.div(d);
        let double = q.add(q);
        double.mul(x.splat(L::Number::of((2.0, 2.0))).sub(double))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        let q = TWICE.counted(x.negative_magnitude().at_least(x.splat(L::Number::of(LOWEST))));
        q.times(one_minus(q.cleared()).mul(x.splat(L::Number::of((4.0, 4.0)))))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        N::narrow(reference::stable_tanh_derivative(x.widen()))
    }
}

kernels!(TanhDerivative, (): *const f32 => *mut f32, [Five<PortableF32>, Five<Avx2F32>, Six<Avx512F32>]);
kernels!(TanhDerivative, (): *const f64 => *mut f64, [Four<PortableF64>, Four<Avx2F64>, Five<Avx512F64>]);
