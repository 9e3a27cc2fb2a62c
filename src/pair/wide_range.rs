//! The careful path of operations that multiply: nothing leaves the normal range before the last step, and there is
//! one rounding there.

use super::{Constants, Logistic, LogisticPair, count_of, within_but_zero};
use crate::format::Number;

/// s(x), and in the lanes of `tail`, where it may be subnormal, what it is in smallest numbers.
#[derive(Clone, Copy)]
pub(crate) struct Counted<L: Logistic> {
    /// With the bits of the quotient of the common path, but in the tail.
    value: L,
    tail: L::Mask,
}

impl<L: Logistic> Counted<L> {
    /// From a pair of `SCALED_MAGIC`: k is less than one and a half times the largest exponent.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn new(pair: LogisticPair<L>) -> Self {
        Self::beyond(pair, L::Number::NORMAL_EXPONENT)
    }

    /// For factors that are not small: the tail begins as early as their products may be subnormal.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn early(pair: LogisticPair<L>) -> Self {
        Self::beyond(pair, L::Number::of(COUNTS_FROM))
    }

    /// The same with a tail from this k on.
    #[cfg_attr(optimised, inline(always))]
    fn beyond(LogisticPair { a, m, t }: LogisticPair<L>, last: L::Number) -> Self {
        let half = t.splat(L::Number::of((0.5, 0.5)));
        let k = t.sub(t.splat(L::Number::SCALED_MAGIC));
        // From 2^-(k + 1/2) to 2^-(k - 1/2).
        let tail = t.splat(last).sub(half).below(k);
        let scale = t.splat(L::Number::SCALE);
        let denominator = a.mul_add(scale, m.add_bits(t.low_bits_to_exponent()));
        let numerator = a.mul(L::select(tail, t.splat(L::Number::SCALE_IN_UNITS), scale));
        Self { value: numerator.div(denominator), tail }
    }

    /// s(x).
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn number(self) -> L {
        // As `number_of_count`, of which a positive number asks less.
        let one = self.value.splat(L::Number::LAST_PLACE_ONE);
        let small = self.value.add(one).sub_bits(one);
        let large = self.value.sub_bits(one.splat(L::Number::UNITS));
        let number = L::select(self.value.below(one), small, large);
        L::select(self.tail, number, self.value)
    }

    /// s(x), and 0 where it may be subnormal.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn cleared(self) -> L {
        L::discard(self.tail, self.value)
    }

    /// `factor` s(x).
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn times(self, factor: L) -> L {
        let product = factor.mul(self.value);
        L::select(self.tail, number_of_count(product), product)
    }
}

/// `value` 2^-n, rounded once, for integers n from 0 to the smallest exponent and a little more; where n is large, the
/// value is near 1.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn lowered<L: Logistic>(value: L, n: L) -> L {
    // A dozen binades before the first subnormal result: those are numbers of counts, too.
    let margin = n.splat(L::Number::of((12.0, 12.0)));
    let tail = n.splat(L::Number::NORMAL_EXPONENT).sub(margin).below(n);
    let units = L::keep(tail, n.splat(L::Number::SMALLEST_EXPONENT));
    let scaled = value.mul(power_of_two(units.sub(n)));
    L::select(tail, number_of_count(scaled), scaled)
}

/// A factor above this has ways of its own: 2^16.
pub(crate) const LARGE: (f32, f64) = (65536.0, 65536.0);

/// And so has one below this: 2^-63 and 2^-511.
const SMALL: (f32, f64) = (f32::from_bits((127 - 63) << 23), f64::from_bits((1023 - 511) << 52));

/// A number that is not below it, and no other, has one of these bits (or is not a number).
const SMALL_AND_ABOVE: (f32, f64) = (f32::from_bits(3 << 29), f64::from_bits(3 << 61));

/// Whether any lane but zeros is below 2^-63 or 2^-511: half the range of exponents below 1.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn any_small<L: Logistic>(x: L) -> bool {
    // (As `any_tiny`.)
    x.any_without_bits(L::Number::of(SMALL_AND_ABOVE)) && L::any(within_but_zero(x, L::Number::of(SMALL)))
}

/// Up to 2^-n of this n no product with a factor between these is subnormal, and from here on none is too large a
/// number as a count of smallest ones.
const COUNTS_FROM: (f32, f64) = (56.0, 300.0);

/// `factor` `value`, where it is subnormal rounded as [`product_lowered`] does: for any factor, and values of which no
/// product with a factor that is not small is subnormal.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn product<L: Logistic>(factor: L, value: L) -> L {
    let size = factor.splat(L::Number::ZERO).sub(factor.negative_magnitude());
    let small = size.below(factor.splat(L::Number::of(SMALL)));
    let count = count_of(size).add_bits(factor.sub_bits(size));
    let product = L::select(small, count, factor).mul(value);
    L::select(small, number_of_count(product), product)
}

/// `factor` `value` 2^-n, as `(factor value) 2^-n` with the second rounding only where the result is subnormal: for
/// any factor, and integers n from 0 to the smallest exponent and the largest together, and a little more. Where n is
/// above 2, the magnitude of the value is from 1/2 to 2^12.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn product_lowered<L: Logistic>(factor: L, value: L, n: L) -> L {
    if factor.any_beyond(L::Number::of(LARGE)) || any_small(factor) {
        return Factor::new(factor).lowered(value, n);
    }
    let product = factor.mul(value);
    let counts_from = n.splat(L::Number::of(COUNTS_FROM));
    // Further down there is nothing left.
    let least = n.splat(L::Number::of((-60.0, -310.0)));
    let tail = counts_from.below(n);
    let units = L::keep(tail, n.splat(L::Number::SMALLEST_EXPONENT));
    let scaled = product.mul(power_of_two(units.sub(n).at_least(least)));
    L::select(tail, number_of_count(scaled), scaled)
}

/// A number of any size, as `value` 2^-n: products of two such values, and of one with what is near 1, neither
/// overflow nor lose digits.
#[derive(Clone, Copy)]
pub(crate) struct Factor<L> {
    value: L,
    n: L,
}

/// Numbers are multiplied by 2^`STEP` below the first of these, and divided by it above the second.
const STEP: (f32, f64) = (80.0, 650.0);
const MIDDLE: [(f32, f64); 2] = [
    (f32::from_bits((127 - 32) << 23), f64::from_bits((1023 - 300) << 52)),
    (f32::from_bits((127 + 32) << 23), f64::from_bits((1023 + 300) << 52)),
];

/// In a sum with this the last place is worth 2^`STEP` smallest numbers.
const SUBNORMAL_STEP: (f32, f64) = (f32::from_bits((127 - 46) << 23), f64::from_bits((1023 - 372) << 52));

impl<L: Logistic> Factor<L> {
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn new(x: L) -> Self {
        let zero = x.splat(L::Number::ZERO);
        let size = zero.sub(x.negative_magnitude());
        let step = x.splat(L::Number::of(STEP));
        let small = size.below(x.splat(L::Number::of(MIDDLE[0])));
        let large = x.splat(L::Number::of(MIDDLE[1])).below(size);
        let subnormal = size.below(x.splat(L::Number::SMALLEST_NORMAL));
        let n = L::select(large, zero.sub(step), L::keep(small, step));
        // A subnormal number takes the step as an integer: its bits are the count of smallest numbers.
        let unit = x.splat(L::Number::of(SUBNORMAL_STEP));
        let stepped = size.add_bits(unit).sub(unit).add_bits(x.sub_bits(size));
        let value = L::select(subnormal, stepped, x).mul(power_of_two(L::discard(subnormal, n)));
        Self { value, n }
    }

    /// The product of both, rounded.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn times(self, other: Self) -> Self {
        Self { value: self.value.mul(other.value), n: self.n.add(other.n) }
    }

    /// As [`product_lowered`] of it.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn lowered(self, value: L, n: L) -> L {
        let (zero, n) = (n.splat(L::Number::ZERO), self.n.add(n));
        let product = self.value.mul(value);
        // Upwards, in two steps, for there are two factors at most.
        let up = zero.sub(n).at_least(zero);
        let step = up.at_most(n.splat(L::Number::of(STEP)));
        let product = product.mul(power_of_two(step)).mul(power_of_two(up.sub(step)));
        // Downwards. From the largest n on everything is 0.
        let largest = n.splat(L::Number::SMALLEST_EXPONENT).add(n.splat(L::Number::NORMAL_EXPONENT));
        scaled_down(product, n.at_least(zero).at_most(largest))
    }
}

/// The number of so many smallest numbers.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn number_of_count<L: Logistic>(count: L) -> L {
    let one = count.splat(L::Number::LAST_PLACE_ONE);
    let size = count.splat(L::Number::ZERO).sub(count.negative_magnitude());
    // A subnormal number's bits are the count. The others' are those of the count, with a lower exponent.
    let small = size.add(one).sub_bits(one);
    let large = size.sub_bits(count.splat(L::Number::UNITS));
    let number = L::select(size.below(one), small, large).add_bits(count.sub_bits(size));
    // A NaN stays one.
    L::select(size.below(size.splat(L::Number::INFINITY)), number, count)
}

/// The pair of any x, normalised by its larger part: s(x) = 2^-n A / D.
pub(crate) struct WideRange<L> {
    pub(crate) a: L,
    pub(crate) b: L,
    pub(crate) d: L,
    /// What A is in D.
    pub(crate) a_in_d: L,
    /// max(k, 0)
    pub(crate) n: L,
}

impl<L: Logistic> WideRange<L> {
    /// From A, M and k, with e^-x = 2^k M / A.
    ///
    /// D has the bits of A + 2^k M, but for a power of two: what is left of the smaller part is nothing beside the
    /// larger one from `NEGLIGIBLE_EXPONENT` on.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn new(a: L, m: L, k: L) -> Self {
        let (zero, limit) = (k.splat(L::Number::ZERO), k.splat(L::Number::NEGLIGIBLE_EXPONENT));
        let n = k.at_least(zero);
        let a_in_d = a.mul(power_of_two(zero.sub(n.at_most(limit))));
        let b = m.mul(power_of_two(k.at_most(zero).at_least(zero.sub(limit))));
        Self { a, b, d: a_in_d.add(b), a_in_d, n }
    }
}

/// 2^`exponent`, for integers of the normal range.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn power_of_two<L: Logistic>(exponent: L) -> L {
    exponent.add(exponent.splat(L::Number::BIASED_MAGIC)).low_bits_to_exponent()
}

/// `value` 2^-n, rounded once, for a normal value and integers n from 0 to the smallest exponent and that of the
/// smallest normal number together; where n is 0 it is `value`.
///
/// A subnormal result is a count of smallest numbers: a number in the normal range, and rounded to an integer it is
/// the bits of the result.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn scaled_down<L: Logistic>(value: L, n: L) -> L {
    let zero = n.splat(L::Number::ZERO);
    let size = zero.sub(value.negative_magnitude());
    let sign = value.sub_bits(size);
    let exponent = n.sub(n.splat(L::Number::NORMAL_EXPONENT)).at_most(n.splat(L::Number::NORMAL_EXPONENT));
    let subnormal = size.below(power_of_two(exponent));

    let last_place_one = n.splat(L::Number::LAST_PLACE_ONE);
    // (In two steps, for there is no power of two as large as the number of smallest numbers in 1.)
    let up = n.splat(L::Number::SMALLEST_EXPONENT).sub(n);
    let first = up.at_most(n.splat(L::Number::NORMAL_EXPONENT));
    let count = size.mul(power_of_two(first)).mul(power_of_two(up.sub(first)));
    let count = count.add(last_place_one).sub_bits(last_place_one);

    // The exponent less n: 2^n less 2^0, as integers (which do not mind that 2^n may be no number).
    let lower = size.sub_bits(power_of_two(n)).add_bits(power_of_two(zero));
    let scaled = L::select(subnormal, count, lower).add_bits(sign);
    // Neither infinities nor NaN.
    let finite = size.below(n.splat(L::Number::INFINITY));
    let scaled = L::select(finite, scaled, value);
    L::select(zero.below(n), scaled, value)
}
