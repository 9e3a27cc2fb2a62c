//! grad (1 - y^2)

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, PortableF32, PortableF64};
use crate::pair::{Constants, Logistic};
use crate::reference;

/// grad (1 - y^2), of y and grad: the gradient of what y = tanh(x) was computed from, for y from -1 to 1.
///
/// Errors: [`bounds::TANH_BACKWARD`](crate::bounds::TANH_BACKWARD), two roundings with fused multiply-add and four
/// without (the test `tanh_backward_is_as_exact_as_stated`). There is no Exact.
///
/// All numbers take as long as each other (Zen 4).
///
/// y is data here: how it was rounded cannot be undone. [`TanhDerivative`](crate::ops::TanhDerivative) starts from x
/// and loses nothing.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut grad_in = [0.0_f32; 2];
/// Kernels::new().zip(ops::TanhBackward, &[0.5, -1.0], &[8.0, 8.0], &mut grad_in);
/// assert_eq!(grad_in, [6.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TanhBackward;

/// 1 - y^2 in one rounding, and where that takes two as (1 - y) (1 + y), of which the factor that may be small is
/// exact. The gradient comes last, so that nothing overflows or vanishes before its time.
impl Formula for TanhBackward {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), _: (L, L)) -> bool {
        false
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (y, grad): (L, L)) -> L {
        let one = y.splat(L::Number::ONE);
        grad.mul(if L::FUSED { y.neg_mul_add(y, one) } else { one.sub(y).mul(one.add(y)) })
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), inputs: (L, L)) -> L {
        Self::common(&(), inputs)
    }

    fn reference<N: Constants>(_: &(), (y, grad): (N, N)) -> N {
        N::narrow(reference::tanh_backward(y.widen(), grad.widen()))
    }
}

kernels!(TanhBackward, (): (*const f32, *const f32) => *mut f32, [Four<PortableF32>, Five<Avx2F32>, Four<Avx512F32>]);
kernels!(TanhBackward, (): (*const f64, *const f64) => *mut f64, [Four<PortableF64>, Four<Avx2F64>, Four<Avx512F64>]);
