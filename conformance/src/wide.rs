//! Pairs of `f64` with a power of two of their own, so that nothing overflows or becomes subnormal on the way:
//! products of tails, inputs of any size.

use crate::function::TRUST;
use crate::pair::{Pair, product, sum};
use crate::truth::{Truth, exponent_of, power_of_two};

/// The number `pair` 2^`exponent`, with `pair` in [1, 2) or (-2, -1], or all of it 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide {
    pub(crate) pair: Pair,
    pub(crate) exponent: i32,
}

/// So many binary digits lower a part of a sum is no longer looked at, but for its sign.
const OUT_OF_SIGHT: i32 = 250;

impl Wide {
    pub(crate) const ZERO: Self = Self { pair: Pair { high: 0.0, low: 0.0 }, exponent: 0 };
    pub(crate) const ONE: Self = Self { pair: Pair::ONE, exponent: 0 };

    /// Of a pair whose larger part is 0 or a normal number below 2^1023.
    pub(crate) fn new(pair: Pair, exponent: i32) -> Self {
        if pair.high == 0.0 {
            return Self::ZERO;
        }
        let leading = exponent_of(pair.high);
        Self { pair: pair.scaled(power_of_two(-leading)), exponent: exponent + leading }
    }

    /// Exactly this number, which is finite.
    pub(crate) fn of(x: f64) -> Self {
        const STEP: i32 = 200;
        let step = if x.abs() < f64::MIN_POSITIVE {
            STEP
        } else if x.abs() >= power_of_two(1000) {
            -STEP
        } else {
            0
        };
        Self::new(Pair { high: x * power_of_two(step), low: 0.0 }, -step)
    }

    pub(crate) fn of_pair(pair: Pair) -> Self {
        Self::new(pair, 0)
    }

    /// The product of two finite numbers, exactly.
    pub(crate) fn of_product(a: f64, b: f64) -> Self {
        let (a, b) = (Self::of(a), Self::of(b));
        Self::new(product(a.pair.high, b.pair.high), a.exponent + b.exponent)
    }

    /// 1 - x for a moderate x, exactly.
    pub(crate) fn one_minus(x: f64) -> Self {
        Self::of_pair(sum(1.0, -x))
    }

    /// Relative error at most 3 2^-106, and 2^-250 where one of the two is out of sight.
    pub(crate) fn add(self, other: Self) -> Self {
        if self.pair.high == 0.0 {
            return other;
        }
        if other.pair.high == 0.0 {
            return self;
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let distance = large.exponent - small.exponent;
        let small = if distance > OUT_OF_SIGHT {
            Pair { high: small.pair.high.signum() * power_of_two(-OUT_OF_SIGHT), low: 0.0 }
        } else {
            small.pair.scaled(power_of_two(-distance))
        };
        Self::new(large.pair.add(small), large.exponent)
    }

    pub(crate) fn sub(self, other: Self) -> Self {
        self.add(other.neg())
    }

    /// Relative error at most 5 2^-106.
    pub(crate) fn mul(self, other: Self) -> Self {
        Self::new(self.pair.mul(other.pair), self.exponent + other.exponent)
    }

    pub(crate) fn squared(self) -> Self {
        self.mul(self)
    }

    /// Relative error at most 10 2^-106.
    pub(crate) fn div(self, other: Self) -> Self {
        Self::new(self.pair.div(other.pair), self.exponent - other.exponent)
    }

    pub(crate) fn neg(self) -> Self {
        Self { pair: self.pair.neg(), ..self }
    }

    /// Times a power of two.
    pub(crate) fn shifted(self, by: i32) -> Self {
        Self::new(self.pair, self.exponent + by)
    }

    /// As a pair; 0 if it is below 2^-400.
    pub(crate) fn to_pair(self) -> Pair {
        if self.exponent < -400 { Self::ZERO.pair } else { self.pair.scaled(power_of_two(self.exponent)) }
    }

    /// As a true value, trusted to [`TRUST`].
    pub(crate) fn truth(self) -> Truth {
        Truth { exponent: self.exponent, ..Truth::pair(self.pair, self.pair.high.abs() * TRUST) }
    }

    /// As a true value that is a little more than this number, exactly known, or a little less if `side` is -1: by
    /// less than 2^-98 of it. It is told from the middle between two numbers on which it would lie otherwise.
    pub(crate) fn nudged(self, side: f64) -> Truth {
        debug_assert!(self.pair.low == 0.0);
        let nudge = power_of_two(-97);
        let low = side * self.pair.high * nudge;
        let value = Pair { high: self.pair.high, low };
        // More than nothing and less than twice the nudge.
        Truth { exponent: self.exponent, ..Truth::pair(value, low.abs()) }
    }
}
