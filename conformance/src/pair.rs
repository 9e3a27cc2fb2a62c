//! Pairs of `f64`: an unevaluated sum of two, the second at most half a unit of the first, which
//! carries 106 bits.
//!
//! The classical error-free transformations (Møller, Knuth; Dekker, Veltkamp). No fused
//! multiply-add: on a build without the instruction it is a slow call, and here every build must
//! give the same bits. All of it is `const`, so that tables are computed by the compiler.

/// The number `high + low`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

/// `a + b`, exactly.
pub(crate) const fn sum(a: f64, b: f64) -> Pair {
    let high = a + b;
    let b_part = high - a;
    let a_part = high - b_part;
    Pair { high, low: (a - a_part) + (b - b_part) }
}

/// `a + b`, exactly, for |a| >= |b| or a = 0.
const fn ordered_sum(a: f64, b: f64) -> Pair {
    let high = a + b;
    Pair { high, low: b - (high - a) }
}

/// `a b`, exactly, for factors below 2^996 whose product's low half is no subnormal number.
pub(crate) const fn product(a: f64, b: f64) -> Pair {
    let (a_high, a_low) = halves(a);
    let (b_high, b_low) = halves(b);
    let high = a * b;
    let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    Pair { high, low }
}

/// Two numbers of at most 26 bits whose sum is `a`.
const fn halves(a: f64) -> (f64, f64) {
    let scaled = a * ((1 << 27) + 1) as f64;
    let high = scaled - (scaled - a);
    (high, a - high)
}

impl Pair {
    pub(crate) const ONE: Self = Self { high: 1.0, low: 0.0 };

    /// Relative error at most 3 2^-106.
    pub(crate) const fn add(self, other: Self) -> Self {
        let high = sum(self.high, other.high);
        let low = sum(self.low, other.low);
        let first = ordered_sum(high.high, high.low + low.high);
        ordered_sum(first.high, first.low + low.low)
    }

    /// Relative error at most 5 2^-106.
    pub(crate) const fn mul(self, other: Self) -> Self {
        let high = product(self.high, other.high);
        ordered_sum(high.high, high.low + (self.high * other.low + self.low * other.high))
    }

    /// Relative error at most 10 2^-106.
    pub(crate) const fn div(self, other: Self) -> Self {
        let quotient = self.high / other.high;
        let back = product(quotient, other.high);
        let remainder = ((self.high - back.high) - back.low + self.low) - quotient * other.low;
        ordered_sum(quotient, remainder / other.high)
    }

    pub(crate) const fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    /// Exact, short of overflow and subnormal results.
    pub(crate) const fn scaled(self, power_of_two: f64) -> Self {
        Self { high: self.high * power_of_two, low: self.low * power_of_two }
    }
}
