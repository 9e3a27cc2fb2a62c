//! The truth for single precision, in plain `f64`: fast, and still a proof.
//!
//! ```text
//! reduce       n = round(x / ln 2),  r = x - n ln 2,  |r| <= 0.347,  x <= 0
//! approximate  e^r = 1 + r p,  p = 1 + r/2 + ... + r^12/13!
//! reconstruct  e^x = 2^n e^r,  e^x - 1 = r p where n = 0
//! ```
//!
//! and with e = e^-|x| what [`crate::family`] has of it. The logarithms are ln q = 2 atanh((q - 1) / (q + 1)), with
//! |(q - 1) / (q + 1)| <= 1/3, and a power of two apart for logit. Phi(-y) of gelu is that of [`crate::normal`], the series
//! up to y = 2, and the fraction as a quotient of two sums, each from the two before it.
//!
//! # Errors
//!
//! In units of 2^-53, relative: of e^r the series leaves out 0.05, the reduction and Horner's rule round 2.6 together
//! (the last two operations 1 + 0.41, those before them shrink with r), so that e^x is within 2.7, e^x - 1 where n = 0
//! within 2, and 1 - e^x elsewhere, where it is above 0.29, within 7. Of atanh the series leaves out 0.15, and its
//! rounding is 2. What was rounded before it is made an argument of the exponential counts |argument| <= 120 times.
//!
//! | | units |
//! |---|---|
//! | s, s', silu, tanh' | two to five roundings more: below 9 |
//! | silu' | next to its zero 1 + x + e^x has lost digits: it counts where that is above 1/64, with 4 units over it, 256, and 10 more |
//! | quick_gelu | the argument has 0.8 (1.702 and the product): 96, and 7 more |
//! | gelu_tanh | the argument has 3.5 (two constants, four roundings; x^2 is exact): 420, and 7 more |
//! | tanh | 7, and 3 more |
//! | softplus, log_sigmoid | e / (2 + e) has 4.6: 8 |
//! | logit | 2 x - 1 is exact next to 1/2; elsewhere \|logit\| is above ln 2: 5 |
//! | gelu | y^2 is exact; 1/2 - phi(y) (y + ...) is above 0.0227, and 12 units of 0.48 are 260 of it; the fraction leaves out 26, and both of its sums round twice in each of 85 steps, where all is positive: 380 |
//!
//! All are below 2^-44. A result's true rounding is known if everything within 2^-43 of the plain value rounds alike,
//! because rounding is monotone; the others, a few in a million, are for pairs of `f64`.

use crate::family::{CUBIC, CUBIC_SCALE, QUICK};
use crate::function::Function;
use crate::instructions::Loop;
use crate::normal::DENSITY_AT_0;

/// How far from the plain value the roundings must agree: 2^-43.
const MARGIN: f64 = f64::from_bits((1023 - 43) << 52);

/// The lowest -|x| that matters: e^-120 < 2^-173 is 0 in single precision, to 2^-23 of a unit, and 120 e^-120 to 2^-17.
const LOWEST: f64 = -120.0;

/// Below it 1 + x + e^x has lost too many digits.
const LEAST_SUM: f64 = 1.0 / 64.0;

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

/// 2 / (2 k + 1)
const TWICE_ODD_RECIPROCALS: [f64; 16] = {
    let mut reciprocals = [2.0; 16];
    let mut k = 1;
    while k < reciprocals.len() {
        reciprocals[k] = 2.0 / (2 * k + 1) as f64;
        k += 1;
    }
    reciprocals
};

/// 1 / (1 3 5 ... (2 k + 1))
const INVERSE_ODD_FACTORIALS: [f64; 23] = {
    let mut inverse = [1.0; 23];
    let mut factorial = 1.0;
    let mut k = 1;
    while k < inverse.len() {
        factorial *= (2 * k + 1) as f64;
        inverse[k] = 1.0 / factorial;
        k += 1;
    }
    inverse
};

/// The largest y at which Phi(-y) goes by its series.
const LARGEST_OF_SERIES: f64 = 2.0;

/// Where phi is `LOWEST`'s exponential, and gelu 0 in single precision.
const LARGEST_OF_FRACTION: f64 = 16.0;

/// How many partial fractions there are: at y = 2 they leave out 2^-48.3 (by trying).
const FRACTION_DEPTH: u32 = 85;

/// The bits of sqrt(1/2).
const SQRT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();

/// Those of the mantissa.
const MANTISSA: u64 = (1 << 52) - 1;

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
            Function::Sigmoid => self.fill(|x| known(logistic(x, x))),
            Function::Derivative => self.fill(|x| known(bell(x))),
            Function::Silu => self.fill(|x| known(down_to_lowest(x) * logistic(x, x))),
            Function::SiluDerivative => self.fill(silu_derivative),
            Function::QuickGelu => self.fill(|x| known(down_to_lowest(x) * logistic(QUICK.high * x, x))),
            Function::Tanh => self.fill(|x| known(tanh(x))),
            Function::TanhDerivative => self.fill(|x| known(4.0 * bell(2.0 * x))),
            Function::Softplus => self.fill(|x| known(softplus(x))),
            Function::LogSigmoid => self.fill(|x| known(-softplus(-x))),
            Function::Logit => self.fill(logit),
            Function::GeluTanh => self.fill(|x| known(down_to_lowest(x) * logistic(cubic(x), x))),
            Function::Gelu => self.fill(|x| known(gelu(x))),
        }
    }
}

impl PlainTruth<'_> {
    /// `value` is the function, and whether that is known at all.
    #[inline(always)]
    fn fill(self, value: impl Fn(f64) -> (f64, bool)) -> bool {
        let len = self.x.len();
        let (rounded, in_units) = (&mut self.rounded[..len], &mut self.in_units[..len]);
        let (per_unit, doubts) = (&mut self.per_unit[..len], &mut self.doubts[..len]);
        let mut any = 0;
        for i in 0..len {
            let (truth, is_known) = value(f64::from(self.x[i]));
            let (low, high) = ((truth - truth * MARGIN) as f32, (truth + truth * MARGIN) as f32);
            doubts[i] = (low.to_bits() ^ high.to_bits()) | u32::from(!is_known);
            any |= doubts[i];
            rounded[i] = low;
            // The exponent of a subnormal number counts as that of the smallest normal one.
            let exponent = u64::from((low.to_bits() >> 23 & 0xff).max(1));
            let scale = f64::from_bits((1023 + 150 - exponent) << 52);
            per_unit[i] = scale;
            in_units[i] = truth * scale;
        }
        any != 0
    }
}

#[inline(always)]
fn known(value: f64) -> (f64, bool) {
    (value, true)
}

/// The larger of x and `LOWEST`, or NaN.
#[inline(always)]
fn down_to_lowest(x: f64) -> f64 {
    // A comparison that lets NaN pass.
    if x < LOWEST { LOWEST } else { x }
}

/// 2 sqrt(2/pi) (x + 0.044715 x^3)
#[inline(always)]
fn cubic(x: f64) -> f64 {
    CUBIC_SCALE.high * (x + CUBIC.high * (x * x * x))
}

/// s(y), of the sign of x.
#[inline(always)]
fn logistic(y: f64, x: f64) -> f64 {
    let [e, _] = exp(-y.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

/// s'(y)
#[inline(always)]
fn bell(y: f64) -> f64 {
    let [e, _] = exp(-y.abs());
    e / ((1.0 + e) * (1.0 + e))
}

/// silu'(x), and whether it has not lost too many digits.
#[inline(always)]
fn silu_derivative(x: f64) -> (f64, bool) {
    let [e, _] = exp(-x.abs());
    let sum = 1.0 + down_to_lowest(x) + e;
    let numerator = if x < 0.0 { e * sum } else { 1.0 + e + vanishing(x, e) };
    (numerator / ((1.0 + e) * (1.0 + e)), !(x < 0.0 && sum.abs() < LEAST_SUM))
}

/// x e for e = e^-x, which is nothing beside 1 where x is beyond -`LOWEST`.
#[inline(always)]
fn vanishing(x: f64, e: f64) -> f64 {
    if x > -LOWEST { 0.0 } else { x * e }
}

/// tanh x
#[inline(always)]
fn tanh(x: f64) -> f64 {
    let [e, e_minus_1] = exp(-2.0 * x.abs());
    (-e_minus_1 / (1.0 + e)).copysign(x)
}

/// x Phi(x)
#[inline(always)]
fn gelu(x: f64) -> f64 {
    let lower = lower_tail(x.abs());
    down_to_lowest(x) * if x < 0.0 { lower } else { 1.0 - lower }
}

/// Phi(-y)
#[inline(always)]
fn lower_tail(y: f64) -> f64 {
    let square = y * y;
    let [e, _] = exp(-0.5 * square);
    let density = DENSITY_AT_0.high * e;
    // Few numbers are there. To compute both for all would take ten times as long.
    if y > LARGEST_OF_SERIES {
        return density / fraction(y.min(LARGEST_OF_FRACTION));
    }
    let mut series = 0.0;
    for inverse in INVERSE_ODD_FACTORIALS.iter().rev() {
        series = series * square + inverse;
    }
    0.5 - density * (series * y)
}

/// y + 1 / (y + 2 / (y + ...))
fn fraction(y: f64) -> f64 {
    let (mut numerators, mut denominators) = ([1.0, y], [0.0, 1.0]);
    for k in 1..=FRACTION_DEPTH {
        let k = f64::from(k);
        numerators = [numerators[1], y * numerators[1] + k * numerators[0]];
        denominators = [denominators[1], y * denominators[1] + k * denominators[0]];
    }
    numerators[1] / denominators[1]
}

/// ln (1 + e^x)
#[inline(always)]
fn softplus(x: f64) -> f64 {
    let [e, _] = exp(-x.abs());
    let positive = if x < 0.0 { 0.0 } else { x };
    positive + twice_atanh(e / (2.0 + e))
}

/// ln (x / (1 - x)), and whether that is no infinity.
#[inline(always)]
fn logit(x: f64) -> (f64, bool) {
    let from_half = 2.0 * x - 1.0;
    let quotient = x / (1.0 - x);
    // The exponent that leaves a factor from sqrt(1/2) to sqrt(2).
    let bits = quotient.to_bits().wrapping_sub(SQRT_HALF);
    let exponent = (bits as i64 >> 52) as f64;
    let factor = f64::from_bits((bits & MANTISSA).wrapping_add(SQRT_HALF));
    let logarithm = exponent * LN_2[0] + (exponent * LN_2[1] + twice_atanh((factor - 1.0) / (factor + 1.0)));
    let near_half = from_half.abs() <= 1.0 / 3.0;
    let value = if near_half { twice_atanh(from_half) } else { logarithm };
    let inside = (x > 0.0) & (x < 1.0);
    (if inside { value } else { f64::NAN }, x != 0.0 && x != 1.0)
}

/// 2 atanh w = ln ((1 + w) / (1 - w)) for |w| <= 1/3.
#[inline(always)]
fn twice_atanh(w: f64) -> f64 {
    let square = w * w;
    let mut series = TWICE_ODD_RECIPROCALS[15];
    let mut k = 15;
    while k > 0 {
        k -= 1;
        series = series * square + TWICE_ODD_RECIPROCALS[k];
    }
    series * w
}

/// e^x and e^x - 1 for x <= 0; those of -120 for what is lower.
#[inline(always)]
fn exp(x: f64) -> [f64; 2] {
    let x = down_to_lowest(x);
    let biased = x * LOG2_E + MAGIC;
    let n = biased - MAGIC;
    let r = (x - n * LN_2[0]) - n * LN_2[1];
    let mut series = INVERSE_FACTORIALS[13];
    let mut i = 13;
    while i > 1 {
        i -= 1;
        series = series * r + INVERSE_FACTORIALS[i];
    }
    let growth = series * r;
    let e = (growth + 1.0) * f64::from_bits(biased.to_bits() << 52);
    [e, if n == 0.0 { growth } else { e - 1.0 }]
}
