//! Two registers as one, whose lanes alternate: of the elements in memory the first register has the even ones and the
//! second the odd ones.
//!
//! Half precision is so as wide in memory as two registers of pairs are, and a pair of elements is the upper and the
//! lower half of a lane: to take it apart and to put it together takes one operation a register. In their order
//! elements take two, of which one moves halves across the register (on Zen 4, 512 bits, the store of sixteen alone
//! takes half as long as all else).

use core::mem::MaybeUninit;

use super::{Beside, Group, Memory, Register};

/// Two registers, woven.
///
/// Of two equally near elements either may be stored, and a NaN is one only if it is one of a `bf16` or an `f16`: this
/// is for formulas from half precision to half precision of which no result is a tie.
pub(crate) type Woven<L> = Beside<L, L, Alternating>;

/// The first has the even elements, the second the odd ones.
#[derive(Clone, Copy)]
pub(crate) struct Alternating;

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

    /// The same past the caches.
    ///
    /// # Safety
    ///
    /// As for [`Memory::stream`], of as many elements.
    #[inline(always)]
    unsafe fn stream_woven(even: Self, odd: Self, target: *mut T) {
        // SAFETY: a store asks for less.
        unsafe { Self::store_woven(even, odd, target) }
    }
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

// SAFETY: as `Weave` does.
unsafe impl<T: Copy, L: Weave<T>> Memory<T> for Woven<L> {
    #[inline(always)]
    unsafe fn load(source: *const T) -> Self {
        // SAFETY: as the caller vouches; so below.
        let (even, odd) = unsafe { L::load_woven(source) };
        Self::new(even, odd)
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

    #[inline(always)]
    unsafe fn stream(self, target: *mut T) {
        // SAFETY: as in `load`.
        unsafe { L::stream_woven(self.0, self.1, target) }
    }
}
