//! The arithmetic that x86's register types have in common: one line of meaning a method, and the
//! intrinsic that does it. What differs between them stands in [`super::avx2`] and
//! [`super::avx512`].

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

pub(super) use arithmetic;
