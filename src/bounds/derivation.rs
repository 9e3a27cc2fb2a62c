//! What no result of Fast can exceed, by counting roundings: why [`FORWARD_F64`], [`DERIVATIVE_F64`],
//! [`BACKWARD_F32`] and [`BACKWARD_F64`] are what they are. (All of `f32` can be tried for the other operations.)
//!
//! The kernels ([`crate::pair`]) compute, with half a unit of the last place for each rounding,
//!
//! ```text
//! r = x + k ln 2    u = r r    e = E(u)    o = O(u)    A = e + r o    M = e - r o    B = 2^k M    D = A + B    s = A / D
//! ```
//!
//! The relative error of the quotient before its own rounding is, with 1 - s = B / D,
//!
//! ```text
//! (1 - s) (error of A / A  -  error of M / M)  +  rounding of D / D
//! ```
//!
//! and the parts of the difference in brackets are
//!
//! ```text
//! E and O     |(E - r O) / (E + r O) / e^-r - 1|                  2^-56.48, scripts/coefficients.py
//! r           its error: de^-r / e^-r = -dr
//! e           its error times |1/A - 1/M| = 2 |r o| / (A M)       e + r o and e - r o both gain by it
//! o           its error times |r| (1/A + 1/M)
//! r o         its rounding times 1/A + 1/M                        only without fused multiply-add
//! A and M     together, half a unit of the smaller one times 1/A + 1/M
//! ```
//!
//! Two lines need a reason.
//!
//! r. `k` times the first part of ln 2 is exact, and x plus it is too: the sum is a multiple of the last place of x,
//! which is at least 2^-54, and below 1/2. So r is that multiple plus `k` times the second part, rounded to the last
//! place of r, which is no coarser: the error is the distance of this product from such a place, one number for each
//! `k` and binade of r. Where k = 2, next to the worst inputs, it is a third of half a unit.
//!
//! A and M. Let Y be the smaller of the two and X the larger, g the last place of Y. It is the last place of e too.
//! Write
//! |r o| = (n + f) g with an integer n and |f| <= 1/2. Then Y is rounded by f g. If g is the last place of X too, X
//! is rounded by -f g. If that is 2 g, X is rounded by -f g or by ±(1 - |f|) g, with the sign of f; in the latter case
//! the roundings of X and Y work against each other, and what comes of them is at most g / X. Each is at most
//! (g / 2) (1/A + 1/M), because Y <= X.
//!
//! The derivative q (1 - q), q = s(-|x|), adds the roundings of q, of 1 - q and of the product.
//!
//! The last rounding is half a unit of the truth, unless the truth lies below a power of two and the quotient above,
//! where the unit is twice as large. These are a few doubles next to each x with s(x) = 2^-j, and the test
//! `next_to_powers_of_two` of `sigmoid-conformance` tries them all. Below the normal range the unit
//! stays while s shrinks: there the error is less.

use std::ops::{Add, Div, Mul, RangeInclusive, Sub};

use super::{BACKWARD_F32, BACKWARD_F64, DERIVATIVE_F64, FORWARD_F64};
use crate::pair::Constants;

extern crate std;

/// What `scripts/coefficients.py` prints is 2^-56.48.
const APPROXIMATION: f64 = 1.0058e-17;

/// A little more than half of ln 2: `k` is rounded from a product that is itself rounded.
const LARGEST_R: f64 = 0.346_573_6;

/// Into how many parts the range of r is cut for each k.
const PARTS: i32 = 1 << 12;

/// Every k of a normal result; up to 60 below 0, where s is 1.
const K: RangeInclusive<i32> = -60..=1022;

/// Ends are moved outwards by this part, which is far more than all roundings in between.
const OUTWARDS: f64 = 1e-13;

/// Positive numbers between two.
#[derive(Clone, Copy, Debug)]
struct Between {
    low: f64,
    high: f64,
}

impl Between {
    fn ends(a: f64, b: f64) -> Self {
        Self { low: a.min(b) * (1.0 - OUTWARDS), high: a.max(b) * (1.0 + OUTWARDS) }
    }

    fn exactly(value: f64) -> Self {
        Self { low: value, high: value }
    }

    /// Half a unit in the last place of the largest.
    fn half_unit(self) -> f64 {
        unit(self.high) / 2.0
    }
}

impl Add for Between {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::ends(self.low + other.low, self.high + other.high)
    }
}

/// Of what stays positive.
impl Sub for Between {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::ends(self.low - other.high, self.high - other.low)
    }
}

impl Mul for Between {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::ends(self.low * other.low, self.high * other.high)
    }
}

impl Div for Between {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::ends(self.low / other.high, self.high / other.low)
    }
}

/// The unit in the last place.
fn unit(value: f64) -> f64 {
    let exponent = (value.to_bits() >> 52) as i32 - 1023;
    ((exponent - 52).max(-1074) as f64).exp2()
}

/// The error of r, given its magnitude: see above.
fn error_of_r(k: i32, r: Between) -> f64 {
    if k == 0 {
        return 0.0;
    }
    let product = f64::from(k) * f64::LN_2_LOW;
    // What is left of ln 2, and the rounding of the product where it is one.
    let rest = f64::from(k.abs()) * 1e-29;
    let mut place = unit(r.high);
    let mut largest = 0.0_f64;
    while place >= unit(r.low) && place > f64::EPSILON * f64::EPSILON {
        let places = product / place;
        largest = largest.max((places - places.round()).abs() * place);
        place /= 2.0;
    }
    largest.min(r.half_unit()) + rest
}

/// The errors of s and, where x <= 0, of s', in units in the last place, for one `k` and a part of the range of r.
fn errors(k: i32, r: [f64; 2], fused: bool) -> [f64; 2] {
    // Of r o, which has the sign of r.
    let negative = r[1] <= 0.0;
    let r = Between::ends(r[0].abs(), r[1].abs());
    // A product that is added is rounded by itself without fused multiply-add.
    let product = |value: Between| if fused { 0.0 } else { value.half_unit() };

    let [e0, e1, e2] = <[f64; 3]>::try_from(f64::E).expect("degree 2").map(Between::exactly);
    let [o0, o1] = <[f64; 2]>::try_from(f64::O).expect("degree 2, monic").map(Between::exactly);
    let u = r * r;
    let of_u = u.half_unit();
    let (inner_e, inner_o) = (e1 + u * e2, o1 + u);
    let of_inner_e = inner_e.half_unit() + e2.high * of_u + product(u * e2);
    let of_inner_o = inner_o.half_unit() + of_u;
    let (e, o) = (e0 + u * inner_e, o0 + u * inner_o);
    let of_e = e.half_unit() + u.high * of_inner_e + inner_e.high * of_u + product(u * inner_e);
    let of_o = o.half_unit() + u.high * of_inner_o + inner_o.high * of_u + product(u * inner_o);

    let odd = r * o;
    let (larger, smaller) = (e + odd, e - odd);
    assert_eq!(unit(smaller.low), unit(e.high), "the last place of the smaller one is that of e");
    let inverses = 1.0 / larger.low + 1.0 / smaller.low;
    let of_ratio = APPROXIMATION
        + error_of_r(k, r)
        + of_e * 2.0 * odd.high / (larger.low * smaller.low)
        + of_o * r.high * inverses
        + product(odd) * inverses
        + smaller.half_unit() * inverses;

    let (a, m) = if negative { (smaller, larger) } else { (larger, smaller) };
    // From here on A is nothing beside B, and a further factor of 2^k changes no unit.
    let b = m * Between::exactly(f64::from(k.min(200)).exp2());
    let d = a + b;
    let (s, other) = (a / d, b / d);
    // Second-order terms are below 2^-100.
    let of_quotient = other.high.min(1.0) * of_ratio + d.half_unit() / d.low;
    let of_s = of_quotient * s.high.min(1.0) / unit(s.low) + 0.5;
    if s.low > 0.5 {
        return [of_s, 0.0];
    }
    if s.high < (-54_f64).exp2() {
        // 1 - q rounds to 1, which takes q (1 - q) off by the part q.
        return [of_s, of_s + s.high * s.high / unit(s.low)];
    }
    // d(q (1 - q)) / (q (1 - q)) = dq / q (1 - 2 q) / (1 - q)
    let of_q = of_quotient + s.half_unit() / s.low;
    let of_other = (-54_f64).exp2() / other.low;
    let slope = s * other;
    let of_slope = of_q * (1.0 - 2.0 * s.low) / other.low + of_other;
    [of_s, of_slope * slope.high / unit(slope.low) + 0.5]
}

/// The largest of both over all k and r.
fn largest(fused: bool) -> [f64; 2] {
    let mut largest = [0.0_f64; 2];
    for k in K {
        for part in -PARTS..PARTS {
            let r = [part, part + 1].map(|i| LARGEST_R * f64::from(i) / f64::from(PARTS));
            for (largest, error) in largest.iter_mut().zip(errors(k, r, fused)) {
                *largest = largest.max(error);
            }
        }
    }
    largest
}

#[test]
fn no_f64_can_exceed_the_stated_errors() {
    for fused in [true, false] {
        let [s, slope] = largest(fused);
        std::println!("with fma: {fused}; s {s:.4}, s' {slope:.4}");
        let stated = [FORWARD_F64, DERIVATIVE_F64];
        let stated = stated.map(|fast| if fused { fast.with_fma } else { fast.without_fma });
        assert!(s <= stated[0] && slope <= stated[1], "{fused}: {s} and {slope}, stated {stated:?}");
        // They are no larger than they must be.
        assert!(
            s > stated[0] - 0.05 && slope > stated[1] - 0.2,
            "{fused}: {s} and {slope}, stated {stated:?}"
        );
    }
}

/// grad (s (1 - s)), in any format: 1 - s is rounded to half a unit of [1/2, 1) for s below 1/2, and not at all from
/// there on; s (1 - s) is rounded, and the product with the gradient. A gradient can take that product anywhere: next
/// below a power of two, where the last place weighs most, and above it by more than half of the places there, which
/// are twice as large. Then the last rounding adds up to a whole unit.
#[test]
fn no_gradient_can_exceed_the_stated_error() {
    // Errors as parts of the number, in the largest part that a rounding changes. For a smaller s they are at most
    // 0.5 / (1 - s) and 1.
    let smallest = 1.0 / f64::from(PARTS);
    let mut largest = 0.0_f64;
    for part in 1..PARTS {
        let s = Between::ends(f64::from(part) * smallest, f64::from(part + 1) * smallest);
        let other = Between { low: 1.0 - s.high, high: 1.0 - s.low };
        let of_other = if s.low < 0.5 { 0.5 / other.low } else { 0.0 };
        // The largest from a power of two up; where 1 - s may be 0, a rounding is at most a unit.
        let product = s * other;
        // No product is above 1/4, unless 1 - s was rounded up by half a unit: then rounding it back to 1/4 takes
        // that away.
        let product = Between { high: product.high.min(0.25_f64.next_down()), ..product };
        let of_product =
            if other.low > 0.0 { (product.half_unit() / product.low).min(UNIT) / UNIT } else { 1.0 };
        largest = largest.max(of_other + of_product + 1.0);
    }
    std::println!("{largest:.4}");
    for stated in [BACKWARD_F32, BACKWARD_F64].map(|fast| [fast.with_fma, fast.without_fma]).as_flattened() {
        assert!(largest <= *stated && largest > stated - 0.05, "{largest}, stated {stated}");
    }
}

/// The largest part of a number that rounding changes.
const UNIT: f64 = f64::EPSILON / 2.0;
