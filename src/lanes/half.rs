//! How the formats of the crate `half` fill registers of `f32`: a `bf16` is the upper half of one, an `f16` is
//! converted.
//!
//! Numbers are stored to nearest, ties to even; subnormal numbers are kept, and a NaN stays one. `bf16` are rounded by
//! integers, because the instruction for it takes subnormal numbers for zero.

use half::{bf16, f16};

use super::portable::each_f32;
use super::woven::{Weave, store_by_memory};
use super::{Group, Memory, PortableF32, Register};
use crate::format::Format;

/// A format of half the size of `f32`, and how many of it become lanes and back at once.
pub(crate) trait Halves: Format<Number = f32> {
    /// The element of these bits.
    fn of_bits(bits: u16) -> Self;

    /// The bits.
    fn bits(self) -> u16;

    /// The numbers of the bits in the lower halves of the lanes; the upper ones are zero.
    fn portable(bits: PortableF32) -> PortableF32;

    /// The bits of the nearest elements in the lower halves of the lanes.
    fn nearest_portable(lanes: PortableF32) -> PortableF32;

    /// The numbers of eight elements.
    ///
    /// # Safety
    ///
    /// The CPU has AVX2 and F16C.
    #[cfg(native_registers)]
    unsafe fn eight(bits: native::Eight) -> super::Avx2F32;

    /// The nearest elements of eight numbers.
    #[cfg(native_registers)]
    fn nearest_eight(lanes: super::Avx2F32) -> native::Eight;

    /// The first and the second of eight pairs.
    ///
    /// # Safety
    ///
    /// The CPU has AVX2 and F16C.
    #[cfg(native_registers)]
    unsafe fn eight_pairs(bits: native::Sixteen) -> (super::Avx2F32, super::Avx2F32);

    /// The numbers of sixteen elements.
    ///
    /// # Safety
    ///
    /// The CPU has AVX-512 F.
    #[cfg(native_registers)]
    unsafe fn sixteen(bits: native::Sixteen) -> super::Avx512F32;

    /// The nearest elements of sixteen numbers.
    #[cfg(native_registers)]
    fn nearest_sixteen(lanes: super::Avx512F32) -> native::Sixteen;

    /// The first and the second of sixteen pairs.
    ///
    /// # Safety
    ///
    /// The CPU has AVX-512 F.
    #[cfg(native_registers)]
    unsafe fn sixteen_pairs(bits: native::ThirtyTwo) -> (super::Avx512F32, super::Avx512F32);
}

impl Halves for bf16 {
    #[inline(always)]
    fn of_bits(bits: u16) -> bf16 {
        bf16::from_bits(bits)
    }

    #[inline(always)]
    fn bits(self) -> u16 {
        self.to_bits()
    }

    #[inline(always)]
    fn portable(bits: PortableF32) -> PortableF32 {
        bits.of_upper_halves()
    }

    #[inline(always)]
    fn nearest_portable(lanes: PortableF32) -> PortableF32 {
        lanes.nearest_upper_halves()
    }

    #[cfg(native_registers)]
    native::bf16_lanes!();
}

impl Halves for f16 {
    #[inline(always)]
    fn of_bits(bits: u16) -> f16 {
        f16::from_bits(bits)
    }

    #[inline(always)]
    fn bits(self) -> u16 {
        self.to_bits()
    }

    #[inline(always)]
    fn portable(bits: PortableF32) -> PortableF32 {
        bits.of_f16_bits()
    }

    #[inline(always)]
    fn nearest_portable(lanes: PortableF32) -> PortableF32 {
        lanes.nearest_f16_bits()
    }

    #[cfg(native_registers)]
    native::f16_lanes!();
}

// SAFETY: as many elements as there are lanes are read or written.
unsafe impl<T: Halves> Memory<T> for PortableF32 {
    #[inline(always)]
    unsafe fn load(source: *const T) -> Self {
        // SAFETY: valid for so many elements, says the caller; so below.
        T::portable(Self::from_bits(each_f32(|i| unsafe { source.add(i).read() }.bits().into())))
    }

    #[inline(always)]
    unsafe fn load_interleaved(source: *const T) -> (Self, Self) {
        // SAFETY: as in `load`, of twice as many.
        let every_second =
            |first: usize| each_f32(|i| unsafe { source.add(first + 2 * i).read() }.bits().into());
        (T::portable(Self::from_bits(every_second(0))), T::portable(Self::from_bits(every_second(1))))
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut T) {
        let lanes = T::nearest_portable(self).to_bits();
        // SAFETY: as in `load`.
        each_f32(|i| unsafe { target.add(i).write(T::of_bits(lanes[i] as u16)) });
    }
}

// SAFETY: `count` elements are read or written, and of a count of all lanes all.
unsafe impl<T: Halves> Register<T> for PortableF32 {
    #[inline(always)]
    unsafe fn load_partial(source: *const T, count: usize) -> Self {
        let mut lanes = [0; Self::LANES];
        for (i, lane) in lanes.iter_mut().enumerate() {
            if i < count {
                // SAFETY: within the elements that the caller vouches for; so below.
                *lane = unsafe { source.add(i).read() }.bits().into();
            }
        }
        T::portable(Self::from_bits(lanes))
    }

    #[inline(always)]
    unsafe fn load_partial_interleaved(source: *const T, count: usize) -> (Self, Self) {
        let [mut first, mut second] = [[0; Self::LANES]; 2];
        for (i, (first, second)) in first.iter_mut().zip(&mut second).enumerate() {
            if i < count {
                // SAFETY: as in `load_partial`.
                let pair = unsafe { [source.add(2 * i).read(), source.add(2 * i + 1).read()] };
                (*first, *second) = (pair[0].bits().into(), pair[1].bits().into());
            }
        }
        (T::portable(Self::from_bits(first)), T::portable(Self::from_bits(second)))
    }

    #[inline(always)]
    unsafe fn store_partial(self, target: *mut T, count: usize) {
        for (i, lane) in T::nearest_portable(self).to_bits().into_iter().enumerate() {
            if i < count {
                // SAFETY: as in `load_partial`.
                unsafe { target.add(i).write(T::of_bits(lane as u16)) }
            }
        }
    }
}

// SAFETY: as many pairs as there are lanes are as many `u32`.
unsafe impl<T: Halves> Weave<T> for PortableF32 {
    #[inline(always)]
    unsafe fn load_woven(source: *const T) -> (Self, Self) {
        // SAFETY: as the caller vouches; unaligned is allowed for.
        let words = unsafe { source.cast::<[u32; Self::LANES]>().read_unaligned() };
        let (even, odd) = Self::from_bits(words).halves();
        (T::portable(even), T::portable(odd))
    }

    #[inline(always)]
    unsafe fn store_woven(even: Self, odd: Self, target: *mut T) {
        let words = Self::of_halves(T::nearest_portable(even), T::nearest_portable(odd)).to_bits();
        // SAFETY: as in `load_woven`.
        unsafe { target.cast::<[u32; Self::LANES]>().write_unaligned(words) }
    }
}

// SAFETY: as by way of memory.
unsafe impl Weave<f32> for PortableF32 {
    #[inline(always)]
    unsafe fn store_woven(even: Self, odd: Self, target: *mut f32) {
        // SAFETY: as the caller vouches.
        unsafe { store_by_memory(even, odd, target) }
    }
}

#[cfg(native_registers)]
mod native {
    use core::arch::x86_64::*;

    use half::bf16;

    use super::super::ends::{load_16, load_32, load_64, store_16, store_32};
    use super::super::woven::{Weave, store_by_memory};
    use super::super::{Avx2F32, Avx512F32, Memory, Register};
    use super::Halves;

    /// Eight elements.
    pub(crate) type Eight = __m128i;
    /// Sixteen elements.
    pub(crate) type Sixteen = __m256i;
    /// Thirty-two elements.
    pub(crate) type ThirtyTwo = __m512i;

    /// The bits of an `f32` that a `bf16` has.
    pub(super) const UPPER: i32 = 0xffff_0000_u32 as i32;

    /// The digits of a number that are rounded away, all but the leading one set: added with the last digit that
    /// stays, they round to nearest, ties to even.
    const HALF: i32 = 0x7fff;

    /// Set in a NaN, so that one remains.
    const QUIET: i32 = 0x0040_0000;

    /// Expands to the methods of `Halves` for `bf16`.
    macro_rules! bf16_lanes {
        () => {
            #[inline(always)]
            unsafe fn eight(bits: native::Eight) -> super::Avx2F32 {
                use core::arch::x86_64::*;
                // SAFETY: the caller vouches for the CPU; so below, or a value of its registers does.
                super::Avx2F32(unsafe {
                    _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(bits)))
                })
            }

            #[inline(always)]
            fn nearest_eight(lanes: super::Avx2F32) -> native::Eight {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe { native::lower_halves(_mm256_srli_epi32::<16>(native::upper_of_eight(lanes))) }
            }

            #[inline(always)]
            unsafe fn eight_pairs(bits: native::Sixteen) -> (super::Avx2F32, super::Avx2F32) {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe {
                    let second = _mm256_and_si256(bits, _mm256_set1_epi32(native::UPPER));
                    let first = _mm256_slli_epi32::<16>(bits);
                    (super::Avx2F32(_mm256_castsi256_ps(first)), super::Avx2F32(_mm256_castsi256_ps(second)))
                }
            }

            #[inline(always)]
            unsafe fn sixteen(bits: native::Sixteen) -> super::Avx512F32 {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                super::Avx512F32(unsafe {
                    _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(bits)))
                })
            }

            #[inline(always)]
            fn nearest_sixteen(lanes: super::Avx512F32) -> native::Sixteen {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe { _mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(native::upper_of_sixteen(lanes))) }
            }

            #[inline(always)]
            unsafe fn sixteen_pairs(bits: native::ThirtyTwo) -> (super::Avx512F32, super::Avx512F32) {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe {
                    let second = _mm512_and_si512(bits, _mm512_set1_epi32(native::UPPER));
                    let first = _mm512_slli_epi32::<16>(bits);
                    (
                        super::Avx512F32(_mm512_castsi512_ps(first)),
                        super::Avx512F32(_mm512_castsi512_ps(second)),
                    )
                }
            }
        };
    }

    /// Expands to the methods of `Halves` for `f16`.
    macro_rules! f16_lanes {
        () => {
            #[inline(always)]
            unsafe fn eight(bits: native::Eight) -> super::Avx2F32 {
                use core::arch::x86_64::*;
                // SAFETY: the caller vouches for the CPU; so below, or a value of its registers does. (There is none
                // without F16C: `engine::avx2`.)
                super::Avx2F32(unsafe { _mm256_cvtph_ps(bits) })
            }

            #[inline(always)]
            fn nearest_eight(lanes: super::Avx2F32) -> native::Eight {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe { _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(lanes.0) }
            }

            #[inline(always)]
            unsafe fn eight_pairs(bits: native::Sixteen) -> (super::Avx2F32, super::Avx2F32) {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe {
                    let first = _mm256_and_si256(bits, _mm256_set1_epi32(!native::UPPER));
                    let second = _mm256_srli_epi32::<16>(bits);
                    (Self::eight(native::lower_halves(first)), Self::eight(native::lower_halves(second)))
                }
            }

            #[inline(always)]
            unsafe fn sixteen(bits: native::Sixteen) -> super::Avx512F32 {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                super::Avx512F32(unsafe { _mm512_cvtph_ps(bits) })
            }

            #[inline(always)]
            fn nearest_sixteen(lanes: super::Avx512F32) -> native::Sixteen {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe { _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(lanes.0) }
            }

            #[inline(always)]
            unsafe fn sixteen_pairs(bits: native::ThirtyTwo) -> (super::Avx512F32, super::Avx512F32) {
                use core::arch::x86_64::*;
                // SAFETY: as in `eight`.
                unsafe {
                    let second = _mm512_srli_epi32::<16>(bits);
                    (Self::sixteen(_mm512_cvtepi32_epi16(bits)), Self::sixteen(_mm512_cvtepi32_epi16(second)))
                }
            }
        };
    }

    pub(super) use {bf16_lanes, f16_lanes};

    /// The nearest `bf16` in the upper halves, and whatever in the lower ones.
    #[inline(always)]
    pub(super) fn upper_of_eight(lanes: Avx2F32) -> __m256i {
        // SAFETY: `lanes` proves that the CPU has the instructions.
        unsafe {
            let bits = _mm256_castps_si256(lanes.0);
            let last = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
            let rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(HALF)), last);
            let nan = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_UNORD_Q>(lanes.0, lanes.0));
            let quiet = _mm256_or_si256(bits, _mm256_set1_epi32(QUIET));
            _mm256_blendv_epi8(rounded, quiet, nan)
        }
    }

    /// The same of sixteen.
    #[inline(always)]
    pub(super) fn upper_of_sixteen(lanes: Avx512F32) -> __m512i {
        // SAFETY: as in `upper_of_eight`.
        unsafe {
            let bits = _mm512_castps_si512(lanes.0);
            let last = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
            let rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(HALF)), last);
            let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(lanes.0, lanes.0);
            _mm512_mask_or_epi32(rounded, nan, bits, _mm512_set1_epi32(QUIET))
        }
    }

    /// The lower halves of eight integers, of which the upper are zero.
    ///
    /// # Safety
    ///
    /// The CPU has AVX2.
    #[inline(always)]
    pub(super) unsafe fn lower_halves(bits: __m256i) -> Eight {
        // SAFETY: as the caller vouches.
        unsafe {
            let packed = _mm256_packus_epi32(bits, bits);
            _mm256_castsi256_si128(_mm256_permute4x64_epi64::<0b10_00>(packed))
        }
    }

    // SAFETY: values come from the loads only.
    unsafe impl<T: Halves> Memory<T> for Avx2F32 {
        #[inline(always)]
        unsafe fn load(source: *const T) -> Self {
            // SAFETY: the caller vouches for the CPU and for 8 elements; so in `store`.
            unsafe { T::eight(_mm_loadu_si128(source.cast())) }
        }

        #[inline(always)]
        unsafe fn load_interleaved(source: *const T) -> (Self, Self) {
            // SAFETY: as in `load`, for 16 elements.
            unsafe { T::eight_pairs(_mm256_loadu_si256(source.cast())) }
        }

        #[inline(always)]
        unsafe fn store(self, target: *mut T) {
            // SAFETY: as in `load`.
            unsafe { _mm_storeu_si128(target.cast(), T::nearest_eight(self)) }
        }

        #[inline(always)]
        unsafe fn stream(self, target: *mut T) {
            // SAFETY: as in `load`, and the caller vouches for the alignment.
            unsafe { _mm_stream_si128(target.cast(), T::nearest_eight(self)) }
        }
    }

    // A kernel's NaN is a NaN of its inputs or the one that arithmetic makes: to round it changes nothing, if the
    // inputs are `bf16`.

    /// Half of the last digit that stays.
    const HALF_UNIT: i32 = 0x8000;

    /// Eight pairs of the nearest `bf16`.
    #[inline(always)]
    fn woven_of_eight(even: Avx2F32, odd: Avx2F32) -> __m256i {
        // SAFETY: the lanes prove that the CPU has the instructions.
        unsafe {
            let half = _mm256_set1_epi32(HALF_UNIT);
            let even = _mm256_srli_epi32::<16>(_mm256_add_epi32(_mm256_castps_si256(even.0), half));
            let odd = _mm256_add_epi32(_mm256_castps_si256(odd.0), half);
            _mm256_blend_epi16::<0b10101010>(even, odd)
        }
    }

    /// Sixteen pairs.
    #[inline(always)]
    fn woven_of_sixteen(even: Avx512F32, odd: Avx512F32) -> __m512i {
        // SAFETY: as in `woven_of_eight`.
        unsafe {
            let half = _mm512_set1_epi32(HALF_UNIT);
            let even = _mm512_srli_epi32::<16>(_mm512_add_epi32(_mm512_castps_si512(even.0), half));
            let odd = _mm512_add_epi32(_mm512_castps_si512(odd.0), half);
            _mm512_mask_blend_epi16(0xaaaa_aaaa, even, odd)
        }
    }

    // SAFETY: sixteen elements in a register.
    unsafe impl Weave<bf16> for Avx2F32 {
        #[inline(always)]
        unsafe fn store_woven(even: Self, odd: Self, target: *mut bf16) {
            // SAFETY: the caller vouches for 16 elements.
            unsafe { _mm256_storeu_si256(target.cast(), woven_of_eight(even, odd)) }
        }

        #[inline(always)]
        unsafe fn stream_woven(even: Self, odd: Self, target: *mut bf16) {
            // SAFETY: as in `store_woven`, and the caller vouches for the alignment.
            unsafe { _mm256_stream_si256(target.cast(), woven_of_eight(even, odd)) }
        }
    }

    // SAFETY: thirty-two elements in a register.
    unsafe impl Weave<bf16> for Avx512F32 {
        #[inline(always)]
        unsafe fn store_woven(even: Self, odd: Self, target: *mut bf16) {
            // SAFETY: the caller vouches for 32 elements.
            unsafe { _mm512_storeu_si512(target.cast(), woven_of_sixteen(even, odd)) }
        }

        #[inline(always)]
        unsafe fn stream_woven(even: Self, odd: Self, target: *mut bf16) {
            // SAFETY: as in `store_woven`, and the caller vouches for the alignment.
            unsafe { _mm512_stream_si512(target.cast(), woven_of_sixteen(even, odd)) }
        }
    }

    // SAFETY: as by way of memory; so below.
    unsafe impl Weave<f32> for Avx2F32 {
        #[inline(always)]
        unsafe fn store_woven(even: Self, odd: Self, target: *mut f32) {
            // SAFETY: as the caller vouches.
            unsafe { store_by_memory(even, odd, target) }
        }
    }

    // SAFETY: as above.
    unsafe impl Weave<f32> for Avx512F32 {
        #[inline(always)]
        unsafe fn store_woven(even: Self, odd: Self, target: *mut f32) {
            // SAFETY: as the caller vouches.
            unsafe { store_by_memory(even, odd, target) }
        }
    }

    // SAFETY: the bytes of `count` elements.
    unsafe impl<T: Halves> Register<T> for Avx2F32 {
        #[inline(always)]
        unsafe fn load_partial(source: *const T, count: usize) -> Self {
            // SAFETY: the caller vouches for the CPU and for `count` elements; so in `store_partial`.
            unsafe { T::eight(load_16::<2>(source.cast(), 2 * count)) }
        }

        #[inline(always)]
        unsafe fn load_partial_interleaved(source: *const T, count: usize) -> (Self, Self) {
            // SAFETY: as in `load_partial`, for `count` pairs.
            unsafe { T::eight_pairs(load_32::<4>(source.cast(), 4 * count)) }
        }

        #[inline(always)]
        unsafe fn store_partial(self, target: *mut T, count: usize) {
            // SAFETY: as in `load_partial`.
            unsafe { store_16::<2>(T::nearest_eight(self), target.cast(), 2 * count) }
        }
    }

    // SAFETY: values come from the loads only.
    unsafe impl<T: Halves> Memory<T> for Avx512F32 {
        #[inline(always)]
        unsafe fn load(source: *const T) -> Self {
            // SAFETY: the caller vouches for the CPU and for 16 elements; so in `store`.
            unsafe { T::sixteen(_mm256_loadu_si256(source.cast())) }
        }

        #[inline(always)]
        unsafe fn load_interleaved(source: *const T) -> (Self, Self) {
            // SAFETY: as in `load`, for 32 elements.
            unsafe { T::sixteen_pairs(_mm512_loadu_si512(source.cast())) }
        }

        #[inline(always)]
        unsafe fn store(self, target: *mut T) {
            // SAFETY: as in `load`.
            unsafe { _mm256_storeu_si256(target.cast(), T::nearest_sixteen(self)) }
        }

        #[inline(always)]
        unsafe fn stream(self, target: *mut T) {
            // SAFETY: as in `load`, and the caller vouches for the alignment.
            unsafe { _mm256_stream_si256(target.cast(), T::nearest_sixteen(self)) }
        }
    }

    // SAFETY: the bytes of `count` elements.
    unsafe impl<T: Halves> Register<T> for Avx512F32 {
        #[inline(always)]
        unsafe fn load_partial(source: *const T, count: usize) -> Self {
            // SAFETY: the caller vouches for the CPU and for `count` elements.
            unsafe { T::sixteen(load_32::<2>(source.cast(), 2 * count)) }
        }

        #[inline(always)]
        unsafe fn load_partial_interleaved(source: *const T, count: usize) -> (Self, Self) {
            // SAFETY: as in `load_partial`, for `count` pairs.
            unsafe { T::sixteen_pairs(load_64::<4>(source.cast(), 4 * count)) }
        }

        #[inline(always)]
        unsafe fn store_partial(self, target: *mut T, count: usize) {
            // SAFETY: as in `load_partial`.
            unsafe { store_32::<2>(T::nearest_sixteen(self), target.cast(), 2 * count) }
        }
    }
}
