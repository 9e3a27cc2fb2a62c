//! grad s(x)

use super::Formula;
use super::glu::{Glu, careful_product};
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64};
use crate::pair::{Constants, Logistic};
use crate::reference;

/// grad s(x), of x and grad: the way back through [`Softplus`](super::Softplus).
///
/// Largest error found in units in the last place, in `f32` (ten million pairs): 3.09 with s(x) at x = -4.5441504 and
/// -5.8852105 as the gradient, with fused multiply-add; 3.38 at -2.413653 and 1.5 without. The test
/// `ways_back_are_as_exact_as_stated` fails from 3.6 and 3.9 on. There is no Exact.
///
/// It takes 1.3 times as long as the sigmoid (Zen 4, AVX-512; 1.4 times in `f32` with AVX2).
///
/// Right for any gradient: a large one with an x so far out that s(x) is below the smallest number, too. A zero keeps
/// its sign; an infinite gradient stays infinite, and is NaN for x = -inf.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut grad_in = [0.0_f32; 3];
/// Kernels::new().zip(ops::SoftplusBackward, &[0.0, 40.0, -120.0], &[8.0, 3.0, 1e30], &mut grad_in);
/// assert_eq!(grad_in, [4.0, 3.0, 7.667648e-23]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SoftplusBackward;

impl Formula for SoftplusBackward {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), (x, grad): (L, L)) -> bool {
        Glu::needs_care(&(), (grad, x))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        Glu::common(&(), (grad, x))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        // s(-inf) is nothing even beside infinity.
        let is_finite = x.splat(-L::Number::INFINITY).below(x);
        let grad = L::select(is_finite, grad, grad.mul(grad.splat(L::Number::ZERO)));
        careful_product(grad, x)
    }

    fn reference<N: Constants>(_: &(), (x, grad): (N, N)) -> N {
        N::narrow(reference::softplus_backward(x.widen(), grad.widen()))
    }
}

kernels!(
    SoftplusBackward, (): (*const f32, *const f32) => *mut f32,
    [Four<PortableF32>, Four<Avx2F32>, Four<Avx512F32>]
);
kernels!(
    SoftplusBackward, (): (*const f64, *const f64) => *mut f64,
    [Four<PortableF64>, Four<Avx2F64>, Four<Avx512F64>]
);
