//! The pair of c x, for a c that is known when the crate is compiled.
//!
//! As in [`super::scaled`], but O is monic: what c saves there, a multiplication, it does not cost here.

use super::{
    Approximation, Constants, Counted, Logistic, LogisticPair, approximate_with, with_normal_square,
};

/// The constants of s(c x) (`scripts/coefficients.py` derives them).
#[derive(Clone, Copy, Debug)]
pub struct Fixed<N: 'static> {
    /// -c log2 e
    pub(super) minus_log2_e: N,
    /// ln 2 / c, the leading bits: k times it is exact.
    pub(super) ln_2_high: N,
    /// The rest of it.
    pub(super) ln_2_low: N,
    /// E, of u = r^2.
    pub(super) e: &'static [N],
    /// O, of u = r^2, monic.
    pub(super) o: &'static [N],
    /// The largest |x| on the common path.
    pub(crate) common_limit: N,
}

impl<N: Constants> Fixed<N> {
    /// As [`super::logistic_pair`].
    #[inline(always)]
    fn pair<L: Logistic<Number = N>>(&self, x: L, magic: N) -> LogisticPair<L> {
        let x = with_normal_square(x);
        let magic = x.splat(magic);
        let t = x.mul_add(x.splat(self.minus_log2_e), magic);
        let k = t.sub(magic);
        let r = k.mul_add(x.splat(self.ln_2_high), x);
        let r = k.mul_add(x.splat(self.ln_2_low), r);
        let Approximation { a, m, .. } = approximate_with(r, self.e, self.o);
        LogisticPair { a, m, t }
    }

    /// A and A + B, where no |x| is beyond `common_limit`.
    #[inline(always)]
    pub(crate) fn common_fraction<L: Logistic<Number = N>>(&self, x: L) -> (L, L) {
        if L::ADDS_EXPONENTS {
            let (a, b) = self.pair(x, N::MAGIC).by_addition();
            (a, a.add(b))
        } else {
            self.pair(x, N::BIASED_MAGIC).fraction()
        }
    }

    /// s(c x), of any x of which c x is within one and a half times the range of exponents.
    #[inline(always)]
    pub(crate) fn counted<L: Logistic<Number = N>>(&self, x: L) -> Counted<L> {
        Counted::new(self.pair(x, N::SCALED_MAGIC))
    }
}
