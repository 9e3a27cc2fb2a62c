//! The pair for half precision: short approximations, of which every result rounds to the right `bf16` or `f16`.
//!
//! There are 65,536 inputs of each, and all of them are tried (`tests/half_precision.rs`). The constants were found by
//! trying, too: the derived ones leave a few results on the wrong side of a middle between two numbers, and of the
//! neighbours of their coefficients many do not. With and without fused multiply-add the constants are the same.

use super::{CarefulFraction, Counted, Logistic, LogisticPair};
use super::{QUICK_GELU, careful_fraction_of, common_magic, polynomial, square, with_normal_square};
use crate::format::Number;
use crate::pair::Constants;

/// A constant for lanes of `f32`. (There are no others here, but a formula is written for all.)
const fn single(bits: u32) -> (f32, f64) {
    (f32::from_bits(bits), f32::from_bits(bits) as f64)
}

/// ln 2, in one part.
const LN_2: (f32, f64) = single(0x3f31_7218);

/// E = E\[0\] + E\[1\] u with O = 1, for `bf16`: tanh(r/2) = r / E on |r| <= ln 2 / 2.
///
/// E\[0\] is 2.00005. Next to 0 the results of s(x) are ties, 1/2 + x/4, but for a term in x^3 that `f32` does not
/// hold; with more than 2 they are on the right side of them, so that they may be rounded without a thought for ties.
/// These stand in the middle of what does so for s(x), s'(x) and x s(x), with and without fused multiply-add: E\[0\]
/// from 90 to 470 units above 2, and E\[1\] the lower, the higher E\[0\] is.
const SHORT: [(f32, f64); 2] = [single(0x4000_00d2), single(0x3e29_d07b)];

/// E = E\[0\] + E\[1\] u and O = O\[0\] + u, for `f16`.
pub(crate) type Medium = [(f32, f64); 3];

/// For s(x): what `f32` has.
pub(crate) const MEDIUM: Medium = [single(0x42f0_5c5e), single(0x4140_3d82), single(0x4270_5c5e)];

/// For x s(x): E\[0\] and O\[0\] are ten units lower. (Otherwise it is wrong at -2.725.)
pub(crate) const MEDIUM_FOR_SILU: Medium = [single(0x42f0_5c54), single(0x4140_3d82), single(0x4270_5c54)];

/// For s'(x), as A B / (A + B)^2: E\[0\] is 42 units lower, O\[0\] 28.
pub(crate) const MEDIUM_FOR_DERIVATIVE: Medium =
    [single(0x42f0_5c34), single(0x4140_3d82), single(0x4270_5c42)];

/// Next to 0 the results of s(x) in `f16` are ties, 1/2 + x/4, but for a term in x^3 that `f32` does not hold. Up to
/// here 1/2 + c x decides them rightly...
const NEAR_ZERO: (f32, f64) = (0.0157, 0.0157);

/// ... with a c that is a little less than 1/4.
const BELOW_A_QUARTER: (f32, f64) = single(0x3e7f_fc11);

/// s(x) rounds to 0 in `f16` from here down, as does s'(x), and from its negative up to 1.
const F16_LOWEST: (f32, f64) = (-20.0, -20.0);

/// x s(x) rounds to -0 in `f16` from here down.
const F16_LOWEST_SILU: (f32, f64) = (-24.0, -24.0);

/// x s(1.702 x) rounds to -0 in `f16` from here down, and s(1.702 x) in `f32` to 1 from its negative up.
const F16_LOWEST_QUICK_GELU: (f32, f64) = (-14.0, -14.0);

/// 1/2 and half a unit of what s(x) has above it.
const ABOVE_HALF: (f32, f64) = single(0x3f00_0001);

/// As [`super::logistic_pair`].
#[inline(always)]
fn short_pair<L: Logistic>(x: L, magic: L::Number) -> LogisticPair<L> {
    let x = with_normal_square(x);
    let magic = x.splat(magic);
    let t = x.mul_add(x.splat(L::Number::MINUS_LOG2_E), magic);
    let r = t.sub(magic).mul_add(x.splat(L::Number::of(LN_2)), x);
    let e = polynomial(&[L::Number::of(SHORT[0]), L::Number::of(SHORT[1])], square(r));
    LogisticPair { a: e.add(r), m: e.sub(r), t }
}

/// As [`super::common_fraction`].
#[inline(always)]
pub(crate) fn short_fraction<L: Logistic>(x: L) -> (L, L) {
    short_pair(x, common_magic::<L>()).common_fraction()
}

/// As [`super::careful_fraction`].
#[inline(always)]
pub(crate) fn careful_short_fraction<L: Logistic>(x: L) -> CarefulFraction<L> {
    let x = x.at_least(x.splat(L::Number::LOWEST));
    careful_fraction_of(x, short_pair(x, L::Number::SCALED_MAGIC))
}

/// As [`super::counted`].
#[inline(always)]
pub(crate) fn short_counted<L: Logistic>(x: L) -> Counted<L> {
    Counted::new(short_pair(x, L::Number::SCALED_MAGIC))
}

/// As [`super::logistic_pair`], for x within the range of `F16_LOWEST_SILU`. No square of an `f16` is subnormal.
#[inline(always)]
fn medium_pair<L: Logistic>(x: L, [e0, e1, o0]: Medium, magic: L::Number) -> LogisticPair<L> {
    let magic = x.splat(magic);
    let t = x.mul_add(x.splat(L::Number::MINUS_LOG2_E), magic);
    let k = t.sub(magic);
    // Where the product is rounded before the sum, ln 2 in one part is not enough.
    let r = if L::FUSED {
        k.mul_add(x.splat(L::Number::of(LN_2)), x)
    } else {
        let r = k.mul_add(x.splat(L::Number::LN_2_HIGH), x);
        k.mul_add(x.splat(L::Number::LN_2_LOW), r)
    };
    let u = r.mul(r);
    let e = polynomial(&[L::Number::of(e0), L::Number::of(e1)], u);
    let o = u.add(u.splat(L::Number::of(o0)));
    LogisticPair { a: r.mul_add(o, e), m: r.neg_mul_add(o, e), t }
}

/// s(x) of x within that range.
#[inline(always)]
fn medium_quotient<L: Logistic>(x: L, coefficients: Medium) -> L {
    let (a, d) = medium_pair(x, coefficients, common_magic::<L>()).common_fraction();
    a.div(d)
}

/// s(x), of any `f16`.
#[inline(always)]
pub(crate) fn f16_sigmoid<L: Logistic>(x: L) -> L {
    let (half, c) = (x.splat(L::Number::of((0.5, 0.5))), x.splat(L::Number::of(BELOW_A_QUARTER)));
    let (lowest, highest) = (x.splat(L::Number::of(F16_LOWEST)), x.splat(-L::Number::of(F16_LOWEST)));
    let quotient = medium_quotient(x.at_least(lowest).at_most(highest), MEDIUM);
    let near = x.splat(-L::Number::of(NEAR_ZERO)).below(x.negative_magnitude());
    L::select(near, x.mul_add(c, half), quotient)
}

/// s'(x), of any `f16`.
#[inline(always)]
pub(crate) fn f16_derivative<L: Logistic>(x: L) -> L {
    let x = x.negative_magnitude().at_least(x.splat(L::Number::of(F16_LOWEST)));
    let (a, b) = medium_pair(x, MEDIUM_FOR_DERIVATIVE, common_magic::<L>()).common();
    let d = a.add(b);
    a.mul(b).div(d.mul(d))
}

/// x s(x), of any `f16`.
#[inline(always)]
pub(crate) fn f16_silu<L: Logistic>(x: L) -> L {
    let x = x.at_least(x.splat(L::Number::of(F16_LOWEST_SILU)));
    let quotient = medium_quotient(x.at_most(x.splat(-L::Number::of(F16_LOWEST_SILU))), MEDIUM_FOR_SILU);
    f16_product(x, quotient)
}

/// x times its gate, of which both are known.
#[inline(always)]
fn f16_product<L: Logistic>(x: L, gate: L) -> L {
    // The smallest positive number goes to a tie, x/2, but for a term in x^2 that `f32` does not hold. What is above
    // the middle for it is below the gate of all but two others, which are far from one.
    x.mul(gate).at_least(x.mul(x.splat(L::Number::of(ABOVE_HALF))))
}

/// x s(1.702 x), of any `f16`: the constants of `f32` are near enough.
#[inline(always)]
pub(crate) fn f16_quick_gelu<L: Logistic>(x: L) -> L {
    let x = x.at_least(x.splat(L::Number::of(F16_LOWEST_QUICK_GELU)));
    let gated = x.at_most(x.splat(-L::Number::of(F16_LOWEST_QUICK_GELU)));
    let (a, d) = QUICK_GELU.common_fraction(gated);
    f16_product(x, a.div(d))
}

/// A number between the same two `bf16` or `f16`, or middles between two, as x: the digits after the sixteenth are
/// gone, but for a 1 in its place if there were any. (To round such a number to nearest is to round x, however many
/// formats it goes through.)
pub(crate) fn rounded_to_odd(x: f64) -> f64 {
    const REST: u64 = (1 << 37) - 1;
    let bits = x.to_bits();
    if x.is_infinite() || bits & REST == 0 {
        return x;
    }
    f64::from_bits((bits & !REST) | (REST + 1))
}
