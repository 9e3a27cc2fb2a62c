//! How `bf16` fills registers of `f32`: it is the upper half of one.

use half::bf16;

use super::{Group, Memory, PortableF32, Register};

/// The bits that a `bf16` has.
const UPPER: u32 = 0xffff_0000;

// SAFETY: as for `Register`. (Of a constant count nothing is left in the machine code.)
unsafe impl Memory<bf16> for PortableF32 {
    #[inline(always)]
    unsafe fn load(source: *const bf16) -> Self {
        // SAFETY: as the caller vouches; so below.
        unsafe { Self::load_partial(source, Self::LANES) }
    }

    #[inline(always)]
    unsafe fn load_interleaved(source: *const bf16) -> (Self, Self) {
        // SAFETY: as above.
        unsafe { Self::load_partial_interleaved(source, Self::LANES) }
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut bf16) {
        // SAFETY: as above.
        unsafe { self.store_partial(target, Self::LANES) }
    }
}

// SAFETY: `count` elements are read or written, and of a count of all lanes all.
unsafe impl Register<bf16> for PortableF32 {
    #[inline(always)]
    unsafe fn load_partial(source: *const bf16, count: usize) -> Self {
        let mut lanes = [0.0; Self::LANES];
        for (i, lane) in lanes.iter_mut().enumerate() {
            if i < count {
                // SAFETY: within the elements that the caller vouches for; so below.
                *lane = unsafe { source.add(i).read() }.to_f32();
            }
        }
        Self::from_array(lanes)
    }

    #[inline(always)]
    unsafe fn load_partial_interleaved(source: *const bf16, count: usize) -> (Self, Self) {
        let [mut first, mut second] = [[0.0; Self::LANES]; 2];
        for (i, (first, second)) in first.iter_mut().zip(&mut second).enumerate() {
            if i < count {
                // SAFETY: as in `load_partial`.
                let pair = unsafe { [source.add(2 * i).read(), source.add(2 * i + 1).read()] };
                (*first, *second) = (pair[0].to_f32(), pair[1].to_f32());
            }
        }
        (Self::from_array(first), Self::from_array(second))
    }

    #[inline(always)]
    unsafe fn store_partial(self, target: *mut bf16, count: usize) {
        for (i, lane) in self.to_array().into_iter().enumerate() {
            if i < count {
                // SAFETY: as in `load_partial`.
                unsafe { target.add(i).write(bf16::from_f32(lane)) }
            }
        }
    }
}

#[cfg(native_registers)]
mod native {
    use core::arch::x86_64::*;

    use half::bf16;

    use super::super::{Avx2F32, Avx512F32, Group, Memory, Register};
    use super::UPPER;

    /// The digits of a number that are rounded away, all but the leading one set: added with the last digit that
    /// stays, they round to nearest, ties to even.
    const HALF: i32 = 0x7fff;

    /// Set in a NaN, so that one remains.
    const QUIET: i32 = 0x0040_0000;

    // SAFETY: values come from the loads only.
    unsafe impl Memory<bf16> for Avx2F32 {
        #[inline(always)]
        unsafe fn load(source: *const bf16) -> Self {
            // SAFETY: the caller vouches for the CPU and for 8 elements; so in `store`.
            unsafe {
                let bits = _mm256_cvtepu16_epi32(_mm_loadu_si128(source.cast()));
                Self(_mm256_castsi256_ps(_mm256_slli_epi32::<16>(bits)))
            }
        }

        #[inline(always)]
        unsafe fn load_interleaved(source: *const bf16) -> (Self, Self) {
            // SAFETY: as in `load`, for 16 elements.
            unsafe { pairs_of_eight(_mm256_loadu_si256(source.cast())) }
        }

        #[inline(always)]
        unsafe fn store(self, target: *mut bf16) {
            // SAFETY: as in `load`.
            unsafe {
                let bits = _mm256_castps_si256(self.0);
                let last = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
                let rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(HALF)), last);
                let nan = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_UNORD_Q>(self.0, self.0));
                let quiet = _mm256_or_si256(bits, _mm256_set1_epi32(QUIET));
                let upper = _mm256_srli_epi32::<16>(_mm256_blendv_epi8(rounded, quiet, nan));
                let packed = _mm256_packus_epi32(upper, upper);
                let in_order = _mm256_permute4x64_epi64::<0b10_00>(packed);
                _mm_storeu_si128(target.cast(), _mm256_castsi256_si128(in_order));
            }
        }
    }

    // SAFETY: arrays of as many elements as there are lanes, or the mask leaves out what lies beyond `count`.
    unsafe impl Register<bf16> for Avx2F32 {
        #[inline(always)]
        unsafe fn load_partial(source: *const bf16, count: usize) -> Self {
            let mut elements = [bf16::ZERO; Self::LANES];
            for (i, element) in elements.iter_mut().enumerate() {
                if i < count {
                    // SAFETY: within the `count` elements that the caller vouches for.
                    *element = unsafe { source.add(i).read() };
                }
            }
            // SAFETY: as many elements as lanes; the caller vouches for the CPU.
            unsafe { Self::load(elements.as_ptr()) }
        }

        #[inline(always)]
        unsafe fn load_partial_interleaved(source: *const bf16, count: usize) -> (Self, Self) {
            // SAFETY: as in `load_interleaved`, for `count` pairs.
            unsafe {
                pairs_of_eight(_mm256_maskload_epi32(source.cast(), super::super::first_of_eight(count)))
            }
        }

        #[inline(always)]
        unsafe fn store_partial(self, target: *mut bf16, count: usize) {
            let mut elements = [bf16::ZERO; Self::LANES];
            // SAFETY: as many elements as lanes.
            unsafe { self.store(elements.as_mut_ptr()) };
            for (i, element) in elements.into_iter().enumerate() {
                if i < count {
                    // SAFETY: within the `count` elements that the caller vouches for.
                    unsafe { target.add(i).write(element) }
                }
            }
        }
    }

    /// The first of each pair, and the second.
    ///
    /// # Safety
    ///
    /// The CPU has AVX2.
    #[inline(always)]
    unsafe fn pairs_of_eight(bits: __m256i) -> (Avx2F32, Avx2F32) {
        // SAFETY: as the caller vouches.
        unsafe {
            let second = _mm256_and_si256(bits, _mm256_set1_epi32(UPPER as i32));
            let first = _mm256_slli_epi32::<16>(bits);
            (Avx2F32(_mm256_castsi256_ps(first)), Avx2F32(_mm256_castsi256_ps(second)))
        }
    }

    // SAFETY: values come from the loads only.
    unsafe impl Memory<bf16> for Avx512F32 {
        #[inline(always)]
        unsafe fn load(source: *const bf16) -> Self {
            // SAFETY: the caller vouches for the CPU and for 16 elements; so in `store`.
            unsafe { of_sixteen(_mm256_loadu_si256(source.cast())) }
        }

        #[inline(always)]
        unsafe fn load_interleaved(source: *const bf16) -> (Self, Self) {
            // SAFETY: as in `load`, for 32 elements.
            unsafe { pairs_of_sixteen(_mm512_loadu_si512(source.cast())) }
        }

        #[inline(always)]
        unsafe fn store(self, target: *mut bf16) {
            // SAFETY: as in `load`.
            unsafe { _mm256_storeu_si256(target.cast(), rounded(self)) }
        }
    }

    // SAFETY: the mask leaves out what lies beyond `count`.
    unsafe impl Register<bf16> for Avx512F32 {
        #[inline(always)]
        unsafe fn load_partial(source: *const bf16, count: usize) -> Self {
            // SAFETY: the caller vouches for the CPU and for `count` elements.
            unsafe { of_sixteen(_mm256_maskz_loadu_epi16((1 << count) - 1, source.cast())) }
        }

        #[inline(always)]
        unsafe fn load_partial_interleaved(source: *const bf16, count: usize) -> (Self, Self) {
            // SAFETY: as in `load_partial`, for `count` pairs.
            unsafe { pairs_of_sixteen(_mm512_maskz_loadu_epi32((1 << count) - 1, source.cast())) }
        }

        #[inline(always)]
        unsafe fn store_partial(self, target: *mut bf16, count: usize) {
            // SAFETY: as in `load_partial`.
            unsafe { _mm256_mask_storeu_epi16(target.cast(), (1 << count) - 1, rounded(self)) }
        }
    }

    /// # Safety
    ///
    /// The CPU has AVX-512 F.
    #[inline(always)]
    unsafe fn of_sixteen(halves: __m256i) -> Avx512F32 {
        // SAFETY: as the caller vouches; so below.
        unsafe { Avx512F32(_mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(halves)))) }
    }

    /// The first of each pair, and the second.
    ///
    /// # Safety
    ///
    /// The CPU has AVX-512 F.
    #[inline(always)]
    unsafe fn pairs_of_sixteen(bits: __m512i) -> (Avx512F32, Avx512F32) {
        // SAFETY: as the caller vouches.
        unsafe {
            let second = _mm512_and_si512(bits, _mm512_set1_epi32(UPPER as i32));
            let first = _mm512_slli_epi32::<16>(bits);
            (Avx512F32(_mm512_castsi512_ps(first)), Avx512F32(_mm512_castsi512_ps(second)))
        }
    }

    /// The nearest numbers of the upper halves, ties to even.
    ///
    /// # Safety
    ///
    /// The CPU has AVX-512 F.
    #[inline(always)]
    unsafe fn rounded(lanes: Avx512F32) -> __m256i {
        // SAFETY: as the caller vouches.
        unsafe {
            let bits = _mm512_castps_si512(lanes.0);
            let last = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
            let rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(HALF)), last);
            let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(lanes.0, lanes.0);
            let rounded = _mm512_mask_or_epi32(rounded, nan, bits, _mm512_set1_epi32(QUIET));
            _mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(rounded))
        }
    }
}
