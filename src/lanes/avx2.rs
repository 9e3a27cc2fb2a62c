//! 256-bit registers: AVX2 with FMA, as every CPU since Haswell and Zen has them.
//!
//! A mask is a register with all bits of a lane set or none. [`super::ends`] has the ends of slices.

use core::arch::x86_64::*;

use super::ends::{load_32, store_32};
use super::native::{arithmetic, bits, memory};
use super::{Apart, Beside, Group, Lanes, Memory, OneF32, OneF64, Register, Two, Widen, Work};

/// Eight `f32`.
#[derive(Clone, Copy)]
pub(crate) struct Avx2F32(pub(super) __m256);

/// Four `f64`.
#[derive(Clone, Copy)]
pub(crate) struct Avx2F64(__m256d);

impl Group for Avx2F32 {
    type Number = f32;
    const LANES: usize = 8;
}

memory!(Avx2F32 of f32: _mm256_loadu_ps, _mm256_storeu_ps, _mm256_stream_ps, _mm256_setzero_ps,
    load_32, _mm256_castsi256_ps, store_32, _mm256_castps_si256, pairs_of_f32);

// SAFETY: values come from loads only, and every intrinsic works lane by lane.
unsafe impl Lanes for Avx2F32 {
    type One = OneF32;
    type Mask = __m256;
    type Register = Self;
    type Largest = __m256i;
    type Lacking = __m256i;
    const FUSED: bool = true;
    const ADDS_EXPONENTS: bool = false;

    arithmetic!(
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_div_ps,
        _mm256_fmadd_ps,
        _mm256_fnmadd_ps,
        _mm256_max_ps,
        _mm256_min_ps
    );

    bits!(
        _mm256_set1_ps,
        _mm256_or_ps,
        _mm256_castps_si256,
        _mm256_castsi256_ps,
        _mm256_add_epi32,
        _mm256_sub_epi32,
        _mm256_slli_epi32,
        _mm256_srli_epi32,
        23
    );

    #[inline(always)]
    fn below(self, limit: Self) -> __m256 {
        // SAFETY: as in `splat`.
        unsafe { _mm256_cmp_ps::<_CMP_LT_OQ>(self.0, limit.0) }
    }

    #[inline(always)]
    fn any(mask: __m256) -> bool {
        // SAFETY: as in `splat`, a mask being as good a proof.
        unsafe { _mm256_movemask_ps(mask) != 0 }
    }

    #[inline(always)]
    fn select(mask: __m256, yes: Self, no: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm256_blendv_ps(no.0, yes.0, mask) })
    }

    #[inline(always)]
    fn keep(mask: __m256, value: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm256_and_ps(mask, value.0) })
    }

    #[inline(always)]
    fn discard(mask: __m256, value: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm256_andnot_ps(mask, value.0) })
    }

    #[inline(always)]
    fn largest(self) -> __m256i {
        // SAFETY: as in `splat`. (Magnitudes order like integers, and so a NaN is the largest of all.)
        unsafe { _mm256_and_si256(_mm256_castps_si256(self.0), _mm256_set1_epi32(i32::MAX)) }
    }

    #[inline(always)]
    fn larger(self, largest: __m256i) -> __m256i {
        // SAFETY: as in `splat`.
        unsafe { _mm256_max_epi32(largest, self.largest()) }
    }

    #[inline(always)]
    fn is_beyond(largest: __m256i, limit: f32) -> bool {
        // SAFETY: as in `splat`, the registers being the proof; so below.
        unsafe {
            let beyond = _mm256_cmpgt_epi32(largest, _mm256_castps_si256(_mm256_set1_ps(limit)));
            _mm256_testz_si256(beyond, beyond) == 0
        }
    }

    #[inline(always)]
    fn lacking(self, which: f32) -> __m256i {
        // SAFETY: as in `splat`.
        unsafe {
            let bits = _mm256_castps_si256(_mm256_and_ps(self.0, _mm256_set1_ps(which)));
            _mm256_cmpeq_epi32(bits, _mm256_setzero_si256())
        }
    }

    #[inline(always)]
    fn either_lacking(lacking: __m256i, other: __m256i) -> __m256i {
        // SAFETY: as in `is_beyond`.
        unsafe { _mm256_or_si256(lacking, other) }
    }

    #[inline(always)]
    fn any_lacking(lacking: __m256i) -> bool {
        // SAFETY: as in `is_beyond`.
        unsafe { _mm256_testz_si256(lacking, lacking) == 0 }
    }
}

impl Group for Avx2F64 {
    type Number = f64;
    const LANES: usize = 4;
}

memory!(Avx2F64 of f64: _mm256_loadu_pd, _mm256_storeu_pd, _mm256_stream_pd, _mm256_setzero_pd,
    load_32, _mm256_castsi256_pd, store_32, _mm256_castpd_si256, pairs_of_f64);

// SAFETY: as for `Avx2F32`.
unsafe impl Lanes for Avx2F64 {
    type One = OneF64;
    type Mask = __m256d;
    type Register = Self;
    type Largest = __m256d;
    type Lacking = __m256i;
    const FUSED: bool = true;
    const ADDS_EXPONENTS: bool = false;

    arithmetic!(
        _mm256_add_pd,
        _mm256_sub_pd,
        _mm256_mul_pd,
        _mm256_div_pd,
        _mm256_fmadd_pd,
        _mm256_fnmadd_pd,
        _mm256_max_pd,
        _mm256_min_pd
    );

    bits!(
        _mm256_set1_pd,
        _mm256_or_pd,
        _mm256_castpd_si256,
        _mm256_castsi256_pd,
        _mm256_add_epi64,
        _mm256_sub_epi64,
        _mm256_slli_epi64,
        _mm256_srli_epi64,
        52
    );

    #[inline(always)]
    fn below(self, limit: Self) -> __m256d {
        // SAFETY: as in `splat`.
        unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(self.0, limit.0) }
    }

    #[inline(always)]
    fn any(mask: __m256d) -> bool {
        // SAFETY: as in `splat`, a mask being as good a proof.
        unsafe { _mm256_movemask_pd(mask) != 0 }
    }

    #[inline(always)]
    fn select(mask: __m256d, yes: Self, no: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm256_blendv_pd(no.0, yes.0, mask) })
    }

    #[inline(always)]
    fn keep(mask: __m256d, value: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm256_and_pd(mask, value.0) })
    }

    #[inline(always)]
    fn discard(mask: __m256d, value: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm256_andnot_pd(mask, value.0) })
    }

    #[inline(always)]
    fn largest(self) -> __m256d {
        // SAFETY: as in `splat`.
        unsafe { _mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0) }
    }

    #[inline(always)]
    fn larger(self, largest: __m256d) -> __m256d {
        // SAFETY: as in `splat`. (There is no integer maximum of 64-bit lanes. That of floats returns its second operand
        // when either is NaN.)
        unsafe { _mm256_max_pd(self.largest(), largest) }
    }

    #[inline(always)]
    fn is_beyond(largest: __m256d, limit: f64) -> bool {
        // SAFETY: as in `splat`, the registers being the proof; so below.
        unsafe { _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_NLE_UQ>(largest, _mm256_set1_pd(limit))) != 0 }
    }

    #[inline(always)]
    fn lacking(self, which: f64) -> __m256i {
        // SAFETY: as in `splat`.
        unsafe {
            let bits = _mm256_castpd_si256(_mm256_and_pd(self.0, _mm256_set1_pd(which)));
            _mm256_cmpeq_epi64(bits, _mm256_setzero_si256())
        }
    }

    #[inline(always)]
    fn either_lacking(lacking: __m256i, other: __m256i) -> __m256i {
        // SAFETY: as in `is_beyond`.
        unsafe { _mm256_or_si256(lacking, other) }
    }

    #[inline(always)]
    fn any_lacking(lacking: __m256i) -> bool {
        // SAFETY: as in `is_beyond`.
        unsafe { _mm256_testz_si256(lacking, lacking) == 0 }
    }
}

impl Apart for Avx2F64 {
    #[inline(always)]
    fn apart(self, work: impl Work) {
        #[cold]
        #[inline(never)]
        #[target_feature(enable = "avx2,fma")]
        fn here(work: impl Work) {
            // SAFETY: there is a value of this type.
            unsafe { work.on::<Avx2F64>() }
        }
        // SAFETY: `self` proves that the CPU has the instructions.
        unsafe { here(work) }
    }
}

// SAFETY: as for `Lanes`.
unsafe impl Widen for Avx2F32 {
    type Double = Two<Avx2F64>;

    #[inline(always)]
    fn widen(self) -> Self::Double {
        // SAFETY: `self` proves that the CPU has the instructions.
        unsafe {
            let low = _mm256_castps256_ps128(self.0);
            let high = _mm256_extractf128_ps::<1>(self.0);
            Beside::new(Avx2F64(_mm256_cvtps_pd(low)), Avx2F64(_mm256_cvtps_pd(high)))
        }
    }

    #[inline(always)]
    fn lower_halves(Beside(low, high, _): Self::Double) -> Self {
        // SAFETY: as in `widen`.
        Self(unsafe { _mm256_shuffle_ps::<0b10_00_10_00>(_mm256_castpd_ps(low.0), _mm256_castpd_ps(high.0)) })
    }

    #[inline(always)]
    fn narrow(Beside(low, high, _): Self::Double) -> Self {
        // SAFETY: as in `widen`.
        Self(unsafe { _mm256_set_m128(_mm256_cvtpd_ps(high.0), _mm256_cvtpd_ps(low.0)) })
    }
}

/// The first of each pair, and the second, of eight pairs in two registers.
///
/// # Safety
///
/// The CPU has AVX2.
#[inline(always)]
unsafe fn pairs_of_f32(low: __m256, high: __m256) -> (Avx2F32, Avx2F32) {
    // SAFETY: as the caller vouches. (A shuffle stays within 128 bits: the middle quarters change places.)
    unsafe {
        let first = _mm256_castps_pd(_mm256_shuffle_ps::<0b10_00_10_00>(low, high));
        let second = _mm256_castps_pd(_mm256_shuffle_ps::<0b11_01_11_01>(low, high));
        let first = _mm256_permute4x64_pd::<0b11_01_10_00>(first);
        let second = _mm256_permute4x64_pd::<0b11_01_10_00>(second);
        (Avx2F32(_mm256_castpd_ps(first)), Avx2F32(_mm256_castpd_ps(second)))
    }
}

/// The first of each pair, and the second, of four pairs in two registers.
///
/// # Safety
///
/// The CPU has AVX2.
#[inline(always)]
unsafe fn pairs_of_f64(low: __m256d, high: __m256d) -> (Avx2F64, Avx2F64) {
    // SAFETY: as the caller vouches.
    unsafe {
        let first = _mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_unpacklo_pd(low, high));
        let second = _mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_unpackhi_pd(low, high));
        (Avx2F64(first), Avx2F64(second))
    }
}
