//! What x86's register types have in common, and do by intrinsics of other names: memory, arithmetic, bits. What differs
//! between them stands in [`super::avx2`] and [`super::avx512`].

/// Expands to how a register type is loaded and stored: whole, in part (by the functions of [`super::ends`], as integers),
/// and as pairs that are taken apart.
macro_rules! memory {
    ($register:ident of $number:ident: $load:ident, $store:ident, $stream:ident, $zero:ident,
        $load_part:ident, $from_integers:ident, $store_part:ident, $to_integers:ident, $pairs:ident) => {
        // SAFETY: values come from the loads only.
        unsafe impl Memory<$number> for $register {
            #[inline(always)]
            unsafe fn load(source: *const $number) -> Self {
                // SAFETY: the caller vouches for the CPU and for as many elements as there are lanes; so below.
                Self(unsafe { $load(source) })
            }

            #[inline(always)]
            unsafe fn store(self, target: *mut $number) {
                // SAFETY: as in `load`.
                unsafe { $store(target, self.0) }
            }

            #[inline(always)]
            unsafe fn stream(self, target: *mut $number) {
                // SAFETY: as in `load`, and the caller vouches for the alignment.
                unsafe { $stream(target, self.0) }
            }

            #[inline(always)]
            unsafe fn load_interleaved(source: *const $number) -> (Self, Self) {
                // SAFETY: as in `load`, for both registers.
                unsafe { $pairs($load(source), $load(source.add(Self::LANES))) }
            }
        }

        // SAFETY: as for `Memory`; of `count` elements, the bytes.
        unsafe impl Register<$number> for $register {
            #[inline(always)]
            unsafe fn load_partial(source: *const $number, count: usize) -> Self {
                const SIZE: usize = size_of::<$number>();
                // SAFETY: the caller vouches for the CPU and for `count` elements.
                Self(unsafe { $from_integers($load_part::<SIZE>(source.cast(), SIZE * count)) })
            }

            #[inline(always)]
            unsafe fn load_partial_interleaved(source: *const $number, count: usize) -> (Self, Self) {
                const PAIR: usize = 2 * size_of::<$number>();
                let half = Self::LANES / 2;
                // SAFETY: as in `load_partial`, for `half` pairs in a register.
                unsafe {
                    if count >= half {
                        $pairs($load(source), $load(source.add(2 * (count - half))))
                    } else {
                        $pairs($from_integers($load_part::<PAIR>(source.cast(), PAIR * count)), $zero())
                    }
                }
            }

            #[inline(always)]
            unsafe fn store_partial(self, target: *mut $number, count: usize) {
                const SIZE: usize = size_of::<$number>();
                // SAFETY: as in `load_partial`.
                unsafe { $store_part::<SIZE>($to_integers(self.0), target.cast(), SIZE * count) }
            }
        }
    };
}

/// Expands, inside an `impl Lanes`, to the methods that are one intrinsic each.
macro_rules! arithmetic {
    ($add:ident, $sub:ident, $mul:ident, $div:ident, $mul_add:ident, $neg_mul_add:ident, $max:ident, $min:ident) => {
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: `self` proves that the CPU has the instruction; so below.
            Self(unsafe { $add(self.0, other.0) })
        }

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $sub(self.0, other.0) })
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $mul(self.0, other.0) })
        }

        #[inline(always)]
        fn div(self, other: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $div(self.0, other.0) })
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, addend: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $mul_add(self.0, factor.0, addend.0) })
        }

        #[inline(always)]
        fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $neg_mul_add(self.0, factor.0, addend.0) })
        }

        // x86's minimum and maximum return the second operand when either is NaN, and so the
        // value that may be NaN stands second.

        #[inline(always)]
        fn at_least(self, floor: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $max(floor.0, self.0) })
        }

        #[inline(always)]
        fn at_most(self, ceiling: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $min(ceiling.0, self.0) })
        }

        #[inline(always)]
        fn min(self, other: Self) -> Self {
            // SAFETY: as in `add`.
            Self(unsafe { $min(self.0, other.0) })
        }
    };
}

/// Expands, inside an `impl Lanes`, to what is done with the bits of numbers: as they are, or as those of integers, which
/// the exponent stands in from `$exponent` on.
macro_rules! bits {
    ($splat:ident, $or:ident, $to_integers:ident, $from_integers:ident, $add:ident, $sub:ident,
        $shift_left:ident, $shift_right:ident, $exponent:literal) => {
        #[inline(always)]
        fn splat(self, value: Self::Number) -> Self {
            // SAFETY: `self` proves that the CPU has the instruction; so below.
            Self(unsafe { $splat(value) })
        }

        #[inline(always)]
        fn or_bits(self, other: Self) -> Self {
            // SAFETY: as in `splat`.
            Self(unsafe { $or(self.0, other.0) })
        }

        #[inline(always)]
        fn negative_magnitude(self) -> Self {
            self.or_bits(self.splat(-0.0))
        }

        #[inline(always)]
        fn low_bits_to_exponent(self) -> Self {
            // SAFETY: as in `splat`.
            Self(unsafe { $from_integers($shift_left::<$exponent>($to_integers(self.0))) })
        }

        #[inline(always)]
        fn exponent_to_low_bits(self) -> Self {
            // SAFETY: as in `splat`.
            Self(unsafe { $from_integers($shift_right::<$exponent>($to_integers(self.0))) })
        }

        #[inline(always)]
        fn add_bits(self, other: Self) -> Self {
            // SAFETY: as in `splat`.
            Self(unsafe { $from_integers($add($to_integers(self.0), $to_integers(other.0))) })
        }

        #[inline(always)]
        fn sub_bits(self, other: Self) -> Self {
            // SAFETY: as in `splat`.
            Self(unsafe { $from_integers($sub($to_integers(self.0), $to_integers(other.0))) })
        }
    };
}

pub(super) use {arithmetic, bits, memory};
