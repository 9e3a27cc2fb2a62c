//! The mathematics, written once for every register type.
//!
//! # The plain method
//!
//! ```text
//! reduce       k = round(-x log2 e),  r = x + k ln 2,  so  e^-x = 2^k e^-r  with |r| <= ln 2 / 2
//! approximate  u = r^2,  tanh(r/2) = r O(u) / E(u),    so  e^-r = (E - r O) / (E + r O)
//! reconstruct  A = E + r O,  M = E - r O,  B = 2^k M,  so  e^-x = B / A
//!
//! s(x) = A / (A + B)        s(-x) = B / (A + B)        s'(x) = s(x) s(-x)
//! ```
//!
//! One division, no table, no cancellation anywhere. (A, B) is the *logistic pair*; every
//! operation is a line on top of it.
//!
//! # What the code does beyond it
//!
//! 1. `k` is rounded by adding a large `MAGIC` number whose last place is 1: the sum carries
//!    `k + bias` in its low bits, and shifting these into the exponent field gives 2^k without a
//!    conversion. Without the bias they are added to the exponent of M instead, where that is faster
//!    ([`Lanes::ADDS_EXPONENTS`]): on Zen 4 the pipes that multiply are what limits 512-bit lanes, and a
//!    division takes two turns of them (2% in `f32`, 7% in `f64`).
//! 2. ln 2 comes in two parts, the first with enough trailing zeros that `k` times it is exact.
//! 3. E and O are scaled so that O is monic (its leading coefficient is 1): an addition takes
//!    the place of a fused multiply-add (7% on Zen 4). Taking r O as one product, to be added and
//!    subtracted, would save another 4% there, but its rounding takes the error from 2.48 to 2.63 ULP.
//! 4. There is no clamp and no scaling on the common path. One test a block of registers finds
//!    out whether any |x| is so large that 2^k, A + B or the result could leave the normal
//!    range, and only such blocks take the careful path.
//! 5. The careful path must give every lane the bits of the common path, because which path a
//!    lane takes depends on its neighbours. It differs by powers of two only, and these are exact.
//! 6. A division with a subnormal result costs ten times another on today's CPUs. But the bits
//!    of a subnormal float are an integer, its multiple of the smallest one: the careful path
//!    divides for that multiple, a number in the normal range, and rounds it to an integer.
//!
//! 7. So do operations with subnormal numbers, if less: u, and without fused multiply-add x, is kept away from them by
//!    adding a tiny number that no result has a digit of.
//!
//! [`constants`] has the numbers and says where they come from, [`crate::ops`] the operations that are made of it.

mod constants;
mod fixed;
#[cfg(feature = "half")]
pub(crate) mod half;
mod logarithm;
mod scaled;
mod wide_range;

pub(crate) use constants::Constants;
pub(crate) use fixed::{CUBIC, HALF, QUICK_GELU, TWICE};
pub(crate) use logarithm::{CarefulOdds, Logarithm, careful_ln_1p_exp, ln_1p_exp, twice_atanh};
pub(crate) use scaled::{FromOrigin, Scaled, Steepness, Unscaled};
pub(crate) use wide_range::{
    Counted, Factor, LARGE, WideRange, any_small, lowered, number_of_count, power_of_two, product,
    product_lowered, scaled_down,
};

use crate::format::Number;
use crate::lanes::Lanes;

/// Lanes of a format that has the numbers of the method.
pub(crate) trait Logistic: Lanes<Number: Constants> {}

impl<L: Lanes<Number: Constants>> Logistic for L {}

/// What the reduction and the approximation give: A, M = 2^-k B, and k in the low bits of `t`.
/// A and M are near 2^7 (f32) or 2^15 (f64).
pub(crate) struct LogisticPair<L> {
    a: L,
    m: L,
    t: L,
}

impl<L: Logistic> LogisticPair<L> {
    /// A and B, if t has k by itself.
    #[inline(always)]
    fn by_addition(self) -> (L, L) {
        (self.a, self.m.add_bits(self.t.low_bits_to_exponent()))
    }

    /// A and B, if t has k and the bias.
    #[inline(always)]
    fn by_multiplication(self) -> (L, L) {
        (self.a, self.m.mul(self.t.low_bits_to_exponent()))
    }

    /// A and A + B, if t has k and the bias: one operation, and exact but for the sum.
    #[inline(always)]
    fn fraction(self) -> (L, L) {
        (self.a, self.m.mul_add(self.t.low_bits_to_exponent(), self.a))
    }

    /// A and B, of a pair with the [`common_magic`].
    #[inline(always)]
    fn common(self) -> (L, L) {
        if L::ADDS_EXPONENTS { self.by_addition() } else { self.by_multiplication() }
    }

    /// A and A + B, likewise: by one operation if B is a product. (It is exact, and so the bits are the same.)
    #[inline(always)]
    fn common_fraction(self) -> (L, L) {
        if L::ADDS_EXPONENTS {
            let (a, b) = self.by_addition();
            (a, a.add(b))
        } else {
            self.fraction()
        }
    }

    /// A, M and k, if t has k and the bias.
    #[inline(always)]
    fn parts(self) -> (L, L, L) {
        (self.a, self.m, self.t.sub(self.t.splat(L::Number::BIASED_MAGIC)))
    }
}

/// What the pairs of the common path are reduced with: as the lanes prefer to apply 2^k.
#[inline(always)]
fn common_magic<L: Logistic>() -> L::Number {
    if L::ADDS_EXPONENTS { L::Number::MAGIC } else { L::Number::BIASED_MAGIC }
}

/// Reduces and approximates. Right for every x whose k fits the low bits of `t`, to which it is
/// added.
#[inline(always)]
fn logistic_pair<L: Logistic>(x: L, magic: L::Number) -> LogisticPair<L> {
    // Reduce. (Subnormal operands and results take several times as long: neither x nor u may be one for long.)
    let x = with_normal_square(x);
    let magic = x.splat(magic);
    let t = x.mul_add(x.splat(L::Number::MINUS_LOG2_E), magic);
    let k = t.sub(magic);
    let r = k.mul_add(x.splat(L::Number::LN_2_HIGH), x);
    let r = k.mul_add(x.splat(L::Number::LN_2_LOW), r);

    let Approximation { a, m, .. } = approximate(r);
    LogisticPair { a, m, t }
}

/// What the approximation gives for a reduced x: E, O, A and M.
pub(crate) struct Approximation<L> {
    pub(crate) e: L,
    pub(crate) o: L,
    pub(crate) a: L,
    pub(crate) m: L,
}

/// Approximates e^-r = M / A.
#[inline(always)]
pub(crate) fn approximate<L: Logistic>(r: L) -> Approximation<L> {
    let u = square(r);
    let e = polynomial(L::Number::E, u);
    let o = monic_polynomial(L::Number::O, u);
    Approximation { e, o, a: r.mul_add(o, e), m: r.neg_mul_add(o, e) }
}

/// r^2, of which no digit that counts is changed so that it is no subnormal number.
#[inline(always)]
fn square<L: Logistic>(r: L) -> L {
    if L::FUSED { r.mul_add(r, r.splat(L::Number::TINY)) } else { r.mul(r) }
}

/// x, of which no digit that counts is changed so that its square is no subnormal number, where [`square`] does not see
/// to that.
#[inline(always)]
fn with_normal_square<L: Logistic>(x: L) -> L {
    if L::FUSED { x } else { x.add(x.splat(L::Number::TINY_ROOT)) }
}

// By Horner's rule, written out: where the compiler optimises for size it neither unrolls loops nor inlines the methods
// of slices and options, and a closure that is not inlined leaves the kernel's instruction set.

/// c0 + c1 u, or + c2 u^2.
#[inline(always)]
fn polynomial<L: Lanes>(coefficients: &[L::Number], u: L) -> L {
    match *coefficients {
        [c0, c1] => u.splat(c1).mul_add(u, u.splat(c0)),
        [c0, c1, c2] => u.splat(c2).mul_add(u, u.splat(c1)).mul_add(u, u.splat(c0)),
        _ => unreachable!("no approximation has so many coefficients"),
    }
}

/// c0 + u, or c0 + c1 u + u^2: a leading coefficient of 1 that is not written down.
#[inline(always)]
fn monic_polynomial<L: Lanes>(coefficients: &[L::Number], u: L) -> L {
    match *coefficients {
        [c0] => u.add(u.splat(c0)),
        [c0, c1] => u.add(u.splat(c1)).mul_add(u, u.splat(c0)),
        _ => unreachable!("no approximation has so many coefficients"),
    }
}

/// A and B with e^-x = B / A, for blocks without far-out lanes.
#[inline(always)]
pub(crate) fn common_pair<L: Logistic>(x: L) -> (L, L) {
    logistic_pair(x, common_magic::<L>()).common()
}

/// A and A + B, for blocks without far-out lanes. An operation that finds the product faster whatever the lanes prefer
/// does not `ADD` exponents.
#[inline(always)]
pub(crate) fn common_fraction<L: Logistic, const ADD: bool>(x: L) -> (L, L) {
    if ADD {
        logistic_pair(x, common_magic::<L>()).common_fraction()
    } else {
        logistic_pair(x, L::Number::BIASED_MAGIC).fraction()
    }
}

/// 1 - q
#[inline(always)]
pub(crate) fn one_minus<L: Logistic>(q: L) -> L {
    q.splat(L::Number::ONE).sub(q)
}

/// s(x), of any x within one and a half times the range of exponents.
#[inline(always)]
pub(crate) fn counted<L: Logistic>(x: L) -> Counted<L> {
    Counted::new(logistic_pair(x, L::Number::SCALED_MAGIC))
}

/// s(x), likewise, for its product with a factor that is neither small nor large.
#[inline(always)]
pub(crate) fn counted_early<L: Logistic>(x: L) -> Counted<L> {
    Counted::early(logistic_pair(x, L::Number::SCALED_MAGIC))
}

/// The pair of any x within three times the range of exponents.
#[inline(always)]
pub(crate) fn wide_range<L: Logistic>(x: L) -> WideRange<L> {
    let (a, m, k) = parts(x);
    WideRange::new(a, m, k)
}

/// A, M and k of any x within three times the range of exponents.
#[inline(always)]
pub(crate) fn parts<L: Logistic>(x: L) -> (L, L, L) {
    logistic_pair(x, L::Number::BIASED_MAGIC).parts()
}

/// How many smallest numbers a small number is, which is not negative, without a subnormal operation.
#[inline(always)]
pub(crate) fn count_of<L: Logistic>(size: L) -> L {
    let one = size.splat(L::Number::LAST_PLACE_ONE);
    let subnormal = size.add_bits(one).sub(one);
    let normal = size.add_bits(size.splat(L::Number::UNITS));
    L::select(size.below(size.splat(L::Number::SMALLEST_NORMAL)), subnormal, normal)
}

/// x/2 of subnormal numbers, without a subnormal operation; x/2 of others up to twice the smallest normal one.
#[inline(always)]
pub(crate) fn half_of_tiny<L: Logistic>(x: L) -> L {
    let (zero, one) = (x.splat(L::Number::ZERO), x.splat(L::Number::LAST_PLACE_ONE));
    let size = zero.sub(x.negative_magnitude());
    let count = count_of(size);
    let half = count.mul(x.splat(L::Number::of((0.5, 0.5)))).add(one).sub_bits(one);
    half.add_bits(x.sub_bits(size))
}

/// Whether any lane but zeros is so small that half of it is subnormal.
#[inline(always)]
pub(crate) fn any_tiny<L: Logistic>(x: L) -> bool {
    // (Zeros are looked at only if there are any.)
    x.any_without_bits(L::Number::TWICE_SMALLEST_NORMAL_AND_ABOVE) && L::any(tiny(x))
}

/// Where half of a number that is not zero is subnormal.
#[inline(always)]
pub(crate) fn tiny<L: Logistic>(x: L) -> L::Mask {
    within_but_zero(x, L::Number::SMALLEST_NORMAL + L::Number::SMALLEST_NORMAL)
}

/// Where |x| is below a limit, and not zero.
#[inline(always)]
fn within_but_zero<L: Logistic>(x: L, limit: L::Number) -> L::Mask {
    let near = x.negative_magnitude();
    // Nothing where it is too large.
    L::keep(x.splat(-limit).below(near), near).below(x.splat(L::Number::ZERO))
}

/// |x|, and the bit that is its sign.
#[inline(always)]
pub(crate) fn magnitude_and_sign<L: Logistic>(x: L) -> (L, L) {
    // The sign bit twice is nothing.
    let magnitude = x.negative_magnitude().add_bits(x.splat(-L::Number::ZERO));
    (magnitude, x.sub_bits(magnitude))
}

/// Whether any lane but zeros is so near to zero that its square is subnormal.
#[inline(always)]
pub(crate) fn any_near_zero<L: Logistic>(x: L) -> bool {
    // (As in `any_tiny`.)
    x.any_without_bits(L::Number::ROOT_OF_SMALLEST_NORMAL_AND_ABOVE) && L::any(near_zero(x))
}

/// Where the square of a number that is not zero is subnormal.
#[inline(always)]
pub(crate) fn near_zero<L: Logistic>(x: L) -> L::Mask {
    within_but_zero(x, L::Number::ROOT_OF_SMALLEST_NORMAL)
}

/// x/2 where [`near_zero`], and zeros, without a subnormal operation.
#[inline(always)]
pub(crate) fn half_near_zero<L: Logistic>(x: L) -> L {
    let tiny = tiny(x);
    L::select(tiny, half_of_tiny(x), L::discard(tiny, x).mul(x.splat(L::Number::of((0.5, 0.5)))))
}

/// What the careful path makes of any x up to `HIGHEST`, scaled so that everything stays in the
/// normal range: s(x) = `numerator` / `denominator`, with the bits of [`common_fraction`]'s quotient,
/// but in the lanes of `tail`, where the quotient counts s(x) in units.
pub(crate) struct CarefulFraction<L: Lanes> {
    pub(crate) numerator: L,
    pub(crate) denominator: L,
    /// B, on the scale of the denominator.
    pub(crate) b: L,
    pub(crate) tail: Tail<L>,
}

#[inline(always)]
pub(crate) fn careful_fraction<L: Logistic>(x: L) -> CarefulFraction<L> {
    let x = x.at_least(x.splat(L::Number::LOWEST));
    careful_fraction_of(x, logistic_pair(x, L::Number::SCALED_MAGIC))
}

/// [`careful_fraction`] of x from `LOWEST` on, and its pair of `SCALED_MAGIC`.
#[inline(always)]
fn careful_fraction_of<L: Logistic>(x: L, LogisticPair { a, m, t }: LogisticPair<L>) -> CarefulFraction<L> {
    let scale = x.splat(L::Number::SCALE);
    // 2^k may lie beyond the format, and so it is added to the exponent of M as an integer. A
    // NaN is safe in A, whatever becomes of it in the bits of B.
    let b = m.add_bits(t.low_bits_to_exponent());
    let denominator = a.mul_add(scale, b);
    let tail = Tail { mask: x.below(x.splat(L::Number::SUBNORMAL_BELOW)) };
    let units = x.splat(L::Number::SCALE_IN_UNITS);
    let numerator = a.mul(L::select(tail.mask, units, scale));
    CarefulFraction { numerator, denominator, b, tail }
}

/// The lanes in which s(x) is subnormal. They count it in units of the smallest positive number:
/// the count is a number in the normal range, and rounded to an integer it is the bits of s(x).
#[derive(Clone, Copy)]
pub(crate) struct Tail<L: Lanes> {
    mask: L::Mask,
}

impl<L: Logistic> Tail<L> {
    /// Turns the counts in the lanes of the tail into numbers; the other lanes stay.
    #[inline(always)]
    pub(crate) fn counts_to_numbers(self, quotient: L) -> L {
        quotient.integer_bits_where(self.mask, quotient.splat(L::Number::LAST_PLACE_ONE))
    }

    /// Zeroes the lanes of the tail.
    #[inline(always)]
    pub(crate) fn cleared(self, quotient: L) -> L {
        L::discard(self.mask, quotient)
    }
}
