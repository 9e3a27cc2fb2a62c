//! The first phase in `f32`: every result to 2^-43 in `f64` lanes, and a test that finds the few
//! lanes in which that does not settle the rounding.
//!
//! # The plain method
//!
//! ```text
//! reduce       z = -x log2 e,  k = round(z),  f = z - k,      so  e^-x = 2^k 2^f  with |f| <= 1/2
//! approximate  u = f^2,  tanh(f ln 2 / 2) = f O(u) / E(u),    so  2^f = (E + f O) / (E - f O)
//! reconstruct  A = E - f O,  B = 2^k (E + f O),              s(x) = A / (A + B),  s'(x) = s(-|x|) s(|x|)
//! round        to f32, if everything within the error rounds alike; else ask the second phase
//! ```
//!
//! # What makes it fast
//!
//! 1. 43 bits settle all but one rounding in 2^18, and so E has degree 2 and O degree 1, and log2 e
//!    need not come in two parts.
//! 2. `f64` has the exponents for all of it: no scaling. The careful path clamps and handles subnormal
//!    results, and nothing else.
//! 3. The test is a shuffle and three integer operations for two registers of `f64`, for which the ports are
//!    free: the 29 bits that `f32` has no room for, moved by half of the window, are below the window's
//!    width.
//! 4. Without fused multiply-add, f O is one product, 2^k is added to an exponent as an integer (12% on SSE2,
//!    together), and E and O come in linear factors (3%).
//! 5. A block is begun before the one before it is finished ([`Operation::OVERLAPS`]): 8% of s(x) on SSE2, 11% of
//!    s'(x) with AVX2, 8% of the two together with AVX2 and AVX-512.
//! 6. On CPUs whose divider is slow two registers share a division ([`Widen::shared_quotient`]): on Zen 4 that
//!    takes 1.15 times as long, and Intel's divider alone would take the time of three Fast results.
//!
//! # The error of the first phase
//!
//! Relative to s(x), in units of 2^-53:
//!
//! ```text
//! z          rounding and log2 e: |z| <= 151, below 2^-45.7 absolute, times ln 2     110
//! E and O    2^-46.35 of B / A                                                       101
//! the rest   at most fifteen roundings, with a shared division                        15
//! s'         1 - s and the product                                                      3
//! ```
//!
//! Together below 2^-45.1; [`WINDOW`] is 2^-43 of the result and wider. That the results are right does not
//! rest on this: all 2^32 are checked (`sigmoid verify --accuracy exact`).

use core::mem::MaybeUninit;

use super::{second_phase, to_memory};
use crate::lanes::{Lanes, Widen};
use crate::operation::{Inputs, Operation};

/// -log2 e
const MINUS_LOG2_E: f64 = -core::f64::consts::LOG2_E;

/// 1.5 2^52: adding it rounds to an integer and leaves it in the low bits.
const MAGIC: f64 = 1.5 * 4503599627370496.0;

/// The bias of the exponent: with it in the low bits too, these are the exponent of a power of two.
const BIAS: f64 = 1023.0;

/// E(u) = E\[0\] + E\[1\] u + u^2: see `scripts/coefficients.py`.
const E: [f64; 2] = [7_285.733_673_357_049, 375.021_657_608_062_5];

/// O(u) = O\[0\] + O\[1\] u, on the scale of E.
const O: [f64; 2] = [2_525.042_876_998_318_7, 28.875_563_971_533_378];

/// E(u) = (u + `E_ROOTS[0]`) (u + `E_ROOTS[1]`): as many operations, of which one less waits for another.
const E_ROOTS: [f64; 2] = [354.467_641_319_776_4, 20.554_016_288_286_128];

/// O(u) = O\[1\] (u + `O_ROOT`), likewise.
const O_ROOT: f64 = 87.445_664_420_185_92;

/// The largest |x| on the common path: up to here no result is subnormal.
const COMMON_LIMIT: f32 = 87.33;

/// s(x) rounds to 0 from here down.
const LOWEST: f32 = -104.5;

/// s(x) rounds to 1 from here up.
const HIGHEST: f32 = 40.0;

/// s(x) < 2^-126 below this: the smallest number that is no less than ln 2^-126.
const SUBNORMAL_BELOW: f32 = -87.336_54;

/// The smallest normal number. From here to its double `f32` has the spacing of the subnormal numbers, and
/// so adding it before the rounding and taking it away from the bits gives these.
const SMALLEST_NORMAL: f32 = f32::MIN_POSITIVE;

/// A number of at least twice that, and no other, has one of these bits.
const TWICE_SMALLEST_NORMAL_AND_ABOVE: f32 = f32::from_bits(0x7f00_0000);

/// Bits of an `f64` that `f32` has no room for.
const EXCESS_BITS: u32 = f64::MANTISSA_DIGITS - f32::MANTISSA_DIGITS;

/// Half of the width, in units in the last place of `f64`, of the window around the middle between two
/// floats inside of which the rounding is in doubt: at least 2^-43 of the result.
const WINDOW: u32 = 1 << 10;

/// The same for [`Backward`], which is off by less than two units.
const BACKWARD_WINDOW: u32 = 2;

/// Takes the bits from the middle to the lower end of a window to zero.
const fn to_window(half: u32) -> f32 {
    f32::from_bits((1 << (EXCESS_BITS - 1)) + half)
}

/// The excess bits that are zero inside of a window, then.
const fn outside_window(half: u32) -> f32 {
    f32::from_bits((1 << EXCESS_BITS) - 2 * half)
}

/// More lanes than come at once.
const MOST_LANES: usize = 128;

/// s(x); with `SHARE` by one division for two registers.
pub(crate) struct Forward<const SHARE: bool>;

/// s'(x)
pub(crate) struct Derivative<const SHARE: bool>;

/// s(x) and s'(x)
pub(crate) struct ForwardWithDerivative<const SHARE: bool>;

/// grad s (1 - s)
pub(crate) struct Backward;

impl<L: Widen, const SHARE: bool> Operation<L, 1, 1> for Forward<SHARE> {
    type Begun = Fraction<L>;
    const OVERLAPS: bool = true;

    #[inline(always)]
    fn is_far([x]: [L; 1]) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[inline(always)]
    fn begin([x]: [L; 1], far: bool) -> Fraction<L> {
        Fraction::of(if far { within_range(x) } else { x })
    }

    #[inline(always)]
    fn finish(fraction: Fraction<L>, x: impl Inputs<L, 1>, far: bool) -> [L; 1] {
        [round(x, |x| x, fraction.quotient::<SHARE>(far), far, second_phase::sigmoid)]
    }
}

impl<L: Widen, const SHARE: bool> Operation<L, 1, 1> for Derivative<SHARE> {
    /// s(-|x|): what follows is so long that the division comes first (3% on SSE2).
    type Begun = L::Double;
    const OVERLAPS: bool = true;

    #[inline(always)]
    fn is_far([x]: [L; 1]) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[inline(always)]
    fn begin([x]: [L; 1], far: bool) -> L::Double {
        let near = x.negative_magnitude();
        Fraction::<L>::of(if far { within_range(near) } else { near }).quotient::<SHARE>(far)
    }

    #[inline(always)]
    fn finish(lower: L::Double, x: impl Inputs<L, 1>, far: bool) -> [L; 1] {
        let (_, slope) = with_derivative(lower);
        [round(x, L::negative_magnitude, slope, far, second_phase::derivative)]
    }
}

/// One division: s(|x|) = 1 - s(-|x|).
impl<L: Widen, const SHARE: bool> Operation<L, 1, 2> for ForwardWithDerivative<SHARE> {
    /// s(-|x|)
    type Begun = L::Double;
    const OVERLAPS: bool = true;

    #[inline(always)]
    fn is_far([x]: [L; 1]) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[inline(always)]
    fn begin(inputs: [L; 1], far: bool) -> L::Double {
        <Derivative<SHARE> as Operation<L, 1, 1>>::begin(inputs, far)
    }

    #[inline(always)]
    fn finish(lower: L::Double, inputs: impl Inputs<L, 1>, far: bool) -> [L; 2] {
        let [x] = inputs.lanes();
        let (upper, slope) = with_derivative(lower);
        // A NaN is on neither side, and in both.
        let s = L::Double::select(x.widen().below(lower.splat(0.0)), lower, upper);
        [
            round(inputs, |x| x, s, far, second_phase::sigmoid),
            round(inputs, L::negative_magnitude, slope, far, second_phase::derivative),
        ]
    }
}

/// The same number, or one so far out that s(x) rounds to the same.
#[inline(always)]
fn within_range<L: Lanes<Element = f32>>(x: L) -> L {
    x.at_least(x.splat(LOWEST)).at_most(x.splat(HIGHEST))
}

/// A and A + B, of some x.
#[derive(Clone, Copy)]
pub(crate) struct Fraction<L: Widen> {
    a: L::Double,
    d: L::Double,
}

impl<L: Widen> Fraction<L> {
    /// From `near`, which is x, -|x| or what stands for it.
    #[inline(always)]
    fn of(near: L) -> Self {
        let near = near.widen();
        let (a, d) = if L::FUSED {
            let magic = near.splat(MAGIC + BIAS);
            let t = near.mul_add(near.splat(MINUS_LOG2_E), magic);
            let f = near.mul_add(near.splat(MINUS_LOG2_E), magic.sub(t));
            let u = f.mul(f);
            let e = u.add(u.splat(E[1])).mul_add(u, u.splat(E[0]));
            let o = u.mul_add(u.splat(O[1]), u.splat(O[0]));
            let (a, m) = (f.neg_mul_add(o, e), f.mul_add(o, e));
            (a, m.mul_add(t.low_bits_to_exponent(), a))
        } else {
            let magic = near.splat(MAGIC);
            let z = near.mul(near.splat(MINUS_LOG2_E));
            let t = z.add(magic);
            let f = z.sub(t.sub(magic));
            let u = f.mul(f);
            // In this order: the other way around it takes 1% longer on SSE2.
            let odd = f.mul(f.splat(O[1])).mul(u.add(u.splat(O_ROOT)));
            let e = u.add(u.splat(E_ROOTS[0])).mul(u.add(u.splat(E_ROOTS[1])));
            let power = t.low_bits_to_exponent();
            let (m, a) = (e.add(odd), e.sub(odd));
            (a, power.add_bits(m).add(a))
        };
        Self { a, d }
    }

    /// s(near) to the error above; with `SHARE` by one division for two registers, unless they may hold a NaN
    /// (`far`), which would spoil the other one's lane.
    #[inline(always)]
    fn quotient<const SHARE: bool>(&self, far: bool) -> L::Double {
        if SHARE && !far { L::shared_quotient(self.a, self.d) } else { self.a.div(self.d) }
    }
}

/// 1 - q and q (1 - q).
#[inline(always)]
fn with_derivative<D: Lanes<Element = f64>>(q: D) -> (D, D) {
    let rest = q.splat(1.0).sub(q);
    (rest, q.mul(rest))
}

/// Rounds to `f32`; lanes in doubt get what the second phase makes of x. Where `far`, results may be subnormal:
/// those of the lanes in which x, or what `near` makes of it, is far below zero.
#[inline(always)]
fn round<L: Widen>(
    x: impl Inputs<L, 1>,
    near: fn(L) -> L,
    value: L::Double,
    far: bool,
    second_phase: fn(f64) -> f32,
) -> L {
    // Each path is compiled for itself.
    if far {
        let [x] = x.lanes();
        let tail = near(x).below(x.splat(SUBNORMAL_BELOW));
        let addend = L::keep(tail, x.splat(SMALLEST_NORMAL));
        let value = value.add(addend.widen());
        let rounded = L::narrow(value).sub_bits(addend);
        if in_doubt::<L>(value, WINDOW) { resolve(x, value, rounded, second_phase) } else { rounded }
    } else {
        let rounded = L::narrow(value);
        if in_doubt::<L>(value, WINDOW) {
            resolve(x.lanes()[0], value, rounded, second_phase)
        } else {
            rounded
        }
    }
}

/// Whether any lane lies in the window of this half width.
#[inline(always)]
fn in_doubt<L: Widen>(value: L::Double, half: u32) -> bool {
    let bits = L::lower_halves(value);
    bits.add_bits(bits.splat(to_window(half))).any_without_bits(outside_window(half))
}

/// Whether one number does.
fn number_in_doubt(value: f64, half: u32) -> bool {
    (value.to_bits() as u32).wrapping_add(to_window(half).to_bits()) & outside_window(half).to_bits() == 0
}

/// Replaces the lanes in doubt. Its memory is touched when there is one, and only then.
#[inline(always)]
fn resolve<L: Widen>(x: L, value: L::Double, rounded: L, second_phase: fn(f64) -> f32) -> L {
    const { assert!(L::LANES <= MOST_LANES) };
    // (`to_memory` for all three: 1 to 4% more on SSE2, though no lane comes here.)
    let (mut inputs, mut values, mut results) = ([0.0; MOST_LANES], [0.0; MOST_LANES], MaybeUninit::uninit());
    let results = to_memory(rounded, &mut results);
    // SAFETY: the arrays have room for all lanes, all results are there, and the CPU has the instructions of `x`.
    unsafe {
        x.store(inputs.as_mut_ptr());
        value.store(values.as_mut_ptr());
        resolve_lanes(&inputs, &values, results, second_phase);
        L::load(results.as_ptr())
    }
}

#[cold]
#[inline(never)]
fn resolve_lanes(x: &[f32], values: &[f64], results: &mut [f32], second_phase: fn(f64) -> f32) {
    for ((&x, value), result) in x.iter().zip(values).zip(results) {
        if number_in_doubt(*value, WINDOW) {
            *result = second_phase(x.into());
        }
    }
}

/// grad s is exact in `f64`, and so only 1 - s and the last product round: by at most 2^-53 of q, which is one
/// unit in its last place, and by half a unit. The middle between two floats is a whole number of such units, and
/// so q lies on the same side of it as the truth, unless it lies within one unit.
impl<L: Widen> Operation<L, 2, 1> for Backward {
    type Begun = [L; 1];

    #[inline(always)]
    fn is_far(_: [L; 2]) -> bool {
        false
    }

    #[inline(always)]
    fn begin([s, grad]: [L; 2], _: bool) -> [L; 1] {
        let (s_double, grad_double) = (s.widen(), grad.widen());
        let one = s_double.splat(1.0);
        let product = grad_double.mul(s_double);
        let rest = one.sub(s_double);
        let q = product.mul(rest);

        let rounded = L::narrow(q);
        // (Zeros come here too: telling them apart would take as long.)
        if rounded.any_without_bits(TWICE_SMALLEST_NORMAL_AND_ABOVE) {
            return [round_near_zero(s, grad, q)];
        }
        if in_doubt::<L>(q, BACKWARD_WINDOW) { [resolve_backward(s, grad, rounded)] } else { [rounded] }
    }

    #[inline(always)]
    fn finish(results: [L; 1], _: impl Inputs<L, 2>, _: bool) -> [L; 1] {
        results
    }
}

/// Rounds q, of which some lanes may be subnormal in `f32`: as in `round`, with the sign of q.
#[inline(always)]
fn round_near_zero<L: Widen>(s: L, grad: L, q: L::Double) -> L {
    let negative = q.negative_magnitude();
    let tail = q.splat(-f64::from(SMALLEST_NORMAL)).below(negative);
    let addend = L::Double::keep(tail, q.splat(SMALLEST_NORMAL.into()));
    let signed = addend.add_bits(q.sub_bits(negative)).add_bits(q.splat(-0.0));
    let value = q.add(signed);
    let rounded = L::narrow(value).sub_bits(L::narrow(addend));
    if in_doubt::<L>(value, BACKWARD_WINDOW) { resolve_backward(s, grad, rounded) } else { rounded }
}

/// Replaces the lanes in which q is next to a middle.
#[inline(always)]
fn resolve_backward<L: Widen>(s: L, grad: L, rounded: L) -> L {
    let [mut outputs, mut gradients, mut results] = [MaybeUninit::uninit(); 3];
    let results = to_memory(rounded, &mut results);
    backward_lanes(to_memory(s, &mut outputs), to_memory(grad, &mut gradients), results);
    // SAFETY: all lanes are there, and the CPU has the instructions of `s`.
    unsafe { L::load(results.as_ptr()) }
}

#[cold]
#[inline(never)]
fn backward_lanes(s: &[f32], grad: &[f32], results: &mut [f32]) {
    for ((&s, &grad), result) in s.iter().zip(grad).zip(results) {
        let (s, grad) = (f64::from(s), f64::from(grad));
        let q = grad * s * (1.0 - s);
        // (NaN has not been in doubt.)
        if number_in_doubt(q, BACKWARD_WINDOW) || q.abs() < SMALLEST_NORMAL.into() {
            *result = second_phase::backward(s, grad);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{E, E_ROOTS, O, O_ROOT};

    /// The decimals are the floats that `scripts/coefficients.py` prints.
    #[test]
    fn decimals_are_the_derived_bits() {
        assert_eq!(E.map(f64::to_bits), [0x40bc_75bb_d204_6279, 0x4077_7058_b5a5_e569]);
        assert_eq!(O.map(f64::to_bits), [0x40a3_ba15_f3f9_530f, 0x403c_e024_f5df_4aaf]);
        assert_eq!(E_ROOTS.map(f64::to_bits), [0x4076_277b_7576_eb2b, 0x4034_8dd4_02ef_a3e6]);
        assert_eq!(O_ROOT.to_bits(), 0x4055_dc85_c40f_6c1e);
    }
}
