//! The truth for single precision, in plain `f64`: fast, and still a proof.
//!
//! ```text
//! reduce       n = round(x / ln 2),  r = x - n ln 2,  |r| <= 0.347,  x <= 0
//! approximate  e^r = 1 + r + r^2/2 + ... + r^13/13!
//! reconstruct  e^x = 2^n e^r,  s(x) = e^x / (1 + e^x),  s(-x) = 1 / (1 + e^x),  s' = e^x / (1 + e^x)^2
//! ```
//!
//! Errors in units of 2^-53, relative: the series leaves out 0.05, the reduction and Horner's rule
//! round 2.6 together (the last two operations 1 + 0.41, those before them shrink with r), so that
//! e^x is within 2.7. Then s(x) adds two roundings, 4.7 in all, and s'(x) four, 6.7 in all: below
//! 2^-50. A result's true rounding is known if everything within 2^-48 of the plain value rounds
//! alike, because rounding is monotone; the others, a few in a million, are for pairs of `f64`.

use crate::function::Function;
use crate::instructions::Loop;

/// How far from the plain value the roundings must agree: 2^-48.
const MARGIN: f64 = f64::from_bits((1023 - 48) << 52);

/// The lowest -|x| that matters: e^-120 < 2^-173 is 0 in single precision, to 2^-23 of a unit.
const LOWEST: f64 = -120.0;

const LOG2_E: f64 = std::f64::consts::LOG2_E;

/// ln 2 in two parts, the first with 33 bits, so that n times it is exact.
const LN_2: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];

/// 1.5 2^52 + 1023: adding it rounds to an integer and leaves it, biased, in the low bits.
const MAGIC: f64 = 6_755_399_441_056_767.0;

/// 1 / i!
const INVERSE_FACTORIALS: [f64; 14] = {
    let mut inverse = [1.0; 14];
    let mut factorial = 1.0;
    let mut i = 1;
    while i < inverse.len() {
        factorial *= i as f64;
        inverse[i] = 1.0 / factorial;
        i += 1;
    }
    inverse
};

/// Fills the slices, all of one length. Returns whether any rounding is in doubt.
pub(crate) struct PlainTruth<'a> {
    pub(crate) function: Function,
    pub(crate) x: &'a [f32],
    /// The correctly rounded results, short of those in doubt.
    pub(crate) rounded: &'a mut [f32],
    /// The truth in units in the last place.
    pub(crate) in_units: &'a mut [f64],
    /// One over the unit.
    pub(crate) per_unit: &'a mut [f64],
    /// Not 0 where the rounding is in doubt.
    pub(crate) doubts: &'a mut [u32],
}

impl Loop for PlainTruth<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        match self.function {
            Function::Sigmoid => self.fill(|e, x| (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)),
            // The other one that has a plain truth.
            _ => self.fill(|e, _| e / ((1.0 + e) * (1.0 + e))),
        }
    }
}

impl PlainTruth<'_> {
    /// `value` is the function in terms of e^-|x| and x.
    #[inline(always)]
    fn fill(self, value: impl Fn(f64, f64) -> f64) -> bool {
        let len = self.x.len();
        let (rounded, in_units) = (&mut self.rounded[..len], &mut self.in_units[..len]);
        let (per_unit, doubts) = (&mut self.per_unit[..len], &mut self.doubts[..len]);
        let mut any = 0;
        for i in 0..len {
            let x = f64::from(self.x[i]);
            let truth = value(exp(-x.abs()), x);
            let (low, high) = ((truth - truth * MARGIN) as f32, (truth + truth * MARGIN) as f32);
            doubts[i] = low.to_bits() ^ high.to_bits();
            any |= doubts[i];
            rounded[i] = low;
            // The exponent of a subnormal number counts as that of the smallest normal one.
            let exponent = u64::from((low.to_bits() >> 23).max(1));
            let scale = f64::from_bits((1023 + 150 - exponent) << 52);
            per_unit[i] = scale;
            in_units[i] = truth * scale;
        }
        any != 0
    }
}

/// e^x for x <= 0; e^-120 for what is lower.
#[inline(always)]
fn exp(x: f64) -> f64 {
    // A comparison that lets NaN pass.
    let x = if x < LOWEST { LOWEST } else { x };
    let biased = x * LOG2_E + MAGIC;
    let n = biased - MAGIC;
    let r = (x - n * LN_2[0]) - n * LN_2[1];
    let mut series = INVERSE_FACTORIALS[13];
    let mut i = 13;
    while i > 0 {
        i -= 1;
        series = series * r + INVERSE_FACTORIALS[i];
    }
    series * f64::from_bits(biased.to_bits() << 52)
}
