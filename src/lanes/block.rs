//! Several registers as one wide register.
//!
//! The mathematics is a chain in which every operation waits for the one before. Written over a
//! [`Block`] the same formulas come out with the chains of its registers interleaved operation by
//! operation, so that the CPU finds independent work beside each other instead of a register's
//! whole chain ahead (5% on AVX2, measured on Zen 4), and the test for far-out lanes is made once a
//! block.

#![allow(clippy::needless_range_loop)] // iterators may keep registers in memory: see `crate::drive`

use super::{Apart, Lanes, Widen, Work};

/// `N` registers side by side.
#[derive(Clone, Copy)]
pub(crate) struct Block<L, const N: usize>(pub(super) [L; N]);

impl<L: Lanes, const N: usize> Block<L, N> {
    #[inline(always)]
    fn map(mut self, operation: impl Fn(L) -> L) -> Self {
        for i in 0..N {
            self.0[i] = operation(self.0[i]);
        }
        self
    }

    #[inline(always)]
    fn zip(mut self, other: Self, operation: impl Fn(L, L) -> L) -> Self {
        for i in 0..N {
            self.0[i] = operation(self.0[i], other.0[i]);
        }
        self
    }
}

// SAFETY: every method does to each register what the register's own method does, at the
// elements that follow those of the register before it.
unsafe impl<L: Lanes, const N: usize> Lanes for Block<L, N> {
    type Element = L::Element;
    type Mask = [L::Mask; N];
    const LANES: usize = N * L::LANES;
    const STREAMS: bool = L::STREAMS;
    const FUSED: bool = L::FUSED;
    const ADDS_EXPONENTS: bool = L::ADDS_EXPONENTS;

    #[inline(always)]
    unsafe fn load(source: *const Self::Element) -> Self {
        // SAFETY: the caller vouches for the CPU and for all N * L::LANES elements.
        unsafe {
            let mut registers = [L::load(source); N];
            for i in 1..N {
                registers[i] = L::load(source.add(i * L::LANES));
            }
            Self(registers)
        }
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut Self::Element) {
        for i in 0..N {
            // SAFETY: within the N * L::LANES elements that the caller vouches for.
            unsafe { self.0[i].store(target.add(i * L::LANES)) }
        }
    }

    #[inline(always)]
    unsafe fn stream(self, target: *mut Self::Element) {
        for i in 0..N {
            // SAFETY: as in `store`; registers follow each other, and so the alignment
            // holds for each.
            unsafe { self.0[i].stream(target.add(i * L::LANES)) }
        }
    }

    #[inline(always)]
    fn splat(self, value: Self::Element) -> Self {
        Self([self.0[0].splat(value); N])
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, L::add)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, L::sub)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, L::mul)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, L::div)
    }

    #[inline(always)]
    fn mul_add(mut self, factor: Self, addend: Self) -> Self {
        for i in 0..N {
            self.0[i] = self.0[i].mul_add(factor.0[i], addend.0[i]);
        }
        self
    }

    #[inline(always)]
    fn neg_mul_add(mut self, factor: Self, addend: Self) -> Self {
        for i in 0..N {
            self.0[i] = self.0[i].neg_mul_add(factor.0[i], addend.0[i]);
        }
        self
    }

    #[inline(always)]
    fn at_least(self, floor: Self) -> Self {
        self.zip(floor, L::at_least)
    }

    #[inline(always)]
    fn at_most(self, ceiling: Self) -> Self {
        self.zip(ceiling, L::at_most)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, L::min)
    }

    #[inline(always)]
    fn or_bits(self, other: Self) -> Self {
        self.zip(other, L::or_bits)
    }

    #[inline(always)]
    fn negative_magnitude(self) -> Self {
        self.map(L::negative_magnitude)
    }

    #[inline(always)]
    fn low_bits_to_exponent(self) -> Self {
        self.map(L::low_bits_to_exponent)
    }

    #[inline(always)]
    fn add_bits(self, other: Self) -> Self {
        self.zip(other, L::add_bits)
    }

    #[inline(always)]
    fn sub_bits(self, other: Self) -> Self {
        self.zip(other, L::sub_bits)
    }

    #[inline(always)]
    fn below(self, limit: Self) -> Self::Mask {
        let mut masks = [self.0[0].below(limit.0[0]); N];
        for i in 1..N {
            masks[i] = self.0[i].below(limit.0[i]);
        }
        masks
    }

    #[inline(always)]
    fn any(mask: Self::Mask) -> bool {
        let mut any = false;
        for i in 0..N {
            any |= L::any(mask[i]);
        }
        any
    }

    #[inline(always)]
    fn select(mask: Self::Mask, mut yes: Self, no: Self) -> Self {
        for i in 0..N {
            yes.0[i] = L::select(mask[i], yes.0[i], no.0[i]);
        }
        yes
    }

    #[inline(always)]
    fn keep(mask: Self::Mask, mut value: Self) -> Self {
        for i in 0..N {
            value.0[i] = L::keep(mask[i], value.0[i]);
        }
        value
    }

    #[inline(always)]
    fn discard(mask: Self::Mask, mut value: Self) -> Self {
        for i in 0..N {
            value.0[i] = L::discard(mask[i], value.0[i]);
        }
        value
    }

    #[inline(always)]
    fn integer_bits_where(mut self, mask: Self::Mask, last_place_one: Self) -> Self {
        for i in 0..N {
            self.0[i] = self.0[i].integer_bits_where(mask[i], last_place_one.0[i]);
        }
        self
    }

    #[inline(always)]
    fn any_without_bits(self, which: Self::Element) -> bool {
        L::any_of_these_without_bits(&self.0, which)
    }

    #[inline(always)]
    fn any_of_these_without_bits<const M: usize>(blocks: &[Self; M], which: Self::Element) -> bool {
        let mut any = false;
        for i in 0..M {
            any |= blocks[i].any_without_bits(which);
        }
        any
    }

    #[inline(always)]
    fn any_beyond(self, limit: Self::Element) -> bool {
        L::any_of_these_beyond(&self.0, limit)
    }

    #[inline(always)]
    fn any_of_these_beyond<const M: usize>(blocks: &[Self; M], limit: Self::Element) -> bool {
        let mut any = false;
        for i in 0..M {
            any |= blocks[i].any_beyond(limit);
        }
        any
    }
}

impl<L: Apart, const N: usize> Apart for Block<L, N> {
    #[inline(always)]
    fn apart(self, work: impl Work) {
        self.0[0].apart(work);
    }
}

// SAFETY: as for `Lanes`.
unsafe impl<L: Widen, const N: usize> Widen for Block<L, N> {
    type Double = Block<L::Double, N>;

    #[inline(always)]
    fn widen(self) -> Self::Double {
        let mut double = [self.0[0].widen(); N];
        for i in 1..N {
            double[i] = self.0[i].widen();
        }
        Block(double)
    }

    #[inline(always)]
    fn narrow(double: Self::Double) -> Self {
        let mut registers = [L::narrow(double.0[0]); N];
        for i in 1..N {
            registers[i] = L::narrow(double.0[i]);
        }
        Self(registers)
    }

    #[inline(always)]
    fn lower_halves(double: Self::Double) -> Self {
        let mut registers = [L::lower_halves(double.0[0]); N];
        for i in 1..N {
            registers[i] = L::lower_halves(double.0[i]);
        }
        Self(registers)
    }

    #[inline(always)]
    fn shared_quotient(mut a: Self::Double, d: Self::Double) -> Self::Double {
        for i in 0..N {
            a.0[i] = L::shared_quotient(a.0[i], d.0[i]);
        }
        a
    }
}
