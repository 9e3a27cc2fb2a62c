//! grad s(x)

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64};
use crate::pair::{
    Constants, Logistic, WideRange, common_fraction, count_of, counted_beyond, parts, power_of_two,
    scaled_down,
};
use crate::reference;

/// grad s(x), of x and grad: the way back through [`Softplus`](super::Softplus).
///
/// Largest error found in units in the last place, in `f32` (ten million pairs): 3.09 with s(x) at x = -4.5441504 and
/// -5.8852105 as the gradient, with fused multiply-add; 3.38 at -2.413653 and 1.5 without. The test
/// `ways_back_are_as_exact_as_stated` fails from 3.4 and 3.6 on. There is no Exact.
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

/// The largest |x| on the common path: with no tiny gradient is its product with s(x) subnormal.
const COMMON_LIMIT: (f32, f64) = (40.0, 340.0);

/// s(x) is at least 2^-k of this k there.
const COMMON_EXPONENT: (f32, f64) = (60.0, 495.0);

/// Smaller gradients that are not zero are tiny: 2^-64, 2^-500.
const TINY: (f32, f64) = (5.421_011e-20, 3.054_936_363_499_605e-151);

/// Larger ones need more room: 2^16.
const LARGE: (f32, f64) = (65536.0, 65536.0);

/// The result of a gradient that is not large vanishes from this x down.
const LOWEST: (f32, f64) = (-128.0, -780.0);

/// That of any finite one vanishes from this x down.
const LOWEST_OF_ALL: (f32, f64) = (-195.0, -1460.0);

/// Then it is scaled down by up to 2^-n of this n: q may be more than 1, and n more than can be scaled down at the end.
const BEFORE: (f32, f64) = (20.0, 20.0);

/// Where |grad| is below `TINY` and not zero.
#[inline(always)]
fn tiny<L: Logistic>(grad: L) -> L::Mask {
    let near = grad.negative_magnitude();
    // Nothing where it is too large.
    L::keep(grad.splat(-L::Number::of(TINY)).below(near), near).below(grad.splat(L::Number::ZERO))
}

/// Whether any gradient is tiny or large.
#[inline(always)]
fn any_unusual<L: Logistic>(grad: L) -> bool {
    grad.any_beyond(L::Number::of(LARGE)) | L::any(tiny(grad))
}

/// For gradients of any size: they are counted in smallest numbers where they are tiny, and s(x) = 2^-n q comes to them
/// in two steps.
#[inline(always)]
fn of_any_gradient<L: Logistic>(x: L, grad: L) -> L {
    let zero = grad.splat(L::Number::ZERO);
    // s(-inf) is nothing even beside infinity.
    let grad = L::select(x.splat(-L::Number::INFINITY).below(x), grad, zero.mul(grad));
    let x = x.at_least(x.splat(L::Number::of(LOWEST_OF_ALL))).at_most(x.splat(L::Number::HIGHEST));
    let (a, m, k) = parts(x);
    let s = WideRange::new(a, m, k);

    let tiny = tiny(grad);
    let size = zero.sub(grad.negative_magnitude());
    let counted = count_of(size).add_bits(grad.sub_bits(size));
    let factor = L::select(tiny, counted, grad);
    let room = grad.splat(L::Number::NORMAL_EXPONENT);
    let n = L::select(tiny, s.n.at_most(room).add(grad.splat(L::Number::SMALLEST_EXPONENT)), s.n);
    let before = n.at_most(n.splat(L::Number::of(BEFORE)));
    scaled_down(factor.mul(power_of_two(zero.sub(before))).mul(s.a.div(s.d)), n.sub(before))
}

impl Formula for SoftplusBackward {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), (x, grad): (L, L)) -> bool {
        x.any_beyond(L::Number::of(COMMON_LIMIT)) | L::any(tiny(grad))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        let (a, d) = common_fraction::<L, true>(x);
        grad.mul(a.div(d))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        if any_unusual(grad) {
            return of_any_gradient(x, grad);
        }
        let x = x.at_least(x.splat(L::Number::of(LOWEST))).at_most(x.splat(L::Number::HIGHEST));
        counted_beyond(x, L::Number::of(COMMON_EXPONENT)).times(grad)
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
