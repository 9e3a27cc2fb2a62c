//! The Gaussian error linear unit by tanh

use super::SelfGated;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64, Three};
use crate::pair::{CUBIC, Constants, Logistic, any_near_zero, half_near_zero, near_zero};
use crate::reference;

/// x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) = x s(2 sqrt(2 / pi) (x + 0.044715 x^3)), which comes near to
/// [`Gelu`](crate::ops::Gelu), and which many models were trained with in its place.
///
/// Largest error found in units in the last place, in `f32` (all numbers): 3.9201 at -2.7660363, and without fused
/// multiply-add 4.0569 at -2.7588346; stated is [`bounds::GELU_TANH`](crate::bounds::GELU_TANH), and the test
/// `gelu_tanh_is_as_exact_as_stated` tries every 997th. There is no Exact.
///
/// Any number takes at most 2.1 times as long as x = 1 (Zen 4; 2.6 times on Zen 5).
///
/// It is -0 for -inf and inf for inf; a zero keeps its sign; subnormal results are kept.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::GeluTanh, &[-1.0, 0.0, 100.0], &mut y);
/// assert!((y[0] + 0.158_808).abs() < 1e-7);
/// assert_eq!(y[1..], [0.0, 100.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GeluTanh;

/// The largest |x| on the common path.
pub(super) const COMMON_LIMIT: (f32, f64) = (9.0, 20.0);

/// The result rounds to -0 from here down.
const LOWEST: (f32, f64) = (-10.9, -22.0);

/// It rounds to x from here up.
const HIGHEST: (f32, f64) = (6.0, 8.5);

/// a = 1 / 0.044715 in two parts, the first a whole number of last places of x^2 + a up to the largest x, and of what
/// [`cubic`] takes from that without fused multiply-add.
const A: [(f32, f64); 2] = [
    (22.375, f64::from_bits(0x4036_5d26_0000_0000)),
    (f32::from_bits(0xbc36_848a), f64::from_bits(0xbeb2_2612_7e02_b0da)),
];

/// 1.5 2^n: in a sum with it the last place is worth 2^-7, and 2^-20 in `f64`.
const ROUGHLY: (f32, f64) = (1.5 * 65536.0, 1.5 * 4294967296.0);

/// The same for squares: 2^-5, and 2^-17.
const SQUARE_ROUGHLY: (f32, f64) = (1.5 * 262144.0, 1.5 * 34359738368.0);

/// x^3 + a x = x (x^2 + a) in two parts, a number and its excess: rounded once it would cost 150 units in the tail.
#[inline(always)]
pub(super) fn cubic<L: Logistic>(x: L) -> (L, L) {
    let [a, rest_of_a] = [x.splat(L::Number::of(A[0])), x.splat(L::Number::of(A[1]))];
    if L::FUSED {
        // q - a is exact, and so is what it has more than x^2.
        let q = x.mul_add(x, a);
        let excess = x.neg_mul_add(x, q.sub(a)).sub(rest_of_a);
        let product = x.mul(q);
        (product, x.mul_add(excess, x.neg_mul_add(q, product)))
    } else {
        // Of the leading digits of x and of x^2 the square and the product are exact.
        let roughly = x.splat(L::Number::of(ROUGHLY));
        let square_roughly = x.splat(L::Number::of(SQUARE_ROUGHLY));
        let head = x.add(roughly).sub(roughly);
        let excess = head.sub(x);
        let square = head.mul(head);
        let square_head = square.add(square_roughly).sub(square_roughly);
        let square_excess = square_head.sub(square).add(excess.mul(x.add(head))).sub(rest_of_a);
        let q = square_head.add(a);
        (head.mul(q), excess.mul(q).add(x.mul(square_excess)))
    }
}

/// The unit of the reduction is that of the cubic: its factor costs nothing, and no rounding. See
/// `src/pair/fixed.rs`.
impl SelfGated for GeluTanh {
    #[inline(always)]
    fn common_limit<N: Constants>() -> N {
        N::of(COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(x: L) -> L {
        let (a, d) = CUBIC.common_fraction_of_two(cubic(x));
        x.mul(a.div(d))
    }

    #[inline(always)]
    fn far<L: Logistic>(x: L) -> L {
        let factor = x.at_least(x.splat(L::Number::of(LOWEST)));
        CUBIC.counted_of_two(cubic(factor.at_most(x.splat(L::Number::of(HIGHEST))))).times(factor)
    }

    #[inline(always)]
    fn any_near_zero<L: Logistic>(x: L) -> bool {
        any_near_zero(x)
    }

    #[inline(always)]
    fn near_zero<L: Logistic>(x: L) -> L::Mask {
        near_zero(x)
    }

    #[inline(always)]
    fn next_to_zero<L: Logistic>(x: L) -> L {
        half_near_zero(x)
    }

    fn reference<N: Constants>(x: N) -> N {
        N::narrow(reference::gelu_tanh(x.widen()))
    }
}

kernels!(GeluTanh, (): *const f32 => *mut f32, [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
kernels!(GeluTanh, (): *const f64 => *mut f64, [Three<PortableF64>, Three<Avx2F64>, Four<Avx512F64>]);
