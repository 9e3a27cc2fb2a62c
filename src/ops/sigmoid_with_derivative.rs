//! s(x) and s'(x) in one pass

use super::{Compute, Formula, Reference, Sigmoid, SigmoidDerivative};
use crate::element::{Element, Kind};
use crate::engine::{Row, Rows, row};
use crate::format::Number;
use crate::lanes::{
    Avx2F32, Avx2F64, Avx512F32, Avx512F64, Five, Four, Lanes, PortableF32, PortableF64, Six,
};
use crate::pair::{CarefulFraction, Constants, Logistic, careful_fraction, common_pair, one_minus};

/// s(x) and s'(x), with the bits of [`Sigmoid`] and [`SigmoidDerivative`]: see
/// [`Kernels::forward_with_derivative`](crate::Kernels::forward_with_derivative), which computes it.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// // Any format that there are kernels of.
/// fn slope_at_the_largest<T: Copy + Default + PartialOrd + 'static>(x: &[T]) -> T
/// where
///     ops::SigmoidWithDerivative: ops::Split<T>,
/// {
///     let (mut y, mut dy) = (vec![T::default(); x.len()], vec![T::default(); x.len()]);
///     Kernels::new().forward_with_derivative(x, &mut y, &mut dy);
///     let largest = (0..y.len()).reduce(|i, j| if y[j] > y[i] { j } else { i });
///     dy[largest.expect("there are some")]
/// }
///
/// assert_eq!(slope_at_the_largest(&[-1.0_f32, 0.0]), 0.25);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SigmoidWithDerivative;

/// With the bits of [`Sigmoid`] and [`SigmoidDerivative`]: by two divisions, or by one and more multiplications
/// (`ONE_DIVISION`, for lanes with fused multiply-add only).
///
/// s(-|x|) is the smaller one of A / (A + B) and B / (A + B). Both from x have the bits that they
/// have from -|x|: the reduction and the rounding are symmetric, and A and B change places but for a
/// power of two.
struct Both<const ONE_DIVISION: bool>;

impl<const ONE_DIVISION: bool> Formula for Both<ONE_DIVISION> {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = (X, X);

    const ALIGNS_STACK: bool = false;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        Sigmoid::needs_care(&(), x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> (L, L) {
        let (a, b) = common_pair(x);
        let d = a.add(b);
        let smaller = a.min(b);
        let (s, q) = if ONE_DIVISION {
            let reciprocal = d.splat(L::Number::ONE).div(d);
            (quotient(a, d, reciprocal), quotient(smaller, d, reciprocal))
        } else {
            (a.div(d), smaller.div(d))
        };
        (s, q.mul(one_minus(q)))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> (L, L) {
        let zero = x.splat(L::Number::ZERO);
        // -|x|, but a NaN keeps its sign.
        let near = x.at_most(zero.sub(x));
        let CarefulFraction { numerator, denominator, b, tail } = careful_fraction(near);
        let q = numerator.div(denominator);
        let derivative = tail.counts_to_numbers(q.mul(one_minus(tail.cleared(q))));
        let positive = zero.below(x);
        // B is never less than the scale, but of a NaN it has any bits: those of a subnormal number too, with which a
        // division takes long.
        let upper = b.at_least(x.splat(L::Number::SCALE)).div(denominator);
        (L::select(positive, upper, tail.counts_to_numbers(q)), derivative)
    }

    fn reference<N: Constants>(_: &(), x: N) -> (N, N) {
        (Sigmoid::reference(&(), x), SigmoidDerivative::reference(&(), x))
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

impl<T: Element> Compute<*const T, (*mut T, *mut T)> for SigmoidWithDerivative {
    type Prepared = ();

    fn prepare(self) {}

    #[inline]
    fn rows(self) -> Rows<(), *const T, (*mut T, *mut T)> {
        T::__Kind::sigmoid_with_derivative()
    }
}

pub(crate) static F32: Row<(), *const f32, (*mut f32, *mut f32)> =
    row::<Both<false>, Reference<Both<false>>, _, _, _, Four<PortableF32>, Five<Avx2F32>, Six<Avx512F32>>()
        .with_slow_division::<Both<true>, Four<Avx512F32>>();

pub(crate) static F64: Row<(), *const f64, (*mut f64, *mut f64)> =
    row::<Both<false>, Reference<Both<false>>, _, _, _, Four<PortableF64>, Four<Avx2F64>, Four<Avx512F64>>();

/// In half precision each result is that of its own kernels, piece by piece.
#[cfg(feature = "half")]
mod half_precision {
    use half::{bf16, f16};

    use super::*;
    use crate::engine::Engine;
    use crate::ops::pieces::{Piecewise, piecewise};
    use crate::walk::Stores;

    impl<T: 'static> Piecewise<(), *const T, (*mut T, *mut T)> for SigmoidWithDerivative
    where
        Sigmoid: Compute<*const T, *mut T, Prepared = ()>,
        SigmoidDerivative: Compute<*const T, *mut T, Prepared = ()>,
    {
        unsafe fn piece(engine: Engine, _: &(), x: *const T, (y, dy): (*mut T, *mut T), len: usize) {
            // SAFETY: as the caller vouches; y may be where x is, and is written last.
            unsafe {
                SigmoidDerivative.rows().fast.kernel(engine)(&(), x, dy, len, Stores::Cached);
                Sigmoid.rows().fast.kernel(engine)(&(), x, y, len, Stores::Cached);
            }
        }
    }

    piecewise!(SigmoidWithDerivative, exact: true,
        *const bf16 => (*mut bf16, *mut bf16), *const f16 => (*mut f16, *mut f16));
}
