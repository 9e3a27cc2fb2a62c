//! The four operations, each a line or two on top of the logistic pair.

use super::{Constants, careful_fraction, fraction};
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
            let fraction = careful_fraction(x);
            let quotient = fraction.numerator.div(fraction.denominator);
            [fraction.resolve(quotient, quotient)]
        } else {
            let (a, d) = fraction(x);
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
        let negative = x.negative_magnitude();
        if L::any_beyond(&[x], L::Element::COMMON_LIMIT) {
            let fraction = careful_fraction(negative);
            let q = fraction.numerator.div(fraction.denominator);
            // Where s is subnormal, s' = s - s^2 rounds to s.
            [fraction.resolve(slope(q), q)]
        } else {
            let (a, d) = fraction(negative);
            [slope(a.div(d))]
        }
    }
}

impl Operation<1, 2> for ForwardWithDerivative {
    #[inline(always)]
    fn apply<L: Lanes>([x]: [L; 1]) -> [L; 2]
    where
        L::Element: Constants,
    {
        let [forward] = Forward::apply([x]);
        let [derivative] = Derivative::apply([x]);
        [forward, derivative]
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
        [grad.mul(slope(s))]
    }
}

/// s (1 - s)
#[inline(always)]
fn slope<L: Lanes>(s: L) -> L
where
    L::Element: Constants,
{
    s.mul(s.splat(L::Element::ONE).sub(s))
}
