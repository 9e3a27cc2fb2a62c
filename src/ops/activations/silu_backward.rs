//! grad silu'(x)

use super::Formula;
use super::silu_derivative::{SiluDerivative, wide_range};
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64, Three};
use crate::pair::{Constants, Logistic, any_small, product, product_lowered};
use crate::reference;

/// grad silu'(x), of x and grad: the way back through [`Silu`](super::Silu).
///
/// Largest error found in units in the last place, in `f32` (four billion pairs; the test
/// `glu_and_silu_backward_of_many_pairs` tries 16 million): 7.33 with fused multiply-add, at x = -1.0095519 and
/// grad = -14.24683: [`bounds::SILU_BACKWARD`](crate::bounds::SILU_BACKWARD). There is no Exact.
///
/// A far-out x takes at most 2 times as long as x = 1, and a |grad| below 2^-63 as well; such a one, or one above
/// 2^16, beside a far-out x up to 5 times (Zen 4).
///
/// Right for any x and grad, next to the zero of silu' (see [`SiluDerivative`]) and where grad is huge and silu'(x)
/// below the normal range. silu'(-inf) = -0 and silu'(inf) = 1: an infinite grad is NaN where the result of every
/// finite one vanishes.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut grad_in = [0.0_f32; 3];
/// Kernels::new().zip(ops::SiluBackward, &[0.0, 40.0, -1.2784645], &[3.0, 3.0, 1e9], &mut grad_in);
/// assert_eq!(grad_in, [1.5, 3.0, -2.8270397]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SiluBackward;

/// The result of any finite grad vanishes from this x down.
const LOWEST: (f32, f64) = (-220.0, -1480.0);

impl Formula for SiluBackward {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[cfg_attr(optimised, inline(always))]
    fn needs_care<L: Logistic>(_: &(), (x, grad): (L, L)) -> bool {
        SiluDerivative::needs_care(&(), x) || any_small(grad)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        grad.mul(SiluDerivative::common(&(), x))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        if !SiluDerivative::needs_care(&(), x) {
            return product(grad, SiluDerivative::common(&(), x));
        }
        let (slope, n) = wide_range(x, L::Number::of(LOWEST));
        let result = product_lowered(grad, slope, n);
        let gone = x.below(x.splat(L::Number::of(LOWEST)));
        L::select(gone, grad.mul(x.splat(-L::Number::ZERO)), result)
    }

    fn reference<N: Constants>(_: &(), (x, grad): (N, N)) -> N {
        let x = if x < N::of(LOWEST) { -N::INFINITY } else { x };
        N::narrow(reference::silu_backward(x.widen(), grad.widen()))
    }
}

kernels!(SiluBackward, (): (*const f32, *const f32) => *mut f32, [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
kernels!(SiluBackward, (): (*const f64, *const f64) => *mut f64, [Three<PortableF64>, Three<Avx2F64>, Four<Avx512F64>]);
