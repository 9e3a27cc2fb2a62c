//! The last elements of a slice, which do not fill a register.
//!
//! Of n elements the first p and the last p are read and written, p the largest power of two up to n: the first ones in
//! lanes 0 to p, the last ones in lanes p to 2p. That depends on n alone and not on the size of an element, so that what is
//! read in one format can be written in another. The two overlap, and what is in both is computed twice, with the same
//! result.
//!
//! Instructions with a mask would do too, and without a branch, but what is masked out is not free. Measured on Zen 4,
//! short calls with AVX-512 (5 ns): a load waits for a masked store that it stands behind, 19 ns, and so rows of a matrix
//! do in place; where what is masked out lies on another page a call takes 27 ns, and 90 to 250 if that page has not been
//! written yet.

use core::arch::x86_64::*;

/// Reads fewer than 16 bytes, of elements (or pairs of them) of `ELEMENT` bytes each. Nothing has to be aligned.
///
/// # Safety
///
/// The CPU has AVX2, and `source` is valid for reads of `bytes`, which are a multiple of `ELEMENT`, and not 0.
#[inline(always)]
pub(super) unsafe fn load_16<const ELEMENT: usize>(source: *const u8, bytes: usize) -> __m128i {
    // SAFETY: the first and the last of the bytes.
    unsafe {
        if ELEMENT == 8 || bytes >= 8 {
            _mm_unpacklo_epi64(_mm_loadl_epi64(source.cast()), _mm_loadl_epi64(source.add(bytes - 8).cast()))
        } else if ELEMENT == 4 || bytes >= 4 {
            let first = _mm_cvtsi32_si128(source.cast::<i32>().read_unaligned());
            _mm_insert_epi32::<1>(first, source.add(bytes - 4).cast::<i32>().read_unaligned())
        } else {
            // Twice too: where it is written as an `f32` it comes from two lanes.
            _mm_set1_epi16(source.cast::<i16>().read_unaligned())
        }
    }
}

/// Writes what [`load_16`] reads.
///
/// # Safety
///
/// As there, with `target` valid for writes.
#[inline(always)]
pub(super) unsafe fn store_16<const ELEMENT: usize>(lanes: __m128i, target: *mut u8, bytes: usize) {
    // SAFETY: the first and the last of the bytes.
    unsafe {
        if ELEMENT == 8 || bytes >= 8 {
            _mm_storel_epi64(target.cast(), lanes);
            _mm_storel_epi64(target.add(bytes - 8).cast(), _mm_unpackhi_epi64(lanes, lanes));
        } else if ELEMENT == 4 || bytes >= 4 {
            target.cast::<i32>().write_unaligned(_mm_cvtsi128_si32(lanes));
            target.add(bytes - 4).cast::<i32>().write_unaligned(_mm_extract_epi32::<1>(lanes));
        } else {
            target.cast::<u16>().write_unaligned(_mm_cvtsi128_si32(lanes) as u16);
        }
    }
}

/// [`load_16`] of fewer than 32 bytes.
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn load_32<const ELEMENT: usize>(source: *const u8, bytes: usize) -> __m256i {
    // SAFETY: as the caller vouches.
    unsafe {
        if ELEMENT == 16 || bytes >= 16 {
            let last = _mm_loadu_si128(source.add(bytes - 16).cast());
            _mm256_set_m128i(last, _mm_loadu_si128(source.cast()))
        } else {
            _mm256_zextsi128_si256(load_16::<ELEMENT>(source, bytes))
        }
    }
}

/// [`store_16`] of fewer than 32 bytes.
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn store_32<const ELEMENT: usize>(lanes: __m256i, target: *mut u8, bytes: usize) {
    // SAFETY: as the caller vouches.
    unsafe {
        let first = _mm256_castsi256_si128(lanes);
        if bytes >= 16 {
            _mm_storeu_si128(target.cast(), first);
            _mm_storeu_si128(target.add(bytes - 16).cast(), _mm256_extracti128_si256::<1>(lanes));
        } else {
            store_16::<ELEMENT>(first, target, bytes);
        }
    }
}

/// [`load_16`] of fewer than 64 bytes.
///
/// # Safety
///
/// As there, and the CPU has AVX-512 F.
#[inline(always)]
pub(super) unsafe fn load_64<const ELEMENT: usize>(source: *const u8, bytes: usize) -> __m512i {
    // SAFETY: as the caller vouches.
    unsafe {
        if bytes >= 32 {
            let first = _mm512_castsi256_si512(_mm256_loadu_si256(source.cast()));
            _mm512_inserti64x4::<1>(first, _mm256_loadu_si256(source.add(bytes - 32).cast()))
        } else {
            _mm512_zextsi256_si512(load_32::<ELEMENT>(source, bytes))
        }
    }
}

/// [`store_16`] of fewer than 64 bytes.
///
/// # Safety
///
/// As there, and the CPU has AVX-512 F.
#[inline(always)]
pub(super) unsafe fn store_64<const ELEMENT: usize>(lanes: __m512i, target: *mut u8, bytes: usize) {
    // SAFETY: as the caller vouches.
    unsafe {
        let first = _mm512_castsi512_si256(lanes);
        if bytes >= 32 {
            _mm256_storeu_si256(target.cast(), first);
            _mm256_storeu_si256(target.add(bytes - 32).cast(), _mm512_extracti64x4_epi64::<1>(lanes));
        } else {
            store_32::<ELEMENT>(first, target, bytes);
        }
    }
}
