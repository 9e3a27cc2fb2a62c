//! Two registers as one, whose lanes alternate: of the elements in memory the first register has the even ones and the
//! second the odd ones.
//!
//! Half precision is so as wide in memory as two registers of pairs are, and a pair of elements is the upper and the
//! lower half of a lane: to take it apart and to put it together takes one operation a register. In their order
//! elements take two, of which one moves halves across the register (on Zen 4, 512 bits, the store of sixteen alone
//! takes half as long as all else).

use core::mem::MaybeUninit;

use super::{Group, Lanes, Memory, Register};

/// Two registers, woven.
///
/// Of two equally near elements either may be stored, and a NaN is one only if it is one of a `bf16` or an `f16`: this
/// is for formulas from half precision to half precision of which no result is a tie.
#[derive(Clone, Copy)]
pub(crate) struct Woven<L>(L, L);

/// Registers of which two can be woven.
///
/// # Safety
///
/// As for [`Memory`].
pub(crate) unsafe trait Weave<T>: Register<T> {
    /// Reads twice `LANES` elements: the even ones, and the odd ones.
    ///
    /// # Safety
    ///
    /// As for [`Memory::load`], of as many elements.
    #[inline(always)]
    unsafe fn load_woven(source: *const T) -> (Self, Self) {
        // SAFETY: pairs of one slice.
        unsafe { Self::load_interleaved(source) }
    }

    /// Writes the even elements and the odd ones, as [`Woven`] says.
    ///
    /// # Safety
    ///
    /// As for [`Memory::store`], of twice as many elements.
    unsafe fn store_woven(even: Self, odd: Self, target: *mut T);
}

/// As many elements as two registers of any kind have lanes, or more.
const MOST: usize = 32;

/// [`Weave::store_woven`], of registers that do it by way of memory. (No kernel does.)
///
/// # Safety
///
/// As for [`Weave::store_woven`].
#[inline(always)]
pub(super) unsafe fn store_by_memory<T: Copy, L: Memory<T>>(even: L, odd: L, target: *mut T) {
    let mut lanes = [[const { MaybeUninit::<T>::uninit() }; MOST]; 2];
    // SAFETY: there is room for all lanes, and what is read has been written.
    unsafe {
        even.store(lanes[0].as_mut_ptr().cast());
        odd.store(lanes[1].as_mut_ptr().cast());
        for i in 0..2 * L::LANES {
            target.add(i).write(lanes[i % 2][i / 2].assume_init());
        }
    }
}

impl<L: Lanes> Group for Woven<L> {
    type Number = L::Number;
    const LANES: usize = 2 * L::LANES;
}

// SAFETY: as `Weave` does.
unsafe impl<T: Copy, L: Weave<T> + Lanes> Memory<T> for Woven<L> {
    #[inline(always)]
    unsafe fn load(source: *const T) -> Self {
        // SAFETY: as the caller vouches; so below.
        let (even, odd) = unsafe { L::load_woven(source) };
        Self(even, odd)
    }

    /// By way of memory. (No kernel does.)
    #[inline(always)]
    unsafe fn load_interleaved(source: *const T) -> (Self, Self) {
        let mut elements = [[const { MaybeUninit::<T>::uninit() }; MOST]; 2];
        // SAFETY: the caller vouches for the pairs; what is loaded has been written.
        unsafe {
            for i in 0..2 * Self::LANES {
                elements[i % 2][i / 2].write(source.add(i).read());
            }
            (Self::load(elements[0].as_ptr().cast()), Self::load(elements[1].as_ptr().cast()))
        }
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut T) {
        // SAFETY: as in `load`.
        unsafe { L::store_woven(self.0, self.1, target) }
    }
}

/// Expands to methods that do with each register what its own method does.
macro_rules! with_both {
    ($($method:ident($($operand:ident),*);)*) => {
        $(
            #[cfg_attr(optimised, inline(always))]
            fn $method(self, $($operand: Self),*) -> Self {
                Woven(self.0.$method($($operand.0),*), self.1.$method($($operand.1),*))
            }
        )*
    };
}

// SAFETY: every method does with each register what its own method does.
unsafe impl<L: Lanes<Number: Copy> + Weave<<L as Group>::Number>> Lanes for Woven<L> {
    type Mask = (L::Mask, L::Mask);
    type Register = L::Register;
    type One = L::One;
    type Largest = L::Largest;
    type Lacking = L::Lacking;
    const FUSED: bool = L::FUSED;
    const ADDS_EXPONENTS: bool = L::ADDS_EXPONENTS;

    with_both! {
        add(other);
        sub(other);
        mul(other);
        div(other);
        mul_add(factor, addend);
        neg_mul_add(factor, addend);
        at_least(floor);
        at_most(ceiling);
        min(other);
        or_bits(other);
        negative_magnitude();
        low_bits_to_exponent();
        exponent_to_low_bits();
        add_bits(other);
        sub_bits(other);
    }

    #[cfg_attr(optimised, inline(always))]
    fn splat(self, value: L::Number) -> Self {
        Woven(self.0.splat(value), self.1.splat(value))
    }

    #[cfg_attr(optimised, inline(always))]
    fn below(self, limit: Self) -> Self::Mask {
        (self.0.below(limit.0), self.1.below(limit.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn any(mask: Self::Mask) -> bool {
        L::any(mask.0) | L::any(mask.1)
    }

    #[cfg_attr(optimised, inline(always))]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Woven(L::select(mask.0, yes.0, no.0), L::select(mask.1, yes.1, no.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn keep(mask: Self::Mask, value: Self) -> Self {
        Woven(L::keep(mask.0, value.0), L::keep(mask.1, value.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn discard(mask: Self::Mask, value: Self) -> Self {
        Woven(L::discard(mask.0, value.0), L::discard(mask.1, value.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn integer_bits_where(self, mask: Self::Mask, last_place_one: Self) -> Self {
        Woven(
            self.0.integer_bits_where(mask.0, last_place_one.0),
            self.1.integer_bits_where(mask.1, last_place_one.1),
        )
    }

    #[cfg_attr(optimised, inline(always))]
    fn lacking(self, which: L::Number) -> L::Lacking {
        L::either_lacking(self.0.lacking(which), self.1.lacking(which))
    }

    #[cfg_attr(optimised, inline(always))]
    fn either_lacking(lacking: L::Lacking, other: L::Lacking) -> L::Lacking {
        L::either_lacking(lacking, other)
    }

    #[cfg_attr(optimised, inline(always))]
    fn any_lacking(lacking: L::Lacking) -> bool {
        L::any_lacking(lacking)
    }

    #[cfg_attr(optimised, inline(always))]
    fn largest(self) -> L::Largest {
        self.1.larger(self.0.largest())
    }

    #[cfg_attr(optimised, inline(always))]
    fn larger(self, largest: L::Largest) -> L::Largest {
        self.1.larger(self.0.larger(largest))
    }

    #[cfg_attr(optimised, inline(always))]
    fn is_beyond(largest: L::Largest, limit: L::Number) -> bool {
        L::is_beyond(largest, limit)
    }
}
