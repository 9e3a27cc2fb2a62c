//! The true values of s(x) and s'(x), to far more digits than any result has.

use crate::exponential::exp;
use crate::format::Format;
use crate::pair::{Pair, product, sum};

/// A true value: (`high` + `low` + `tail`) 2^`exponent`, known to `error` 2^`exponent`.
///
/// `low` is at most about half a unit in the last place of `high`, and `tail` as much of `low`.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub(crate) high: f64,
    pub(crate) low: f64,
    pub(crate) tail: f64,
    pub(crate) error: f64,
    pub(crate) exponent: i32,
}

/// The correctly rounded result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rounding<T> {
    /// It is this one.
    Known(T),
    /// The true value is so near to the middle between this number and one of its neighbours that the digits
    /// known do not tell. Only arbitrary precision can:
    /// [`round_arbitrarily`](crate::Function::round_arbitrarily). (No `f32` is such an input, and no `f64` but one in 2^40.)
    Unknown(T),
}

/// |x| below which the functions go by their series at 0.
pub(crate) const SMALL: f64 = 1.0 / 32768.0;

/// The relative error that the pair arithmetic is trusted with: 2^-95.
const TRUST: f64 = f64::from_bits((1023 - 95) << 52);

/// The relative error that one `f64` and a few operations is trusted with: 2^-48.
pub(crate) const PLAIN_TRUST: f64 = f64::from_bits((1023 - 48) << 52);

pub(crate) fn sigmoid(x: f64) -> Truth {
    if x.abs() < SMALL {
        // 1/2 + x/4 - x^3/48 + x^5/480 - ...: for many x the first two terms end exactly in the
        // middle between two floats, and the third must be there to decide.
        let value = sum(0.5, x / 4.0);
        let square = x * x;
        let tail = x * square * (square / 480.0 - 1.0 / 48.0);
        // Some room for terms that are subnormal.
        let error = tail.abs() * PLAIN_TRUST + f64::MIN_POSITIVE;
        return Truth::sum_of([value.high, value.low, tail], error);
    }
    if x > 700.0 {
        // 1 - s is positive and below 2^-1009, and no more need be known of it.
        let tiny = power_of_two(-1000);
        return Truth::pair(Pair { high: 1.0, low: -tiny }, tiny);
    }
    let lower = lower(x);
    if x < 0.0 {
        return lower.truth();
    }
    let lower = lower.unscaled();
    // 1 - lower, with all its digits.
    let value = sum(1.0, -lower.high);
    // Some room for parts that are subnormal.
    Truth::sum_of([value.high, value.low, -lower.low], lower.high * TRUST + f64::MIN_POSITIVE)
}

pub(crate) fn derivative(x: f64) -> Truth {
    if x.abs() < SMALL {
        // 1/4 - x^2/16 + x^4/96 - 17 x^6/11520 + ...
        let square = product(x, x).scaled(-1.0 / 16.0);
        let value = sum(0.25, square.high);
        let rest = sum(value.low, square.low);
        let square = x * x;
        let quartic = square * square * (1.0 / 96.0 - square * (17.0 / 11520.0));
        // Some room for terms that are subnormal.
        let error = (quartic + rest.low.abs()) * PLAIN_TRUST + f64::MIN_POSITIVE;
        return Truth::sum_of([value.high, rest.high, rest.low + quartic], error);
    }
    let lower = lower(x);
    if lower.exponent != 0 {
        // lower (1 - lower), where lower is far below 2^-200.
        return lower.truth();
    }
    let lower = lower.pair;
    let slope = lower.mul(Pair::ONE.add(lower.neg()));
    Truth::pair(slope, slope.high * TRUST)
}

/// s(-|x|) = e / (1 + e), e = e^-|x|: the smaller of s(x) and s(-x).
fn lower(x: f64) -> Lower {
    let e = exp((-x.abs()).max(-800.0));
    if e.exponent < -300 {
        // 1 + e is 1 as far as anyone can tell.
        return Lower { pair: e.pair, exponent: e.exponent };
    }
    let e = e.pair.scaled(power_of_two(e.exponent));
    Lower { pair: e.div(Pair::ONE.add(e)), exponent: 0 }
}

/// `pair` 2^`exponent`; the exponent is 0 unless it is below -300.
struct Lower {
    pair: Pair,
    exponent: i32,
}

impl Lower {
    fn unscaled(&self) -> Pair {
        self.pair.scaled(power_of_two(self.exponent))
    }

    fn truth(&self) -> Truth {
        Truth { exponent: self.exponent, ..Truth::pair(self.pair, self.pair.high * TRUST) }
    }
}

/// 2^n for a normal number.
pub(crate) fn power_of_two(n: i32) -> f64 {
    debug_assert!((-1022..=1023).contains(&n));
    f64::from_bits(((n + 1023) as u64) << 52)
}

impl Truth {
    pub(crate) const fn exactly(value: f64) -> Self {
        Self::pair(Pair { high: value, low: 0.0 }, 0.0)
    }

    pub(crate) const fn pair(pair: Pair, error: f64) -> Self {
        Self { high: pair.high, low: pair.low, tail: 0.0, error, exponent: 0 }
    }

    /// The exact sum, with the parts put in order: the later ones may be as large as those before
    /// them, but not larger than the first.
    pub(crate) fn sum_of([high, low, tail]: [f64; 3], error: f64) -> Self {
        let rest = sum(low, tail);
        let value = sum(high, rest.high);
        let rest = sum(value.low, rest.low);
        Self { tail: rest.low, ..Self::pair(Pair { high: value.high, low: rest.high }, error) }
    }

    /// The parts of the value, largest first, and the power of two that they are to be multiplied
    /// with: for a comparison with arbitrary precision.
    pub const fn parts(&self) -> ([f64; 3], i32) {
        ([self.high, self.low, self.tail], self.exponent)
    }

    /// A bound for the difference between the parts' sum and the truth, before the power of two. The difference is
    /// less, unless both are 0.
    pub const fn error(&self) -> f64 {
        self.error
    }

    /// The same, its error believed to be no less than 2^-`bits` of the value.
    ///
    /// With few bits many roundings become unknown: a way to try what happens then.
    #[must_use]
    pub fn doubted(mut self, bits: u32) -> Self {
        let bits = bits.min(1000) as i32;
        self.error = self.error.max(self.high.abs() * power_of_two(-bits));
        self
    }

    /// The number of the format that is nearest to it.
    pub fn round<T: Format>(&self) -> Rounding<T> {
        self.in_units::<T>().rounding()
    }

    /// |result - truth| in units in the last place of the truth, rounded to the format; a subnormal
    /// number's unit is the smallest positive number. Infinite if one of the two is NaN and the
    /// other is not, or if one is infinite (the truth: rounded) and the other is not the same; 0 if both are NaN or
    /// the same infinity.
    pub fn error_in_ulp<T: Format>(&self, result: T) -> f64 {
        let units = self.in_units::<T>();
        if let Rounding::Known(rounded) | Rounding::Unknown(rounded) = units.rounding::<T>()
            && rounded.widen().is_infinite()
        {
            return if result == rounded { 0.0 } else { f64::INFINITY };
        }
        units.distance(result.widen())
    }

    /// Where the value stands on the grid of a format.
    ///
    /// With n the integer nearest to `high` in units, the value is n + rest, and `rest` lies
    /// in about [-1/2, 1/2]. What is left to find out is on which side of ±1/2 it lies. The difference
    /// is taken in the order in which it is exact or nearly so: |a| - 1/2, with `a` the part of
    /// `rest` from `high`, is exact, and `low` and `tail` are ever smaller. A negative value is the mirror image of a
    /// positive one.
    pub(crate) fn in_units<T: Format>(&self) -> InUnits {
        let exactly = |nearest| InUnits {
            nearest,
            rest: 0.0,
            unit: T::SMALLEST_EXPONENT,
            ulp: T::SMALLEST_EXPONENT,
            known: true,
        };
        if !self.high.is_finite() || self.high == 0.0 {
            return exactly(self.high);
        }
        if self.high < 0.0 {
            let Self { high, low, tail, .. } = *self;
            let mirrored = Self { high: -high, low: -low, tail: -tail, ..*self }.in_units::<T>();
            return InUnits { nearest: -mirrored.nearest, rest: -mirrored.rest, ..mirrored };
        }
        // (Subnormal numbers have the unit of the smallest normal one.)
        let mut leading = exponent_of(self.high).max(-1022);
        if self.high == power_of_two(leading) && (self.low < 0.0 || self.low == 0.0 && self.tail < 0.0) {
            leading -= 1;
        }
        if leading + self.exponent > T::LARGEST_EXPONENT {
            return exactly(f64::INFINITY);
        }
        let unit = (leading + self.exponent - (T::DIGITS - 1)).max(T::SMALLEST_EXPONENT);
        // `high` is within 2^2 of 1, or a number of a format that is known exactly, and small ones have larger factors
        // than there are; one that would be smaller than there are makes 0.
        let shift = self.exponent - unit;
        let first = shift.clamp(-1022, 1000);
        let [first, second] = [first, (shift - first).max(0)].map(power_of_two);
        let in_units = |part: f64| part * first * second;

        let high = in_units(self.high);
        let whole = high.round_ties_even();
        let (a, b, c) = (high - whole, in_units(self.low), in_units(self.tail));
        let side = if a != 0.0 { a.signum() } else { b.signum() };
        let beyond_middle = ((a.abs() - 0.5) + side * b) + side * c;
        let doubt = in_units(self.error);
        let nearest = if beyond_middle > 0.0 { whole + side } else { whole };
        // A number that rounds up to a power of two has the unit of that power.
        let carries = nearest == power_of_two(T::DIGITS);
        InUnits {
            nearest,
            rest: (whole - nearest) + a + b + c,
            unit,
            ulp: unit + i32::from(carries),
            // The difference is less than the bound, and a middle that is known exactly goes to the even number.
            known: beyond_middle.abs() > doubt
                || beyond_middle.abs() == doubt && (doubt > 0.0 || self.error == 0.0),
        }
    }
}

/// (`nearest` + `rest`) 2^`unit`, `nearest` being an integer.
pub(crate) struct InUnits {
    pub(crate) nearest: f64,
    pub(crate) rest: f64,
    pub(crate) unit: i32,
    /// The exponent of the unit in the last place.
    pub(crate) ulp: i32,
    /// Whether `nearest` is certain to be the nearest integer.
    pub(crate) known: bool,
}

impl InUnits {
    pub(crate) fn rounding<T: Format>(&self) -> Rounding<T> {
        let number = T::from_units(self.nearest, self.unit);
        if self.known { Rounding::Known(number) } else { Rounding::Unknown(number) }
    }

    /// See [`Truth::error_in_ulp`].
    fn distance(&self, result: f64) -> f64 {
        if self.nearest.is_nan() || result.is_nan() {
            return if self.nearest.is_nan() && result.is_nan() { 0.0 } else { f64::INFINITY };
        }
        let [first, second] = self.per_unit();
        let distance = ((result * first * second - self.nearest) - self.rest).abs();
        if self.ulp > self.unit { distance / 2.0 } else { distance }
    }

    /// 2^-`unit`, in two factors because the range of one does not do.
    pub(crate) fn per_unit(&self) -> [f64; 2] {
        let first = (-self.unit).clamp(-1000, 1000);
        [power_of_two(first), power_of_two(-self.unit - first)]
    }
}

/// floor(log2 |x|) for a normal number.
pub(crate) fn exponent_of(x: f64) -> i32 {
    ((x.to_bits() >> 52) & 0x7ff) as i32 - 1023
}
