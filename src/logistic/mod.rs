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
//!    conversion.
//! 2. ln 2 comes in two parts, the first with enough trailing zeros that `k` times it is exact.
//! 3. E and O are scaled so that O is monic (its leading coefficient is 1): an addition takes
//!    the place of a fused multiply-add. `r O` is one product, added and subtracted, where two fused
//!    operations would do: additions have pipes of their own on Zen. Together 10% on Zen 4.
//! 4. There is no clamp and no scaling on the common path. One test a block of registers finds
//!    out whether any |x| is so large that 2^k, A + B or the result could leave the normal
//!    range, and only such blocks take the careful path.
//! 5. The careful path must give every lane the bits of the common path, because which path a
//!    lane takes depends on its neighbours. It differs by powers of two only, and these are exact.
//! 6. A division with a subnormal result costs ten times another on today's CPUs. But the bits
//!    of a subnormal float are an integer, its multiple of the smallest one: the careful path
//!    divides for that multiple, a number in the normal range, and rounds it to an integer.
//!
//! [`constants`] has the numbers and says where they come from, [`operations`] has the four
//! operations that [`crate::drive`] walks slices with.

mod constants;
mod operations;

pub(crate) use constants::Constants;
pub(crate) use operations::{Backward, Derivative, Forward, ForwardWithDerivative, Operation};

use crate::lanes::Lanes;

/// A and M = 2^-k B, each normal and near 2^7 (f32) or 2^15 (f64), and `k + bias` in the low bits
/// of `t`.
struct LogisticPair<L> {
    a: L,
    m: L,
    t: L,
}

/// Reduces and approximates. Right for every x whose k fits the low bits of `t`.
#[inline(always)]
fn logistic_pair<L: Lanes>(x: L) -> LogisticPair<L>
where
    L::Element: Constants,
{
    // Reduce.
    let magic = x.splat(L::Element::MAGIC);
    let t = x.mul_add(x.splat(L::Element::MINUS_LOG2_E), magic);
    let k = t.sub(magic);
    let r = k.mul_add(x.splat(L::Element::LN_2_HIGH), x);
    let r = k.mul_add(x.splat(L::Element::LN_2_LOW), r);

    // Approximate.
    let u = r.mul(r);
    let e = polynomial(L::Element::E, u);
    let r_o = r.mul(monic_polynomial(L::Element::O, u));

    LogisticPair { a: e.add(r_o), m: e.sub(r_o), t }
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

/// A and D = A + B, of which s(x) = A / D; for blocks without far-out lanes.
#[inline(always)]
fn fraction<L: Lanes>(x: L) -> (L, L)
where
    L::Element: Constants,
{
    let LogisticPair { a, m, t } = logistic_pair(x);
    (a, m.mul_add(t.low_bits_to_exponent(), a))
}

/// The fraction again, for any x: see [`CarefulFraction`].
#[inline(always)]
fn careful_fraction<L: Lanes>(x: L) -> CarefulFraction<L>
where
    L::Element: Constants,
{
    let x = x.at_least(x.splat(L::Element::LOWEST)).at_most(x.splat(L::Element::HIGHEST));
    let LogisticPair { a, m, t } = logistic_pair(x);
    // 2^k is applied to the exponent of M as an integer, for it may lie beyond the format. A NaN
    // in `a` survives its multiplication, whatever becomes of it in the bits of `m`.
    let a = a.mul(x.splat(L::Element::SCALE));
    let b = m.add_bits(t.low_bits_to_exponent()).add_bits(x.splat(L::Element::SCALE_OVER_ONE_BITS));
    let subnormal = x.below(x.splat(L::Element::SUBNORMAL_BELOW));
    let a_in_units = a.add_bits(x.splat(L::Element::PER_UNIT_BITS));
    CarefulFraction { numerator: L::select(subnormal, a_in_units, a), denominator: a.add(b), subnormal }
}

/// s(x) = numerator / denominator where `subnormal` is unset, with the bits of [`fraction`]'s
/// quotient. Where it is set, s(x) is subnormal and the quotient is s(x) in units of the smallest
/// positive number.
struct CarefulFraction<L: Lanes> {
    numerator: L,
    denominator: L,
    subnormal: L::Mask,
}

impl<L: Lanes> CarefulFraction<L>
where
    L::Element: Constants,
{
    /// Puts together the results of the ordinary lanes and, from their count of units, those of
    /// the subnormal ones.
    #[inline(always)]
    fn resolve(&self, ordinary: L, units: L) -> L {
        // Adding 2^(mantissa digits - 1) rounds to an integer and leaves it in the low bits.
        let one_place = units.splat(L::Element::LAST_PLACE_ONE);
        let integer = units.add(one_place).add_bits(units.splat(L::Element::MINUS_LAST_PLACE_ONE_BITS));
        L::select(self.subnormal, integer, ordinary)
    }
}
