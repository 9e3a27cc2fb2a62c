//! The way back through the Gaussian error linear unit by tanh

use super::Formula;
use super::gelu_tanh::{COMMON_LIMIT, cubic};
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64, Three, Two};
use crate::pair::{
    CUBIC, Constants, Logistic, WideRange, any_near_zero, near_zero, one_minus, power_of_two, scaled_down,
};
use crate::reference;

/// grad g'(x), of x and grad, for g of [`GeluTanh`](crate::ops::GeluTanh).
///
/// g' is zero at -0.7524614220710163, and next to it the error is bounded, but not relative to the result: for x from
/// -1 to -1/2 the unit is that of an eighth of |grad|, where the result has none that is larger. Elsewhere it is the
/// last place of the result.
///
/// Largest error found in such units, in `f32` (every 17th number, grad = 1): 6.18 at -1.2471149, about the zero 3.65;
/// without fused multiply-add 6.78 at -1.262158 and 3.95. Stated is
/// [`bounds::GELU_TANH_BACKWARD`](crate::bounds::GELU_TANH_BACKWARD), and the test
/// `gelu_tanh_backward_is_as_exact_as_stated` tries gradients of every kind. There is no Exact.
///
/// Any x takes at most 2.7 times as long as x = 1, and 3.4 times on AVX2 in `f64` (Zen 4, grad = 1.5; on
/// Zen 5, whose ordinary results take half as long, 5.8 times).
///
/// g'(0) = 1/2, g'(-inf) = -0, g'(inf) = 1; subnormal results are kept. An infinite gradient gives an infinity, and NaN
/// where the product with every finite one is zero: from x = -13.7 down (in `f64`, -27.1).
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut grad_in = [0.0_f32; 2];
/// Kernels::new().zip(ops::GeluTanhBackward, &[0.0, 100.0], &[8.0, 3.0], &mut grad_in);
/// assert_eq!(grad_in, [4.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GeluTanhBackward;

/// g'(x) times any finite number rounds to a zero from here down.
const LOWEST: (f32, f64) = (-13.7, -27.1);

/// 3 c and c a = 2 sqrt(2 / pi), with c and a of the cubic c (x^3 + a x).
const SLOPE: [(f32, f64); 2] = [
    (f32::from_bits(0x3e5b_33b6), f64::from_bits(0x3fcb_6676_bf74_50f0)),
    (f32::from_bits(0x3fcc_422a), f64::from_bits(0x3ff9_8845_33d4_3651)),
];

/// The largest n on the common path, and a little more: s(z) = 2^-n q.
const NEAR: (f32, f64) = (100.0, 900.0);

/// Where n is larger, what is taken off the result before the product, so that no large gradient overflows.
const BEFORE: (f32, f64) = (32.0, 32.0);

/// x times the derivative of the cubic.
#[inline(always)]
fn slope<L: Logistic>(x: L) -> L {
    let [square, one] = [x.splat(L::Number::of(SLOPE[0])), x.splat(L::Number::of(SLOPE[1]))];
    x.mul(x.mul(x).mul_add(square, one))
}

/// ```text
/// g'(x) = s(z) (1 + x z' s(-z)) for x < 0, and 1 - g'(-x) elsewhere        z = c (x^3 + a x)
/// ```
///
/// (s(z) is near 1 for a large x, and has no digits left for its distance from there.)
impl Formula for GeluTanhBackward {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), (x, _): (L, L)) -> bool {
        x.any_beyond(L::Number::of(COMMON_LIMIT)) || any_near_zero(x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        let (left, one) = (x.negative_magnitude(), x.splat(L::Number::ONE));
        let (a, d) = CUBIC.common_fraction_of_two(cubic(left));
        let s = a.div(d);
        let derivative = s.mul(slope(left).mul_add(one_minus(s), one));
        L::select(x.below(x.splat(L::Number::ZERO)), derivative, one_minus(derivative)).mul(grad)
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        let (zero, one) = (x.splat(L::Number::ZERO), x.splat(L::Number::ONE));
        let lowest = x.splat(L::Number::of(LOWEST));
        // Next to zero g' is what it is there.
        let left = L::discard(near_zero(x), x).negative_magnitude().at_least(lowest);
        let (a, m, k) = CUBIC.parts_of_two(cubic(left));
        let WideRange { a, d, n, .. } = WideRange::new(a, m, k);
        let q = a.div(d);
        let small = power_of_two(zero.sub(n.at_most(x.splat(L::Number::NEGLIGIBLE_EXPONENT))));
        // g'(x) = 2^-n derivative for x < 0.
        let derivative = q.mul(slope(left).mul_add(one_minus(q.mul(small)), one));
        let negative = x.below(zero);
        let derivative = L::select(negative, derivative, one_minus(derivative.mul(small)));
        let n = L::keep(negative, n);
        // All of 2^-n at once where the derivative is in the normal range for certain.
        let far = x.splat(L::Number::of(NEAR)).below(n);
        let before = L::select(far, x.splat(L::Number::of(BEFORE)), n);
        let product = derivative.mul(power_of_two(zero.sub(before))).mul(grad);
        let result = scaled_down(product, n.sub(before));
        L::select(x.below(lowest), x.splat(-L::Number::ZERO).mul(grad), result)
    }

    fn reference<N: Constants>(_: &(), (x, grad): (N, N)) -> N {
        if x < N::of(LOWEST) {
            return -N::ZERO * grad;
        }
        N::narrow(reference::gelu_tanh_backward(x.widen(), grad.widen()))
    }
}

kernels!(GeluTanhBackward, (): (*const f32, *const f32) => *mut f32,
    [Three<PortableF32>, Two<Avx2F32>, Four<Avx512F32>]);
kernels!(GeluTanhBackward, (): (*const f64, *const f64) => *mut f64,
    [Three<PortableF64>, Two<Avx2F64>, Four<Avx512F64>]);
