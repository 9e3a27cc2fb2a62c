//! The pair of c x, for a c that is the same for a whole call.
//!
//! Not x but the unit of the reduction is multiplied: r = x + k (ln 2 / c), and c goes into the coefficients,
//!
//! ```text
//! tanh(c r / 2) = c r O(c^2 u) / E(c^2 u)        with u = r^2
//! ```
//!
//! so that nothing is rounded before the exponential. (Rounding c x first costs 80 ULP in the tail of
//! x s(1.702 x).)

use super::{
    Approximation, Constants, Counted, Logistic, LogisticPair, common_magic, polynomial, square,
    with_normal_square,
};

/// The most coefficients that there are.
const MOST: usize = 3;

/// The constants of s(c x).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scaled<N> {
    /// -c log2 e
    minus_log2_e: N,
    /// ln 2 / c, the leading bits: k times it is exact.
    ln_2_high: N,
    /// The rest of it.
    ln_2_low: N,
    /// E, of u = r^2.
    e: [N; MOST],
    /// c O, of u = r^2.
    o: [N; MOST],
    /// The largest |x| on the common path.
    common_limit: N,
    /// c
    pub(crate) c: N,
}

/// How steep a sigmoid is: s(c x) of a [`Scaled`], and s(x) of [`Unscaled`] with the bits of c = 1.
pub(crate) trait Steepness<N: Constants> {
    /// The largest |x| on the common path.
    fn common_limit(&self) -> N;

    /// A and A + B, where no |x| is beyond `common_limit`.
    fn common_fraction<L: Logistic<Number = N>>(&self, x: L) -> (L, L);

    /// s(c x), of any x of which c x is within one and a half times the range of exponents.
    fn counted<L: Logistic<Number = N>>(&self, x: L) -> Counted<L>;

    /// A, M and k of any x of which c x is within three times the range of exponents.
    fn parts<L: Logistic<Number = N>>(&self, x: L) -> (L, L, L);
}

/// c = 1, of which nothing has to be prepared.
pub(crate) struct Unscaled;

impl<N: Constants> Steepness<N> for Unscaled {
    #[inline(always)]
    fn common_limit(&self) -> N {
        N::COMMON_LIMIT
    }

    #[cfg_attr(optimised, inline(always))]
    fn common_fraction<L: Logistic<Number = N>>(&self, x: L) -> (L, L) {
        super::common_fraction::<L, true>(x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn counted<L: Logistic<Number = N>>(&self, x: L) -> Counted<L> {
        super::counted(x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn parts<L: Logistic<Number = N>>(&self, x: L) -> (L, L, L) {
        super::parts(x)
    }
}

/// A reduction from another origin than 0, and what it is approximated by.
pub(crate) struct FromOrigin<L> {
    pub(crate) approximation: Approximation<L>,
    /// x less the origin, reduced.
    pub(crate) r: L,
    /// k and the bias in the low bits.
    pub(crate) t: L,
    pub(crate) k: L,
}

impl<N: Constants> Scaled<N> {
    /// For finite c. (Inlined, for of a c that is known it is constants.)
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn new(c: N) -> Self {
        if c == N::ZERO {
            // s(0) = 1/2, of any x.
            let zero = [N::ZERO; MOST];
            let mut e = zero;
            e[0] = N::E[0];
            return Self {
                minus_log2_e: N::ZERO,
                ln_2_high: N::ZERO,
                ln_2_low: N::ZERO,
                e,
                o: zero,
                common_limit: N::COMMON_LIMIT,
                c,
            };
        }
        let (ln_2_high, ln_2_low) = N::ln_2_over(c);
        let wide = c.widen();
        let (mut e, mut o) = ([N::ZERO; MOST], [N::ZERO; MOST]);
        let mut power = 1.0;
        for (scaled, coefficient) in e.iter_mut().zip(N::E) {
            *scaled = N::narrow(coefficient.widen() * power);
            power *= wide * wide;
        }
        let mut power = wide;
        for (scaled, coefficient) in o.iter_mut().zip(N::O.iter().chain(&[N::ONE])) {
            *scaled = N::narrow(coefficient.widen() * power);
            power *= wide * wide;
        }
        let limit = N::COMMON_LIMIT.widen() / wide;
        Self {
            minus_log2_e: N::narrow(wide * N::MINUS_LOG2_E_WIDE),
            ln_2_high,
            ln_2_low,
            e,
            o,
            common_limit: N::narrow(if limit < 0.0 { -limit } else { limit }),
            c,
        }
    }

    /// As [`super::logistic_pair`].
    #[cfg_attr(optimised, inline(always))]
    fn pair<L: Logistic<Number = N>>(&self, x: L, magic: N) -> LogisticPair<L> {
        let x = with_normal_square(x);
        let magic = x.splat(magic);
        let t = x.mul_add(x.splat(self.minus_log2_e), magic);
        let k = t.sub(magic);
        let r = k.mul_add(x.splat(self.ln_2_high), x);
        let r = k.mul_add(x.splat(self.ln_2_low), r);
        let Approximation { a, m, .. } = self.approximate(r);
        LogisticPair { a, m, t }
    }

    /// As [`super::approximate`].
    #[cfg_attr(optimised, inline(always))]
    fn approximate<L: Logistic<Number = N>>(&self, r: L) -> Approximation<L> {
        let u = square(r);
        let (e, o) = if N::O.len() == 1 {
            (polynomial(&[self.e[0], self.e[1]], u), polynomial(&[self.o[0], self.o[1]], u))
        } else {
            (polynomial(&self.e, u), polynomial(&self.o, u))
        };
        Approximation { e, o, a: r.mul_add(o, e), m: r.neg_mul_add(o, e) }
    }

    /// Reduces x less an origin, in two parts, and approximates. An r is never so small that its square is subnormal,
    /// if the origin has digits in its second part.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn reduced_from<L: Logistic<Number = N>>(&self, x: L, origin: [N; 2]) -> FromOrigin<L> {
        let magic = x.splat(N::BIASED_MAGIC);
        let [high, low] = [x.splat(origin[0]), x.splat(origin[1])];
        // With what the difference has lost: next to the origin nothing, and there the reduction is exact.
        let difference = x.sub(high);
        let lost = x.sub(difference).sub(high);
        let t = difference.mul_add(x.splat(self.minus_log2_e), magic);
        let k = t.sub(magic);
        let r = k.mul_add(x.splat(self.ln_2_high), difference);
        let r = r.add(k.mul_add(x.splat(self.ln_2_low), lost.sub(low)));
        FromOrigin { approximation: self.approximate(r), r, t, k }
    }
}

impl<N: Constants> Steepness<N> for Scaled<N> {
    #[inline(always)]
    fn common_limit(&self) -> N {
        self.common_limit
    }

    #[cfg_attr(optimised, inline(always))]
    fn common_fraction<L: Logistic<Number = N>>(&self, x: L) -> (L, L) {
        self.pair(x, common_magic::<L>()).common_fraction()
    }

    #[cfg_attr(optimised, inline(always))]
    fn counted<L: Logistic<Number = N>>(&self, x: L) -> Counted<L> {
        Counted::new(self.pair(x, N::SCALED_MAGIC))
    }

    #[cfg_attr(optimised, inline(always))]
    fn parts<L: Logistic<Number = N>>(&self, x: L) -> (L, L, L) {
        self.pair(x, N::BIASED_MAGIC).parts()
    }
}
