//! 512-bit registers: AVX-512 F, DQ, BW and VL, as every CPU since Skylake-X and Zen 4 has them.
//!
//! Masks live in registers of their own here, tails are masked loads and stores (which neither
//! read nor write, nor fault on, what the mask leaves out).

use core::arch::x86_64::*;

use super::native::arithmetic;
use super::{Apart, Block, Lanes, OneF32, OneF64, Register, Widen, Work};

/// Sixteen `f32`.
#[derive(Clone, Copy)]
pub(crate) struct Avx512F32(__m512);

/// Eight `f64`.
#[derive(Clone, Copy)]
pub(crate) struct Avx512F64(__m512d);

// SAFETY: values come from loads only, and every intrinsic works lane by lane.
unsafe impl Lanes for Avx512F32 {
    type Element = f32;
    type Mask = __mmask16;
    const LANES: usize = 16;
    const STREAMS: bool = true;
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

    #[inline(always)]
    unsafe fn load(source: *const f32) -> Self {
        // SAFETY: the caller vouches for the CPU and for 16 elements; so in `store`, `stream`.
        Self(unsafe { _mm512_loadu_ps(source) })
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut f32) {
        // SAFETY: as in `load`.
        unsafe { _mm512_storeu_ps(target, self.0) }
    }

    #[inline(always)]
    unsafe fn stream(self, target: *mut f32) {
        // SAFETY: as in `load`, and the caller vouches for the alignment.
        unsafe { _mm512_stream_ps(target, self.0) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self {
        // SAFETY: `self` proves that the CPU has the instruction; so below.
        Self(unsafe { _mm512_set1_ps(value) })
    }

    #[inline(always)]
    fn or_bits(self, other: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_or_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn negative_magnitude(self) -> Self {
        self.or_bits(self.splat(-0.0))
    }

    #[inline(always)]
    fn low_bits_to_exponent(self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_castps_si512(self.0))) })
    }

    #[inline(always)]
    fn add_bits(self, other: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe {
            _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(self.0), _mm512_castps_si512(other.0)))
        })
    }

    #[inline(always)]
    fn sub_bits(self, other: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe {
            _mm512_castsi512_ps(_mm512_sub_epi32(_mm512_castps_si512(self.0), _mm512_castps_si512(other.0)))
        })
    }

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
    fn any_of_these_without_bits<const N: usize>(registers: &[Self; N], which: f32) -> bool {
        // SAFETY: as in `splat`, the registers being the proof.
        unsafe {
            let which = _mm512_castps_si512(_mm512_set1_ps(which));
            let mut without = 0;
            for register in registers {
                without |= _mm512_testn_epi32_mask(_mm512_castps_si512(register.0), which);
            }
            without != 0
        }
    }

    #[inline(always)]
    fn any_of_these_beyond<const N: usize>(registers: &[Self; N], limit: f32) -> bool {
        // SAFETY: as in `splat`, the registers being the proof.
        unsafe {
            let magnitude = _mm512_set1_epi32(i32::MAX);
            let mut largest = _mm512_setzero_si512();
            for register in registers {
                let bits = _mm512_and_si512(_mm512_castps_si512(register.0), magnitude);
                largest = _mm512_max_epu32(largest, bits);
            }
            _mm512_cmpgt_epu32_mask(largest, _mm512_castps_si512(_mm512_set1_ps(limit))) != 0
        }
    }
}

// SAFETY: as for `Lanes`; the mask leaves out what lies beyond `count`.
unsafe impl Register for Avx512F32 {
    type One = OneF32;

    #[inline(always)]
    unsafe fn load_partial(source: *const f32, count: usize) -> Self {
        // SAFETY: the caller vouches for the CPU and for `count` elements.
        Self(unsafe { _mm512_maskz_loadu_ps((1 << count) - 1, source) })
    }

    #[inline(always)]
    unsafe fn store_partial(self, target: *mut f32, count: usize) {
        // SAFETY: as in `load_partial`.
        unsafe { _mm512_mask_storeu_ps(target, (1 << count) - 1, self.0) }
    }
}

// SAFETY: as for `Avx512F32`.
unsafe impl Lanes for Avx512F64 {
    type Element = f64;
    type Mask = __mmask8;
    const LANES: usize = 8;
    const STREAMS: bool = true;
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

    #[inline(always)]
    unsafe fn load(source: *const f64) -> Self {
        // SAFETY: the caller vouches for the CPU and for 8 elements; so in `store`, `stream`.
        Self(unsafe { _mm512_loadu_pd(source) })
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut f64) {
        // SAFETY: as in `load`.
        unsafe { _mm512_storeu_pd(target, self.0) }
    }

    #[inline(always)]
    unsafe fn stream(self, target: *mut f64) {
        // SAFETY: as in `load`, and the caller vouches for the alignment.
        unsafe { _mm512_stream_pd(target, self.0) }
    }

    #[inline(always)]
    fn splat(self, value: f64) -> Self {
        // SAFETY: `self` proves that the CPU has the instruction; so below.
        Self(unsafe { _mm512_set1_pd(value) })
    }

    #[inline(always)]
    fn or_bits(self, other: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_or_pd(self.0, other.0) })
    }

    #[inline(always)]
    fn negative_magnitude(self) -> Self {
        self.or_bits(self.splat(-0.0))
    }

    #[inline(always)]
    fn low_bits_to_exponent(self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe { _mm512_castsi512_pd(_mm512_slli_epi64::<52>(_mm512_castpd_si512(self.0))) })
    }

    #[inline(always)]
    fn add_bits(self, other: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe {
            _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(self.0), _mm512_castpd_si512(other.0)))
        })
    }

    #[inline(always)]
    fn sub_bits(self, other: Self) -> Self {
        // SAFETY: as in `splat`.
        Self(unsafe {
            _mm512_castsi512_pd(_mm512_sub_epi64(_mm512_castpd_si512(self.0), _mm512_castpd_si512(other.0)))
        })
    }

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
    fn any_of_these_without_bits<const N: usize>(registers: &[Self; N], which: f64) -> bool {
        // SAFETY: as in `splat`, the registers being the proof.
        unsafe {
            let which = _mm512_castpd_si512(_mm512_set1_pd(which));
            let mut without = 0;
            for register in registers {
                without |= _mm512_testn_epi64_mask(_mm512_castpd_si512(register.0), which);
            }
            without != 0
        }
    }

    #[inline(always)]
    fn any_of_these_beyond<const N: usize>(registers: &[Self; N], limit: f64) -> bool {
        // SAFETY: as in `splat`, the registers being the proof.
        unsafe {
            let magnitude = _mm512_set1_epi64(i64::MAX);
            let mut largest = _mm512_setzero_si512();
            for register in registers {
                let bits = _mm512_and_si512(_mm512_castpd_si512(register.0), magnitude);
                largest = _mm512_max_epu64(largest, bits);
            }
            _mm512_cmpgt_epu64_mask(largest, _mm512_castpd_si512(_mm512_set1_pd(limit))) != 0
        }
    }
}

// SAFETY: as for `Lanes`; the mask leaves out what lies beyond `count`.
unsafe impl Register for Avx512F64 {
    type One = OneF64;

    #[inline(always)]
    unsafe fn load_partial(source: *const f64, count: usize) -> Self {
        // SAFETY: the caller vouches for the CPU and for `count` elements.
        Self(unsafe { _mm512_maskz_loadu_pd((1 << count) - 1, source) })
    }

    #[inline(always)]
    unsafe fn store_partial(self, target: *mut f64, count: usize) {
        // SAFETY: as in `load_partial`.
        unsafe { _mm512_mask_storeu_pd(target, (1 << count) - 1, self.0) }
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
    type Double = Block<Avx512F64, 2>;

    #[inline(always)]
    fn widen(self) -> Self::Double {
        // SAFETY: `self` proves that the CPU has the instructions.
        unsafe {
            let low = _mm512_castps512_ps256(self.0);
            let high = _mm512_extractf32x8_ps::<1>(self.0);
            Block([Avx512F64(_mm512_cvtps_pd(low)), Avx512F64(_mm512_cvtps_pd(high))])
        }
    }

    #[inline(always)]
    fn lower_halves(Block([low, high]): Self::Double) -> Self {
        // SAFETY: as in `widen`.
        Self(unsafe { _mm512_shuffle_ps::<0b10_00_10_00>(_mm512_castpd_ps(low.0), _mm512_castpd_ps(high.0)) })
    }

    // a0 / d0 = a0 d1 / (d0 d1), and the other likewise: five multiplications in place of a division.
    #[inline(always)]
    fn shared_quotient(Block([a0, a1]): Self::Double, Block([d0, d1]): Self::Double) -> Self::Double {
        let reciprocal = d0.splat(1.0).div(d0.mul(d1));
        Block([a0.mul(d1).mul(reciprocal), a1.mul(d0).mul(reciprocal)])
    }

    #[inline(always)]
    fn narrow(Block([low, high]): Self::Double) -> Self {
        // SAFETY: as in `widen`.
        Self(unsafe {
            let (low, high) = (_mm512_cvtpd_ps(low.0), _mm512_cvtpd_ps(high.0));
            _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high)
        })
    }
}
