//! Logarithms, by the inverse hyperbolic tangent.
//!
//! ```text
//! ln(n / d) = 2 atanh(v)        v = (n - d) / (n + d)        atanh(v) = v + v t P(t)  with t = v^2
//! ```
//!
//! Nothing cancels for a small v. The quotient in it is the only division:
//!
//! ```text
//! ln(1 + e^-|x|) = 2 atanh(v)   v = A / (A + 2 B)  of the pair of -|x|, at most 1/3
//! ln(p / (1 - p)) = m ln 2 + 2 atanh(v)            of p / (1 - p) = 2^m (1 + v) / (1 - v), |v| at most 1/5
//! ```
//!
//! `scripts/coefficients.py` finds both P, and prints how far off they are.

use super::{Constants, Logistic, LogisticPair, logistic_pair, number_of_count, power_of_two};
use crate::format::Number;
use crate::lanes::Lanes;

/// The numbers of the logarithm in one format.
pub trait Logarithm: Number {
    /// P for |v| up to 1/3. Relative error of atanh(v): 2^-27.4 in `f32`, 2^-58.6 in `f64`.
    const UP_TO_A_THIRD: &'static [Self];

    /// P for |v| up to 0.202: 2^-28.1 in `f32`, 2^-61.9 in `f64`.
    const UP_TO_A_FIFTH: &'static [Self];
}

impl Logarithm for f32 {
    const UP_TO_A_THIRD: &'static [f32] = &[0.333_332_1, 0.200_107_63, 0.140_009_02, 0.140_059_98];
    const UP_TO_A_FIFTH: &'static [f32] = &[0.333_334_83, 0.199_780_73, 0.151_983_54];
}

impl Logarithm for f64 {
    const UP_TO_A_THIRD: &'static [f64] = &[
        0.333_333_333_333_331_54,
        0.200_000_000_000_775_6,
        0.142_857_142_740_588_47,
        0.111_111_119_768_269_61,
        0.090_908_722_395_372_25,
        0.076_932_741_944_717_44,
        0.066_505_607_304_314_91,
        0.060_524_720_441_498_55,
        0.041_724_877_630_480_61,
        0.085_048_743_368_097_9,
    ];
    const UP_TO_A_FIFTH: &'static [f64] = &[
        0.333_333_333_333_332_9,
        0.200_000_000_000_321_25,
        0.142_857_142_770_251_05,
        0.111_111_122_463_935_9,
        0.090_908_271_807_337_11,
        0.076_957_404_556_854_47,
        0.065_837_515_086_151_35,
        0.069_418_274_000_183_67,
    ];
}

/// By Horner's rule, written out as those of [`super`] are.
#[inline(always)]
fn polynomial<L: Lanes>(coefficients: &[L::Number], t: L) -> L {
    match *coefficients {
        [c0, c1, c2] => t.splat(c2).mul_add(t, t.splat(c1)).mul_add(t, t.splat(c0)),
        [c0, c1, c2, c3] => {
            let upper = t.splat(c3).mul_add(t, t.splat(c2));
            upper.mul_add(t, t.splat(c1)).mul_add(t, t.splat(c0))
        }
        [c0, c1, c2, c3, c4, c5, c6, c7] => {
            let upper = t.splat(c7).mul_add(t, t.splat(c6)).mul_add(t, t.splat(c5)).mul_add(t, t.splat(c4));
            let middle = upper.mul_add(t, t.splat(c3)).mul_add(t, t.splat(c2));
            middle.mul_add(t, t.splat(c1)).mul_add(t, t.splat(c0))
        }
        [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] => {
            let upper = t.splat(c9).mul_add(t, t.splat(c8)).mul_add(t, t.splat(c7)).mul_add(t, t.splat(c6));
            let middle = upper.mul_add(t, t.splat(c5)).mul_add(t, t.splat(c4)).mul_add(t, t.splat(c3));
            middle.mul_add(t, t.splat(c2)).mul_add(t, t.splat(c1)).mul_add(t, t.splat(c0))
        }
        _ => unreachable!("no logarithm has so many coefficients"),
    }
}

/// Below this 2 atanh(v) is 2 v, with room to spare.
const ALONE: (f32, f64) = (1.0 / (1_u64 << 20) as f32, 1.0 / (1_u64 << 40) as f64);

/// 2 atanh(v), with P.
#[inline(always)]
pub(crate) fn twice_atanh<L: Logistic>(p: &[L::Number], v: L) -> L {
    let twice = v.add(v);
    // Neither v^2 nor its product with v may be subnormal for a small v.
    let t = if L::FUSED {
        v.mul_add(v, v.splat(L::Number::TINY))
    } else {
        let counts = v.negative_magnitude().below(v.splat(-L::Number::of(ALONE)));
        let v = L::keep(counts, v);
        v.mul(v)
    };
    polynomial(p, t).mul(t).mul_add(twice, twice)
}

/// [`Constants::BIASED_MAGIC`] and 1: leaves 2^(k + 1), of which the multiple is 2 B.
#[inline(always)]
fn doubling_magic<L: Logistic>() -> L::Number {
    L::Number::BIASED_MAGIC + L::Number::ONE
}

/// A and A + 2 B of the pair of x, from -[`Constants::COMMON_LIMIT`] to 0. (With 2 B for B this takes not an operation
/// more than A + B.)
#[inline(always)]
fn common_odds<L: Logistic>(x: L) -> (L, L) {
    if L::ADDS_EXPONENTS {
        let (a, b) = logistic_pair(x, L::Number::MAGIC + L::Number::ONE).by_addition();
        (a, a.add(b))
    } else {
        logistic_pair(x, doubling_magic::<L>()).fraction()
    }
}

/// ln(1 + e^x), for x from -[`Constants::COMMON_LIMIT`] to 0.
#[inline(always)]
pub(crate) fn ln_1p_exp<L: Logistic>(x: L) -> L {
    let (a, d) = common_odds(x);
    twice_atanh(L::Number::UP_TO_A_THIRD, a.div(d))
}

/// What the careful path makes of x from [`Constants::LOWEST`] to 0: v = 2^-k A / D, normalised by the larger part of
/// D. D has the bits of the common path, but for a power of two.
pub(crate) struct CarefulOdds<L> {
    a: L,
    d: L,
    /// From 0 on.
    pub(crate) k: L,
}

impl<L: Logistic> CarefulOdds<L> {
    #[inline(always)]
    pub(crate) fn new(x: L) -> Self {
        let magic = doubling_magic::<L>();
        let LogisticPair { a, m, t } = logistic_pair(x, magic);
        let k = t.sub(t.splat(magic));
        let at_most = k.at_most(k.splat(L::Number::NEGLIGIBLE_EXPONENT));
        let d = a.mul_add(power_of_two(k.splat(L::Number::ZERO).sub(at_most)), m.add(m));
        Self { a, d, k }
    }

    /// 2^n v, with n - k in the range of exponents.
    #[inline(always)]
    pub(crate) fn quotient(&self, n: L) -> L {
        self.a.mul(power_of_two(n.sub(self.k))).div(self.d)
    }

    /// The lanes in which ln(1 + e^x) = 2 v, and may be subnormal.
    #[inline(always)]
    pub(crate) fn tail(&self) -> L::Mask {
        self.k.splat(L::Number::NEGLIGIBLE_EXPONENT).below(self.k)
    }
}

/// ln(1 + e^x), for any x from [`Constants::LOWEST`] to 0.
#[inline(always)]
pub(crate) fn careful_ln_1p_exp<L: Logistic>(x: L) -> L {
    let odds = CarefulOdds::new(x);
    let tail = odds.tail();
    // In the tail it counts smallest numbers.
    let v = odds.quotient(L::keep(tail, x.splat(L::Number::SMALLEST_EXPONENT)));
    let near = twice_atanh(L::Number::UP_TO_A_THIRD, L::discard(tail, v));
    L::select(tail, number_of_count(v.add(v)), near)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::Logarithm;

    /// The decimals are the floats that `scripts/coefficients.py` prints.
    #[test]
    fn decimals_are_the_derived_bits() {
        let bits = |values: &[f32]| values.iter().map(|c| c.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(f32::UP_TO_A_THIRD), [0x3eaaaa81, 0x3e4ce904, 0x3e0f5e86, 0x3e0f6be2]);
        assert_eq!(bits(f32::UP_TO_A_FIFTH), [0x3eaaaadd, 0x3e4c9352, 0x3e1ba193]);

        let bits = |values: &[f64]| values.iter().map(|c| c.to_bits()).collect::<Vec<_>>();
        assert_eq!(
            bits(f64::UP_TO_A_THIRD),
            [
                0x3fd5555555555535,
                0x3fc99999999a06c2,
                0x3fc2492492091100,
                0x3fbc71c741a06c99,
                0x3fb745cb459bf8e5,
                0x3fb3b1dd3aa4e840,
                0x3fb10682f05f6613,
                0x3faefd189dcaa38a,
                0x3fa55cf691b47d01,
                0x3fb5c5c12354f5ea
            ]
        );
        assert_eq!(
            bits(f64::UP_TO_A_FIFTH),
            [
                0x3fd555555555554e,
                0x3fc999999999c6d0,
                0x3fc2492492195fa3,
                0x3fbc71c74d345734,
                0x3fb745c3b6593033,
                0x3fb3b37affc1b925,
                0x3fb0daba362519ea,
                0x3fb1c565609357a3
            ]
        );
    }
}
