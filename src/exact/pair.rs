//! Pairs of `f64` lanes: an unevaluated sum, the second part at most a few units in the last place of the
//! first. The classical error-free transformations (T. J. Dekker, Numerische Mathematik 18, 1971; D. Knuth,
//! The Art of Computer Programming 2, 4.2.2).

use crate::lanes::Lanes;

/// The number `high + low`.
#[derive(Clone, Copy)]
pub(super) struct Pair<L> {
    pub(super) high: L,
    pub(super) low: L,
}

/// `a + b`, exactly.
#[inline(always)]
pub(super) fn sum<L: Lanes>(a: L, b: L) -> Pair<L> {
    let high = a.add(b);
    let b_part = high.sub(a);
    let a_part = high.sub(b_part);
    Pair { high, low: a.sub(a_part).add(b.sub(b_part)) }
}

/// `a + b`, exactly, where a is 0 or has the larger exponent, or an equal one.
#[inline(always)]
pub(super) fn ordered_sum<L: Lanes>(a: L, b: L) -> Pair<L> {
    let high = a.add(b);
    Pair { high, low: b.sub(high.sub(a)) }
}

/// `a b`, exactly but for parts below the normal range.
#[inline(always)]
pub(super) fn product<L: Lanes<Number = f64>>(a: L, b: L) -> Pair<L> {
    let high = a.mul(b);
    if L::FUSED {
        return Pair { high, low: a.mul_add(b, negated(high)) };
    }
    let (a_high, a_low) = halves(a);
    let (b_high, b_low) = halves(b);
    let low = a_high.mul(b_high).sub(high).add(a_high.mul(b_low)).add(a_low.mul(b_high));
    Pair { high, low: low.add(a_low.mul(b_low)) }
}

/// Two parts of 26 bits.
#[inline(always)]
fn halves<L: Lanes<Number = f64>>(a: L) -> (L, L) {
    /// 2^27 + 1
    const SPLITTER: f64 = 134_217_729.0;
    let scaled = a.mul(a.splat(SPLITTER));
    let high = scaled.sub(scaled.sub(a));
    (high, a.sub(high))
}

#[inline(always)]
fn negated<L: Lanes<Number = f64>>(a: L) -> L {
    a.splat(-0.0).sub(a)
}

impl<L: Lanes<Number = f64>> Pair<L> {
    /// Both parts in all lanes, with `witness` for their kind.
    #[inline(always)]
    pub(super) fn splat(witness: L, parts: [f64; 2]) -> Self {
        Self { high: witness.splat(parts[0]), low: witness.splat(parts[1]) }
    }

    /// The product, to a few units of 2^-106.
    #[inline(always)]
    pub(super) fn mul(self, other: Self) -> Self {
        let Self { high, low } = product(self.high, other.high);
        Self { high, low: self.low.mul_add(other.high, self.high.mul_add(other.low, low)) }
    }

    /// `number + self`, for a number with the larger exponent.
    #[inline(always)]
    pub(super) fn added_to(self, number: f64) -> Self {
        let Self { high, low } = ordered_sum(self.high.splat(number), self.high);
        Self { high, low: low.add(self.low) }
    }

    /// `self + other`, where that has the smaller exponent.
    #[inline(always)]
    pub(super) fn add_smaller(self, other: Self) -> Self {
        let Self { high, low } = ordered_sum(self.high, other.high);
        Self { high, low: low.add(self.low.add(other.low)) }
    }

    /// `self - other`, where that has the smaller exponent.
    #[inline(always)]
    pub(super) fn sub_smaller(self, other: Self) -> Self {
        self.add_smaller(Self { high: negated(other.high), low: negated(other.low) })
    }

    /// `self + other`
    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        let Self { high, low } = sum(self.high, other.high);
        Self { high, low: low.add(self.low.add(other.low)) }
    }

    /// `self` times a power of two.
    #[inline(always)]
    pub(super) fn scaled(self, power: L) -> Self {
        Self { high: self.high.mul(power), low: self.low.mul(power) }
    }

    /// The quotient, from `reciprocal`, 1 / `other` to a few units.
    #[inline(always)]
    pub(super) fn div(self, other: Self, reciprocal: L) -> Self {
        let high = self.high.mul(reciprocal);
        // Exact without the parts of `low`, or nearly so.
        let rest = if L::FUSED {
            high.neg_mul_add(other.high, self.high)
        } else {
            let back = product(high, other.high);
            self.high.sub(back.high).sub(back.low)
        };
        let rest = high.neg_mul_add(other.low, rest.add(self.low));
        Self { high, low: rest.mul(reciprocal) }
    }

    #[inline(always)]
    pub(super) fn select(mask: L::Mask, yes: Self, no: Self) -> Self {
        Self { high: L::select(mask, yes.high, no.high), low: L::select(mask, yes.low, no.low) }
    }

    /// The sum in one number, *rounded to odd*: if it is not exact, its last bit is set, and so it is neither in the
    /// middle between two numbers of fewer digits nor on another side of one than the sum is. Rounding it to those
    /// digits rounds the sum (S. Boldo and G. Melquiond, IEEE Transactions on Computers 57, 2008).
    #[inline(always)]
    pub(super) fn rounded_to_odd(self) -> L {
        let Self { high, low } = self;
        let (zero, last_bit) = (high.splat(0.0), high.splat(f64::from_bits(1)));
        // Away from zero or towards it?
        let outwards = L::select(high.below(zero), zero.sub(low), low);
        let less = L::keep(outwards.below(zero), last_bit);
        let more = L::keep(zero.below(outwards), last_bit);
        high.sub_bits(less).or_bits(less).or_bits(more)
    }
}
