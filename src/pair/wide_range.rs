//! The careful path of operations that multiply: nothing leaves the normal range before the last step, and there is one
//! rounding there.

use super::{Constants, Logistic, LogisticPair};
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
    #[inline(always)]
    pub(crate) fn new(LogisticPair { a, m, t }: LogisticPair<L>) -> Self {
        let half = t.splat(L::Number::of((0.5, 0.5)));
        let k = t.sub(t.splat(L::Number::SCALED_MAGIC));
        // From 2^-(k + 1/2) to 2^-(k - 1/2).
        let tail = t.splat(L::Number::NORMAL_EXPONENT).sub(half).below(k);
        let scale = t.splat(L::Number::SCALE);
        let denominator = a.mul_add(scale, m.add_bits(t.low_bits_to_exponent()));
        let numerator = a.mul(L::select(tail, t.splat(L::Number::SCALE_IN_UNITS), scale));
        Self { value: numerator.div(denominator), tail }
    }

    /// `factor` s(x).
    #[inline(always)]
    pub(crate) fn times(self, factor: L) -> L {
        let product = factor.mul(self.value);
        L::select(self.tail, number_of_count(product), product)
    }
}

/// `value` 2^-n, rounded once, for integers n from 0 to the smallest exponent and a little more; where n is large, the
/// value is near 1.
#[inline(always)]
pub(crate) fn lowered<L: Logistic>(value: L, n: L) -> L {
    // A dozen binades before the first subnormal result: those are numbers of counts, too.
    let margin = n.splat(L::Number::of((12.0, 12.0)));
    let tail = n.splat(L::Number::NORMAL_EXPONENT).sub(margin).below(n);
    let units = L::keep(tail, n.splat(L::Number::SMALLEST_EXPONENT));
    let scaled = value.mul(power_of_two(units.sub(n)));
    L::select(tail, number_of_count(scaled), scaled)
}

/// The number of so many smallest numbers.
#[inline(always)]
fn number_of_count<L: Logistic>(count: L) -> L {
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
    /// D has the bits of A + 2^k M, but for a power of two: what is left of the smaller part is nothing beside the larger
    /// one from `NEGLIGIBLE_EXPONENT` on.
    #[inline(always)]
    pub(crate) fn new(a: L, m: L, k: L) -> Self {
        let (zero, limit) = (k.splat(L::Number::ZERO), k.splat(L::Number::NEGLIGIBLE_EXPONENT));
        let n = k.at_least(zero);
        let a_in_d = a.mul(power_of_two(zero.sub(n.at_most(limit))));
        let b = m.mul(power_of_two(k.at_most(zero).at_least(zero.sub(limit))));
        Self { a, b, d: a_in_d.add(b), a_in_d, n }
    }
}

/// 2^`exponent`, for integers of the normal range.
#[inline(always)]
pub(crate) fn power_of_two<L: Logistic>(exponent: L) -> L {
    exponent.add(exponent.splat(L::Number::BIASED_MAGIC)).low_bits_to_exponent()
}

/// `value` 2^-n, rounded once, for integers n from 0 to the smallest exponent and the largest together; where n is 0 it
/// is `value`.
///
/// A subnormal result is a count of smallest numbers: a number in the normal range, and rounded to an integer it is the
/// bits of the result.
#[inline(always)]
pub(crate) fn scaled_down<L: Logistic>(value: L, n: L) -> L {
    let zero = n.splat(L::Number::ZERO);
    let size = zero.sub(value.negative_magnitude());
    let sign = value.sub_bits(size);
    let exponent = n.sub(n.splat(L::Number::NORMAL_EXPONENT)).at_most(n.splat(L::Number::NORMAL_EXPONENT));
    let subnormal = size.below(power_of_two(exponent));

    let last_place_one = n.splat(L::Number::LAST_PLACE_ONE);
    let count = size.mul(power_of_two(n.splat(L::Number::SMALLEST_EXPONENT).sub(n)));
    let count = count.add(last_place_one).sub_bits(last_place_one);

    // The exponent less n: 2^n less 2^0, as integers (which do not mind that 2^n may be no number).
    let lower = size.sub_bits(power_of_two(n)).add_bits(power_of_two(zero));
    let scaled = L::select(subnormal, count, lower).add_bits(sign);
    // Neither infinities nor NaN.
    let finite = size.below(n.splat(L::Number::INFINITY));
    let scaled = L::select(finite, scaled, value);
    L::select(zero.below(n), scaled, value)
}
