//! The gradient of the binary cross entropy of a logit

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64, Six, Three};
use crate::pair::{Constants, Logistic, common_pair, count_of, number_of_count, parts, power_of_two};
use crate::reference;

/// s(x) - z, the gradient of [`BceWithLogits`](super::BceWithLogits) for x: of a logit x and a label z in [0, 1].
///
/// It is computed as (A (1 - z) - z B) / (A + B) with B / A = e^-x, the subtraction fused: of the labels 0 and 1 it is
/// s(x) and -s(-x), with the errors of [`Sigmoid`](crate::ops::Sigmoid), where these are small too.
///
/// The true gradient is zero along a curve, next to which nothing relative can be promised: the error of other labels
/// is counted in units in the last place of the larger one of s(x) and z. Largest error found in `f32` (two
/// billion pairs): 4.45 at the logit -1.9481316 and the label 8.7348144e-7 with fused multiply-add; the test
/// `bce_is_as_exact_as_stated` fails from 5.6 on, and from 6.9 on without. There is no Exact.
///
/// It takes 1.3 times as long as the sigmoid (Zen 4, AVX-512; 1.5 times in `f32` with AVX2).
///
/// Of a label outside of [0, 1] the result is some number, and nothing more is promised.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut grad = [0.0_f32; 3];
/// Kernels::new().zip(ops::BceWithLogitsGradient, &[0.0, 100.0, 100.0], &[0.0, 1.0, 0.0], &mut grad);
/// assert_eq!(grad, [0.5, -3.8e-44, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BceWithLogitsGradient;

/// The largest |x| on the common path without fused multiply-add, where z B is a product by itself.
const NARROW_LIMIT: (f32, f64) = (40.0, 340.0);

/// Labels below this may be less than s(x) in its tail, 2^-60 and 2^-400.
const SMALL: (f32, f64) = (8.673_617_4e-19, 3.872_591_914_849_318_3e-121);

/// Labels below this change nothing beside s(x) before its tail: 2^-94 and 2^-500.
const NOTHING: (f32, f64) = (5.048_71e-29, 3.054_936_363_499_605e-151);

/// The exponent of the least A or B that is compared with other labels: it is normal, and nothing beside them from
/// there.
const LEAST_EXPONENT: (f32, f64) = (116.0, 1000.0);

impl Formula for BceWithLogitsGradient {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), (x, z): (L, L)) -> bool {
        let limit = if L::FUSED { L::Number::COMMON_LIMIT } else { L::Number::of(NARROW_LIMIT) };
        x.any_beyond(limit) | z.any_beyond(L::Number::ONE) || (!L::FUSED && L::any(small(z)))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (x, z): (L, L)) -> L {
        let (a, b) = common_pair(x);
        let one = x.splat(L::Number::ONE);
        b.neg_mul_add(z, one.sub(z).mul(a)).div(a.add(b))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (x, z): (L, L)) -> L {
        let (zero, one) = (x.splat(L::Number::ZERO), x.splat(L::Number::ONE));
        let lowest = x.splat(L::Number::LOWEST);
        let (a, m, k) = parts(x.at_least(lowest).at_most(zero.sub(lowest)));
        let z_size = zero.sub(z.negative_magnitude());
        let other = one.sub(z);
        let other_size = zero.sub(other.negative_magnitude());

        // In a tail, the smaller one of A and B and a small label are both counted in smallest numbers.
        let (left, right) = (k.at_least(zero), zero.sub(k.at_most(zero)));
        let small = z.splat(L::Number::of(SMALL));
        let negligible = x.splat(L::Number::NEGLIGIBLE_EXPONENT);
        let counts_a = negligible.below(L::keep(z_size.below(small), left));
        let counts_b = negligible.below(L::keep(other_size.below(small), right));

        let least = x.splat(L::Number::of(LEAST_EXPONENT));
        let (lower_a, lower_b) = (zero.sub(left.at_most(least)), zero.sub(right.at_most(least)));
        let d = a.mul(power_of_two(lower_a)).add(m.mul(power_of_two(lower_b)));
        let units = x.splat(L::Number::SMALLEST_EXPONENT);
        let a = a.mul(power_of_two(L::select(counts_a, units.sub(left), lower_a)));
        let b = m.mul(power_of_two(L::select(counts_b, units.sub(right), lower_b)));

        let counted = count_of(L::keep(counts_a, z_size)).add_bits(z.sub_bits(z_size));
        let nothing = L::discard(z_size.below(z.splat(L::Number::of(NOTHING))), z);
        let z = L::select(counts_a, counted, nothing);
        let result = b.neg_mul_add(z, other.mul(a)).div(d);
        let number = number_of_count(result);
        L::select(counts_a, number, L::select(counts_b, number, result))
    }

    fn reference<N: Constants>(_: &(), (x, z): (N, N)) -> N {
        N::narrow(reference::bce_with_logits_gradient(x.widen(), z.widen()))
    }
}

/// Where |z| is small and not zero.
#[inline(always)]
fn small<L: Logistic>(z: L) -> L::Mask {
    let near = z.negative_magnitude();
    L::keep(z.splat(-L::Number::of(SMALL)).below(near), near).below(z.splat(L::Number::ZERO))
}

kernels!(
    BceWithLogitsGradient, (): (*const f32, *const f32) => *mut f32, [Three<PortableF32>, Four<Avx2F32>, Six<Avx512F32>]
);
kernels!(
    BceWithLogitsGradient, (): (*const f64, *const f64) => *mut f64,
    [Three<PortableF64>, Four<Avx2F64>, Four<Avx512F64>]
);
