//! The mathematics, written once for every register type.
//!
//! # The plain method
//!
//! ```text
//! reduce       k = round(-x log2 e),  r = x + k ln 2,  so  e^-x = 2^k e^-r  with |r| <= ln 2 / 2
//! approximate  u = r^2,  tanh(r/2) = r O(u) / E(u),    so  e^-r = (E - r O) / (E + r O)
//! reconstruct  A = E + r O,  M = E - r O,  B = 2^k M,  so  e^-x = B / A
//!
//! s(x) = A / (A + B)        s(-x) = B / (A + B)        s'(x) = s(x) s(-x)
//! ```
//!
//! One division, no table, no cancellation anywhere. (A, B) is the *logistic pair*; every
//! operation is a line on top of it.
//!
//! # What the code does beyond it
//!
//! 1. `k` is rounded by adding a large `MAGIC` number whose last place is 1: the sum carries
//!    `k + bias` in its low bits, and shifting these into the exponent field gives 2^k without a
//!    conversion. Without the bias they are added to the exponent of M instead, where that is faster
//!    ([`Lanes::ADDS_EXPONENTS`]): on Zen 4 the pipes that multiply are what limits 512-bit lanes, and a
//!    division takes two turns of them (2% in `f32`, 7% in `f64`).
//! 2. ln 2 comes in two parts, the first with enough trailing zeros that `k` times it is exact.
//! 3. E and O are scaled so that O is monic (its leading coefficient is 1): an addition takes
//!    the place of a fused multiply-add (7% on Zen 4). Taking r O as one product, to be added and
//!    subtracted, would save another 4% there, but its rounding takes the error from 2.48 to 2.63 ULP.
//! 4. There is no clamp and no scaling on the common path. One test a block of registers finds
//!    out whether any |x| is so large that 2^k, A + B or the result could leave the normal
//!    range, and only such blocks take the careful path.
//! 5. The careful path must give every lane the bits of the common path, because which path a
//!    lane takes depends on its neighbours. It differs by powers of two only, and these are exact.
//! 6. A division with a subnormal result costs ten times another on today's CPUs. But the bits
//!    of a subnormal float are an integer, its multiple of the smallest one: the careful path
//!    divides for that multiple, a number in the normal range, and rounds it to an integer.
//!
//! 7. So do operations with subnormal numbers, if less: u, and without fused multiply-add x, is kept away from them by
//!    adding a tiny number that no result has a digit of.
//!
//! [`constants`] has the numbers and says where they come from, [`operations`] has the four
//! operations that [`crate::drive`] walks slices with.

mod constants;
mod operations;

pub(crate) use constants::Constants;
pub(crate) use operations::{Backward, Derivative, Forward, ForwardWithDerivative};

use crate::lanes::Lanes;

/// What the reduction and the approximation give: A, M = 2^-k B, and k in the low bits of `t`.
/// A and M are near 2^7 (f32) or 2^15 (f64).
struct LogisticPair<L> {
    a: L,
    m: L,
    t: L,
}

/// Reduces and approximates. Right for every x whose k fits the low bits of `t`, to which it is
/// added.
#[inline(always)]
fn logistic_pair<L: Lanes<Element: Constants>>(x: L, magic: L::Element) -> LogisticPair<L> {
    // Reduce. (Subnormal operands and results take several times as long: neither x nor u may be one for long.)
    let x = if L::FUSED { x } else { x.add(x.splat(L::Element::TINY_ROOT)) };
    let magic = x.splat(magic);
    let t = x.mul_add(x.splat(L::Element::MINUS_LOG2_E), magic);
    let k = t.sub(magic);
    let r = k.mul_add(x.splat(L::Element::LN_2_HIGH), x);
    let r = k.mul_add(x.splat(L::Element::LN_2_LOW), r);

    // Approximate.
    let u = if L::FUSED { r.mul_add(r, x.splat(L::Element::TINY)) } else { r.mul(r) };
    let e = polynomial(L::Element::E, u);
    let o = monic_polynomial(L::Element::O, u);

    LogisticPair { a: r.mul_add(o, e), m: r.neg_mul_add(o, e), t }
}

/// c0 + c1 u + c2 u^2 + ... by Horner's rule.
#[inline(always)]
fn polynomial<L: Lanes>(coefficients: &'static [L::Element], u: L) -> L {
    let (&leading, rest) = coefficients.split_last().expect("a polynomial has coefficients");
    horner(u.splat(leading), rest, u)
}

/// c0 + c1 u + ... + u^n: a leading coefficient of 1 that is not written down.
#[inline(always)]
fn monic_polynomial<L: Lanes>(coefficients: &'static [L::Element], u: L) -> L {
    let (&next, rest) = coefficients.split_last().expect("a polynomial has coefficients");
    horner(u.add(u.splat(next)), rest, u)
}

/// Multiplies by u and adds the next coefficient down, to the first. (A loop and not a fold: a
/// closure that is not inlined would leave the kernel's instruction set.)
#[inline(always)]
fn horner<L: Lanes>(mut sum: L, coefficients: &'static [L::Element], u: L) -> L {
    let mut i = coefficients.len();
    while i > 0 {
        i -= 1;
        sum = sum.mul_add(u, u.splat(coefficients[i]));
    }
    sum
}

/// A and B with e^-x = B / A, for blocks without far-out lanes.
#[inline(always)]
fn common_pair<L: Lanes<Element: Constants>>(x: L) -> (L, L) {
    if L::ADDS_EXPONENTS {
        let LogisticPair { a, m, t } = logistic_pair(x, L::Element::MAGIC);
        (a, m.add_bits(t.low_bits_to_exponent()))
    } else {
        let LogisticPair { a, m, t } = logistic_pair(x, L::Element::BIASED_MAGIC);
        (a, m.mul(t.low_bits_to_exponent()))
    }
}

/// A and A + B, for blocks without far-out lanes: [`common_pair`] and the sum, by one operation if B is a
/// product. (It is exact, and so the bits are the same.) An operation that finds the product faster whatever
/// the lanes prefer does not `ADD` exponents.
#[inline(always)]
fn common_fraction<L: Lanes<Element: Constants>, const ADD: bool>(x: L) -> (L, L) {
    if ADD && L::ADDS_EXPONENTS {
        let (a, b) = common_pair(x);
        (a, a.add(b))
    } else {
        let LogisticPair { a, m, t } = logistic_pair(x, L::Element::BIASED_MAGIC);
        (a, m.mul_add(t.low_bits_to_exponent(), a))
    }
}

/// What the careful path makes of any x up to `HIGHEST`, scaled so that everything stays in the
/// normal range: s(x) = `numerator` / `denominator`, with the bits of [`common_fraction`]'s quotient,
/// but in the lanes of `tail`, where the quotient counts s(x) in units.
struct CarefulFraction<L: Lanes> {
    numerator: L,
    denominator: L,
    /// B, on the scale of the denominator.
    b: L,
    tail: Tail<L>,
}

#[inline(always)]
fn careful_fraction<L: Lanes<Element: Constants>>(x: L) -> CarefulFraction<L> {
    let x = x.at_least(x.splat(L::Element::LOWEST));
    let LogisticPair { a, m, t } = logistic_pair(x, L::Element::SCALED_MAGIC);
    let scale = x.splat(L::Element::SCALE);
    // 2^k may lie beyond the format, and so it is added to the exponent of M as an integer. A
    // NaN is safe in A, whatever becomes of it in the bits of B.
    let b = m.add_bits(t.low_bits_to_exponent());
    let denominator = a.mul_add(scale, b);
    let tail = Tail { mask: x.below(x.splat(L::Element::SUBNORMAL_BELOW)) };
    let units = x.splat(L::Element::SCALE_IN_UNITS);
    let numerator = a.mul(L::select(tail.mask, units, scale));
    CarefulFraction { numerator, denominator, b, tail }
}

/// The lanes in which s(x) is subnormal. They count it in units of the smallest positive number:
/// the count is a number in the normal range, and rounded to an integer it is the bits of s(x).
#[derive(Clone, Copy)]
struct Tail<L: Lanes> {
    mask: L::Mask,
}

impl<L: Lanes<Element: Constants>> Tail<L> {
    /// Turns the counts in the lanes of the tail into numbers; the other lanes stay.
    #[inline(always)]
    fn counts_to_numbers(self, quotient: L) -> L {
        quotient.integer_bits_where(self.mask, quotient.splat(L::Element::LAST_PLACE_ONE))
    }

    /// Zeroes the lanes of the tail.
    #[inline(always)]
    fn cleared(self, quotient: L) -> L {
        L::discard(self.mask, quotient)
    }
}
