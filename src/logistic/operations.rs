//! The four operations, each a line or two on top of the logistic pair.

use super::{CarefulPair, Constants, careful_pair, common_fraction, common_pair};
use crate::lanes::Lanes;

/// What is done to the lanes of `I` inputs to get those of `O` outputs.
pub(crate) trait Operation<const I: usize, const O: usize> {
    /// The results. Lane `i` of each depends on lane `i` of the inputs only.
    fn apply<L: Lanes>(inputs: [L; I]) -> [L; O]
    where
        L::Element: Constants;
}

/// s(x)
pub(crate) struct Forward;

/// s'(x)
pub(crate) struct Derivative;

/// s(x) and s'(x), with the bits of [`Forward`] and [`Derivative`].
pub(crate) struct ForwardWithDerivative;

/// grad s (1 - s), from s = s(x) as it was computed before.
pub(crate) struct Backward;

impl Operation<1, 1> for Forward {
    #[inline(always)]
    fn apply<L: Lanes>([x]: [L; 1]) -> [L; 1]
    where
        L::Element: Constants,
    {
        if L::any_beyond(&[x], L::Element::COMMON_LIMIT) {
            let CarefulPair { a, b, tail } = careful_pair(x);
            [tail.from_units(tail.in_units(a).div(a.add(b)))]
        } else {
            let (a, d) = common_fraction(x);
            [a.div(d)]
        }
    }
}

impl Operation<1, 1> for Derivative {
    /// s' is even, and s'(x) = q (1 - q) with q = s(-|x|) <= 1/2, where 1 - q does not cancel.
    #[inline(always)]
    fn apply<L: Lanes>([x]: [L; 1]) -> [L; 1]
    where
        L::Element: Constants,
    {
        if L::any_beyond(&[x], L::Element::COMMON_LIMIT) {
            let CarefulPair { a, b, tail } = careful_pair(x.negative_magnitude());
            let q = tail.in_units(a).div(a.add(b));
            // In the tail s' = q - q^2 rounds to q, which is in units there.
            [tail.from_units(q.mul(one_minus(tail.cleared(q))))]
        } else {
            let (a, d) = common_fraction(x.negative_magnitude());
            let q = a.div(d);
            [q.mul(one_minus(q))]
        }
    }
}

impl Operation<1, 2> for ForwardWithDerivative {
    /// s(-|x|) is the smaller one of A / (A + B) and B / (A + B). Both from x have the bits that
    /// they have from -|x|: the reduction and the rounding are symmetric, and A and B change places
    /// but for a power of two.
    #[inline(always)]
    fn apply<L: Lanes>([x]: [L; 1]) -> [L; 2]
    where
        L::Element: Constants,
    {
        if L::any_beyond(&[x], L::Element::COMMON_LIMIT) {
            let CarefulPair { a, b, tail } = careful_pair(x.negative_magnitude());
            let d = a.add(b);
            let q = tail.in_units(a).div(d);
            let derivative = tail.from_units(q.mul(one_minus(tail.cleared(q))));
            let negative = x.below(x.splat(L::Element::ZERO));
            [L::select(negative, tail.from_units(q), b.div(d)), derivative]
        } else {
            let (a, b) = common_pair(x);
            let d = a.add(b);
            let q = a.min(b).div(d);
            [a.div(d), q.mul(one_minus(q))]
        }
    }
}

impl Operation<2, 1> for Backward {
    /// s is data here: its rounding cannot be undone, and 1 - s is exact for s >= 1/2. The
    /// gradient comes last, so that nothing overflows or vanishes before its time.
    #[inline(always)]
    fn apply<L: Lanes>([s, grad]: [L; 2]) -> [L; 1]
    where
        L::Element: Constants,
    {
        [grad.mul(s.mul(one_minus(s)))]
    }
}

/// 1 - q
#[inline(always)]
fn one_minus<L: Lanes>(q: L) -> L
where
    L::Element: Constants,
{
    q.splat(L::Element::ONE).sub(q)
}
