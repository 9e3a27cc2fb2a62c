//! The binary cross entropy of a logit

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, PortableF32, PortableF64, Six, Three};
use crate::pair::{
    CarefulOdds, Constants, Logarithm, Logistic, count_of, ln_1p_exp, number_of_count, twice_atanh,
};
use crate::reference;

/// The binary cross entropy -z ln s(x) - (1 - z) ln(1 - s(x)) = max(x, 0) - x z + ln(1 + e^-|x|), of a logit x and a
/// label z in [0, 1].
///
/// It is computed as |x| (1 - z) + ln(1 + e^-|x|) for x > 0 and |x| z + ln(1 + e^-|x|) elsewhere, sums of positive
/// numbers: nothing cancels, and a loss is right down to the smallest number.
///
/// Largest error found in units in the last place, in `f32` (two billion pairs): 3.12 at the logit 0.48294985 and
/// the label 0.98802394, and 3.30 without fused multiply-add; the test `bce_is_as_exact_as_stated` fails from 3.6 and
/// 3.8 on. There is no Exact.
///
/// It takes 2 times as long as the sigmoid in `f32`, 2.2 times in `f64` (Zen 4, AVX-512; 2.1 and 2.4 times with AVX2).
///
/// An infinite logit with its own label (inf and 1, -inf and 0) costs 0, with any other one inf. Of a label
/// outside of [0, 1] the result is some number, and nothing more is promised.
///
/// [`Kernels::bce_with_logits_mean`](crate::Kernels::bce_with_logits_mean) and
/// [`Kernels::bce_with_logits_sum`](crate::Kernels::bce_with_logits_sum) reduce it.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut loss = [0.0_f32; 3];
/// Kernels::new().zip(ops::BceWithLogits, &[0.0, 100.0, 100.0], &[0.25, 1.0, 0.0], &mut loss);
/// assert_eq!(loss, [0.6931472, 3.8e-44, 100.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BceWithLogits;

/// Weights below this may be less than the logarithm in its tail, 2^-60 and 2^-400; without fused multiply-add these
/// take care, for there are their products.
const SMALL: (f32, f64) = (8.673_617_4e-19, 3.872_591_914_849_318_3e-121);

/// Weights below this change nothing beside the logarithm before its tail: 2^-94 and 2^-500.
const NOTHING: (f32, f64) = (5.048_71e-29, 3.054_936_363_499_605e-151);

/// An |x| below this is nothing beside the logarithm, which is ln 2 then: 2^-30 and 2^-60.
const NEAR: (f32, f64) = (9.313_226e-10, 8.673_617_379_884_035e-19);

/// From this |x| on there is nothing of the logarithm: 2^36. Up to here |x| times a small weight can be counted in
/// smallest numbers.
const ALONE: (f32, f64) = (68_719_476_736.0, 68_719_476_736.0);

/// The exponent of the least logarithm that is added to other weights: it is normal, and nothing beside them from
/// there.
const LEAST_EXPONENT: (f32, f64) = (116.0, 1000.0);

/// What |x| is multiplied with.
#[inline(always)]
fn weight<L: Logistic>(x: L, z: L) -> L {
    L::select(x.splat(L::Number::ZERO).below(x), x.splat(L::Number::ONE).sub(z), z)
}

/// |x|, of which no product that counts is changed so that none is subnormal, where it would be rounded by itself.
#[inline(always)]
fn normal<L: Logistic>(size: L) -> L {
    if L::FUSED { size } else { size.at_least(size.splat(L::Number::of(NEAR))) }
}

/// Where |z| is small and not zero.
#[inline(always)]
fn small<L: Logistic>(z: L) -> L::Mask {
    let near = z.negative_magnitude();
    L::keep(z.splat(-L::Number::of(SMALL)).below(near), near).below(z.splat(L::Number::ZERO))
}

impl Formula for BceWithLogits {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), (x, z): (L, L)) -> bool {
        x.any_beyond(L::Number::COMMON_LIMIT) || (!L::FUSED && L::any(small(z)))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (x, z): (L, L)) -> L {
        let near = x.negative_magnitude();
        let size = x.splat(L::Number::ZERO).sub(near);
        normal(size).mul_add(weight(x, z), ln_1p_exp(near))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (x, z): (L, L)) -> L {
        let (zero, one) = (x.splat(L::Number::ZERO), x.splat(L::Number::ONE));
        let (near, w) = (x.negative_magnitude(), weight(x, z));
        let (size, w_near) = (zero.sub(near), w.negative_magnitude());
        let w_size = zero.sub(w_near);
        let odds = CarefulOdds::new(near.at_least(x.splat(L::Number::LOWEST)));
        let tail = odds.tail();

        // In the tail small weights and the logarithm are both counted in smallest numbers. (k is 0 where they are
        // not.)
        let alone = x.splat(L::Number::of(ALONE));
        let small = L::select(size.below(alone), w_size, one).below(x.splat(L::Number::of(SMALL)));
        let counts = x.splat(L::Number::NEGLIGIBLE_EXPONENT).below(L::keep(small, odds.k));
        let least = odds.k.sub(odds.k.at_most(x.splat(L::Number::of(LEAST_EXPONENT))));
        let v = odds.quotient(L::select(counts, x.splat(L::Number::SMALLEST_EXPONENT), least));
        let logarithm = twice_atanh(L::Number::UP_TO_A_THIRD, L::discard(tail, v));
        let logarithm = L::keep(size.below(alone), L::select(tail, v.add(v), logarithm));

        let counted = count_of(L::keep(small, w_size)).add_bits(w.sub_bits(w_size));
        let nothing = L::discard(w_size.below(x.splat(L::Number::of(NOTHING))), w);
        let w = L::select(counts, counted, L::select(tail, w, nothing));
        // Nothing of infinity is nothing.
        let size = L::select(w_near.below(zero), size, size.at_most(x.splat(L::Number::HIGHEST)));
        let loss = normal(size).mul_add(w, logarithm);
        L::select(counts, number_of_count(loss), loss)
    }

    fn reference<N: Constants>(_: &(), (x, z): (N, N)) -> N {
        N::narrow(reference::bce_with_logits(x.widen(), z.widen()))
    }
}

kernels!(BceWithLogits, (): (*const f32, *const f32) => *mut f32, [Three<PortableF32>, Six<Avx2F32>, Six<Avx512F32>]);
kernels!(BceWithLogits, (): (*const f64, *const f64) => *mut f64, [Three<PortableF64>, Six<Avx2F64>, Six<Avx512F64>]);
