//! One number as lanes of one, for the CPUs of [`super::avx2`] and [`super::avx512`]: the last element of a
//! slice takes a third less time alone than as a register.
//!
//! Fused multiply-add comes from the intrinsics, because `mul_add` of a float is a library call where the
//! build does not know of the instruction, and missing without the standard library.

use core::arch::x86_64::*;

use crate::format::Format;

use super::{Apart, Group, Lanes, Memory, Widen, Work};

/// One `f32`.
#[derive(Clone, Copy)]
pub(crate) struct OneF32(f32);

/// One `f64`.
#[derive(Clone, Copy)]
pub(crate) struct OneF64(f64);

/// Expands to both formats.
macro_rules! one {
    ($name:ident, $element:ident, $bits:ident, $set:ident, $get:ident, $mul_add:ident, $neg_mul_add:ident) => {
        impl Group for $name {
            type Number = $element;
            const LANES: usize = 1;
        }

        // SAFETY: values come from loads only (of these there is one more, in `Widen`, from another value).
        unsafe impl<T: Format<Number = $element>> Memory<T> for $name {
            #[inline(always)]
            unsafe fn load(source: *const T) -> Self {
                // SAFETY: the caller vouches for one element; so below.
                Self(unsafe { <$element as Memory<T>>::load(source) })
            }

            #[inline(always)]
            unsafe fn load_interleaved(source: *const T) -> (Self, Self) {
                // SAFETY: as in `load`, for two.
                let (first, second) = unsafe { <$element as Memory<T>>::load_interleaved(source) };
                (Self(first), Self(second))
            }

            #[inline(always)]
            unsafe fn store(self, target: *mut T) {
                // SAFETY: as in `load`.
                unsafe { Memory::<T>::store(self.0, target) }
            }
        }

        // SAFETY: one lane depends on no other.
        unsafe impl Lanes for $name {
            type Mask = bool;
            type Register = Self;
            type One = Self;
            type Largest = $bits;
            type Lacking = bool;
            const FUSED: bool = true;
            const ADDS_EXPONENTS: bool = true;

            #[inline(always)]
            fn splat(self, value: $element) -> Self {
                Self(value)
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }

            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(self.0 * other.0)
            }

            #[inline(always)]
            fn div(self, other: Self) -> Self {
                Self(self.0 / other.0)
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, addend: Self) -> Self {
                // SAFETY: `self` proves that the CPU has the instruction; so below.
                Self(unsafe { $get($mul_add($set(self.0), $set(factor.0), $set(addend.0))) })
            }

            #[inline(always)]
            fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
                // SAFETY: as in `mul_add`.
                Self(unsafe { $get($neg_mul_add($set(self.0), $set(factor.0), $set(addend.0))) })
            }

            #[inline(always)]
            fn at_least(self, floor: Self) -> Self {
                Self(if floor.0 > self.0 { floor.0 } else { self.0 })
            }

            #[inline(always)]
            fn at_most(self, ceiling: Self) -> Self {
                Self(if ceiling.0 < self.0 { ceiling.0 } else { self.0 })
            }

            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self(if self.0 < other.0 { self.0 } else { other.0 })
            }

            #[inline(always)]
            fn or_bits(self, other: Self) -> Self {
                Self($element::from_bits(self.0.to_bits() | other.0.to_bits()))
            }

            #[inline(always)]
            fn negative_magnitude(self) -> Self {
                self.or_bits(self.splat(-0.0))
            }

            #[inline(always)]
            fn low_bits_to_exponent(self) -> Self {
                Self($element::from_bits(self.0.to_bits() << ($element::MANTISSA_DIGITS - 1)))
            }

            #[inline(always)]
            fn exponent_to_low_bits(self) -> Self {
                Self($element::from_bits(self.0.to_bits() >> ($element::MANTISSA_DIGITS - 1)))
            }

            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                Self($element::from_bits(self.0.to_bits().wrapping_add(other.0.to_bits())))
            }

            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                Self($element::from_bits(self.0.to_bits().wrapping_sub(other.0.to_bits())))
            }

            #[inline(always)]
            fn below(self, limit: Self) -> bool {
                self.0 < limit.0
            }

            #[inline(always)]
            fn any(mask: bool) -> bool {
                mask
            }

            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }

            #[inline(always)]
            fn keep(mask: bool, value: Self) -> Self {
                if mask { value } else { Self(0.0) }
            }

            #[inline(always)]
            fn discard(mask: bool, value: Self) -> Self {
                if mask { Self(0.0) } else { value }
            }

            #[inline(always)]
            fn lacking(self, which: $element) -> bool {
                self.0.to_bits() & which.to_bits() == 0
            }

            #[inline(always)]
            fn either_lacking(lacking: bool, other: bool) -> bool {
                lacking | other
            }

            #[inline(always)]
            fn any_lacking(lacking: bool) -> bool {
                lacking
            }

            // Magnitudes order like integers, and so a NaN is the largest of all, as it is in registers.

            #[inline(always)]
            fn largest(self) -> $bits {
                self.0.to_bits() << 1
            }

            #[inline(always)]
            fn larger(self, largest: $bits) -> $bits {
                largest.max(self.largest())
            }

            #[inline(always)]
            fn is_beyond(largest: $bits, limit: $element) -> bool {
                largest > limit.to_bits() << 1
            }
        }
    };
}

one!(OneF32, f32, u32, _mm_set_ss, _mm_cvtss_f32, _mm_fmadd_ss, _mm_fnmadd_ss);
one!(OneF64, f64, u64, _mm_set_sd, _mm_cvtsd_f64, _mm_fmadd_sd, _mm_fnmadd_sd);

impl Apart for OneF64 {
    #[inline(always)]
    fn apart(self, work: impl Work) {
        #[cold]
        #[inline(never)]
        #[target_feature(enable = "fma")]
        fn here(work: impl Work) {
            // SAFETY: there is a value of this type.
            unsafe { work.on::<OneF64>() }
        }
        // SAFETY: `self` proves that the CPU has the instructions.
        unsafe { here(work) }
    }
}

// SAFETY: as for `Lanes`.
unsafe impl Widen for OneF32 {
    type Double = OneF64;

    #[inline(always)]
    fn widen(self) -> OneF64 {
        OneF64(self.0.into())
    }

    #[inline(always)]
    fn narrow(double: OneF64) -> Self {
        Self(double.0 as f32)
    }

    #[inline(always)]
    fn lower_halves(double: OneF64) -> Self {
        Self(f32::from_bits(double.0.to_bits() as u32))
    }
}
