//! 512-bit registers: AVX-512 F, DQ, BW and VL, as every CPU since Skylake-X and Zen 4 has them.
//!
//! Masks live in registers of their own here. [`super::ends`] has the ends of slices.

use core::arch::x86_64::*;

use super::ends::{load_64, store_64};
use super::native::{arithmetic, bits, memory};
use super::{Apart, Beside, Group, Lanes, Memory, OneF32, OneF64, Register, Two, Widen, Work};

/// Sixteen `f32`.
#[derive(Clone, Copy)]
pub(crate) struct Avx512F32(pub(super) __m512);

/// Eight `f64`.
#[derive(Clone, Copy)]
pub(crate) struct Avx512F64(__m512d);

impl Group for Avx512F32 {
    type Number = f32;
    const LANES: usize = 16;
}

memory!(Avx512F32 of f32: _mm512_loadu_ps, _mm512_storeu_ps, _mm512_stream_ps, _mm512_setzero_ps,
    load_64, _mm512_castsi512_ps, store_64, _mm512_castps_si512, pairs_of_f32);

// SAFETY: values come from loads only, and every intrinsic works lane by lane.
unsafe impl Lanes for Avx512F32 {
    type One = OneF32;
    type Mask = __mmask16;
    type Register = Self;
    type Largest = __m512i;
    type Lacking = __mmask16;
    const FUSED: bool = true;
    const ADDS_EXPONENTS: bool = true;

    arithmetic!(
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_div_ps,
        _mm512_fmadd_ps,
        _mm512_fnmadd_ps,
        _mm512_max_ps,
        _mm512_min_ps
    );

    bits!(
        _mm512_set1_ps,
        _mm512_or_ps,
        _mm512_castps_si512,
        _mm512_castsi512_ps,
        _mm512_add_epi32,
        _mm512_sub_epi32,
        _mm512_slli_epi32,
        _mm512_srli_epi32,
        23
    );

    #[inline(always)]
    fn below(self, limit: Self) -> __mmask16 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(self.0, limit.0) }
    }

    #[inline(always)]
    fn any(mask: __mmask16) -> bool {
        mask != 0
    }

    #[inline(always)]
    fn select(mask: __mmask16, yes: Self, no: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_mask_blend_ps(mask, no.0, yes.0) })
    }

    #[inline(always)]
    fn keep(mask: __mmask16, value: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_maskz_mov_ps(mask, value.0) })
    }

    #[inline(always)]
    fn discard(mask: __mmask16, value: Self) -> Self {
        Self::keep(!mask, value)
    }

    #[inline(always)]
    fn integer_bits_where(self, mask: __mmask16, _: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe {
            let bits = _mm512_castps_si512(self.0);
            _mm512_castsi512_ps(_mm512_mask_cvtps_epi32(bits, mask, self.0))
        })
    }

    #[inline(always)]
    fn largest(self) -> __m512i {
        // SAFETY: as in `splat`. (Magnitudes order like integers, and so a NaN is the largest of all.)
        unsafe { _mm512_and_si512(_mm512_castps_si512(self.0), _mm512_set1_epi32(i32::MAX)) }
    }

    #[inline(always)]
    fn larger(self, largest: __m512i) -> __m512i {
        // SAFETY: as in `splat`.
        unsafe { _mm512_max_epu32(largest, self.largest()) }
    }

    #[inline(always)]
    fn is_beyond(largest: __m512i, limit: f32) -> bool {
        // SAFETY: as in `splat`, the registers being the proof.
        unsafe { _mm512_cmpgt_epu32_mask(largest, _mm512_castps_si512(_mm512_set1_ps(limit))) != 0 }
    }

    #[inline(always)]
    fn lacking(self, which: f32) -> __mmask16 {
        // SAFETY: as in `splat`.
        unsafe {
            let which = _mm512_castps_si512(_mm512_set1_ps(which));
            _mm512_testn_epi32_mask(_mm512_castps_si512(self.0), which)
        }
    }

    #[inline(always)]
    fn either_lacking(lacking: __mmask16, other: __mmask16) -> __mmask16 {
        lacking | other
    }

    #[inline(always)]
    fn any_lacking(lacking: __mmask16) -> bool {
        lacking != 0
    }
}

impl Group for Avx512F64 {
    type Number = f64;
    const LANES: usize = 8;
}

memory!(Avx512F64 of f64: _mm512_loadu_pd, _mm512_storeu_pd, _mm512_stream_pd, _mm512_setzero_pd,
    load_64, _mm512_castsi512_pd, store_64, _mm512_castpd_si512, pairs_of_f64);

// SAFETY: as for `Avx512F32`.
unsafe impl Lanes for Avx512F64 {
    type One = OneF64;
    type Mask = __mmask8;
    type Register = Self;
    type Largest = __m512i;
    type Lacking = __mmask8;
    const FUSED: bool = true;
    const ADDS_EXPONENTS: bool = true;

    arithmetic!(
        _mm512_add_pd,
        _mm512_sub_pd,
        _mm512_mul_pd,
        _mm512_div_pd,
        _mm512_fmadd_pd,
        _mm512_fnmadd_pd,
        _mm512_max_pd,
        _mm512_min_pd
    );

    bits!(
        _mm512_set1_pd,
        _mm512_or_pd,
        _mm512_castpd_si512,
        _mm512_castsi512_pd,
        _mm512_add_epi64,
        _mm512_sub_epi64,
        _mm512_slli_epi64,
        _mm512_srli_epi64,
        52
    );

    #[inline(always)]
    fn below(self, limit: Self) -> __mmask8 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, limit.0) }
    }

    #[inline(always)]
    fn any(mask: __mmask8) -> bool {
        mask != 0
    }

    #[inline(always)]
    fn select(mask: __mmask8, yes: Self, no: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_mask_blend_pd(mask, no.0, yes.0) })
    }

    #[inline(always)]
    fn keep(mask: __mmask8, value: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_maskz_mov_pd(mask, value.0) })
    }

    #[inline(always)]
    fn discard(mask: __mmask8, value: Self) -> Self {
        Self::keep(!mask, value)
    }

    #[inline(always)]
    fn integer_bits_where(self, mask: __mmask8, _: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe {
            let bits = _mm512_castpd_si512(self.0);
            _mm512_castsi512_pd(_mm512_mask_cvtpd_epi64(bits, mask, self.0))
        })
    }

    #[inline(always)]
    fn largest(self) -> __m512i {
        // SAFETY: as in `splat`. (Magnitudes order like integers, and so a NaN is the largest of all.)
        unsafe { _mm512_and_si512(_mm512_castpd_si512(self.0), _mm512_set1_epi64(i64::MAX)) }
    }

    #[inline(always)]
    fn larger(self, largest: __m512i) -> __m512i {
        // SAFETY: as in `splat`.
        unsafe { _mm512_max_epu64(largest, self.largest()) }
    }

    #[inline(always)]
    fn is_beyond(largest: __m512i, limit: f64) -> bool {
        // SAFETY: as in `splat`, the registers being the proof.
        unsafe { _mm512_cmpgt_epu64_mask(largest, _mm512_castpd_si512(_mm512_set1_pd(limit))) != 0 }
    }

    #[inline(always)]
    fn lacking(self, which: f64) -> __mmask8 {
        // SAFETY: as in `splat`.
        unsafe {
            let which = _mm512_castpd_si512(_mm512_set1_pd(which));
            _mm512_testn_epi64_mask(_mm512_castpd_si512(self.0), which)
        }
    }

    #[inline(always)]
    fn either_lacking(lacking: __mmask8, other: __mmask8) -> __mmask8 {
        lacking | other
    }

    #[inline(always)]
    fn any_lacking(lacking: __mmask8) -> bool {
        lacking != 0
    }
}

impl Apart for Avx512F64 {
    #[inline(always)]
    fn apart(self, work: impl Work) {
        #[cold]
        #[inline(never)]
        #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,fma")]
        fn here(work: impl Work) {
            // SAFETY: there is a value of this type.
            unsafe { work.on::<Avx512F64>() }
        }
        // SAFETY: `self` proves that the CPU has the instructions.
        unsafe { here(work) }
    }
}

// SAFETY: as for `Lanes`.
unsafe impl Widen for Avx512F32 {
    type Double = Two<Avx512F64>;

    #[inline(always)]
    fn widen(self) -> Self::Double {
        // SAFETY: `self` proves that the CPU has the instructions.
        unsafe {
            let low = _mm512_castps512_ps256(self.0);
            let high = _mm512_extractf32x8_ps::<1>(self.0);
            Beside::new(Avx512F64(_mm512_cvtps_pd(low)), Avx512F64(_mm512_cvtps_pd(high)))
        }
    }

    #[inline(always)]
    fn lower_halves(Beside(low, high, _): Self::Double) -> Self {
        // SAFETY: as in `widen`.
        Self(unsafe { _mm512_shuffle_ps::<0b10_00_10_00>(_mm512_castpd_ps(low.0), _mm512_castpd_ps(high.0)) })
    }

    // a0 / d0 = a0 d1 / (d0 d1), and the other likewise: five multiplications in place of a division.
    #[inline(always)]
    fn shared_quotient(Beside(a0, a1, _): Self::Double, Beside(d0, d1, _): Self::Double) -> Self::Double {
        let reciprocal = d0.splat(1.0).div(d0.mul(d1));
        Beside::new(a0.mul(d1).mul(reciprocal), a1.mul(d0).mul(reciprocal))
    }

    #[inline(always)]
    fn narrow(Beside(low, high, _): Self::Double) -> Self {
        // SAFETY: as in `widen`.
        Self(unsafe {
            let (low, high) = (_mm512_cvtpd_ps(low.0), _mm512_cvtpd_ps(high.0));
            _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high)
        })
    }
}

/// The first of each pair, and the second, of sixteen pairs in two registers.
///
/// # Safety
///
/// The CPU has AVX-512 F.
#[inline(always)]
unsafe fn pairs_of_f32(low: __m512, high: __m512) -> (Avx512F32, Avx512F32) {
    // SAFETY: as the caller vouches.
    unsafe {
        let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        let odd = _mm512_or_si512(even, _mm512_set1_epi32(1));
        let (first, second) =
            (_mm512_permutex2var_ps(low, even, high), _mm512_permutex2var_ps(low, odd, high));
        (Avx512F32(first), Avx512F32(second))
    }
}

/// The first of each pair, and the second, of eight pairs in two registers.
///
/// # Safety
///
/// The CPU has AVX-512 F.
#[inline(always)]
unsafe fn pairs_of_f64(low: __m512d, high: __m512d) -> (Avx512F64, Avx512F64) {
    // SAFETY: as the caller vouches.
    unsafe {
        let even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
        let odd = _mm512_or_si512(even, _mm512_set1_epi64(1));
        let (first, second) =
            (_mm512_permutex2var_pd(low, even, high), _mm512_permutex2var_pd(low, odd, high));
        (Avx512F64(first), Avx512F64(second))
    }
}
