//! The numbers of the method, one set a format.
//!
//! `scripts/coefficients.py` derives E, O, the parts of ln 2 and the limits from nothing but
//! mathematics, and prints what rounding the coefficients costs. The decimals below are the
//! shortest that read back as the same float.

use super::Logarithm;
use crate::format::Number;

/// The numbers that [`super::logistic_pair`] and the careful path need in one format.
pub trait Constants: Number + Logarithm {
    /// -log2 e
    const MINUS_LOG2_E: Self;

    /// -log2 e, in `f64`.
    const MINUS_LOG2_E_WIDE: f64 = -core::f64::consts::LOG2_E;

    /// ln 2 / c in two parts, the first with as many zeros as [`Constants::LN_2_HIGH`] has behind it.
    fn ln_2_over(c: Self) -> (Self, Self);

    /// x / c in two parts, of x in two parts.
    fn quotient(x: [Self; 2], c: Self) -> [Self; 2];

    /// Infinity.
    const INFINITY: Self;

    /// 1.5 times 2^(mantissa bits): adding it rounds to an integer `k` and leaves it in the lowest bits.
    /// (The 1.5 keeps sums of either sign in one binade.)
    const MAGIC: Self;

    /// [`Constants::MAGIC`] plus the exponent bias: leaves `k + bias` in the lowest bits.
    const BIASED_MAGIC: Self;

    /// The leading bits of ln 2, with so many zeros behind them that `k` times it is exact.
    const LN_2_HIGH: Self;

    /// The rest of ln 2.
    const LN_2_LOW: Self;

    /// E(u) = E\[0\] + E\[1\] u + ..., scaled as [`Constants::O`] is.
    const E: &'static [Self];

    /// O(u) = O\[0\] + O\[1\] u + ... + u^n, monic: tanh(r/2) / r = O(r^2) / E(r^2) for
    /// |r| <= ln 2 / 2.
    const O: &'static [Self];

    /// The largest |x| on the common path. Up to here 2^k, A + B and s(x) stay well inside the
    /// normal range, whatever the scale of E and O.
    const COMMON_LIMIT: Self;

    /// s(x) rounds to 0 from here down.
    const LOWEST: Self;

    /// s(x) rounds to 1 from here up.
    const HIGHEST: Self;

    /// s(x) is subnormal below this: the smallest number that is no less than the logarithm of the smallest normal one.
    /// (Not a little further out, for there divisions would give subnormal results, which take ten times as long.)
    const SUBNORMAL_BELOW: Self;

    /// What is added to u = r^2 where that takes no operation more, so that it is no subnormal number for a tiny r.
    /// What u is then multiplied with and added to has no digit of it.
    const TINY: Self;

    /// What is added to x elsewhere, to the same end: its square is a normal number, and E has no digit of r O where
    /// it changes x. (For an `f32` next to its negative the sum is tiny all the same, and so this is no number that
    /// anybody would come upon.)
    const TINY_ROOT: Self;

    /// A power of two that takes A far down, so that A + B cannot overflow on the careful path. Its
    /// exponent is odd, as the bias is: a tie in the rounding of `k` falls the same way. (With fused
    /// multiply-add there are no ties: log2 e has an odd last bit.)
    const SCALE: Self;

    /// [`Constants::MAGIC`] plus the exponent of [`Constants::SCALE`].
    const SCALED_MAGIC: Self;

    /// [`Constants::SCALE`] times the number of smallest positive numbers in 1.
    const SCALE_IN_UNITS: Self;

    /// The exponent of the smallest positive number, without its sign: 149 or 1074.
    const SMALLEST_EXPONENT: Self;

    /// The exponent of the smallest normal number, without its sign: 126 or 1022.
    const NORMAL_EXPONENT: Self;

    /// 2^-n of this n is nothing beside 1.
    const NEGLIGIBLE_EXPONENT: Self;

    /// The exponent of 1 in smallest numbers, in the place of an exponent.
    const UNITS: Self;

    /// The smallest normal number.
    const SMALLEST_NORMAL: Self;

    /// The least power of two of which the square is no subnormal number.
    const ROOT_OF_SMALLEST_NORMAL: Self;

    /// A number of at least that, and no other, has one of these bits (or is negative, or not a number).
    const ROOT_OF_SMALLEST_NORMAL_AND_ABOVE: Self;

    /// A number of at least twice the smallest normal one, and no other, has one of these bits (or is negative, or not a number).
    const TWICE_SMALLEST_NORMAL_AND_ABOVE: Self;

    /// 2^(mantissa bits): from here to its double the last place is worth 1.
    const LAST_PLACE_ONE: Self;
}

/// Relative error of e^-r: 2^-29.3 on |r| <= ln 2 / 2, coefficients rounded.
///
/// E\[0\] and O\[0\] stand three units in the last place above the derived ones. That changes nothing
/// in the approximation, but all roundings after it: of the 61 neighbours within 30 units it is among the
/// three best, with 2.479 ULP where the derived ones give 2.503 (all 2^32 inputs, `sigmoid verify`).
impl Constants for f32 {
    const MINUS_LOG2_E: f32 = -core::f32::consts::LOG2_E;
    const INFINITY: f32 = f32::INFINITY;

    fn ln_2_over(c: f32) -> (f32, f32) {
        let quotient = core::f64::consts::LN_2 / f64::from(c);
        // 15 digits: k has 8.
        let high = f32::from_bits((quotient as f32).to_bits() & !0x1ff);
        (high, (quotient - f64::from(high)) as f32)
    }

    fn quotient([high, low]: [f32; 2], c: f32) -> [f32; 2] {
        let quotient = (f64::from(high) + f64::from(low)) / f64::from(c);
        [quotient as f32, (quotient - f64::from(quotient as f32)) as f32]
    }

    const MAGIC: f32 = 1.5 * 8388608.0;
    const BIASED_MAGIC: f32 = Self::MAGIC + 127.0;
    const LN_2_HIGH: f32 = 0.693_145_75;
    const LN_2_LOW: f32 = 1.428_606_8e-6;
    const E: &'static [f32] = &[120.180_405, 12.015_017];
    const O: &'static [f32] = &[60.090_202];
    const COMMON_LIMIT: f32 = 80.0;
    const LOWEST: f32 = -104.5;
    const HIGHEST: f32 = 40.0;
    const SUBNORMAL_BELOW: f32 = -87.336_54;
    const TINY: f32 = f32::from_bits((127 - 100) << 23);
    const TINY_ROOT: f32 = 2.718_281_8e-15;
    const SCALE: f32 = f32::from_bits((127 - 65) << 23);
    const SCALED_MAGIC: f32 = Self::MAGIC - 65.0;
    const SCALE_IN_UNITS: f32 = f32::from_bits((127 - 65 + 149) << 23);
    const SMALLEST_EXPONENT: f32 = 149.0;
    const NORMAL_EXPONENT: f32 = 126.0;
    const NEGLIGIBLE_EXPONENT: f32 = 60.0;
    const UNITS: f32 = f32::from_bits(149 << 23);
    const SMALLEST_NORMAL: f32 = f32::MIN_POSITIVE;
    const ROOT_OF_SMALLEST_NORMAL: f32 = f32::from_bits(64 << 23);
    const ROOT_OF_SMALLEST_NORMAL_AND_ABOVE: f32 = f32::from_bits(0x6000_0000);
    const TWICE_SMALLEST_NORMAL_AND_ABOVE: f32 = f32::from_bits(0x7f00_0000);
    const LAST_PLACE_ONE: f32 = 8388608.0;
}

/// Relative error of e^-r: 2^-56.5 on |r| <= ln 2 / 2, coefficients rounded (2^-60 without).
impl Constants for f64 {
    const MINUS_LOG2_E: f64 = -core::f64::consts::LOG2_E;
    const INFINITY: f64 = f64::INFINITY;

    fn ln_2_over(c: f64) -> (f64, f64) {
        // 42 digits: k has 11. What is left of ln 2 is exact but for the last digits of its second part.
        let high = f64::from_bits((core::f64::consts::LN_2 / c).to_bits() & !0x7ff);
        let (head, tail) = exact_product(high, c);
        (high, (((Self::LN_2_HIGH - head) - tail) + Self::LN_2_LOW) / c)
    }

    fn quotient([high, low]: [f64; 2], c: f64) -> [f64; 2] {
        let quotient = high / c;
        let (head, tail) = exact_product(quotient, c);
        [quotient, (((high - head) - tail) + low) / c]
    }

    const MAGIC: f64 = 1.5 * 4503599627370496.0;
    const BIASED_MAGIC: f64 = Self::MAGIC + 1023.0;
    const LN_2_HIGH: f64 = 0.693_147_180_559_890_3;
    const LN_2_LOW: f64 = 5.497_923_018_708_371e-14;
    const E: &'static [f64] = &[30_265.237_530_880_187, 3_362.703_935_168_801, 30.015_015_179_681_305];
    const O: &'static [f64] = &[15_132.618_765_440_093, 420.300_403_797_793_2];
    const COMMON_LIMIT: f64 = 690.0;
    const LOWEST: f64 = -746.0;
    const HIGHEST: f64 = 40.0;
    const SUBNORMAL_BELOW: f64 = -708.396_418_532_264_1;
    const TINY: f64 = f64::from_bits((1023 - 996) << 52);
    const TINY_ROOT: f64 = 2.718_281_828_459_045e-60;
    const SCALE: f64 = f64::from_bits((1023 - 511) << 52);
    const SCALED_MAGIC: f64 = Self::MAGIC - 511.0;
    const SCALE_IN_UNITS: f64 = f64::from_bits((1023 - 511 + 1074) << 52);
    const SMALLEST_EXPONENT: f64 = 1074.0;
    const NORMAL_EXPONENT: f64 = 1022.0;
    const NEGLIGIBLE_EXPONENT: f64 = 120.0;
    const UNITS: f64 = f64::from_bits(1074 << 52);
    const SMALLEST_NORMAL: f64 = f64::MIN_POSITIVE;
    const ROOT_OF_SMALLEST_NORMAL: f64 = f64::from_bits(512 << 52);
    const ROOT_OF_SMALLEST_NORMAL_AND_ABOVE: f64 = f64::from_bits(0x6000_0000_0000_0000);
    const TWICE_SMALLEST_NORMAL_AND_ABOVE: f64 = f64::from_bits(0x7fe0_0000_0000_0000);
    const LAST_PLACE_ONE: f64 = 4503599627370496.0;
}

/// a b in two parts (T. J. Dekker, Numerische Mathematik 18, 1971).
fn exact_product(a: f64, b: f64) -> (f64, f64) {
    let halves = |x: f64| {
        let scaled = x * 134_217_729.0; // 2^27 + 1
        let high = scaled - (scaled - x);
        (high, x - high)
    };
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    (product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::Constants;

    /// The decimals are the floats that `scripts/coefficients.py` prints.
    #[test]
    fn decimals_are_the_derived_bits() {
        let bits = |values: &[f32]| values.iter().map(|c| c.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(f32::E), [0x42f05c5e, 0x41403d82]);
        assert_eq!(bits(f32::O), [0x42705c5e]);
        assert_eq!(bits(&[f32::LN_2_HIGH, f32::LN_2_LOW]), [0x3f317200, 0x35bfbe8e]);
        assert_eq!(bits(&[f32::MINUS_LOG2_E, f32::BIASED_MAGIC]), [0xbfb8aa3b, 0x4b40007f]);

        let bits = |values: &[f64]| values.iter().map(|c| c.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(f64::E), [0x40dd8e4f33b4b88c, 0x40aa45686a30c102, 0x403e03d808e9acbe]);
        assert_eq!(bits(f64::O), [0x40cd8e4f33b4b88c, 0x407a44ce743671db]);
        assert_eq!(bits(&[f64::LN_2_HIGH, f64::LN_2_LOW]), [0x3fe62e42fefa3800, 0x3d2ef35793c76730]);
        assert_eq!(bits(&[f64::MINUS_LOG2_E, f64::BIASED_MAGIC]), [0xbff71547652b82fe, 0x43380000000003ff]);
    }
}
