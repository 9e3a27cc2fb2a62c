//! True values, counted in units in the last place of the result.

use astro_float::{BigFloat, Consts, RoundingMode};
use sigmoid_conformance::Function;

/// The exponent of the smallest positive number, which is the unit of every subnormal result.
pub const SMALLEST: i32 = -1074;

/// The true value in units of 2^`unit`: an integer next to it, and the rest.
pub fn parted(function: Function, x: f64, unit: i32) -> (f64, f64) {
    let ([high, low, tail], exponent) = function.truth(x).parts();
    let per_unit = f64::from(exponent - unit).exp2();
    let whole = (high * per_unit).round();
    (whole, (high * per_unit - whole) + (low + tail) * per_unit)
}

/// What the true value is beside an integer, in units in the last place, and the exponent of that unit.
pub fn in_units(function: Function, x: f64) -> (f64, i32) {
    let ([high, ..], exponent) = function.truth(x).parts();
    let unit = ((high.to_bits() >> 52) & 0x7ff) as i32 - 1023 - 52;
    let unit = (unit + exponent).max(SMALLEST);
    (parted(function, x, unit).1, unit)
}

/// Arbitrary precision: 256 bits.
pub struct Precise(Consts);

impl Precise {
    pub fn new() -> Self {
        Self(Consts::new().expect("memory for a few constants"))
    }

    /// log2 of the distance from the middle, in units in the last place.
    pub fn distance_from_middle(&mut self, function: Function, x: f64) -> f64 {
        const DIGITS: usize = 256;
        const MODE: RoundingMode = RoundingMode::ToEven;
        let one = BigFloat::from_word(1, DIGITS);
        let e = BigFloat::from_f64(-x.abs(), DIGITS).exp(DIGITS, MODE, &mut self.0);
        let d = one.add(&e, DIGITS, MODE);
        let value = match function {
            Function::Sigmoid if x < 0.0 => e.div(&d, DIGITS, MODE),
            Function::Sigmoid => one.div(&d, DIGITS, MODE),
            _ => e.div(&d, DIGITS, MODE).div(&d, DIGITS, MODE),
        };
        // 0.words 2^exponent, of which so many bits are whole units: 53, fewer if the result is subnormal, and -1
        // if it is less than half of the smallest number.
        let (words, _, _, exponent, _) = value.as_raw_parts().expect("a positive number");
        let whole = exponent - (exponent - 53).max(SMALLEST);
        // The bits behind them, as a fraction: 128 are plenty.
        let pair =
            |i: usize| u128::from(words[words.len() - 1 - i]) << 64 | u128::from(words[words.len() - 2 - i]);
        let rest = if whole < 0 {
            pair(0) >> -whole
        } else {
            pair(0) << whole | pair(2).checked_shr(128 - whole as u32).unwrap_or(0)
        };
        (rest.abs_diff(1 << 127) as f64).log2() - 128.0
    }
}
