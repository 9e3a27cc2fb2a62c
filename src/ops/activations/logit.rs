//! ln(p / (1 - p))

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Eight, Four, PortableF32, PortableF64, Six, Two};
use crate::pair::{Constants, Logarithm, Logistic, count_of, twice_atanh};
use crate::reference;

/// logit(p) = ln(p / (1 - p)), the inverse of the sigmoid.
///
/// Largest error found in units in the last place, in `f32` (all numbers): 1.5609 at 0.4147219 with fused
/// multiply-add, 1.7984 at 0.4153537 without; the test `logit_is_as_exact_as_stated` fails from 1.6 and 1.9 on. There is
/// no Exact.
///
/// It takes 1.4 times as long as the sigmoid in `f32`, and 1.5 times in `f64` (Zen 4, AVX-512; 1.5 times with AVX2).
///
/// logit(0) = -inf, logit(1/2) = 0, logit(1) = inf, and NaN outside of [0, 1]. Next to 1/2 and to 1, and of subnormal
/// p, it has as many digits as elsewhere.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 4];
/// Kernels::new().map(ops::Logit, &[0.0, 0.5, 0.75, 1.0], &mut y);
/// assert_eq!(y, [f32::NEG_INFINITY, 0.0, 1.0986123, f32::INFINITY]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Logit;

/// The smallest p on the common path, 2^-60 and 2^-500: all products stay in the normal range.
const SMALLEST: (f32, f64) = (8.673_617_4e-19, 3.054_936_363_499_605e-151);

/// The largest p on the common path, the last number but one below 1.
const LARGEST: (f32, f64) = (f32::from_bits(0x3f7f_fffe), f64::from_bits(0x3fef_ffff_ffff_fffe));

/// 2^m of this m stands at the last number below 1 only.
const LAST_BUT_ONE: (f32, f64) = (8_388_608.0, 4_503_599_627_370_496.0);

/// The smallest number above 1.
const ABOVE_ONE: (f32, f64) = (1.0 + f32::EPSILON, 1.0 + f64::EPSILON);

/// Half of the distance between two exponents, as bits, and the exponent of 1 above it: what makes a positive number of
/// the difference of two, rounded.
const HALF_AND_BIAS: (f32, f64) = (f32::from_bits(0x3fc0_0000), f64::from_bits(0x3ff8_0000_0000_0000));

const NAN: (f32, f64) = (f32::NAN, f64::NAN);

/// w = 2^m, next to p / q, and m.
#[inline(always)]
fn nearest_power<L: Logistic>(p: L, q: L) -> (L, L) {
    // The difference of the bits is the logarithm, but for a few hundredths.
    let biased = p.sub_bits(q).add_bits(p.splat(L::Number::of(HALF_AND_BIAS))).exponent_to_low_bits();
    let m = biased.add_bits(p.splat(L::Number::MAGIC)).sub(p.splat(L::Number::BIASED_MAGIC));
    (biased.low_bits_to_exponent(), m)
}

/// m ln 2 + 2 atanh(v)
#[inline(always)]
fn logarithm<L: Logistic>(m: L, v: L) -> L {
    let near = twice_atanh(L::Number::UP_TO_A_FIFTH, v);
    // (The parts of ln 2.)
    let near = m.mul_add(m.splat(L::Number::LN_2_LOW), near);
    m.mul_add(m.splat(L::Number::LN_2_HIGH), near)
}

/// p - w (1 - p), of which q = 1 - p may have lost digits, and p + w q.
#[inline(always)]
fn difference_and_sum<L: Logistic>(p: L, q: L, w: L) -> (L, L) {
    let one = p.splat(L::Number::ONE);
    if L::FUSED {
        let n = p.mul_add(one.add(w), p.splat(L::Number::ZERO).sub(w));
        (n, p.mul_add(one.sub(w), w))
    } else {
        // Two numbers within a factor of two have an exact difference, and so has q what it lost.
        let lost = one.sub(q).sub(p);
        let wq = w.mul(q);
        (p.sub(wq).sub(w.mul(lost)), p.add(wq))
    }
}

/// q = 1 - p, m = round(log2(p / q)), w = 2^m: p / q = w (1 + v) / (1 - v) with v = (p - w q) / (p + w q).
impl Formula for Logit {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), p: L) -> bool {
        p.any_beyond(L::Number::of(LARGEST)) | L::any(p.below(p.splat(L::Number::of(SMALLEST))))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), p: L) -> L {
        let q = p.splat(L::Number::ONE).sub(p);
        let (w, m) = nearest_power(p, q);
        let (n, d) = difference_and_sum(p, q, w);
        logarithm(m, n.div(d))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), p: L) -> L {
        let (zero, one) = (p.splat(L::Number::ZERO), p.splat(L::Number::ONE));
        // What is not between 0 and 1 is put right at the end. (A NaN is among it.)
        let inside = L::keep(p.below(one), p).at_least(zero);
        let tiny = inside.below(p.splat(L::Number::of(SMALLEST)));
        // Of tiny p the smallest numbers are counted, and 1 - p is 1.
        let counted = L::select(tiny, count_of(L::keep(tiny, inside)), inside);
        let q = one.sub(L::discard(tiny, inside));
        let (w, m) = nearest_power(counted, q);
        let (n, d) = difference_and_sum(counted, q, w);
        let (difference, sum) = (counted.sub(w), counted.add(w));
        // 1 + w is rounded at the last number below 1; its 1 - p is exact.
        let last = p.splat(L::Number::of(LAST_BUT_ONE)).below(w);
        let n = L::select(last, w.neg_mul_add(q, counted), n);
        let (n, d) = (L::select(tiny, difference, n), L::select(tiny, sum, d));
        let m = m.sub(L::keep(tiny, p.splat(L::Number::SMALLEST_EXPONENT)));
        let result = logarithm(m, n.div(d));

        let nan = p.splat(L::Number::of(NAN));
        let infinity = p.splat(L::Number::INFINITY);
        let not_positive = L::select(p.below(zero), nan, zero.sub(infinity));
        let from_one = L::select(p.below(p.splat(L::Number::of(ABOVE_ONE))), infinity, nan);
        let below_one = L::select(zero.below(p), result, not_positive);
        L::select(p.below(one), below_one, from_one)
    }

    fn reference<N: Constants>(_: &(), p: N) -> N {
        N::narrow(reference::logit(p.widen()))
    }
}

kernels!(Logit, (): *const f32 => *mut f32, [Four<PortableF32>, Eight<Avx2F32>, Two<Avx512F32>]);
kernels!(Logit, (): *const f64 => *mut f64, [Four<PortableF64>, Six<Avx2F64>, Two<Avx512F64>]);
