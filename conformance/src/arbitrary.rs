//! The last instance: the correctly rounded value by arbitrary precision.
//!
//! ```text
//! e = exp(-|x|)    s(x) = 1 / (1 + e) or e / (1 + e)    s'(x) = e / (1 + e) / (1 + e)
//! ```
//!
//! in p bits, each operation rounded correctly: four of them are off by less than 2^(3 - p),
//! relative. The bits of the result after the last place of the format say on which side of the middle
//! between two numbers it lies, unless all but the last [`GUARD`] of them are those of the middle
//! itself; then p is doubled.
//!
//! That this ends is a theorem: e^x is transcendental for every algebraic x but 0 (Lindemann), hence
//! neither s(x) nor s'(x) is ever a number with finitely many digits, such as the middle between two
//! floats, and at 0 both are numbers of the format.

use astro_float::{BigFloat, Consts, RoundingMode};

use crate::format::Format;
use crate::truth::Function;

/// The bits of the first attempt.
const FIRST: usize = 256;

/// The bits of the last attempt. The middles that an `f64` x is known to come nearest to, those of
/// tiny x, take some 300.
const LAST: usize = 1 << 14;

/// The last bits of a result that are not looked at: far more than the error may reach.
const GUARD: usize = 32;

const MODE: RoundingMode = RoundingMode::ToEven;

/// |x| that stands for all larger ones: e^-800 rounds to 0 in both formats, and 1 - e^-800 to 1.
const FAR: f64 = 800.0;

/// The constants that the library keeps, such as the digits of ln 2.
pub(crate) struct Arbitrary(Consts);

impl Arbitrary {
    pub(crate) fn new() -> Self {
        Self(Consts::new().expect("memory for a few constants"))
    }

    /// The correctly rounded value for a number, `None` if the last attempt does not tell.
    pub(crate) fn round<T: Format>(&mut self, function: Function, x: T) -> Option<T> {
        let x = x.widen();
        if x.is_nan() {
            return Some(T::from_units(f64::NAN, 0));
        }
        let x = x.clamp(-FAR, FAR);
        let mut digits = FIRST;
        while digits <= LAST {
            let value = self.value(function, x, digits);
            let (words, _, _, exponent, _) = value.as_raw_parts().expect("a positive number");
            if let Some(number) = nearest(words, exponent) {
                return Some(number);
            }
            digits *= 2;
        }
        None
    }

    fn value(&mut self, function: Function, x: f64, digits: usize) -> BigFloat {
        let one = BigFloat::from_word(1, digits);
        let e = exactly(-x.abs(), digits).exp(digits, MODE, &mut self.0);
        let sum = one.add(&e, digits, MODE);
        match function {
            Function::Sigmoid if x < 0.0 => e.div(&sum, digits, MODE),
            Function::Sigmoid => one.div(&sum, digits, MODE),
            Function::Derivative => e.div(&sum, digits, MODE).div(&sum, digits, MODE),
        }
    }
}

/// The number in so many digits. Subnormal ones make a detour, because the library's conversion has been
/// seen to get them wrong.
fn exactly(x: f64, digits: usize) -> BigFloat {
    const SCALE: i32 = 200;
    let mut number = BigFloat::from_f64(x * crate::truth::power_of_two(SCALE), digits);
    if let Some(exponent) = number.exponent().filter(|_| !number.is_zero()) {
        number.set_exponent(exponent - SCALE);
    }
    number
}

/// The number of the format that is nearest to 0.`words` 2^`exponent`, the last word being the first
/// after the point and its highest bit 1.
fn nearest<T: Format>(words: &[u64], exponent: i32) -> Option<T> {
    let bits = 64 * words.len();
    let bit = |i: usize| words[words.len() - 1 - i / 64] >> (63 - i % 64) & 1;
    let unit = (exponent - T::DIGITS).max(T::SMALLEST_EXPONENT);
    // This many bits are whole units. None, and a first bit after them that is 0: less than half of one.
    let Ok(whole) = usize::try_from(exponent - unit) else {
        return Some(T::default());
    };
    let count = (0..whole).fold(0, |count, i| count << 1 | bit(i));
    let half = bit(whole);
    let known = (whole + 1..bits - GUARD).any(|i| bit(i) == half);
    known.then(|| T::from_units((count + half) as f64, unit))
}
