//! The Gaussian error linear unit

use super::SelfGated;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx512F32, Four, PortableF32, Three};
use crate::pair::{Constants, HALF, Logistic, lowered, magnitude_and_sign, one_minus, power_of_two};
use crate::reference;

/// gelu(x) = x Phi(x) = x/2 (1 + erf(x / sqrt(2))), of `f32`: x times the probability that a number of the normal
/// distribution is below x.
///
/// Largest error in units in the last place, in `f32` (all numbers): 6.82 at -7.9688125, and without fused
/// multiply-add 8.87 at -10.961682; stated is [`bounds::GELU`](crate::bounds::GELU), and the test
/// `gelu_is_as_exact_as_stated` tries every 997th. There is no Exact.
///
/// Any number takes at most 2 times as long as x = 1 (Zen 4; 2.3 times on Zen 5).
///
/// gelu(-inf) = -0, gelu(inf) = inf; a zero keeps its sign; subnormal results are kept.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 3];
/// Kernels::new().map(ops::Gelu, &[-1.0, 0.0, 100.0], &mut y);
/// assert!((y[0] + 0.158_655_25).abs() < 1e-7);
/// assert_eq!(y[1..], [0.0, 100.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Gelu;

/// Of a constant of `f32`, which `f64` has no other of.
const fn single(bits: u32) -> (f32, f64) {
    let constant = f32::from_bits(bits);
    (constant, constant as f64)
}

/// P(y) / Q(y) = Phi(-y) e^(y^2 / 2) to 2^-25.1 of it (2^-27.3 before the coefficients are rounded), for y from 0 to
/// 14.45; Q is monic, and Q(0) is twice P(0), so that Phi(0) = 1/2. (`scripts/coefficients.py`)
const P: [(f32, f64); 5] =
    [single(0x4242_04ce), single(0x422a_08dd), single(0x418e_24ff), single(0x407c_1d4b), single(0x3ecc_42c6)];
const Q: [(f32, f64); 5] =
    [single(0x42c2_04ce), single(0x4322_6b6e), single(0x42e9_3f03), single(0x4236_17ee), single(0x411d_ffd4)];

/// The largest |x| on the common path.
const COMMON_LIMIT: (f32, f64) = single(0x414b_3333);

/// gelu(x) rounds to -0 from here down.
const LOWEST: (f32, f64) = single(0xc167_3333);

/// Phi does not see a smaller |x|, and its square is a normal number with a rest that is one.
const SMALLEST: (f32, f64) = single(0x2b80_0000);

/// 1.5 2^15: in a sum with it the last place is worth 2^-8.
const ROUGHLY: (f32, f64) = single(0x4740_0000);

/// y^2 in two parts, a number and its excess.
#[inline(always)]
fn square<L: Logistic>(y: L) -> (L, L) {
    if L::FUSED {
        let square = y.mul(y);
        (square, y.neg_mul_add(y, square))
    } else {
        // The square of the leading digits is exact.
        let roughly = y.splat(L::Number::of(ROUGHLY));
        let head = y.add(roughly).sub(roughly);
        (head.mul(head), head.sub(y).mul(y.add(head)))
    }
}

/// P(y) and Q(y).
#[inline(always)]
fn polynomials<L: Logistic>(y: L) -> (L, L) {
    let p = y.splat(L::Number::of(P[4])).mul_add(y, y.splat(L::Number::of(P[3])));
    let p = p.mul_add(y, y.splat(L::Number::of(P[2]))).mul_add(y, y.splat(L::Number::of(P[1])));
    let q = y.add(y.splat(L::Number::of(Q[4]))).mul_add(y, y.splat(L::Number::of(Q[3])));
    let q = q.mul_add(y, y.splat(L::Number::of(Q[2]))).mul_add(y, y.splat(L::Number::of(Q[1])));
    (p.mul_add(y, y.splat(L::Number::of(P[0]))), q.mul_add(y, y.splat(L::Number::of(Q[0]))))
}

/// |x|, but as large as `SMALLEST`.
#[inline(always)]
fn size<L: Logistic>(x: L) -> L {
    magnitude_and_sign(x).0.at_least(x.splat(L::Number::of(SMALLEST)))
}

/// ```text
/// y = |x|,  Phi(-y) = e^(-y^2 / 2) P(y) / Q(y) = B P / (A Q)
/// gelu(x) = x Phi(-y) for x < 0, and x (1 - Phi(-y)) elsewhere
/// ```
///
/// with (A, B) of y^2 / 2, which is reduced in two parts.
impl SelfGated for Gelu {
    #[inline(always)]
    fn common_limit<N: Constants>() -> N {
        N::of(COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(x: L) -> L {
        let y = size(x);
        let (a, b) = HALF.common_pair_of_two(square(y));
        let (p, q) = polynomials(y);
        let phi = b.mul(p).div(a.mul(q));
        x.mul(L::select(x.below(x.splat(L::Number::ZERO)), phi, one_minus(phi)))
    }

    #[inline(always)]
    fn far<L: Logistic>(x: L) -> L {
        let (zero, lowest) = (x.splat(L::Number::ZERO), x.splat(L::Number::of(LOWEST)));
        let y = size(x).at_most(zero.sub(lowest));
        let (a, m, k) = HALF.parts_of_two(square(y));
        let (p, q) = polynomials(y);
        // Phi(-y) = 2^-n phi
        let (phi, n) = (m.mul(p).div(a.mul(q)), zero.sub(k));
        let small = phi.mul(power_of_two(zero.sub(n.at_most(x.splat(L::Number::NEGLIGIBLE_EXPONENT)))));
        let negative = x.below(zero);
        let product = x.at_least(lowest).mul(L::select(negative, phi, one_minus(small)));
        lowered(product, L::keep(negative, n))
    }

    fn reference<N: Constants>(x: N) -> N {
        N::narrow(reference::gelu(x.widen()))
    }
}

kernels!(Gelu, (): *const f32 => *mut f32, [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
