//! e^x to about 100 bits, for x <= 0.
//!
//! ```text
//! reduce       n = round(32 x / ln 2),  r = x - n ln 2 / 32,  |r| <= 0.0109
//! approximate  e^r = 1 + r + r^2/2 + ... + r^12/12!,  the first seven terms in pairs
//! reconstruct  n = 32 m + j,  e^x = 2^m 2^(j/32) e^r,  2^(j/32) from a table
//! ```
//!
//! Errors, relative to e^x: what the series leaves out 2^-117; its plain terms, from r^7/7! on,
//! 2^-110; the reduction, 2^-112; six steps of Horner's rule in pairs, each shrunk by the r that the
//! next one multiplies with, 2^-103 together; the table 2^-102. The sum is below 2^-101, and the
//! promise is 2^-97.

use crate::pair::{Pair, product, sum};
use crate::wide::Wide;

/// ln 2 / 32 in three parts. The first two have 37 bits, so that `n` (16 bits) times them is exact.
pub(crate) const STEP: [f64; 3] = [0.021660849392446835, 5.1456092446457696e-14, 9.568252300058288e-26];

/// 32 / ln 2
const STEPS_PER_UNIT: f64 = 46.16624130844683;

/// 1.5 2^52: adding it rounds to an integer.
const ROUND: f64 = 6755399441055744.0;

/// 2^(j/32)
pub(crate) static POWERS: [Pair; 32] = powers();

/// e^x = `pair` 2^`exponent`
pub(crate) struct Exponential {
    pub(crate) pair: Pair,
    pub(crate) exponent: i32,
}

impl Exponential {
    pub(crate) fn wide(self) -> Wide {
        Wide::new(self.pair, self.exponent)
    }
}

/// e^x for -800 <= x <= 0.
pub(crate) fn exp(x: f64) -> Exponential {
    exp_of_pair(Pair { high: x, low: 0.0 })
}

/// The same of a pair. Its lower part, below 2^-43, joins in with an error of 2^-97, so that the promise is 2^-96.
pub(crate) fn exp_of_pair(x: Pair) -> Exponential {
    let n = (x.high * STEPS_PER_UNIT + ROUND) - ROUND;
    // Exact: the product is, and the numbers are near each other.
    let first = x.high - n * STEP[0];
    let second = sum(first, -(n * STEP[1]));
    let r = sum(second.high, (second.low - n * STEP[2]) + x.low);
    let series = exp_m1_over(r).mul(r).add(Pair::ONE);

    let n = n as i32;
    Exponential { pair: POWERS[n.rem_euclid(32) as usize].mul(series), exponent: n.div_euclid(32) }
}

/// (e^r - 1) / r for |r| <= 0.0109, to 2^-101.
pub(crate) fn exp_m1_over(r: Pair) -> Pair {
    let mut plain = 0.0;
    for i in (7..=12).rev() {
        plain = plain * r.high + INVERSE_FACTORIALS[i].high;
    }
    let mut series = product(plain, r.high).add(INVERSE_FACTORIALS[6]);
    for i in (1..6).rev() {
        series = series.mul(r).add(INVERSE_FACTORIALS[i]);
    }
    series
}

/// 1 / i!
const INVERSE_FACTORIALS: [Pair; 27] = {
    let mut inverse = [Pair::ONE; 27];
    let mut i = 1;
    while i < inverse.len() {
        inverse[i] = inverse[i - 1].div(Pair { high: i as f64, low: 0.0 });
        i += 1;
    }
    inverse
};

/// The powers by the plain series, in pairs throughout.
const fn powers() -> [Pair; 32] {
    let step = Pair { high: 0.02166084939249829, low: 7.247021293269686e-19 };
    let mut powers = [Pair::ONE; 32];
    let mut j = 1;
    while j < powers.len() {
        // j / 32 > 1/2 goes by 2^(j/32) = 2 2^((j - 32)/32), for a smaller argument.
        let (times, scale) = if j > 16 { (j as f64 - 32.0, 2.0) } else { (j as f64, 1.0) };
        let r = step.mul(Pair { high: times, low: 0.0 });
        let mut i = INVERSE_FACTORIALS.len() - 1;
        let mut series = INVERSE_FACTORIALS[i];
        while i > 0 {
            i -= 1;
            series = series.mul(r).add(INVERSE_FACTORIALS[i]);
        }
        powers[j] = series.scaled(scale);
        j += 1;
    }
    powers
}
