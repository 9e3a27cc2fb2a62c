//! The first phase in `f64`: every result to 2^-67 in pairs of lanes, and Ziv's test.
//!
//! # The plain method
//!
//! ```text
//! reduce       z = |x| log2 e, in pairs,  n = round(z),  f = z - n,     so  e^-|x| = 2^-n 2^-f, |f| <= 1/2
//! approximate  u = f^2,  tanh(f ln 2 / 2) = f O(u) / E(u),              so  2^-f = (E - f O) / (E + f O)
//! reconstruct  P = E - f O,  Q = E + f O,  D = Q + 2^-n P
//!              s(|x|) = Q / D,  s(-|x|) = 2^-n P / D,  s'(x) = s(|x|) s(-|x|)
//! round        high + (low - error) = high + (low + error)? Then it is that; else ask the second phase
//! ```
//!
//! # What the code does beyond it
//!
//! 1. The power 2^-n stays outside until the end, so that all but the last operation is near 1. In D
//!    it counts as 2^-200 at the least: below that 1 + e^-|x| has no digit of it.
//! 2. Only the leading terms of E and O are pairs: 1, e1 u, o0 and o1 u.
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
//! [`ERROR`] is 2^-67. One result in 2^13 goes to the second phase.
//!
//! [`Backward`], three products, has an error of its own.

use core::mem::MaybeUninit;

use super::pair::{Pair, ordered_sum, product};
use super::{second_phase, to_memory};
use crate::lanes::Lanes;
use crate::operation::{Inputs, Operation};

/// -log2 e, in two parts.
const MINUS_LOG2_E: [f64; 2] = [-core::f64::consts::LOG2_E, -2.035_527_374_093_103_3e-17];

/// 1.5 2^52 + 1023: adding it rounds to an integer and leaves it, biased, in the low bits.
const MAGIC: f64 = 1.5 * 4503599627370496.0 + 1023.0;

/// E(u) = 1 + E1 u + E\[0\] u^2 + E\[1\] u^3: see `scripts/coefficients.py`.
const E1: [f64; 2] = [0.054_596_105_114_221_1, -3.191_043_608_560_044_3e-18];
const E: [f64; 2] = [0.000_291_415_821_755_825_33, 1.665_911_342_200_073_3e-7];

/// O(u) = O0 + O1 u + O2 u^2.
const O0: [f64; 2] = [0.346_573_590_279_972_64, 1.159_466_012_830_788_3e-17];
const O1: [f64; 2] = [0.005_045_540_998_532_986, 2.958_926_025_153_931e-19];
const O2: f64 = 1.009_789_719_778_787_2e-5;

/// The largest |x| on the common path.
const COMMON_LIMIT: f64 = 700.0;

/// s(x) rounds to 0 from here down.
const LOWEST: f64 = -746.0;

/// s(x) < 2^-1022 below this: the smallest number that is no less than ln 2^-1022.
const SUBNORMAL_BELOW: f64 = -708.396_418_532_264_1;

/// What 2^-n counts as in D at the least.
const NEGLIGIBLE: f64 = f64::from_bits((1023 - 200) << 52);

/// The relative error that is tested with: 2^-67.
const ERROR: f64 = f64::from_bits((1023 - 67) << 52);

/// What adding 2^(n - 1022) to a value adds to its error, in units of [`ERROR`] times that power: the low parts,
/// half of its last place (2^-52) at most, are summed and moved by the error with a rounding each, 2^-105
/// together. This is 2^-103.
const MOVED_ERROR: f64 = f64::from_bits((1023 - 103 + 67) << 52);

/// The largest |s| on the common path of [`Backward`]: 1 - s is an ordered sum.
const LARGEST_OUTPUT: f64 = 1.0;

/// The largest |grad| there, 2^700: no product overflows.
const LARGEST_GRADIENT: f64 = f64::from_bits((1023 + 700) << 52);

/// The relative error of [`Backward`] that is tested with: 2^-100.
const BACKWARD_ERROR: f64 = f64::from_bits((1023 - 100) << 52);

/// Its absolute error, for parts of products below the normal range, in units of 1 + |grad|: 2^-1000, where a few
/// times 2^-1074 would do. It leaves all tiny results to the second phase.
const BACKWARD_TINY: f64 = f64::from_bits((1023 - 1000) << 52);

/// s(x)
pub(crate) struct Forward;

/// s'(x)
pub(crate) struct Derivative;

/// s(x) and s'(x)
pub(crate) struct ForwardWithDerivative;

/// grad s (1 - s)
pub(crate) struct Backward;

impl<L: Lanes<Element = f64>> Operation<L, 1, 1> for Forward {
    type Begun = Fraction<L>;

    #[inline(always)]
    fn is_far([x]: [L; 1]) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[inline(always)]
    fn begin([x]: [L; 1], far: bool) -> Fraction<L> {
        Fraction::of(x, far)
    }

    #[inline(always)]
    fn finish(fraction: Fraction<L>, _: impl Inputs<L, 1>, _: bool) -> [L; 1] {
        [fraction.sigmoid()]
    }
}

impl<L: Lanes<Element = f64>> Operation<L, 1, 1> for Derivative {
    type Begun = Fraction<L>;

    #[inline(always)]
    fn is_far([x]: [L; 1]) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[inline(always)]
    fn begin([x]: [L; 1], far: bool) -> Fraction<L> {
        Fraction::of(x, far)
    }

    #[inline(always)]
    fn finish(fraction: Fraction<L>, _: impl Inputs<L, 1>, _: bool) -> [L; 1] {
        [fraction.derivative()]
    }
}

impl<L: Lanes<Element = f64>> Operation<L, 1, 2> for ForwardWithDerivative {
    type Begun = Fraction<L>;

    #[inline(always)]
    fn is_far([x]: [L; 1]) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[inline(always)]
    fn begin([x]: [L; 1], far: bool) -> Fraction<L> {
        Fraction::of(x, far)
    }

    #[inline(always)]
    fn finish(fraction: Fraction<L>, _: impl Inputs<L, 1>, _: bool) -> [L; 2] {
        [fraction.sigmoid(), fraction.derivative()]
    }
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

impl<L: Lanes<Element = f64>> Fraction<L> {
    #[inline(always)]
    fn of(x: L, far: bool) -> Self {
        let near = x.negative_magnitude();
        if far {
            let near = near.at_least(x.splat(LOWEST));
            return Self::near(x, near, Some(near.below(x.splat(SUBNORMAL_BELOW))));
        }
        Self::near(x, near, None)
    }

    /// From `near`, which is -|x| or what stands for it.
    #[inline(always)]
    fn near(x: L, near: L, tail: Option<L::Mask>) -> Self {
        let pair = |parts: [f64; 2]| Pair { high: x.splat(parts[0]), low: x.splat(parts[1]) };

        // Reduce.
        let log2_e = Pair { high: x.splat(MINUS_LOG2_E[0]), low: x.splat(MINUS_LOG2_E[1]) };
        let z = product(near, log2_e.high);
        let z = Pair { high: z.high, low: near.mul_add(log2_e.low, z.low) };
        // t carries -n.
        let magic = x.splat(MAGIC);
        let t = magic.sub(z.high);
        let f = ordered_sum(z.high.sub(magic.sub(t)), z.low);

        // Approximate.
        let u = product(f.high, f.high);
        let u = Pair { high: u.high, low: f.high.add(f.high).mul_add(f.low, u.low) };
        let terms = u.high.mul_add(x.splat(E[1]), x.splat(E[0])).mul(u.high);
        let e = with_terms(pair(E1), terms).mul(u).added_to(1.0);
        let o = with_terms(pair(O1), u.high.mul(x.splat(O2))).mul(u);
        let o = pair(O0).add_smaller(o);

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

    /// s(x), rounded.
    #[inline(always)]
    fn sigmoid(&self) -> L {
        let negative = self.x.below(self.x.splat(0.0));
        let value = Pair::select(negative, self.p, self.q).div(self.d, self.reciprocal);
        self.round(negative, value, |[x]| second_phase::sigmoid(x))
    }

    /// s'(x), rounded.
    #[inline(always)]
    fn derivative(&self) -> L {
        let all = self.x.splat(0.0).below(self.x.splat(1.0));
        let value = self.p.div(self.d, self.reciprocal).mul(self.q.div(self.d, self.reciprocal));
        self.round(all, value, |[x]| second_phase::derivative(x))
    }

    /// Rounds `value`, times 2^-n in the lanes of `scaled`; lanes in doubt get what the second phase makes of
    /// x.
    #[inline(always)]
    fn round(&self, scaled: L::Mask, value: Pair<L>, second_phase: fn([f64; 1]) -> f64) -> L {
        let one = self.x.splat(1.0);
        let (lower, upper, rounded) = match self.tail {
            None => {
                let (lower, upper) = within_error(value, value.high);
                (lower, upper, lower.mul(L::select(scaled, self.power, one)))
            }
            Some(tail) => {
                // 2^(n - 1022) in the lanes whose results are subnormal.
                let base = L::keep(scaled, L::keep(tail, one.splat(2.0).sub_bits(self.power)));
                let moved = ordered_sum(base, value.high);
                let moved = Pair { high: moved.high, low: moved.low.add(value.low) };
                let size = base.mul_add(one.splat(MOVED_ERROR), value.high);
                let (lower, upper) = within_error(moved, size);
                let factor = L::select(scaled, L::select(tail, one, self.power), one);
                (lower, upper, lower.mul(factor).sub_bits(base))
            }
        };
        if L::any(lower.below(upper)) {
            resolve([self.x], lower, upper, rounded, second_phase)
        } else {
            rounded
        }
    }
}

/// 1 - s is the exact sum of two parts, and the products of the leading parts are exact pairs. Only parts below
/// 2^-51 of the result are rounded: 2^-102 together, with the error's own addition and without fused multiply-add.
impl<L: Lanes<Element = f64>> Operation<L, 2, 1> for Backward {
    type Begun = [L; 1];

    #[inline(always)]
    fn is_far([s, grad]: [L; 2]) -> bool {
        s.any_beyond(LARGEST_OUTPUT) || grad.any_beyond(LARGEST_GRADIENT)
    }

    #[inline(always)]
    fn begin([s, grad]: [L; 2], far: bool) -> [L; 1] {
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
            return [lower];
        }

        // Where a factor is zero so is the result, with the sign that it has.
        let nonzero = |x: L| x.negative_magnitude().below(zero);
        let inexact = L::keep(nonzero(s), L::keep(nonzero(grad), L::keep(nonzero(rest.high), one)));
        let inexact = zero.below(inexact);
        // (In this order it does not overflow before it meets a zero gradient.)
        let exact = grad.mul(s).mul(rest.high);
        let (lower, upper) = (L::select(inexact, lower, exact), L::select(inexact, upper, exact));
        if !L::any(lower.below(upper)) {
            return [lower];
        }
        [resolve([s, grad], lower, upper, lower, |[s, grad]| second_phase::backward(s, grad))]
    }

    #[inline(always)]
    fn finish(results: [L; 1], _: impl Inputs<L, 2>, _: bool) -> [L; 1] {
        results
    }
}

/// `leading` + `terms`, which are smaller and have one part.
#[inline(always)]
fn with_terms<L: Lanes<Element = f64>>(leading: Pair<L>, terms: L) -> Pair<L> {
    let Pair { high, low } = ordered_sum(leading.high, terms);
    Pair { high, low: low.add(leading.low) }
}

/// The roundings of the ends of the interval that the truth lies in: `value` and [`ERROR`] times `size`
/// around it.
#[inline(always)]
fn within_error<L: Lanes<Element = f64>>(value: Pair<L>, size: L) -> (L, L) {
    let error = size.splat(ERROR);
    let (low, high) = (size.neg_mul_add(error, value.low), size.mul_add(error, value.low));
    (value.high.add(low), value.high.add(high))
}

/// Replaces the lanes in doubt. Its memory is touched when there is one, and only then.
#[inline(always)]
fn resolve<L: Lanes<Element = f64>, const I: usize>(
    inputs: [L; I],
    lower: L,
    upper: L,
    rounded: L,
    second_phase: fn([f64; I]) -> f64,
) -> L {
    let mut memory = [MaybeUninit::uninit(); I];
    let mut numbers: [&[f64]; I] = [&[]; I];
    for ((numbers, input), memory) in numbers.iter_mut().zip(inputs).zip(&mut memory) {
        *numbers = to_memory(input, memory);
    }
    let [mut lowers, mut uppers, mut results] = [MaybeUninit::uninit(); 3];
    let results = to_memory(rounded, &mut results);
    resolve_lanes(
        numbers,
        to_memory(lower, &mut lowers),
        to_memory(upper, &mut uppers),
        results,
        second_phase,
    );
    // SAFETY: all lanes are there, and the CPU has the instructions of `lower`.
    unsafe { L::load(results.as_ptr()) }
}

#[cold]
#[inline(never)]
fn resolve_lanes<const I: usize>(
    inputs: [&[f64]; I],
    lower: &[f64],
    upper: &[f64],
    results: &mut [f64],
    second_phase: fn([f64; I]) -> f64,
) {
    for (i, result) in results.iter_mut().enumerate() {
        if lower[i] < upper[i] {
            *result = second_phase(inputs.map(|input| input[i]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::PortableF64;

    /// As many as a register has, at most.
    const MOST_LANES: usize = 8;

    /// A count of 3/2, less 2^-56, is below the middle between 1 and 2. A sum of its low parts in one number
    /// would be that middle, and round to 2: it must be in doubt.
    #[test]
    fn what_lies_nearly_in_the_middle_of_subnormal_numbers_is_in_doubt() {
        const ASKED: f64 = 7.0;
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
        let result = fraction.round(tail, value, |_| ASKED);
        let mut results = [0.0; MOST_LANES];
        // SAFETY: as above.
        unsafe { result.store(results.as_mut_ptr()) };
        assert_eq!(results[0], ASKED);
    }

    /// The decimals are the floats that `scripts/coefficients.py` prints.
    #[test]
    fn decimals_are_the_derived_bits() {
        assert_eq!(MINUS_LOG2_E.map(f64::to_bits), [0xbff7_1547_652b_82fe, 0xbc77_77d0_ffda_0d24]);
        assert_eq!(E1.map(f64::to_bits), [0x3fab_f405_4be8_bbd2, 0xbc4d_6ea3_8144_8cc3]);
        assert_eq!(E.map(f64::to_bits), [0x3f33_1925_6c89_d66e, 0x3e86_5c07_1cff_8bc8]);
        assert_eq!(O0.map(f64::to_bits), [0x3fd6_2e42_fefa_39ef, 0x3c6a_bc47_7ff5_e79d]);
        assert_eq!(O1.map(f64::to_bits), [0x3f74_aaa2_1944_ebb7, 0x3c15_d540_d3fb_6ec8]);
        assert_eq!(O2.to_bits(), 0x3ee5_2d44_6c52_5db7);
    }
}
