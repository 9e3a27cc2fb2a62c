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
//! floats, and at 0 both are numbers of the format. The same holds for silu and its derivative, tanh and its
//! derivative, softplus, log_sigmoid, logit and x s(1.702 x). For the two gelu, in which pi has a part, nobody has a
//! proof, and nobody has seen anything else.
//!
//! These others go by their definitions. What cancels there is made up for by more digits in between
//! ([`Precise::spare`]), and the normal distribution is the series of its integral.

use astro_float::{BigFloat, Consts, RoundingMode, Sign};

use crate::format::Format;
use crate::function::Function;
use crate::truth::Truth;
use crate::two::FunctionOfTwo;

/// The bits of the first attempt.
const FIRST: usize = 256;

/// The bits of the last attempt. The middles that an `f64` x is known to come nearest to, those of
/// tiny x, take some 300 for s, and 2,200 for silu.
const LAST: usize = 1 << 14;

/// The last bits of a result that are not looked at: far more than the error may reach.
const GUARD: usize = 32;

const MODE: RoundingMode = RoundingMode::ToEven;

/// |x| that stands for all larger ones: e^-800 rounds to 0 in both formats, and 1 - e^-800 to 1.
const FAR: f64 = 800.0;

/// The same where products with large numbers follow.
const FARTHER: f64 = 1600.0;

/// The same for Phi: Phi(-40) is below e^-800.
const FAR_FOR_NORMAL: f64 = 40.0;

pub(crate) struct Arbitrary {
    /// What the library keeps, such as the digits of ln 2.
    constants: Consts,
    /// The bits of the last attempt.
    last: usize,
}

impl Arbitrary {
    pub(crate) fn new() -> Self {
        Self::giving_up_after(LAST)
    }

    /// One that makes no attempt with more bits than these: for tests of what comes then.
    pub(crate) fn giving_up_after(last: usize) -> Self {
        Self { constants: Consts::new().expect("memory for a few constants"), last }
    }

    /// The correctly rounded value for a number, `None` if the last attempt does not tell.
    pub(crate) fn round<T: Format>(&mut self, function: Function, x: T) -> Option<T> {
        let x = x.widen();
        match function.exact(x) {
            Some(exact) => Some(T::from_units(exact, 0)),
            None => self.settle(|arbitrary, digits| arbitrary.value(function, x, digits)),
        }
    }

    /// The same for two numbers whose value has to be computed.
    pub(crate) fn round_of_two<T: Format>(&mut self, function: FunctionOfTwo, a: T, b: T) -> Option<T> {
        let (a, b) = (a.widen(), b.widen());
        self.settle(|arbitrary, digits| arbitrary.value_of_two(function, a, b, digits))
    }

    /// Rounds a value, in as many digits as it takes.
    fn settle<T: Format>(&mut self, mut value: impl FnMut(&mut Self, usize) -> BigFloat) -> Option<T> {
        let mut digits = FIRST;
        while digits <= self.last {
            let value = value(self, digits);
            let (words, _, sign, exponent, _) = value.as_raw_parts().expect("a number");
            if let Some(number) = nearest::<T>(words, sign, exponent) {
                return Some(number);
            }
            digits *= 2;
        }
        None
    }

    /// log2 of the difference between a value in pairs and this one, relative to it.
    pub(crate) fn distance(&mut self, function: Function, x: f64, truth: &Truth) -> f64 {
        let value = self.value(function, x, 2 * FIRST);
        distance(truth, value)
    }

    /// The same for two numbers.
    pub(crate) fn distance_of_two(
        &mut self,
        function: FunctionOfTwo,
        [a, b]: [f64; 2],
        truth: &Truth,
    ) -> f64 {
        let value = self.value_of_two(function, a, b, 2 * FIRST);
        distance(truth, value)
    }

    fn value(&mut self, function: Function, x: f64, digits: usize) -> BigFloat {
        match function {
            Function::Sigmoid | Function::Derivative => self.logistic(function, x, digits),
            _ => {
                let spare = Precise::spare(function, x);
                let mut value =
                    Precise { digits: digits + spare, constants: &mut self.constants }.value(function, x);
                value.set_precision(digits, MODE).expect("memory for a number");
                value
            }
        }
    }

    fn value_of_two(&mut self, function: FunctionOfTwo, a: f64, b: f64, digits: usize) -> BigFloat {
        // ln (1 + e^-x) beside x - x z, which is 0 or a few digits shorter than x.
        let tail = if function == FunctionOfTwo::BceWithLogits { 1.45 * a.abs().min(FARTHER) } else { 0.0 };
        let digits_between = digits + 192 + tail as usize;
        let mut value =
            Precise { digits: digits_between, constants: &mut self.constants }.value_of_two(function, a, b);
        value.set_precision(digits, MODE).expect("memory for a number");
        value
    }

    fn logistic(&mut self, function: Function, x: f64, digits: usize) -> BigFloat {
        let x = x.clamp(-FAR, FAR);
        let one = BigFloat::from_word(1, digits);
        let e = exactly(-x.abs(), digits).exp(digits, MODE, &mut self.constants);
        let sum = one.add(&e, digits, MODE);
        match function {
            Function::Sigmoid if x < 0.0 => e.div(&sum, digits, MODE),
            Function::Sigmoid => one.div(&sum, digits, MODE),
            _ => e.div(&sum, digits, MODE).div(&sum, digits, MODE),
        }
    }
}

fn distance(truth: &Truth, value: BigFloat) -> f64 {
    const DIGITS: usize = 4 * FIRST;
    let (parts, exponent) = truth.parts();
    let mut difference = BigFloat::from_word(0, DIGITS);
    for part in parts {
        difference = difference.add(&exactly(part, DIGITS), DIGITS, MODE);
    }
    let mut value = value;
    if let Some(of_value) = value.exponent() {
        value.set_exponent(of_value - exponent);
    }
    log2(&difference.sub(&value, DIGITS, MODE)) - log2(&value)
}

/// log2 |x| of a number, to some 50 bits.
fn log2(x: &BigFloat) -> f64 {
    match (x.mantissa_digits(), x.exponent()) {
        (Some([.., first]), Some(exponent)) if !x.is_zero() => {
            (*first as f64).log2() - 64.0 + f64::from(exponent)
        }
        _ => f64::NEG_INFINITY,
    }
}

/// Arithmetic in so many digits.
struct Precise<'a> {
    digits: usize,
    constants: &'a mut Consts,
}

impl Precise<'_> {
    /// The digits that cancel on the way to a value, and some.
    fn spare(function: Function, x: f64) -> usize {
        let smallness = (-x.abs().log2()).clamp(0.0, 1100.0) as usize;
        let tail = 1.45 * x.abs().min(FARTHER);
        64 + match function {
            // The difference from 1, twice.
            Function::Tanh => 2 * smallness,
            // 1 - x, in which x has its last digit at 2^-1074 or before.
            Function::Logit => 1200,
            // 1 + e^x, in which e^x is that small.
            Function::Softplus | Function::LogSigmoid => tail as usize,
            // 1/2 less nearly as much: e^(-x^2 / 2), to a factor that the 64 hold.
            Function::Gelu => (0.73 * x.abs().min(FAR_FOR_NORMAL).powi(2)) as usize + smallness,
            // Next to the zero of silu' 54 digits.
            _ => 64,
        }
    }

    fn number(&self, x: f64) -> BigFloat {
        exactly(x, self.digits)
    }

    fn ratio(&self, a: u64, b: u64) -> BigFloat {
        self.div(&BigFloat::from_word(a, self.digits), &BigFloat::from_word(b, self.digits))
    }

    fn add(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.add(b, self.digits, MODE)
    }

    fn sub(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.sub(b, self.digits, MODE)
    }

    fn mul(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.mul(b, self.digits, MODE)
    }

    fn div(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.div(b, self.digits, MODE)
    }

    fn exp(&mut self, x: &BigFloat) -> BigFloat {
        x.exp(self.digits, MODE, self.constants)
    }

    fn ln(&mut self, x: &BigFloat) -> BigFloat {
        x.ln(self.digits, MODE, self.constants)
    }

    fn pi(&mut self) -> BigFloat {
        self.constants.pi(self.digits, MODE)
    }

    /// 1 / (1 + e^-x)
    fn s(&mut self, x: &BigFloat) -> BigFloat {
        let one = self.number(1.0);
        let e = self.exp(&x.neg());
        self.div(&one, &self.add(&one, &e))
    }

    /// s(x) + x s(x) (1 - s(x)), as (1 + e + x e) / (1 + e)^2 with e = e^-x
    fn silu_derivative(&mut self, x: f64) -> BigFloat {
        let x = self.number(x.clamp(-FARTHER, FARTHER));
        let one = self.number(1.0);
        let e = self.exp(&x.neg());
        let d = self.add(&one, &e);
        let numerator = self.add(&d, &self.mul(&x, &e));
        self.div(&numerator, &self.mul(&d, &d))
    }

    /// max(x, 0) + ln (1 + e^-|x|)
    fn softplus(&mut self, x: f64) -> BigFloat {
        let e = self.exp(&self.number(-x.abs().min(FARTHER)));
        let logarithm = self.ln(&self.add(&self.number(1.0), &e));
        self.add(&self.number(x.max(0.0)), &logarithm)
    }

    /// sqrt(2/pi)
    fn root(&mut self) -> BigFloat {
        let pi = self.pi();
        self.div(&self.number(2.0), &pi).sqrt(self.digits, MODE)
    }

    /// Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...)
    fn normal(&mut self, x: f64) -> BigFloat {
        let half = self.number(0.5);
        let square = self.mul(&self.number(x), &self.number(x));
        let (mut term, mut sum) = (self.number(x), self.number(x));
        let mut odd = 1;
        loop {
            odd += 2;
            term = self.mul(&term, &square).div(&BigFloat::from_word(odd, self.digits), self.digits, MODE);
            sum = self.add(&sum, &term);
            let gap = sum.exponent().zip(term.exponent()).map_or(i32::MAX, |(sum, term)| sum - term);
            if gap > self.digits as i32 + 2 {
                break;
            }
        }
        let density = self.exp(&self.mul(&square, &half).neg());
        let root = self.root();
        let density = self.mul(&self.mul(&density, &root), &half);
        self.add(&half, &self.mul(&density, &sum))
    }

    fn value(&mut self, function: Function, x: f64) -> BigFloat {
        // Where s has vanished, so has the product.
        let factor = self.number(x.max(-FARTHER));
        let clamped = self.number(x.clamp(-FARTHER, FARTHER));
        match function {
            Function::Silu => {
                let s = self.s(&clamped);
                self.mul(&factor, &s)
            }
            Function::SiluDerivative => self.silu_derivative(x),
            Function::QuickGelu => {
                let s = self.s(&self.mul(&self.ratio(1702, 1000), &clamped));
                self.mul(&factor, &s)
            }
            Function::Tanh => {
                // (1 - E) / (1 + E), E = e^-2x
                let one = self.number(1.0);
                let e = self.exp(&self.mul(&self.number(-2.0), &clamped));
                self.div(&self.sub(&one, &e), &self.add(&one, &e))
            }
            Function::TanhDerivative => {
                let one = self.number(1.0);
                let e = self.exp(&self.number(-2.0 * x.abs().min(FAR)));
                let d = self.add(&one, &e);
                self.div(&self.mul(&self.number(4.0), &e), &self.mul(&d, &d))
            }
            Function::Softplus => self.softplus(x),
            Function::LogSigmoid => self.softplus(-x).neg(),
            Function::Logit => {
                let x = self.number(x);
                let ratio = self.div(&x, &self.sub(&self.number(1.0), &x));
                self.ln(&ratio)
            }
            Function::GeluTanh => {
                let near = self.number(x.clamp(-30.0, 30.0));
                let cube = self.mul(&self.mul(&near, &near), &near);
                let cubic = self.add(&near, &self.mul(&self.ratio(44_715, 1_000_000), &cube));
                let root = self.root();
                let argument = self.mul(&self.mul(&self.number(2.0), &root), &cubic);
                let s = self.s(&argument);
                self.mul(&factor, &s)
            }
            Function::Gelu => {
                let normal = self.normal(x.clamp(-FAR_FOR_NORMAL, FAR_FOR_NORMAL));
                self.mul(&self.number(x.max(-FAR_FOR_NORMAL)), &normal)
            }
            Function::Sigmoid | Function::Derivative => self.s(&clamped),
        }
    }

    fn value_of_two(&mut self, function: FunctionOfTwo, a: f64, b: f64) -> BigFloat {
        let clamped = |x: f64| x.clamp(-FARTHER, FARTHER);
        let (first, second) = (self.number(a), self.number(b));
        match function {
            FunctionOfTwo::SwiGlu => {
                let s = self.s(&self.number(clamped(a)));
                let gate = self.mul(&self.number(a.max(-FARTHER)), &s);
                self.mul(&gate, &second)
            }
            FunctionOfTwo::Glu => {
                let s = self.s(&self.number(clamped(b)));
                self.mul(&first, &s)
            }
            FunctionOfTwo::BceWithLogits => {
                let softplus = self.softplus(a);
                self.sub(&softplus, &self.mul(&first, &second))
            }
            FunctionOfTwo::SiluBackward => {
                let slope = self.silu_derivative(a);
                self.mul(&slope, &second)
            }
        }
    }
}

/// The number in so many digits. Subnormal ones make a detour, because the library's conversion has been
/// seen to get them wrong.
fn exactly(x: f64, digits: usize) -> BigFloat {
    let scale = if x.abs() < 1.0 { 200 } else { 0 };
    let mut number = BigFloat::from_f64(x * crate::truth::power_of_two(scale), digits);
    if let Some(exponent) = number.exponent().filter(|_| !number.is_zero()) {
        number.set_exponent(exponent - scale);
    }
    number
}

/// The number of the format that is nearest to 0.`words` 2^`exponent`, the last word being the first
/// after the point and its highest bit 1.
fn nearest<T: Format>(words: &[u64], sign: Sign, exponent: i32) -> Option<T> {
    let sign = if sign == Sign::Neg { -1.0 } else { 1.0 };
    if exponent - 1 > T::LARGEST_EXPONENT {
        return Some(T::from_units(sign * f64::INFINITY, 0));
    }
    let bits = 64 * words.len();
    let bit = |i: usize| words[words.len() - 1 - i / 64] >> (63 - i % 64) & 1;
    let unit = (exponent - T::DIGITS).max(T::SMALLEST_EXPONENT);
    // This many bits are whole units. None, and a first bit after them that is 0: less than half of one.
    let Ok(whole) = usize::try_from(exponent - unit) else {
        return Some(T::from_units(sign * 0.0, 0));
    };
    let count = (0..whole).fold(0, |count, i| count << 1 | bit(i));
    let half = bit(whole);
    let known = (whole + 1..bits - GUARD).any(|i| bit(i) == half);
    known.then(|| T::from_units(sign * (count + half) as f64, unit))
}
