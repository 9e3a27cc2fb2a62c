//! The last phase: one number at a time, in fixed-point arithmetic of 192 bits, and then rounded
//! once.
//!
//! # Method
//!
//! ```text
//! reduce       n = floor(|x| / ln 2),  r = |x| - n ln 2,      so  e^-|x| = 2^-n e^-r  with 0 <= r < ln 2
//! approximate  m = e^-r = (e^(-r/64))^64, the series to the 24th power
//! reconstruct  y = 1 / (1 + 2^-n m) by two of Newton's steps
//!
//! s(|x|) = y        s(-|x|) = 2^-n m y        s'(x) = 2^-n m y^2
//! ```
//!
//! # Why 2^-166 is a bound
//!
//! In units of 2^-192, which is what an operation can lose:
//!
//! ```text
//! ln 2         below 2^7: 62 terms, each cut off twice; n times it 2^7 1155 < 2^18; r the same
//! r / 64       2^12 and the cutting off
//! the series   what it leaves out is (ln 2 / 64)^25 / 25! < 2^-246; 25 steps lose 2 each, times less
//!              than 1: 2^6; with r/64: 2^13
//! m            six squarings, each doubles the error and adds 1: 2^19 + 2^6
//! y            Newton: 52 bits, 103, 205; its last step's five operations lose less than 2^4; with m's
//!              error, for dy/dm is at most 1: 2^20
//! the results  a product or two: 2^22
//! ```
//!
//! The value rounded is above 1/4, and so its relative error is below 2^-168: [`DOUBT`] is 2^24 units,
//! 2^-166. No `f32` and, as far as anyone can expect of 2^64 numbers, no `f64` lies so near to the
//! middle between two floats, near 0 excepted, where [`sigmoid`] says why the answer is known. A debug
//! build checks every rounding.

mod fixed;
mod round;

use self::fixed::{FRACTION_BITS, Fixed};
pub(crate) use self::round::Rounded;
use self::round::{LIMBS, nearest};

/// How far the fixed-point values may be from the truth, in units of 2^-192.
const DOUBT: u64 = 1 << 24;

/// ln 2 = 2 artanh(1/3) = 2/3 sum of 1 / ((2 i + 1) 9^i)
const LN_2: Fixed = {
    let (mut sum, mut power, mut i) = (Fixed::ZERO, Fixed::ONE.times(2).over(3), 0);
    while i < 62 {
        sum = sum.add(power.over(2 * i + 1));
        power = power.over(9);
        i += 1;
    }
    sum
};

/// 1 / i!
const INVERSE_FACTORIALS: [Fixed; 25] = {
    let (mut inverse, mut i) = ([Fixed::ONE; 25], 1);
    while i < inverse.len() {
        inverse[i] = inverse[i - 1].over(i as u64);
        i += 1;
    }
    inverse
};

/// r is divided by 2 to this.
const HALVINGS: u32 = 6;

/// From here on s(-|x|) < 2^-1150 rounds to 0 and s(|x|) to 1, in either format.
const FARTHEST: f64 = 800.0;

/// Below this 1/2 + x/4 decides the rounding of s(x), with what is known of the rest's sign.
const NEAR: f64 = f64::from_bits((1023 - 35) << 52);

/// Below this s(x) rounds to 1/2 in either format.
const NEAREST: f64 = f64::from_bits((1023 - 100) << 52);

/// The correctly rounded s(x).
///
/// Near 0, s(x) = 1/2 + x/4 - x^3/48 + ... may be arbitrarily near to the middle between two floats, for
/// 1/2 + x/4 can be one. There s lies between 1/2 and 1/2 + x/4, nearer to the latter by |x|^3/48 < |x|
/// 2^-75. Middles are multiples of 2^-55; x/4 is itself one, or at least |x| 2^-55 away from it. So no
/// middle lies strictly between s(x) and 1/2 + x/4, and what is a little nearer to 1/2 than 1/2 + x/4
/// rounds as s(x) does.
pub(crate) fn sigmoid<T: Rounded>(x: f64) -> T {
    if x.is_nan() {
        return T::special(x);
    }
    let magnitude = x.abs();
    if magnitude < NEAREST {
        return round(Fixed::ONE.shifted_right(1), 0, 0);
    }
    if magnitude < NEAR {
        let half = Fixed::ONE.shifted_right(1);
        let less = Fixed::from_f64(magnitude / 4.0).sub(Fixed([1, 0, 0, 0]));
        return round(if x < 0.0 { half.sub(less) } else { half.add(less) }, 0, 0);
    }
    let Parts { m, n, y } = parts(magnitude);
    if x < 0.0 { round(m.mul(y), n, DOUBT) } else { round(y, 0, DOUBT) }
}

/// The correctly rounded s'(x).
///
/// Near 0, s' = 1/4 - x^2/16 + ... is above the middle between 1/4 and the float below it.
pub(crate) fn derivative<T: Rounded>(x: f64) -> T {
    if x.is_nan() {
        return T::special(x);
    }
    let magnitude = x.abs();
    if magnitude < NEAR {
        return round(Fixed::ONE.shifted_right(2), 0, 0);
    }
    let Parts { m, n, y } = parts(magnitude);
    round(m.mul(y).mul(y), n, DOUBT)
}

/// e^-|x| = 2^-`n` `m`, with `m` in (1/2, 1], and `y` = s(|x|).
struct Parts {
    m: Fixed,
    n: u32,
    y: Fixed,
}

fn parts(magnitude: f64) -> Parts {
    let magnitude = magnitude.min(FARTHEST);
    let x = Fixed::from_f64(magnitude);
    let mut n = (magnitude * core::f64::consts::LOG2_E) as u32;
    // The product may have been rounded up to an integer.
    if x.is_below(LN_2.times(n.into())) {
        n -= 1;
    }
    let r = x.sub(LN_2.times(n.into())).shifted_right(HALVINGS);

    let mut i = INVERSE_FACTORIALS.len() - 1;
    let mut m = INVERSE_FACTORIALS[i];
    while i > 0 {
        i -= 1;
        m = INVERSE_FACTORIALS[i].sub(r.mul(m));
    }
    for _ in 0..HALVINGS {
        m = m.mul(m);
    }

    let d = Fixed::ONE.add(if n < u64::BITS * 4 { m.shifted_right(n) } else { Fixed::ZERO });
    // Newton's step y (2 - d y), twice.
    let mut y = Fixed::from_f64(1.0 / d.to_f64());
    for _ in 0..2 {
        y = y.mul(Fixed::ONE.times(2).sub(d.mul(y)));
    }
    Parts { m, n, y }
}

/// `value` 2^-`n`, rounded.
fn round<T: Rounded>(value: Fixed, n: u32, doubt: u64) -> T {
    let [a, b, c, d] = value.0;
    nearest([a, b, c, d, 0, 0], -(n as i32) - FRACTION_BITS as i32, doubt)
}

/// The correctly rounded grad s (1 - s), for any numbers.
///
/// NaN, infinities and zeros give what multiplying the exact factors gives. Other products are integers
/// times a power of two, of at most 280 bits with |s| in [2^-120, 2^170), and are rounded as they are.
/// Beyond, 1 - s is 1 or -s but for a relative 2^-120 or 2^-170. What is left, grad s (106 bits) or -grad s^2
/// (159 bits), is itself a middle between two floats or a float, or further away from each than this. So
/// only the side counts to which the rest pulls, and the smallest unit of a longer integer says it.
pub(crate) fn backward<T: Rounded>(s: f64, grad: f64) -> T {
    let ordinary = |x: f64| x.is_finite() && x != 0.0;
    if !(ordinary(s) && ordinary(grad) && s != 1.0) {
        let slope = s * (1.0 - s);
        // An ordinary slope's size does not matter to zeros and infinities, and must not overflow.
        let slope = if ordinary(s) && s != 1.0 { 1.0_f64.copysign(slope) } else { slope };
        return T::special(grad * slope);
    }
    let ((s_count, s_unit), (grad_count, grad_unit)) = (integer(s.abs()), integer(grad.abs()));
    let length = s_unit + bit_length(s_count);
    let (one, s_long, unit) = if length <= -120 {
        (shifted(1, 180), UNIT, -180)
    } else if length > 170 {
        (UNIT, shifted(s_count, 120), s_unit - 120)
    } else {
        let unit = s_unit.min(0);
        (shifted(1, -unit as u32), shifted(s_count, (s_unit - unit) as u32), unit)
    };
    let rest = if s < 0.0 { plus(one, s_long) } else { distance(one, s_long) };
    let product = times(times(rest, s_count), grad_count);
    let magnitude: T = nearest(product, unit + s_unit + grad_unit, 0);
    if (grad < 0.0) == (0.0..=1.0).contains(&s) { magnitude.negated() } else { magnitude }
}

type Integer = [u64; LIMBS];

const UNIT: Integer = shifted(1, 0);

/// A positive number as `count` 2^`unit`.
fn integer(x: f64) -> (u64, i32) {
    let (exponent, fraction) = ((x.to_bits() >> 52) as i32, x.to_bits() & ((1 << 52) - 1));
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

fn bit_length(x: u64) -> i32 {
    64 - x.leading_zeros() as i32
}

const fn shifted(x: u64, count: u32) -> Integer {
    let mut limbs = [0; LIMBS];
    let (limb, bits) = ((count / 64) as usize, count % 64);
    let pair = (x as u128) << bits;
    limbs[limb] = pair as u64;
    limbs[limb + 1] = (pair >> 64) as u64;
    limbs
}

fn times(integer: Integer, factor: u64) -> Integer {
    let mut carry = 0;
    integer.map(|limb| {
        let product = u128::from(limb) * u128::from(factor) + carry;
        carry = product >> 64;
        product as u64
    })
}

fn plus(a: Integer, b: Integer) -> Integer {
    let (mut sum, mut carry) = (a, 0);
    for (limb, other) in sum.iter_mut().zip(b) {
        let wide = u128::from(*limb) + u128::from(other) + carry;
        (*limb, carry) = (wide as u64, wide >> 64);
    }
    sum
}

/// |a - b|
fn distance(a: Integer, b: Integer) -> Integer {
    let (mut larger, smaller) = if a.iter().rev().lt(b.iter().rev()) { (b, a) } else { (a, b) };
    let mut borrow = false;
    for (limb, other) in larger.iter_mut().zip(smaller) {
        let (difference, first) = limb.overflowing_sub(other);
        let (difference, second) = difference.overflowing_sub(borrow.into());
        (*limb, borrow) = (difference, first | second);
    }
    larger
}
