//! The four operations, each a line or two on top of the logistic pair.

use crate::operation::{Inputs, Operation};

use super::{CarefulFraction, Constants, careful_fraction, common_fraction, common_pair};
use crate::lanes::Lanes;

/// What is done to the lanes of `I` inputs to get those of `O` outputs. Lane `i` of each result
/// depends on lane `i` of the inputs only, and is the same on both paths where both are right.
pub(crate) trait TwoPaths<const I: usize, const O: usize> {
    /// Whether a lane is so far out that the whole block must take the careful path.
    fn needs_care<L: Lanes<Element: Constants>>(inputs: [L; I]) -> bool;

    /// The results where no lane needs care.
    fn common<L: Lanes<Element: Constants>>(inputs: [L; I]) -> [L; O];

    /// The results for any lanes.
    fn careful<L: Lanes<Element: Constants>>(inputs: [L; I]) -> [L; O];
}

/// The results by the path that the lanes need.
impl<L, Op, const I: usize, const O: usize> Operation<L, I, O> for Op
where
    L: Lanes<Element: Constants>,
    Op: TwoPaths<I, O>,
{
    type Begun = [L; O];

    #[inline(always)]
    fn is_far(inputs: [L; I]) -> bool {
        Op::needs_care(inputs)
    }

    #[inline(always)]
    fn begin(inputs: [L; I], far: bool) -> [L; O] {
        if far { Op::careful(inputs) } else { Op::common(inputs) }
    }

    #[inline(always)]
    fn finish(results: [L; O], _: impl Inputs<L, I>, _: bool) -> [L; O] {
        results
    }
}

/// s(x)
pub(crate) struct Forward;

/// s'(x)
pub(crate) struct Derivative;

/// s(x) and s'(x), with the bits of [`Forward`] and [`Derivative`]: by two divisions, or by one and
/// more multiplications (`ONE_DIVISION`, for lanes with fused multiply-add only).
pub(crate) struct ForwardWithDerivative<const ONE_DIVISION: bool>;

/// grad s (1 - s), from s = s(x) as it was computed before.
pub(crate) struct Backward;

impl TwoPaths<1, 1> for Forward {
    #[inline(always)]
    fn needs_care<L: Lanes<Element: Constants>>([x]: [L; 1]) -> bool {
        L::any_beyond(x, L::Element::COMMON_LIMIT)
    }

    #[inline(always)]
    fn common<L: Lanes<Element: Constants>>([x]: [L; 1]) -> [L; 1] {
        let (a, d) = common_fraction::<L, true>(x);
        [a.div(d)]
    }

    #[inline(always)]
    fn careful<L: Lanes<Element: Constants>>([x]: [L; 1]) -> [L; 1] {
        let CarefulFraction { numerator, denominator, tail, .. } =
            careful_fraction(x.at_most(x.splat(L::Element::HIGHEST)));
        [tail.counts_to_numbers(numerator.div(denominator))]
    }
}

/// s' is even, and s'(x) = q (1 - q) with q = s(-|x|) <= 1/2, where 1 - q does not cancel.
impl TwoPaths<1, 1> for Derivative {
    #[inline(always)]
    fn needs_care<L: Lanes<Element: Constants>>(inputs: [L; 1]) -> bool {
        <Forward as TwoPaths<1, 1>>::needs_care(inputs)
    }

    #[inline(always)]
    fn common<L: Lanes<Element: Constants>>([x]: [L; 1]) -> [L; 1] {
        let (a, d) = common_fraction::<L, false>(x.negative_magnitude());
        let q = a.div(d);
        [q.mul(one_minus(q))]
    }

    #[inline(always)]
    fn careful<L: Lanes<Element: Constants>>([x]: [L; 1]) -> [L; 1] {
        let CarefulFraction { numerator, denominator, tail, .. } = careful_fraction(x.negative_magnitude());
        let q = numerator.div(denominator);
        // In the tail s' = q - q^2 rounds to q, which is a count there.
        [tail.counts_to_numbers(q.mul(one_minus(tail.cleared(q))))]
    }
}

/// s(-|x|) is the smaller one of A / (A + B) and B / (A + B). Both from x have the bits that they
/// have from -|x|: the reduction and the rounding are symmetric, and A and B change places but for a
/// power of two.
impl<const ONE_DIVISION: bool> TwoPaths<1, 2> for ForwardWithDerivative<ONE_DIVISION> {
    #[inline(always)]
    fn needs_care<L: Lanes<Element: Constants>>(inputs: [L; 1]) -> bool {
        <Forward as TwoPaths<1, 1>>::needs_care(inputs)
    }

    #[inline(always)]
    fn common<L: Lanes<Element: Constants>>([x]: [L; 1]) -> [L; 2] {
        let (a, b) = common_pair(x);
        let d = a.add(b);
        let smaller = a.min(b);
        let (s, q) = if ONE_DIVISION {
            let reciprocal = d.splat(L::Element::ONE).div(d);
            (quotient(a, d, reciprocal), quotient(smaller, d, reciprocal))
        } else {
            (a.div(d), smaller.div(d))
        };
        [s, q.mul(one_minus(q))]
    }

    #[inline(always)]
    fn careful<L: Lanes<Element: Constants>>([x]: [L; 1]) -> [L; 2] {
        let zero = x.splat(L::Element::ZERO);
        // -|x|, but a NaN keeps its sign.
        let near = x.at_most(zero.sub(x));
        let CarefulFraction { numerator, denominator, b, tail } = careful_fraction(near);
        let q = numerator.div(denominator);
        let derivative = tail.counts_to_numbers(q.mul(one_minus(tail.cleared(q))));
        let positive = zero.below(x);
        // B is never less than the scale, but of a NaN it has any bits: those of a subnormal number too, with which a
        // division takes long.
        let upper = b.at_least(x.splat(L::Element::SCALE)).div(denominator);
        [L::select(positive, upper, tail.counts_to_numbers(q)), derivative]
    }
}

/// s is data here: its rounding cannot be undone, and 1 - s is exact for s >= 1/2. The gradient
/// comes last, so that nothing overflows or vanishes before its time.
impl TwoPaths<2, 1> for Backward {
    #[inline(always)]
    fn needs_care<L: Lanes<Element: Constants>>(_: [L; 2]) -> bool {
        false
    }

    #[inline(always)]
    fn common<L: Lanes<Element: Constants>>([s, grad]: [L; 2]) -> [L; 1] {
        [grad.mul(s.mul(one_minus(s)))]
    }

    #[inline(always)]
    fn careful<L: Lanes<Element: Constants>>(inputs: [L; 2]) -> [L; 1] {
        Self::common(inputs)
    }
}

/// a / d with the bits of the division, from the correctly rounded 1 / d: the remainder of a
/// first quotient is exact, and corrects it (P. Markstein, IBM Journal of Research and Development
/// 34, 1990).
#[inline(always)]
fn quotient<L: Lanes>(a: L, d: L, reciprocal: L) -> L {
    let q = a.mul(reciprocal);
    q.neg_mul_add(d, a).mul_add(reciprocal, q)
}

/// 1 - q
#[inline(always)]
fn one_minus<L: Lanes<Element: Constants>>(q: L) -> L {
    q.splat(L::Element::ONE).sub(q)
}
