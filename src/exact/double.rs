//! The first two phases in `f64`: every result to 2^-67 in pairs of lanes, and Ziv's test; where that leaves a doubt,
//! to 2^-90.
//!
//! # The plain method
//!
//! ```text
//! reduce       z = |x| log2 e, in pairs,  n = round(z),  f = z - n,     so  e^-|x| = 2^-n 2^-f, |f| <= 1/2
//! approximate  u = f^2,  tanh(f ln 2 / 2) = f O(u) / E(u),              so  2^-f = (E - f O) / (E + f O)
//! reconstruct  P = E - f O,  Q = E + f O,  D = Q + 2^-n P
//!              s(|x|) = Q / D,  s(-|x|) = 2^-n P / D,  s'(x) = s(|x|) s(-|x|)
//! round        high + (low - error) = high + (low + error)? Then it is that; else ask the next phase
//! ```
//!
//! # What the code does beyond it
//!
//! 1. The power 2^-n stays outside until the end, so that all but the last operation is near 1. In D
//!    it counts as 2^-200 at the least: below that 1 + e^-|x| has no digit of it.
//! 2. In the first phase only the leading terms of E and O are pairs: 1, e1 u, o0 and o1 u.
//! 3. A subnormal result is rounded where it stands: added to 2^(n - 1022), the last place of P / D is worth the
//!    smallest positive number, and the difference of the bit patterns is the result's. The low parts round
//!    there, and [`MOVED_ERROR`] counts it.
//!
//! # The error of the first phase
//!
//! Relative to the result:
//!
//! ```text
//! z          three roundings of parts below 2^-53 z, log2 e to 2^-107: 2^-104 of 1076            2^-93
//! E and O    with the coefficients rounded as they are here                                    2^-71.6
//! e2 u^2...  two plain roundings of e3 u + e2 and its product with u, below 2^-15.7: 2^-67.7 in E, of
//!            which 2^f has 2 f O / (E^2 - f^2 O^2) < 0.36                                       2^-69.1
//! o2 u       one plain rounding, times u f: 2^-21 2^-53                                        2^-73
//! the rest   thirty operations on low parts                                                    2^-99
//! ```
//!
//! s(-|x|) and s(|x|) have at most the error of 2^-f, s' twice as much at most: together below 2^-67.6, and
//! [`First::ERROR`] is 2^-67. One result in 2^13 goes to the second phase.
//!
//! # The second phase
//!
//! The same with polynomials of degree 4 and 3, all of whose terms are pairs: z then has the largest error, 2^-93 and
//! twice that in s', E and O have 2^-104, and [`Second::ERROR`] is 2^-90. One result in 2^36 goes to the last phase.
//! Near 0, where results lie next to middles for a reason, a series decides ([`Function::near_0`]). All this is a
//! function of its own that the kernels call ([`Apart`]): a slice of nothing but doubtful numbers takes 2 to 4 times
//! as long. The last phase takes half a microsecond a number.
//!
//! [`Backward`], three products, has an error of its own.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::pair::{Pair, ordered_sum, product};
use super::{last_phase, scalar, to_memory};
use crate::engine::{Row, row};
use crate::lanes::{Apart, Avx2F64, Avx512F64, Four, Lanes, PortableF64, Three, Two, Work};
use crate::walk::Operation;

/// -log2 e, in two parts.
const MINUS_LOG2_E: [f64; 2] = [-core::f64::consts::LOG2_E, -2.035_527_374_093_103_3e-17];

/// 1.5 2^52 + 1023: adding it rounds to an integer and leaves it, biased, in the low bits.
const MAGIC: f64 = 1.5 * 4503599627370496.0 + 1023.0;

/// The largest |x| on the common path.
const COMMON_LIMIT: f64 = 700.0;

/// s(x) rounds to 0 from here down.
const LOWEST: f64 = -746.0;

/// s(x) < 2^-1022 below this: the smallest number that is no less than ln 2^-1022.
const SUBNORMAL_BELOW: f64 = -708.396_418_532_264_1;

/// What 2^-n counts as in D at the least.
const NEGLIGIBLE: f64 = power_of_two(-200);

/// What adding 2^(n - 1022) to a value adds to its error, relative to that power: the low parts, half of its last
/// place (2^-52) at most, are summed and moved by the error with a rounding each, 2^-105 together. This is 2^-103.
const MOVED_ERROR: i32 = -103;

/// The largest |s| on the common path of [`Backward`]: 1 - s is an ordered sum.
const LARGEST_OUTPUT: f64 = 1.0;

/// The largest |grad| there, 2^700: no product overflows.
const LARGEST_GRADIENT: f64 = power_of_two(700);

/// The relative error of [`Backward`] that is tested with: 2^-100.
const BACKWARD_ERROR: f64 = power_of_two(-100);

/// Its absolute error, for parts of products below the normal range, in units of 1 + |grad|: 2^-1000, where a few
/// times 2^-1074 would do. It leaves all tiny results to the last phase.
const BACKWARD_TINY: f64 = power_of_two(-1000);

/// How many digits a phase computes.
trait Phase {
    /// The exponent of the relative error that is tested with.
    const ERROR: i32;

    /// E(u), of u = f^2.
    fn even<L: Lanes<Number = f64>>(u: Pair<L>) -> Pair<L>;

    /// O(u)
    fn odd<L: Lanes<Number = f64>>(u: Pair<L>) -> Pair<L>;
}

/// To 2^-67. (The coefficients of both phases: see `scripts/coefficients.py`.)
struct First;

impl First {
    /// E(u) = 1 + E1 u + E\[0\] u^2 + E\[1\] u^3
    const E1: [f64; 2] = [0.054_596_105_114_221_1, -3.191_043_608_560_044_3e-18];
    const E: [f64; 2] = [0.000_291_415_821_755_825_33, 1.665_911_342_200_073_3e-7];

    /// O(u) = O0 + O1 u + O2 u^2
    const O0: [f64; 2] = [0.346_573_590_279_972_64, 1.159_466_012_830_788_3e-17];
    const O1: [f64; 2] = [0.005_045_540_998_532_986, 2.958_926_025_153_931e-19];
    const O2: f64 = 1.009_789_719_778_787_2e-5;
}

impl Phase for First {
    const ERROR: i32 = -67;

    #[cfg_attr(optimised, inline(always))]
    fn even<L: Lanes<Number = f64>>(u: Pair<L>) -> Pair<L> {
        let of = u.high;
        let terms = of.mul_add(of.splat(Self::E[1]), of.splat(Self::E[0])).mul(of);
        with_terms(Pair::splat(of, Self::E1), terms).mul(u).added_to(1.0)
    }

    #[cfg_attr(optimised, inline(always))]
    fn odd<L: Lanes<Number = f64>>(u: Pair<L>) -> Pair<L> {
        let of = u.high;
        let terms = with_terms(Pair::splat(of, Self::O1), of.mul(of.splat(Self::O2)));
        Pair::splat(of, Self::O0).add_smaller(terms.mul(u))
    }
}

/// To 2^-90: for the lanes that the first phase leaves in doubt.
struct Second;

impl Second {
    /// The coefficients of E behind the leading 1, which is exact.
    const E: [[f64; 2]; 4] = [
        [0.056_052_543_299_432_905, 3.101_950_954_377_393e-18],
        [0.000_369_911_209_174_206_3, -1.087_227_511_655_599_5e-20],
        [5.384_951_221_262_903e-7, 2.206_803_315_869_700_6e-24],
        [1.026_330_547_563_371_9e-10, 3.607_869_018_098_809e-27],
    ];

    /// The coefficients of O.
    const O: [[f64; 2]; 4] = [
        [0.346_573_590_279_972_64, 1.159_523_406_923_064_7e-17],
        [0.005_550_304_009_402_692, 4.197_400_664_726_992_4e-19],
        [1.709_274_961_189_757_4e-5, 3.753_893_288_770_271_5e-22],
        [1.066_313_352_056_352_8e-8, 5.745_959_249_927_867e-25],
    ];
}

impl Phase for Second {
    const ERROR: i32 = -90;

    #[cfg_attr(optimised, inline(always))]
    fn even<L: Lanes<Number = f64>>(u: Pair<L>) -> Pair<L> {
        horner(&Self::E, u).mul(u).added_to(1.0)
    }

    #[cfg_attr(optimised, inline(always))]
    fn odd<L: Lanes<Number = f64>>(u: Pair<L>) -> Pair<L> {
        horner(&Self::O, u)
    }
}

/// c0 + c1 u + ..., every term smaller than the one before it.
#[cfg_attr(optimised, inline(always))]
fn horner<L: Lanes<Number = f64>>(coefficients: &'static [[f64; 2]; 4], u: Pair<L>) -> Pair<L> {
    let [c0, c1, c2, c3] = *coefficients;
    let of = u.high;
    let sum = Pair::splat(of, c2).add_smaller(Pair::splat(of, c3).mul(u));
    let sum = Pair::splat(of, c1).add_smaller(sum.mul(u));
    Pair::splat(of, c0).add_smaller(sum.mul(u))
}

/// 2^`exponent`, a normal number.
const fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// A function of one number.
pub(crate) struct Of<F>(PhantomData<F>);

/// s(x)
pub(crate) type Forward = Of<Sigmoid>;

/// s'(x)
pub(crate) type Derivative = Of<Slope>;

/// s(x) and s'(x)
pub(crate) struct ForwardWithDerivative;

/// grad s (1 - s)
pub(crate) struct Backward;

impl<L: Apart, F: Function> Operation<L> for Of<F> {
    type Prepared = ();
    type Inputs = L;
    type Outputs = L;

    #[cfg_attr(optimised, inline(always))]
    fn apply(_: &(), x: L) -> L {
        // Each path is compiled for itself.
        if x.any_beyond(COMMON_LIMIT) {
            Fraction::of::<First>(x, true).rounded::<F>()
        } else {
            Fraction::of::<First>(x, false).rounded::<F>()
        }
    }
}

impl<L: Apart> Operation<L> for ForwardWithDerivative {
    type Prepared = ();
    type Inputs = L;
    type Outputs = (L, L);

    #[cfg_attr(optimised, inline(always))]
    fn apply(_: &(), x: L) -> (L, L) {
        // Each path is compiled for itself.
        if x.any_beyond(COMMON_LIMIT) {
            let fraction = Fraction::of::<First>(x, true);
            (fraction.rounded::<Sigmoid>(), fraction.rounded::<Slope>())
        } else {
            let fraction = Fraction::of::<First>(x, false);
            (fraction.rounded::<Sigmoid>(), fraction.rounded::<Slope>())
        }
    }
}

/// A function's value to 2^-67; for |x| above [`COMMON_LIMIT`] what it is there.
#[cfg_attr(optimised, inline(always))]
pub(super) fn to_pair<L: Lanes<Number = f64>, F: Function>(x: L) -> Pair<L> {
    let near = x.negative_magnitude().at_least(x.splat(-COMMON_LIMIT));
    let fraction = Fraction::near::<First>(x, near, None);
    let (scaled, value) = F::value(&fraction);
    value.scaled(L::select(scaled, fraction.power, x.splat(1.0)))
}

/// P, Q, D, 1 / D to a few units and 2^-n, of which the bits are (1023 - n) 2^52 whatever n is.
#[derive(Clone, Copy)]
pub(crate) struct Fraction<L: Lanes> {
    x: L,
    p: Pair<L>,
    q: Pair<L>,
    d: Pair<L>,
    reciprocal: L,
    power: L,
    /// Where s(-|x|) is subnormal: nowhere on the common path.
    tail: Option<L::Mask>,
}

impl<L: Lanes<Number = f64>> Fraction<L> {
    #[cfg_attr(optimised, inline(always))]
    fn of<P: Phase>(x: L, far: bool) -> Self {
        let near = x.negative_magnitude();
        if far {
            let near = near.at_least(x.splat(LOWEST));
            return Self::near::<P>(x, near, Some(near.below(x.splat(SUBNORMAL_BELOW))));
        }
        Self::near::<P>(x, near, None)
    }

    /// From `near`, which is -|x| or what stands for it.
    #[cfg_attr(optimised, inline(always))]
    fn near<P: Phase>(x: L, near: L, tail: Option<L::Mask>) -> Self {
        // Reduce.
        let log2_e = Pair::splat(x, MINUS_LOG2_E);
        let z = product(near, log2_e.high);
        let z = Pair { high: z.high, low: near.mul_add(log2_e.low, z.low) };
        // t carries -n.
        let magic = x.splat(MAGIC);
        let t = magic.sub(z.high);
        let f = ordered_sum(z.high.sub(magic.sub(t)), z.low);

        // Approximate.
        let u = product(f.high, f.high);
        let u = Pair { high: u.high, low: f.high.add(f.high).mul_add(f.low, u.low) };
        let (e, o) = (P::even(u), P::odd(u));

        // Reconstruct: 2^-f = P / Q.
        let odd = f.mul(o);
        let (p, q) = (e.sub_smaller(odd), e.add_smaller(odd));
        let power = t.low_bits_to_exponent();
        let negligible = x.splat(NEGLIGIBLE);
        let factor = match tail {
            None => power,
            Some(tail) => L::select(tail, negligible, power),
        };
        let d = q.add(p.scaled(factor.at_least(negligible)));
        Self { x, p, q, d, reciprocal: x.splat(1.0).div(d.high), power, tail }
    }

    /// s(x), times 2^n in the lanes of the mask.
    #[cfg_attr(optimised, inline(always))]
    fn sigmoid(&self) -> (L::Mask, Pair<L>) {
        let negative = self.x.below(self.x.splat(0.0));
        (negative, Pair::select(negative, self.p, self.q).div(self.d, self.reciprocal))
    }

    /// s'(x), likewise.
    #[cfg_attr(optimised, inline(always))]
    fn derivative(&self) -> (L::Mask, Pair<L>) {
        let all = self.x.splat(0.0).below(self.x.splat(1.0));
        (all, self.p.div(self.d, self.reciprocal).mul(self.q.div(self.d, self.reciprocal)))
    }

    /// A function's value, rounded.
    #[cfg_attr(optimised, inline(always))]
    fn rounded<F: Function>(&self) -> L
    where
        L: Apart,
    {
        let found = self.round::<First>(F::value(self));
        if found.any_doubt() { settled::<L, F>(self.x, found) } else { found.rounded }
    }

    /// Rounds a value, times 2^-n in the lanes of the mask.
    #[cfg_attr(optimised, inline(always))]
    fn round<P: Phase>(&self, (scaled, value): (L::Mask, Pair<L>)) -> Rounding<L> {
        let one = self.x.splat(1.0);
        match self.tail {
            None => {
                let (lower, upper) = within_error::<P, L>(value, value.high);
                Rounding { lower, upper, rounded: lower.mul(L::select(scaled, self.power, one)) }
            }
            Some(tail) => {
                // 2^(n - 1022) in the lanes whose results are subnormal.
                let base = L::keep(scaled, L::keep(tail, one.splat(2.0).sub_bits(self.power)));
                let moved = ordered_sum(base, value.high);
                let moved = Pair { high: moved.high, low: moved.low.add(value.low) };
                let size = base.mul_add(one.splat(power_of_two(MOVED_ERROR - P::ERROR)), value.high);
                let (lower, upper) = within_error::<P, L>(moved, size);
                // (In the tail 2^-n has the bits of another number: nothing is to be multiplied with it.)
                let power = self.power.at_least(one.splat(f64::MIN_POSITIVE));
                let factor = L::select(scaled, L::select(tail, one, power), one);
                Rounding { lower, upper, rounded: lower.mul(factor).sub_bits(base) }
            }
        }
    }
}

/// What a phase knows of a result.
#[derive(Clone, Copy)]
pub(super) struct Rounding<L> {
    /// The ends of the interval that the truth lies in, rounded (and scaled): if they differ there is a doubt.
    lower: L,
    upper: L,
    /// The result, if they do not.
    rounded: L,
}

impl<L: Lanes<Number = f64>> Rounding<L> {
    #[cfg_attr(optimised, inline(always))]
    fn certain(rounded: L) -> Self {
        Self { lower: rounded, upper: rounded, rounded }
    }

    #[cfg_attr(optimised, inline(always))]
    fn select(mask: L::Mask, yes: Self, no: Self) -> Self {
        Self {
            lower: L::select(mask, yes.lower, no.lower),
            upper: L::select(mask, yes.upper, no.upper),
            rounded: L::select(mask, yes.rounded, no.rounded),
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn any_doubt(&self) -> bool {
        L::any(self.lower.below(self.upper))
    }
}

/// A function of one number.
pub(super) trait Function {
    /// Its value, times 2^n in the lanes of the mask.
    fn value<L: Lanes<Number = f64>>(fraction: &Fraction<L>) -> (L::Mask, Pair<L>);

    /// The last phase.
    fn certain(x: f64) -> f64;

    /// Below this |x| the result can be nearer to a middle than the second phase sees, but a series tells on which
    /// side.
    const NEAR_0: f64;

    /// The result there.
    fn near_0<L: Lanes<Number = f64>>(x: L) -> Rounding<L>;
}

/// s(x)
pub(crate) struct Sigmoid;

/// s'(x)
pub(crate) struct Slope;

impl Function for Sigmoid {
    #[cfg_attr(optimised, inline(always))]
    fn value<L: Lanes<Number = f64>>(fraction: &Fraction<L>) -> (L::Mask, Pair<L>) {
        fraction.sigmoid()
    }

    fn certain(x: f64) -> f64 {
        last_phase::sigmoid(x)
    }

    const NEAR_0: f64 = power_of_two(-35);

    /// s(x) lies between 1/2 and 1/2 + x/4, nearer to this by |x|^3/48 < 2^-75 |x|. Middles are multiples of 2^-55, and
    /// 1/2 + x/4 is one or at least 2^-55 |x| away. So s(x) rounds as 1/2 + x/4 does, and a tie goes towards 1/2.
    #[cfg_attr(optimised, inline(always))]
    fn near_0<L: Lanes<Number = f64>>(x: L) -> Rounding<L> {
        // Half a unit in the last place above 1/2, and below.
        let (right, left) = (power_of_two(-54), power_of_two(-55));
        let Pair { high, low } = ordered_sum(x.splat(0.5), x.mul(x.splat(0.25)));
        // Away from 1/2 by half a unit. (On the left `low` is never as large as on the right.)
        let from_right = L::keep(low.below(x.splat((-right).next_up())), low);
        let from_left = L::keep(x.below(x.splat(0.0)), L::keep(x.splat(left.next_down()).below(low), low));
        let half = from_right.or_bits(from_left);
        Rounding::certain(high.add(half.add(half)))
    }
}

impl Function for Slope {
    #[cfg_attr(optimised, inline(always))]
    fn value<L: Lanes<Number = f64>>(fraction: &Fraction<L>) -> (L::Mask, Pair<L>) {
        fraction.derivative()
    }

    fn certain(x: f64) -> f64 {
        last_phase::derivative(x)
    }

    const NEAR_0: f64 = power_of_two(-20);

    /// s'(x) = 1/4 - x^2/16 + x^4/96 - ..., of which what is left out is below 2^-42 of the last term. How far that is
    /// from the next middle, to as many digits, tells the rounding.
    #[cfg_attr(optimised, inline(always))]
    fn near_0<L: Lanes<Number = f64>>(x: L) -> Rounding<L> {
        let (zero, sixteenth) = (x.splat(0.0), x.splat(0.0625));
        let square = product(x, x).scaled(sixteenth);
        let Pair { high, low } = ordered_sum(x.splat(0.25), zero.sub(square.high));
        // A unit in the last place, outwards, and what `low` lacks to half of it.
        let negative = low.below(zero);
        let unit = L::select(negative, x.splat(-power_of_two(-55)), x.splat(power_of_two(-55)));
        let lack = low.sub(unit.mul(x.splat(0.5)));
        // x^4 / 256 and 8/3 of it.
        let fourth = square.high.mul(square.high);
        let past = lack.add(fourth.mul_add(x.splat(8.0 / 3.0), zero.sub(square.low)));
        let error = fourth.mul(x.splat(power_of_two(-40)));
        let sign = L::select(negative, x.splat(-1.0), x.splat(1.0));
        let (past, next) = (past.mul(sign), high.add(unit));
        let (inwards, outwards) = (zero.below(past.sub(error)), zero.below(past.add(error)));
        let (inner, outer) = (L::select(inwards, next, high), L::select(outwards, next, high));
        Rounding {
            lower: L::select(negative, outer, inner),
            upper: L::select(negative, inner, outer),
            rounded: inner,
        }
    }
}

/// Results of lanes of which some are in doubt. Its memory is touched then, and only then.
#[cfg_attr(optimised, inline(always))]
fn settled<L: Apart, F: Function>(x: L, found: Rounding<L>) -> L {
    let [mut inputs, mut lowers, mut uppers, mut results] = [MaybeUninit::uninit(); 4];
    let results = to_memory(found.rounded, &mut results);
    x.apart(Settle::<F> {
        x: to_memory(x, &mut inputs),
        lower: to_memory(found.lower, &mut lowers),
        upper: to_memory(found.upper, &mut uppers),
        results,
        function: PhantomData,
    });
    // SAFETY: all lanes are there, and the CPU has the instructions of `x`.
    unsafe { L::load(results.as_ptr()) }
}

/// The second phase, for as many registers as a block has, and the last for what it leaves.
struct Settle<'a, F> {
    x: &'a [f64],
    lower: &'a [f64],
    upper: &'a [f64],
    results: &'a mut [f64],
    function: PhantomData<F>,
}

impl<F: Function> Work for Settle<'_, F> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn on<L: Lanes<Number = f64>>(self) {
        let bounds = self.lower.chunks_exact(L::LANES).zip(self.upper.chunks_exact(L::LANES));
        let results = self.results.chunks_exact_mut(L::LANES);
        for ((x, (lower, upper)), result) in self.x.chunks_exact(L::LANES).zip(bounds).zip(results) {
            // SAFETY: the caller vouches for the CPU, and the chunks have as many elements.
            let (lanes, lower, upper, rounded) = unsafe {
                let (x, lower) = (L::load(x.as_ptr()), L::load(lower.as_ptr()));
                (x, lower, L::load(upper.as_ptr()), L::load(result.as_ptr()))
            };
            let found = settle::<L, F>(lanes, Rounding { lower, upper, rounded });
            // SAFETY: as above.
            unsafe { found.rounded.store(result.as_mut_ptr()) };
            if found.any_doubt() {
                let [mut lowers, mut uppers] = [MaybeUninit::uninit(); 2];
                let (lower, upper) =
                    (to_memory(found.lower, &mut lowers), to_memory(found.upper, &mut uppers));
                last_phase_of_lanes([x], lower, upper, result, |[x]| F::certain(x));
            }
        }
    }
}

/// The lanes in doubt, looked at again.
#[cfg_attr(optimised, inline(always))]
fn settle<L: Lanes<Number = f64>, F: Function>(x: L, found: Rounding<L>) -> Rounding<L> {
    let near = x.splat(-F::NEAR_0).below(x.negative_magnitude());
    let found = Rounding::select(near, F::near_0(x), found);
    if !found.any_doubt() {
        return found;
    }
    let fraction = Fraction::of::<Second>(x, true);
    let second = fraction.round::<Second>(F::value(&fraction));
    // (A NaN has not been in doubt.)
    Rounding::select(found.lower.below(found.upper), second, Rounding::certain(found.rounded))
}

/// 1 - s is the exact sum of two parts, and the products of the leading parts are exact pairs. Only parts below
/// 2^-51 of the result are rounded: 2^-102 together, with the error's own addition and without fused multiply-add.
impl<L: Lanes<Number = f64>> Operation<L> for Backward {
    type Prepared = ();
    type Inputs = (L, L);
    type Outputs = L;

    #[cfg_attr(optimised, inline(always))]
    fn apply(_: &(), (s, grad): (L, L)) -> L {
        // Each path is compiled for itself.
        if s.any_beyond(LARGEST_OUTPUT) || grad.any_beyond(LARGEST_GRADIENT) {
            Self::of(s, grad, true)
        } else {
            Self::of(s, grad, false)
        }
    }
}

impl Backward {
    /// The result, on the careful path where `far`.
    #[cfg_attr(optimised, inline(always))]
    fn of<L: Lanes<Number = f64>>(s: L, grad: L, far: bool) -> L {
        let (zero, one) = (s.splat(0.0), s.splat(1.0));
        let rest = ordered_sum(one, zero.sub(s));
        let slope = product(s, rest.high);
        let slope_low = s.mul_add(rest.low, slope.low);
        let value = product(grad, slope.high);
        let low = grad.mul_add(slope_low, value.low);

        let tiny = s.splat(BACKWARD_TINY);
        let error = grad.negative_magnitude().neg_mul_add(tiny, tiny);
        let error = value.high.negative_magnitude().neg_mul_add(s.splat(BACKWARD_ERROR), error);
        let (mut lower, mut upper) = (value.high.add(low.sub(error)), value.high.add(low.add(error)));
        if far {
            // Lanes that do not lie within the limits, NaN among them, are in doubt.
            for (number, limit) in [(s, LARGEST_OUTPUT), (grad, LARGEST_GRADIENT)] {
                let within = number.splat(-limit.next_up()).below(number.negative_magnitude());
                (lower, upper) = (L::select(within, lower, zero), L::select(within, upper, one));
            }
        }
        if !L::any(lower.below(upper)) {
            return lower;
        }

        // Where a factor is zero so is the result, with the sign that it has; and where s (1 - s) is exact, as it is
        // for an s of few digits, the leading part of its product with the gradient is the result, ties included.
        // (A tiny s, of which parts of products are lost below the normal range, is itself the low part of 1 - s.)
        let large = s.negative_magnitude().below(s.splat(-LARGEST_OUTPUT));
        let lost = L::keep(nonzero(rest.low), one).or_bits(L::keep(nonzero(slope.low), one));
        let lost = lost.or_bits(L::keep(large, one));
        let inexact = nonzero(L::keep(nonzero(s), L::keep(nonzero(rest.high), L::keep(nonzero(lost), grad))));
        // (In this order it does not overflow before it meets a zero gradient.)
        let exact = L::select(large, grad.mul(s).mul(rest.high), value.high);
        let (lower, upper) = (L::select(inexact, lower, exact), L::select(inexact, upper, exact));
        if L::any(lower.below(upper)) { settled_backward(s, grad, lower, upper) } else { lower }
    }
}

/// Where x is not zero, nor NaN.
#[cfg_attr(optimised, inline(always))]
fn nonzero<L: Lanes<Number = f64>>(x: L) -> L::Mask {
    x.negative_magnitude().below(x.splat(0.0))
}

/// `leading` + `terms`, which are smaller and have one part.
#[cfg_attr(optimised, inline(always))]
fn with_terms<L: Lanes<Number = f64>>(leading: Pair<L>, terms: L) -> Pair<L> {
    let Pair { high, low } = ordered_sum(leading.high, terms);
    Pair { high, low: low.add(leading.low) }
}

/// The roundings of the ends of the interval that the truth lies in: `value` and the error of a phase times `size`
/// around it.
#[cfg_attr(optimised, inline(always))]
fn within_error<P: Phase, L: Lanes<Number = f64>>(value: Pair<L>, size: L) -> (L, L) {
    let error = size.splat(power_of_two(P::ERROR));
    let (low, high) = (size.neg_mul_add(error, value.low), size.mul_add(error, value.low));
    (value.high.add(low), value.high.add(high))
}

/// The results of [`Backward`] where some lanes are in doubt. Its memory is touched then, and only then.
#[cfg_attr(optimised, inline(always))]
fn settled_backward<L: Lanes<Number = f64>>(s: L, grad: L, lower: L, upper: L) -> L {
    let [mut outputs, mut gradients, mut lowers, mut uppers, mut results] = [MaybeUninit::uninit(); 5];
    let inputs = [to_memory(s, &mut outputs), to_memory(grad, &mut gradients)].map(|numbers| &*numbers);
    let (bounds, results) =
        ([to_memory(lower, &mut lowers), to_memory(upper, &mut uppers)], to_memory(lower, &mut results));
    last_phase_of_lanes(inputs, bounds[0], bounds[1], results, |[s, grad]| last_phase::backward(s, grad));
    // SAFETY: all lanes are there, and the CPU has the instructions of `s`.
    unsafe { L::load(results.as_ptr()) }
}

/// Replaces the lanes in doubt by what is certain.
#[cold]
#[inline(never)]
fn last_phase_of_lanes<const I: usize>(
    inputs: [&[f64]; I],
    lower: &[f64],
    upper: &[f64],
    results: &mut [f64],
    last_phase: fn([f64; I]) -> f64,
) {
    for (i, result) in results.iter_mut().enumerate() {
        if lower[i] < upper[i] {
            *result = last_phase(inputs.map(|input| input[i]));
        }
    }
}

pub(crate) static SIGMOID: Row<(), *const f64, *mut f64> =
    row::<Forward, scalar::Sigmoid, _, _, _, Four<PortableF64>, Four<Avx2F64>, Four<Avx512F64>>();

pub(crate) static SIGMOID_BACKWARD: Row<(), (*const f64, *const f64), *mut f64> =
    row::<Backward, scalar::SigmoidBackward, _, _, _, Two<PortableF64>, Three<Avx2F64>, Two<Avx512F64>>();

pub(crate) static SIGMOID_DERIVATIVE: Row<(), *const f64, *mut f64> =
    row::<Derivative, scalar::SigmoidDerivative, _, _, _, Four<PortableF64>, Four<Avx2F64>, Four<Avx512F64>>(
    );

pub(crate) static SIGMOID_WITH_DERIVATIVE: Row<(), *const f64, (*mut f64, *mut f64)> = row::<
    ForwardWithDerivative,
    scalar::SigmoidWithDerivative,
    _,
    _,
    _,
    Four<PortableF64>,
    Four<Avx2F64>,
    Four<Avx512F64>,
>();

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{Memory, PortableF64};

    /// As many as a register has, at most.
    const MOST_LANES: usize = 8;

    /// A count of 3/2, less 2^-56, is below the middle between 1 and 2. A sum of its low parts in one number
    /// would be that middle, and round to 2: it must be in doubt.
    #[test]
    fn what_lies_nearly_in_the_middle_of_subnormal_numbers_is_in_doubt() {
        let register = |value: f64| {
            // SAFETY: there are enough elements, and the build's own instructions are always there.
            unsafe { PortableF64::load([value; MOST_LANES].as_ptr()) }
        };
        let (x, one) = (register(-743.7), register(1.0));
        // 2^-1073 is two of the smallest numbers, and so half of it, with all parts, is one.
        let power = register(f64::from_bits(1023_u64.wrapping_sub(1073) << 52));
        let tail = x.below(x.splat(SUBNORMAL_BELOW));
        let pair = Pair { high: one, low: one };
        let fraction = Fraction { x, p: pair, q: pair, d: pair, reciprocal: one, power, tail: Some(tail) };
        let value = Pair { high: register(0.75), low: register(-(2.0_f64.powi(-57))) };
        assert!(fraction.round::<First>((tail, value)).any_doubt());
    }

    /// What `settle` makes of every lane, in doubt or not, beside the last phase.
    fn check_second_phase<F: Function>(x: f64) -> bool {
        let register = |value: f64| {
            // SAFETY: there are enough elements, and the build's own instructions are always there.
            unsafe { PortableF64::load([value; MOST_LANES].as_ptr()) }
        };
        let (lanes, doubt) = (register(x), [register(0.0), register(1.0)]);
        let found = settle::<_, F>(lanes, Rounding { lower: doubt[0], upper: doubt[1], rounded: doubt[0] });
        let mut results = [0.0; MOST_LANES];
        // SAFETY: as above.
        unsafe { found.rounded.store(results.as_mut_ptr()) };
        let sure = !found.any_doubt();
        assert!(!sure || results[0] == F::certain(x), "{x:e}: {:e} and not {:e}", results[0], F::certain(x));
        sure
    }

    #[test]
    fn the_second_phase_agrees_with_the_last_and_is_seldom_in_doubt() {
        const POINTS: u64 = 100_000;
        let mut sure = 0;
        for i in 0..POINTS {
            // The golden ratio fills [0, 1) evenly.
            let share = (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 * 2.0_f64.powi(-53);
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            let x = sign
                * match i % 6 {
                    0 | 1 => 760.0 * share,
                    2 | 3 => 40.0 * share,
                    // All sizes down to 2^-60, and few digits, as ties have.
                    4 => (share + 1.0) * 2.0_f64.powi(-((i / 6 % 60) as i32)),
                    _ => (share * 1024.0).floor() * 2.0_f64.powi(-((i / 6 % 64) as i32)),
                };
            sure += u64::from(check_second_phase::<Sigmoid>(x)) + u64::from(check_second_phase::<Slope>(x));
        }
        assert!(2 * POINTS - sure <= 2, "{} in doubt", 2 * POINTS - sure);
    }

    /// The decimals are the floats that `scripts/coefficients.py` prints.
    #[test]
    fn decimals_are_the_derived_bits() {
        assert_eq!(MINUS_LOG2_E.map(f64::to_bits), [0xbff7_1547_652b_82fe, 0xbc77_77d0_ffda_0d24]);
        assert_eq!(First::E1.map(f64::to_bits), [0x3fab_f405_4be8_bbd2, 0xbc4d_6ea3_8144_8cc3]);
        assert_eq!(First::E.map(f64::to_bits), [0x3f33_1925_6c89_d66e, 0x3e86_5c07_1cff_8bc8]);
        assert_eq!(First::O0.map(f64::to_bits), [0x3fd6_2e42_fefa_39ef, 0x3c6a_bc47_7ff5_e79d]);
        assert_eq!(First::O1.map(f64::to_bits), [0x3f74_aaa2_1944_ebb7, 0x3c15_d540_d3fb_6ec8]);
        assert_eq!(First::O2.to_bits(), 0x3ee5_2d44_6c52_5db7);
        let bits = |coefficients: [[f64; 2]; 4]| coefficients.map(|c| c.map(f64::to_bits));
        let even = [
            [0x3fac_b2eb_40a8_49d4, 0x3c4c_9c46_4cca_5840],
            [0x3f38_3e14_8bbb_5200, 0xbbc9_abe3_15ea_ca09],
            [0x3ea2_11a3_4beb_294b, 0x3b05_57c7_c623_27e9],
            [0x3ddc_3628_bfa5_f683, 0x3a71_dd84_6f7f_b629],
        ];
        let odd = [
            [0x3fd6_2e42_fefa_39ef, 0x3c6a_bc9e_3b39_7e17],
            [0x3f76_bbea_6340_7aef, 0x3c1e_f8aa_6a60_fd10],
            [0x3ef1_ec4c_cf2e_e10d, 0x3b7c_5d15_ec11_faf7],
            [0x3e46_e61e_a132_d081, 0x3ae6_3a85_bd08_8aef],
        ];
        assert_eq!((bits(Second::E), bits(Second::O)), (even, odd));
    }
}
