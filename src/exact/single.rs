//! Both phases in `f32`: every result to 2^-43 in `f64` lanes, a test that finds the few lanes in which that does not
//! settle the rounding, and pairs of `f64` that settle it there.
//!
//! # The plain method
//!
//! ```text
//! reduce       z = -x log2 e,  k = round(z),  f = z - k,      so  e^-x = 2^k 2^f  with |f| <= 1/2
//! approximate  u = f^2,  tanh(f ln 2 / 2) = f O(u) / E(u),    so  2^f = (E + f O) / (E - f O)
//! reconstruct  A = E - f O,  B = 2^k (E + f O),              s(x) = A / (A + B),  s'(x) = s(-|x|) s(|x|)
//! round        to f32, if everything within the error rounds alike; else compute the value to 2^-67 and round that
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
//! 5. A block is begun before the one before it is finished ([`super::overlapped`]): 8% of s(x) on SSE2, 11% of
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
//!
//! # The second phase
//!
//! One result in 2^18 is in doubt: then [`double`] computes those of a block to 2^-67, and that decides every `f32`
//! that is not near 0. Near 0, where s(x) lies next to a middle for many x of few digits, it is a step of one unit
//! that does ([`straight`]). All this is a function of its own that the kernels call ([`Apart`]): a slice of nothing
//! but doubtful numbers takes 6 to 15 times as long (up to 20 without fused multiply-add), one of ties near 0 2 to 3
//! times.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::double::{self, Sigmoid, Slope};
use super::overlapped::{InTwoParts, Overlapped, Source};
use super::pair::{Pair, ordered_sum, product, sum};
use super::{scalar, to_memory};
use crate::engine::{Row, row};
use crate::lanes::{Apart, Avx2F32, Avx512F32, Four, Lanes, Memory, PortableF32, Three, Two, Widen, Work};
use crate::walk::Operation;

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

/// Below this |x| the rounding of 1/2 + x/4 and of s(x) differ by a tie at most: 2^-12.
const STRAIGHT_BELOW: f64 = f64::from_bits((1023 - 12) << 52);

/// s(x); with `SHARE` by one division for two registers.
pub(crate) struct Forward<const SHARE: bool>;

/// s'(x)
pub(crate) struct Derivative<const SHARE: bool>;

/// s(x) and s'(x)
pub(crate) struct ForwardWithDerivative<const SHARE: bool>;

/// grad s (1 - s)
pub(crate) struct Backward;

impl<L: Widen, const SHARE: bool> InTwoParts<L> for Forward<SHARE> {
    type Begun = Fraction<L>;
    type Outputs = L;

    #[cfg_attr(optimised, inline(always))]
    fn is_far(x: L) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn begin(x: L, far: bool) -> Fraction<L> {
        Fraction::of(if far { within_range(x) } else { x })
    }

    #[cfg_attr(optimised, inline(always))]
    fn finish(fraction: Fraction<L>, x: impl Source<L>, far: bool) -> L {
        round::<L, Sigmoid>(x, fraction.quotient::<SHARE>(far), far)
    }
}

impl<L: Widen, const SHARE: bool> InTwoParts<L> for Derivative<SHARE> {
    /// s(-|x|): what follows is so long that the division comes first (3% on SSE2).
    type Begun = L::Double;
    type Outputs = L;

    #[cfg_attr(optimised, inline(always))]
    fn is_far(x: L) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn begin(x: L, far: bool) -> L::Double {
        let near = x.negative_magnitude();
        Fraction::<L>::of(if far { within_range(near) } else { near }).quotient::<SHARE>(far)
    }

    #[cfg_attr(optimised, inline(always))]
    fn finish(lower: L::Double, x: impl Source<L>, far: bool) -> L {
        let (_, slope) = with_derivative(lower);
        round::<L, Slope>(x, slope, far)
    }
}

/// One division: s(|x|) = 1 - s(-|x|).
impl<L: Widen, const SHARE: bool> InTwoParts<L> for ForwardWithDerivative<SHARE> {
    /// s(-|x|)
    type Begun = L::Double;
    type Outputs = (L, L);

    #[cfg_attr(optimised, inline(always))]
    fn is_far(x: L) -> bool {
        x.any_beyond(COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn begin(x: L, far: bool) -> L::Double {
        <Derivative<SHARE> as InTwoParts<L>>::begin(x, far)
    }

    #[cfg_attr(optimised, inline(always))]
    fn finish(lower: L::Double, source: impl Source<L>, far: bool) -> (L, L) {
        let x = source.lanes();
        let (upper, slope) = with_derivative(lower);
        // A NaN is on neither side, and in both.
        let s = L::Double::select(x.widen().below(lower.splat(0.0)), lower, upper);
        (round::<L, Sigmoid>(source, s, far), round::<L, Slope>(source, slope, far))
    }
}

/// The same number, or one so far out that s(x) rounds to the same.
#[cfg_attr(optimised, inline(always))]
fn within_range<L: Lanes<Number = f32>>(x: L) -> L {
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
    #[cfg_attr(optimised, inline(always))]
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
    #[cfg_attr(optimised, inline(always))]
    fn quotient<const SHARE: bool>(&self, far: bool) -> L::Double {
        if SHARE && !far { L::shared_quotient(self.a, self.d) } else { self.a.div(self.d) }
    }
}

/// 1 - q and q (1 - q).
#[cfg_attr(optimised, inline(always))]
fn with_derivative<D: Lanes<Number = f64>>(q: D) -> (D, D) {
    let rest = q.splat(1.0).sub(q);
    (rest, q.mul(rest))
}

/// A function of one number, as its rounding to `f32` sees it.
trait Function: double::Function {
    /// x, or the number with the same result on whose side of zero results vanish.
    fn lower_side<L: Lanes>(x: L) -> L;

    /// Whether the result is next to 1/2 + x/4 for x near 0.
    const IS_STRAIGHT_NEAR_0: bool;
}

impl Function for Sigmoid {
    #[cfg_attr(optimised, inline(always))]
    fn lower_side<L: Lanes>(x: L) -> L {
        x
    }

    const IS_STRAIGHT_NEAR_0: bool = true;
}

impl Function for Slope {
    #[cfg_attr(optimised, inline(always))]
    fn lower_side<L: Lanes>(x: L) -> L {
        x.negative_magnitude()
    }

    const IS_STRAIGHT_NEAR_0: bool = false;
}

/// Rounds to `f32`; lanes in doubt are settled by the second phase. Where `far`, results may be subnormal.
#[cfg_attr(optimised, inline(always))]
fn round<L: Widen, F: Function>(x: impl Source<L>, value: L::Double, far: bool) -> L {
    // Each path is compiled for itself.
    if far {
        let x = x.lanes();
        let addend = L::keep(F::lower_side(x).below(x.splat(SUBNORMAL_BELOW)), x.splat(SMALLEST_NORMAL));
        let value = value.add(addend.widen());
        let rounded = L::narrow(value).sub_bits(addend);
        if in_doubt::<L>(value, WINDOW) {
            L::narrow(settled::<L, F>(x, value)).sub_bits(addend)
        } else {
            rounded
        }
    } else {
        let rounded = L::narrow(value);
        if in_doubt::<L>(value, WINDOW) { L::narrow(settled::<L, F>(x.lanes(), value)) } else { rounded }
    }
}

/// Whether any lane lies in the window of this half width.
#[cfg_attr(optimised, inline(always))]
fn in_doubt<L: Widen>(value: L::Double, half: u32) -> bool {
    let bits = L::lower_halves(value);
    bits.add_bits(bits.splat(to_window(half))).any_without_bits(outside_window(half))
}

/// Values that round as the true ones do, where some of these do not. Its memory is touched then, and only then.
#[cfg_attr(optimised, inline(always))]
fn settled<L: Widen, F: Function>(x: L, value: L::Double) -> L::Double {
    let [mut inputs, mut values] = [MaybeUninit::uninit(); 2];
    let values = to_memory(value, &mut values);
    value.apart(Settle::<F> { x: to_memory(x.widen(), &mut inputs), values, function: PhantomData });
    // SAFETY: all lanes are there, and the CPU has the instructions of `value`.
    unsafe { L::Double::load(values.as_ptr()) }
}

/// The second phase, for as many registers as a block has.
struct Settle<'a, F> {
    x: &'a [f64],
    values: &'a mut [f64],
    function: PhantomData<F>,
}

impl<F: Function> Work for Settle<'_, F> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn on<D: Lanes<Number = f64>>(self) {
        for (x, value) in self.x.chunks_exact(D::LANES).zip(self.values.chunks_exact_mut(D::LANES)) {
            // SAFETY: the caller vouches for the CPU, and the chunks have as many elements.
            unsafe { settle::<D, F>(D::load(x.as_ptr()), D::load(value.as_ptr())).store(value.as_mut_ptr()) }
        }
    }
}

/// What [`round`] narrows to the right result.
#[cfg_attr(optimised, inline(always))]
fn settle<D: Lanes<Number = f64>, F: Function>(x: D, value: D) -> D {
    let (near, limit) = (x.negative_magnitude(), if F::IS_STRAIGHT_NEAR_0 { -STRAIGHT_BELOW } else { 0.0 });
    // Neither near 0 nor a NaN.
    let ordinary = near.below(x.splat(limit.next_up()));
    let doubtful = D::select(ordinary, value, x.splat(1.0));
    let value =
        if F::IS_STRAIGHT_NEAR_0 { D::select(x.splat(limit).below(near), straight(x), value) } else { value };
    let bits = doubtful.add_bits(x.splat(f64::from_bits(to_window(WINDOW).to_bits().into())));
    if !bits.any_without_bits(f64::from_bits(outside_window(WINDOW).to_bits().into())) {
        return value;
    }
    D::select(ordinary, by_pairs::<D, F>(x), value)
}

/// What rounds as s(x) near 0: 1/2 + x/4, a unit of `f64` nearer to 1/2. s(x) lies between 1/2 and 1/2 + x/4, nearer
/// to this by |x|^3/48 < 2^-41. Middles between two `f32` are multiples of 2^-26, and 1/2 + x/4 is one or at least
/// 2^-26 |x| away. So a step of 2^-54 or 2^-53 is as good as the true one: neither reaches the next middle. (Where
/// 1/2 + x/4 is not exact in `f64`, all of these round to 1/2.)
#[cfg_attr(optimised, inline(always))]
fn straight<D: Lanes<Number = f64>>(x: D) -> D {
    let (zero, unit) = (x.splat(0.0), x.splat(f64::from_bits(1)));
    let (left, right) = (D::keep(x.below(zero), unit), D::keep(zero.below(x), unit));
    x.mul(x.splat(0.25)).add(x.splat(0.5)).add_bits(left).sub_bits(right)
}

/// The value in pairs of `f64`, rounded to odd, with what [`round`] takes away again from subnormal results. No `f32`
/// that is not near 0 has a result within 2^-67 of a middle: `pairs_decide` has tried.
#[cfg_attr(optimised, inline(always))]
fn by_pairs<D: Lanes<Number = f64>, F: Function>(x: D) -> D {
    let tail = F::lower_side(x).below(x.splat(SUBNORMAL_BELOW.into()));
    let Pair { high, low } = double::to_pair::<D, F>(x);
    let moved = ordered_sum(D::keep(tail, x.splat(SMALLEST_NORMAL.into())), high);
    Pair { high: moved.high, low: moved.low.add(low) }.rounded_to_odd()
}

/// grad s is exact in `f64`, and so only 1 - s and the last product round: by at most 2^-53 of q, which is one
/// unit in its last place, and by half a unit. The middle between two floats is a whole number of such units, and
/// so q lies on the same side of it as the truth, unless it lies within one unit.
impl<L: Widen> Operation<L> for Backward {
    type Prepared = ();
    type Inputs = (L, L);
    type Outputs = L;

    #[cfg_attr(optimised, inline(always))]
    fn apply(_: &(), (s, grad): (L, L)) -> L {
        let (s_double, grad_double) = (s.widen(), grad.widen());
        let one = s_double.splat(1.0);
        let product = grad_double.mul(s_double);
        let rest = one.sub(s_double);
        let q = product.mul(rest);

        let rounded = L::narrow(q);
        // (Zeros come here too: telling them apart would take as long.)
        if rounded.any_without_bits(TWICE_SMALLEST_NORMAL_AND_ABOVE) {
            return round_near_zero(s, grad, q);
        }
        if in_doubt::<L>(q, BACKWARD_WINDOW) {
            L::narrow(settled_backward(s, grad, q.splat(0.0), q))
        } else {
            rounded
        }
    }
}

/// Rounds q, of which some lanes may be subnormal in `f32`: as in `round`, with the sign of q.
#[cfg_attr(optimised, inline(always))]
fn round_near_zero<L: Widen>(s: L, grad: L, q: L::Double) -> L {
    let negative = q.negative_magnitude();
    let tail = q.splat(-f64::from(SMALLEST_NORMAL)).below(negative);
    let addend = L::Double::keep(tail, q.splat(SMALLEST_NORMAL.into()));
    let signed = addend.add_bits(q.sub_bits(negative)).add_bits(q.splat(-0.0));
    let value = q.add(signed);
    let value =
        if in_doubt::<L>(value, BACKWARD_WINDOW) { settled_backward(s, grad, signed, value) } else { value };
    L::narrow(value).sub_bits(L::narrow(addend))
}

/// As [`settled`]: exact values, with `addend` in them.
#[cfg_attr(optimised, inline(always))]
fn settled_backward<L: Widen>(s: L, grad: L, addend: L::Double, value: L::Double) -> L::Double {
    let [mut outputs, mut gradients, mut addends, mut values] = [MaybeUninit::uninit(); 4];
    let values = to_memory(value, &mut values);
    value.apart(SettleBackward {
        s: to_memory(s.widen(), &mut outputs),
        grad: to_memory(grad.widen(), &mut gradients),
        addends: to_memory(addend, &mut addends),
        values,
    });
    // SAFETY: all lanes are there, and the CPU has the instructions of `value`.
    unsafe { L::Double::load(values.as_ptr()) }
}

/// The second phase of [`Backward`], for as many registers as a block has.
struct SettleBackward<'a> {
    s: &'a [f64],
    grad: &'a [f64],
    addends: &'a [f64],
    values: &'a mut [f64],
}

impl Work for SettleBackward<'_> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn on<D: Lanes<Number = f64>>(self) {
        let inputs = self.s.chunks_exact(D::LANES).zip(self.grad.chunks_exact(D::LANES));
        let values = self.addends.chunks_exact(D::LANES).zip(self.values.chunks_exact_mut(D::LANES));
        for ((s, grad), (addend, value)) in inputs.zip(values) {
            // SAFETY: the caller vouches for the CPU, and the chunks have as many elements.
            unsafe {
                let (s, grad) = (D::load(s.as_ptr()), D::load(grad.as_ptr()));
                let settled = settle_backward(s, grad, D::load(addend.as_ptr()), D::load(value.as_ptr()));
                settled.store(value.as_mut_ptr());
            }
        }
    }
}

/// grad s - grad s^2, without an error: p = grad s fits an `f64`, p s two. Where they nearly cancel, all their
/// differences fit too; where s is so small or so large that they do not, one of the two is less than a unit of the
/// other, and it is the sign that counts.
#[cfg_attr(optimised, inline(always))]
fn settle_backward<D: Lanes<Number = f64>>(s: D, grad: D, addend: D, value: D) -> D {
    let zero = s.splat(0.0);
    let p = grad.mul(s);
    let square = product(p, s);
    let difference = sum(p, zero.sub(square.high));
    let exact = sum(difference.high, difference.low.sub(square.low));
    let moved = sum(addend, exact.high);
    let settled = Pair { high: moved.high, low: moved.low.add(exact.low) }.rounded_to_odd();
    // Zeros keep their sign. (So does what is infinite or NaN, of which the differences are NaN.)
    D::select(exact.high.negative_magnitude().below(zero), settled, value)
}

pub(crate) static SIGMOID: Row<(), *const f32, *mut f32> = row::<
    Overlapped<Forward<false>>,
    scalar::Sigmoid,
    _,
    _,
    _,
    Two<PortableF32>,
    Four<Avx2F32>,
    Two<Avx512F32>,
>()
.with_slow_division::<Overlapped<Forward<true>>, Two<Avx512F32>>();

pub(crate) static SIGMOID_BACKWARD: Row<(), (*const f32, *const f32), *mut f32> =
    row::<Backward, scalar::SigmoidBackward, _, _, _, PortableF32, Avx2F32, Two<Avx512F32>>();

pub(crate) static SIGMOID_DERIVATIVE: Row<(), *const f32, *mut f32> = row::<
    Overlapped<Derivative<false>>,
    scalar::SigmoidDerivative,
    _,
    _,
    _,
    Two<PortableF32>,
    Two<Avx2F32>,
    Two<Avx512F32>,
>()
.with_slow_division::<Overlapped<Derivative<true>>, Two<Avx512F32>>();

pub(crate) static SIGMOID_WITH_DERIVATIVE: Row<(), *const f32, (*mut f32, *mut f32)> = row::<
    Overlapped<ForwardWithDerivative<false>>,
    scalar::SigmoidWithDerivative,
    _,
    _,
    _,
    Two<PortableF32>,
    Three<Avx2F32>,
    Four<Avx512F32>,
>()
.with_slow_division::<Overlapped<ForwardWithDerivative<true>>, Two<Avx512F32>>();

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec;

    use super::*;
    use crate::lanes::PortableF64;
    use crate::{Accuracy, Kernels};

    /// The decimals are the floats that `scripts/coefficients.py` prints.
    #[test]
    fn decimals_are_the_derived_bits() {
        assert_eq!(E.map(f64::to_bits), [0x40bc_75bb_d204_6279, 0x4077_7058_b5a5_e569]);
        assert_eq!(O.map(f64::to_bits), [0x40a3_ba15_f3f9_530f, 0x403c_e024_f5df_4aaf]);
        assert_eq!(E_ROOTS.map(f64::to_bits), [0x4076_277b_7576_eb2b, 0x4034_8dd4_02ef_a3e6]);
        assert_eq!(O_ROOT.to_bits(), 0x4055_dc85_c40f_6c1e);
    }

    /// Values in every lane, whether there is a doubt or not.
    struct InDoubt<'a, F> {
        x: &'a [f64],
        values: &'a mut [f64],
        function: PhantomData<F>,
    }

    impl<F: Function> Work for InDoubt<'_, F> {
        unsafe fn on<D: Lanes<Number = f64>>(self) {
            for (x, value) in self.x.chunks_exact(D::LANES).zip(self.values.chunks_exact_mut(D::LANES)) {
                // SAFETY: as in `Settle`.
                unsafe {
                    let x = D::load(x.as_ptr());
                    let near = x.splat(-STRAIGHT_BELOW).below(x.negative_magnitude());
                    let settled = by_pairs::<D, F>(x);
                    let settled =
                        if F::IS_STRAIGHT_NEAR_0 { D::select(near, straight(x), settled) } else { settled };
                    settled.store(value.as_mut_ptr());
                }
            }
        }
    }

    /// What the second phase makes of every `stride`-th input, settled by the first or not: what is right.
    fn pairs_decide<F: Function>(stride: u64, exact: fn(Kernels, &[f32], &mut [f32])) {
        const BLOCK: usize = 1 << 14;
        for low in (0..1_u64 << 32).step_by(BLOCK * stride as usize) {
            let x: [f32; BLOCK] =
                core::array::from_fn(|i| f32::from_bits((low + i as u64 * stride).min(0xffff_ffff) as u32));
            let mut expected = vec![0.0; BLOCK];
            exact(Kernels::new().accuracy(Accuracy::Exact), &x, &mut expected);
            let (wide, mut values) = (x.map(f64::from), vec![0.0; BLOCK]);
            let witness = {
                // SAFETY: there are enough elements, and the build's own instructions are always there.
                unsafe { PortableF64::load(wide.as_ptr()) }
            };
            witness.apart(InDoubt::<F> { x: &wide, values: &mut values, function: PhantomData });
            for ((&x, value), expected) in x.iter().zip(values).zip(expected) {
                let tail = if F::IS_STRAIGHT_NEAR_0 { x } else { -x.abs() } < SUBNORMAL_BELOW;
                let addend = if tail { SMALLEST_NORMAL } else { 0.0 };
                let rounded = f32::from_bits((value as f32).to_bits().wrapping_sub(addend.to_bits()));
                assert!(
                    rounded == expected || expected.is_nan() && rounded.is_nan(),
                    "{x:e}: {rounded:e}, {expected:e}"
                );
            }
        }
    }

    #[test]
    fn pairs_decide_at_a_stride() {
        // Fewer under an emulator: see `thinned` of the tests' support.
        let thinned = std::env::var("SIGMOID_TESTS_THINNED");
        let factor: u64 = thinned.map_or(1, |factor| factor.parse().expect("it is a number"));
        let stride = (251 * factor) | 1;
        pairs_decide::<Sigmoid>(stride, |kernels, x, y| kernels.forward(x, y));
        pairs_decide::<Slope>(stride, |kernels, x, y| kernels.derivative(x, y));
    }

    /// `cargo test --release -p sigmoid --lib -- --ignored`
    #[test]
    #[ignore = "all 2^32 inputs: several minutes in a release build"]
    fn pairs_decide_everywhere() {
        pairs_decide::<Sigmoid>(1, |kernels, x, y| kernels.forward(x, y));
        pairs_decide::<Slope>(1, |kernels, x, y| kernels.derivative(x, y));
    }
}
