//! The pair of c x, for a c that is written down: as [`super::Scaled`], but with O monic, which saves a multiplication.
//!
//! ```text
//! tanh(c r / 2) = r O(u) / E(u)        with u = r^2, E[i] = E1[i] c^(2 i - n), O[i] = O1[i] c^(2 i + 1 - n)
//! ```
//!
//! where E1 and O1 are [`Constants::E`] and [`Constants::O`], and n = 3 in `f32` and 5 in `f64`.
//! `scripts/coefficients.py` prints the numbers.

use super::{
    Approximation, Constants, Counted, Logistic, LogisticPair, common_magic, monic_polynomial, polynomial,
    square, with_normal_square,
};
use crate::format::Number;

/// The constants of a c, in both formats.
pub(crate) struct Fixed {
    /// -c log2 e
    minus_log2_e: (f32, f64),
    /// ln 2 / c, the leading bits: k times it is exact.
    ln_2_high: (f32, f64),
    /// The rest of it.
    ln_2_low: (f32, f64),
    /// E, of which `f32` has no third coefficient.
    e: [(f32, f64); 3],
    /// O, of which `f32` has no second coefficient; the leading one is 1.
    o: [(f32, f64); 2],
}

/// c = 2, a power of two: these are the numbers of c = 1 with other exponents.
pub(crate) const TWICE: Fixed = Fixed {
    minus_log2_e: (f32::from_bits(0xc038_aa3b), f64::from_bits(0xc007_1547_652b_82fe)),
    ln_2_high: (f32::from_bits(0x3eb1_7200), f64::from_bits(0x3fd6_2e42_fefa_3800)),
    ln_2_low: (f32::from_bits(0x353f_be8e), f64::from_bits(0x3d1e_f357_93c7_6730)),
    e: [
        (f32::from_bits(0x4170_5c5e), f64::from_bits(0x408d_8e4f_33b4_b88c)),
        (f32::from_bits(0x40c0_3d82), f64::from_bits(0x407a_4568_6a30_c102)),
        (0.0, f64::from_bits(0x402e_03d8_08e9_acbe)),
    ],
    o: [
        (f32::from_bits(0x4170_5c5e), f64::from_bits(0x408d_8e4f_33b4_b88c)),
        (0.0, f64::from_bits(0x405a_44ce_7436_71db)),
    ],
};

/// c = 1/2, likewise.
pub(crate) const HALF: Fixed = Fixed {
    minus_log2_e: (f32::from_bits(0xbf38_aa3b), f64::from_bits(0xbfe7_1547_652b_82fe)),
    ln_2_high: (f32::from_bits(0x3fb1_7200), f64::from_bits(0x3ff6_2e42_fefa_3800)),
    ln_2_low: (f32::from_bits(0x363f_be8e), f64::from_bits(0x3d3e_f357_93c7_6730)),
    e: [
        (f32::from_bits(0x4470_5c5e), f64::from_bits(0x412d_8e4f_33b4_b88c)),
        (f32::from_bits(0x41c0_3d82), f64::from_bits(0x40da_4568_6a30_c102)),
        (0.0, f64::from_bits(0x404e_03d8_08e9_acbe)),
    ],
    o: [
        (f32::from_bits(0x4370_5c5e), f64::from_bits(0x410d_8e4f_33b4_b88c)),
        (0.0, f64::from_bits(0x409a_44ce_7436_71db)),
    ],
};

/// c = 1.702, of `crate::ops::QuickGelu`.
pub(crate) const QUICK_GELU: Fixed = Fixed {
    minus_log2_e: (f32::from_bits(0xc01d_265f), f64::from_bits(0xc003_a4cb_dc7e_e26b)),
    ln_2_high: (f32::from_bits(0x3ed0_8400), f64::from_bits(0x3fda_1075_3b43_8800)),
    ln_2_low: (f32::from_bits(0xb62c_4bc8), f64::from_bits(0xbd29_f5fd_471a_ef98)),
    e: [
        (f32::from_bits(0x41c3_0131), f64::from_bits(0x40a0_8e26_59ae_ae01)),
        (f32::from_bits(0x40e1_e636), f64::from_bits(0x4085_5052_4d9d_f74d)),
        (0.0, f64::from_bits(0x4031_a298_ccfb_9b58)),
    ],
    o: [
        (f32::from_bits(0x41a5_f2ef), f64::from_bits(0x409c_2d54_ba6e_6cc3)),
        (0.0, f64::from_bits(0x4062_22ea_1437_88c4)),
    ],
};

/// c = 2 sqrt(2 / pi) 0.044715, the factor of the cubic in `crate::ops::GeluTanh`.
pub(crate) const CUBIC: Fixed = Fixed {
    minus_log2_e: (f32::from_bits(0xbdd2_d3e8), f64::from_bits(0xbfba_5a7c_f757_2a98)),
    ln_2_high: (f32::from_bits(0x411b_6d00), f64::from_bits(0x4023_6d9d_56d7_7800)),
    ln_2_low: (f32::from_bits(0xb7aa_4a23), f64::from_bits(0xbd76_dbd8_de61_5fe5)),
    e: [
        (f32::from_bits(0x48a1_85d4), f64::from_bits(0x420e_79da_2756_15eb)),
        (f32::from_bits(0x4328_6254), f64::from_bits(0x4161_a77b_c53b_bb93)),
        (0.0, f64::from_bits(0x407a_4a50_1c74_2fb3)),
    ],
    o: [
        (f32::from_bits(0x4638_6826), f64::from_bits(0x41c1_6599_0ad0_5c90)),
        (0.0, f64::from_bits(0x40f4_2754_46cb_d8fc)),
    ],
};

impl Fixed {
    /// Approximates e^-(c r) = M / A.
    #[inline(always)]
    pub(crate) fn approximate<L: Logistic>(&self, r: L) -> Approximation<L> {
        let u = square(r);
        let [e0, e1, e2] = [L::Number::of(self.e[0]), L::Number::of(self.e[1]), L::Number::of(self.e[2])];
        let [o0, o1] = [L::Number::of(self.o[0]), L::Number::of(self.o[1])];
        let (e, o) = if L::Number::O.len() == 1 {
            (polynomial(&[e0, e1], u), monic_polynomial(&[o0], u))
        } else {
            (polynomial(&[e0, e1, e2], u), monic_polynomial(&[o0, o1], u))
        };
        Approximation { e, o, a: r.mul_add(o, e), m: r.neg_mul_add(o, e) }
    }

    /// r and t, with k (and what else `magic` has) in its low bits.
    #[inline(always)]
    pub(crate) fn reduce<L: Logistic>(&self, x: L, magic: L::Number) -> (L, L) {
        let magic = x.splat(magic);
        let t = x.mul_add(x.splat(L::Number::of(self.minus_log2_e)), magic);
        let k = t.sub(magic);
        let r = k.mul_add(x.splat(L::Number::of(self.ln_2_high)), x);
        (k.mul_add(x.splat(L::Number::of(self.ln_2_low)), r), t)
    }

    /// As [`super::logistic_pair`].
    #[inline(always)]
    fn pair<L: Logistic>(&self, x: L, magic: L::Number) -> LogisticPair<L> {
        let (r, t) = self.reduce(with_normal_square(x), magic);
        let Approximation { a, m, .. } = self.approximate(r);
        LogisticPair { a, m, t }
    }

    /// Of x in two parts, `high` - `excess`: a number, and by how little it is too large.
    #[inline(always)]
    fn pair_of_two<L: Logistic>(&self, (high, excess): (L, L), magic: L::Number) -> LogisticPair<L> {
        let magic = high.splat(magic);
        let t = high.mul_add(high.splat(L::Number::of(self.minus_log2_e)), magic);
        let k = t.sub(magic);
        let r = k.mul_add(high.splat(L::Number::of(self.ln_2_high)), high);
        let r = r.sub(k.neg_mul_add(high.splat(L::Number::of(self.ln_2_low)), excess));
        let Approximation { a, m, .. } = self.approximate(r);
        LogisticPair { a, m, t }
    }

    /// A and A + B, where 2^k and the results are in the normal range.
    #[inline(always)]
    pub(crate) fn common_fraction<L: Logistic>(&self, x: L) -> (L, L) {
        self.pair(x, common_magic::<L>()).common_fraction()
    }

    /// The same of x in two parts.
    #[inline(always)]
    pub(crate) fn common_fraction_of_two<L: Logistic>(&self, x: (L, L)) -> (L, L) {
        self.pair_of_two(x, common_magic::<L>()).common_fraction()
    }

    /// A and B of x in two parts, likewise.
    #[inline(always)]
    pub(crate) fn common_pair_of_two<L: Logistic>(&self, x: (L, L)) -> (L, L) {
        self.pair_of_two(x, common_magic::<L>()).common()
    }

    /// s(c x), of any x of which c x is within one and a half times the range of exponents.
    #[inline(always)]
    pub(crate) fn counted<L: Logistic>(&self, x: L) -> Counted<L> {
        Counted::new(self.pair(x, L::Number::SCALED_MAGIC))
    }

    /// The same of x in two parts.
    #[inline(always)]
    pub(crate) fn counted_of_two<L: Logistic>(&self, x: (L, L)) -> Counted<L> {
        Counted::new(self.pair_of_two(x, L::Number::SCALED_MAGIC))
    }

    /// A, M and k of x in two parts, of which c x is within three times the range of exponents.
    #[inline(always)]
    pub(crate) fn parts_of_two<L: Logistic>(&self, x: (L, L)) -> (L, L, L) {
        self.pair_of_two(x, L::Number::BIASED_MAGIC).parts()
    }
}
