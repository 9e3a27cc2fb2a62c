//! What an operation works on in memory: one slice, two, or one of interleaved pairs, and how lanes are filled from it.

use core::mem::MaybeUninit;

use crate::lanes::{CACHE_LINE, Memory, Register};

/// How far ahead of the loads the input is prefetched in a streaming walk, in bytes. Measured: 4 KiB
/// (a page) is as good as anything from 2 to 8 KiB.
#[cfg(native_registers)]
const PREFETCH_AHEAD: usize = 4096;

/// Pointers to slices, of one length in elements.
pub trait Slices: Copy {
    /// What is behind the first `count` elements.
    fn after(self, count: usize) -> Self;

    /// Asks for the cache lines that `count` elements from `at` on would lie in a little later. Reading past the end is
    /// harmless: a prefetch is a hint and never faults.
    fn prefetch(self, at: usize, count: usize);
}

/// Slices to be read.
///
/// # Safety
///
/// An implementation reads exactly the elements that the method names.
pub(crate) unsafe trait Inputs<L>: Slices {
    /// As many lanes as an operation has inputs.
    type Lanes: Copy;

    /// Whole lanes.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions of `L`, and every slice is valid for reads of `L::LANES` elements from `at` on.
    unsafe fn load(self, at: usize) -> Self::Lanes;
}

/// Slices to be read to the last element.
///
/// # Safety
///
/// As for [`Inputs`].
pub(crate) unsafe trait LastInputs<L>: Inputs<L> {
    /// Fewer elements than a register has lanes: see [`Register::load_partial`].
    ///
    /// # Safety
    ///
    /// As for [`Inputs::load`], with `count` in place of `L::LANES`.
    unsafe fn load_partial(self, at: usize, count: usize) -> Self::Lanes;
}

/// As many elements as any block of registers has lanes.
pub(crate) const BLOCK: usize = 128;

/// Memory for the results of a block, aligned as they are streamed.
#[repr(align(64))]
pub struct Block<T>([MaybeUninit<T>; BLOCK]);

/// Slices to be written.
pub trait Targets: Slices {
    /// Memory for the results of a block.
    type Block;

    /// Bytes of an element of one slice.
    const BYTES: usize;

    /// How many elements of the first slice come before its first cache line.
    fn to_cache_line(self) -> usize;

    /// Whether that is the same for all slices.
    fn have_the_same_lines(self) -> bool;

    /// Slices there.
    ///
    /// # Safety
    ///
    /// `block` is memory.
    unsafe fn within(block: *mut Self::Block) -> Self;
}

/// Slices to be written from lanes.
///
/// # Safety
///
/// An implementation writes exactly the elements that the method names.
pub(crate) unsafe trait Outputs<L>: Targets {
    /// As many lanes as an operation has outputs.
    type Lanes: Copy;

    /// Whole lanes.
    ///
    /// # Safety
    ///
    /// Every slice is valid for writes of `L::LANES` elements from `at` on.
    unsafe fn store(self, lanes: Self::Lanes, at: usize);

    /// Whole lanes, past the caches.
    ///
    /// # Safety
    ///
    /// As for [`Outputs::store`], and as for [`Memory::stream`].
    unsafe fn stream(self, lanes: Self::Lanes, at: usize);

    /// Whole lanes that were stored.
    ///
    /// # Safety
    ///
    /// As for [`Inputs::load`].
    #[cfg(native_registers)]
    unsafe fn load_stored(self, at: usize) -> Self::Lanes;
}

/// Slices to be written to the last element.
///
/// # Safety
///
/// As for [`Outputs`].
pub(crate) unsafe trait LastOutputs<L>: Outputs<L> {
    /// Fewer elements than a register has lanes: see [`Register::store_partial`].
    ///
    /// # Safety
    ///
    /// As for [`Outputs::store`], with `count` in place of `L::LANES`.
    unsafe fn store_partial(self, lanes: Self::Lanes, at: usize, count: usize);
}

/// Expands, for a pointer, to what it is as a slice.
macro_rules! pointer {
    ($pointer:ty) => {
        impl<T> Slices for $pointer {
            #[inline(always)]
            fn after(self, count: usize) -> Self {
                self.wrapping_add(count)
            }

            #[inline(always)]
            fn prefetch(self, at: usize, count: usize) {
                prefetch(self.wrapping_add(at).cast(), count * size_of::<T>());
            }
        }
    };
}

pointer!(*const T);
pointer!(*mut T);

// SAFETY: as `Memory` loads.
unsafe impl<T, L: Memory<T>> Inputs<L> for *const T {
    type Lanes = L;

    #[inline(always)]
    unsafe fn load(self, at: usize) -> L {
        // SAFETY: as the caller vouches; so below.
        unsafe { L::load(self.add(at)) }
    }
}

// SAFETY: as `Register` loads.
unsafe impl<T, L: Register<T>> LastInputs<L> for *const T {
    #[inline(always)]
    unsafe fn load_partial(self, at: usize, count: usize) -> L {
        // SAFETY: as the caller vouches.
        unsafe { L::load_partial(self.add(at), count) }
    }
}

impl<T> Targets for *mut T {
    type Block = Block<T>;

    const BYTES: usize = size_of::<T>();

    #[inline(always)]
    fn to_cache_line(self) -> usize {
        self.align_offset(CACHE_LINE)
    }

    #[inline(always)]
    fn have_the_same_lines(self) -> bool {
        true
    }

    #[inline(always)]
    unsafe fn within(block: *mut Block<T>) -> Self {
        block.cast()
    }
}

// SAFETY: as `Memory` stores.
unsafe impl<T, L: Memory<T>> Outputs<L> for *mut T {
    type Lanes = L;

    #[inline(always)]
    unsafe fn store(self, lanes: L, at: usize) {
        // SAFETY: as the caller vouches; so below.
        unsafe { lanes.store(self.add(at)) }
    }

    #[inline(always)]
    unsafe fn stream(self, lanes: L, at: usize) {
        // SAFETY: as the caller vouches.
        unsafe { lanes.stream(self.add(at)) }
    }

    #[cfg(native_registers)]
    #[inline(always)]
    unsafe fn load_stored(self, at: usize) -> L {
        // SAFETY: as the caller vouches.
        unsafe { L::load(self.add(at)) }
    }
}

// SAFETY: as `Register` stores.
unsafe impl<T, L: Register<T>> LastOutputs<L> for *mut T {
    #[inline(always)]
    unsafe fn store_partial(self, lanes: L, at: usize, count: usize) {
        // SAFETY: as the caller vouches.
        unsafe { lanes.store_partial(self.add(at), count) }
    }
}

impl<A: Slices, B: Slices> Slices for (A, B) {
    #[inline(always)]
    fn after(self, count: usize) -> Self {
        (self.0.after(count), self.1.after(count))
    }

    #[inline(always)]
    fn prefetch(self, at: usize, count: usize) {
        self.0.prefetch(at, count);
        self.1.prefetch(at, count);
    }
}

// SAFETY: as each of the two does.
unsafe impl<L, A: Inputs<L>, B: Inputs<L>> Inputs<L> for (A, B) {
    type Lanes = (A::Lanes, B::Lanes);

    #[inline(always)]
    unsafe fn load(self, at: usize) -> Self::Lanes {
        // SAFETY: as the caller vouches for both; so below.
        unsafe { (self.0.load(at), self.1.load(at)) }
    }
}

// SAFETY: as each of the two does.
unsafe impl<L, A: LastInputs<L>, B: LastInputs<L>> LastInputs<L> for (A, B) {
    #[inline(always)]
    unsafe fn load_partial(self, at: usize, count: usize) -> Self::Lanes {
        // SAFETY: as the caller vouches for both.
        unsafe { (self.0.load_partial(at, count), self.1.load_partial(at, count)) }
    }
}

impl<A: Targets, B: Targets> Targets for (A, B) {
    type Block = (A::Block, B::Block);

    const BYTES: usize = A::BYTES;

    #[inline(always)]
    fn to_cache_line(self) -> usize {
        self.0.to_cache_line()
    }

    #[inline(always)]
    fn have_the_same_lines(self) -> bool {
        self.0.to_cache_line() == self.1.to_cache_line()
    }

    #[inline(always)]
    unsafe fn within(block: *mut (A::Block, B::Block)) -> Self {
        // SAFETY: as the caller vouches.
        unsafe { (A::within(&raw mut (*block).0), B::within(&raw mut (*block).1)) }
    }
}

// SAFETY: as each of the two does.
unsafe impl<L, A: Outputs<L>, B: Outputs<L>> Outputs<L> for (A, B) {
    type Lanes = (A::Lanes, B::Lanes);

    #[inline(always)]
    unsafe fn store(self, lanes: Self::Lanes, at: usize) {
        // SAFETY: as the caller vouches for both; so below.
        unsafe {
            self.0.store(lanes.0, at);
            self.1.store(lanes.1, at);
        }
    }

    #[inline(always)]
    unsafe fn stream(self, lanes: Self::Lanes, at: usize) {
        // SAFETY: as the caller vouches for both.
        unsafe {
            self.0.stream(lanes.0, at);
            self.1.stream(lanes.1, at);
        }
    }

    #[cfg(native_registers)]
    #[inline(always)]
    unsafe fn load_stored(self, at: usize) -> Self::Lanes {
        // SAFETY: as the caller vouches for both.
        unsafe { (self.0.load_stored(at), self.1.load_stored(at)) }
    }
}

// SAFETY: as each of the two does.
unsafe impl<L, A: LastOutputs<L>, B: LastOutputs<L>> LastOutputs<L> for (A, B) {
    #[inline(always)]
    unsafe fn store_partial(self, lanes: Self::Lanes, at: usize, count: usize) {
        // SAFETY: as the caller vouches for both.
        unsafe {
            self.0.store_partial(lanes.0, at, count);
            self.1.store_partial(lanes.1, at, count);
        }
    }
}

/// Interleaved pairs: x0, y0, x1, y1, ... An element is a pair.
pub struct Interleaved<T>(pub(crate) *const T);

impl<T> Clone for Interleaved<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Interleaved<T> {}

impl<T> Slices for Interleaved<T> {
    #[inline(always)]
    fn after(self, count: usize) -> Self {
        Self(self.0.wrapping_add(2 * count))
    }

    #[inline(always)]
    fn prefetch(self, at: usize, count: usize) {
        self.0.prefetch(2 * at, 2 * count);
    }
}

// SAFETY: as `Memory` loads.
unsafe impl<T, L: Memory<T>> Inputs<L> for Interleaved<T> {
    type Lanes = (L, L);

    #[inline(always)]
    unsafe fn load(self, at: usize) -> (L, L) {
        // SAFETY: as the caller vouches; so below.
        unsafe { L::load_interleaved(self.0.add(2 * at)) }
    }
}

// SAFETY: as `Register` loads.
unsafe impl<T, L: Register<T>> LastInputs<L> for Interleaved<T> {
    #[inline(always)]
    unsafe fn load_partial(self, at: usize, count: usize) -> (L, L) {
        // SAFETY: as the caller vouches.
        unsafe { L::load_partial_interleaved(self.0.add(2 * at), count) }
    }
}

/// See [`Slices::prefetch`].
#[inline(always)]
fn prefetch(from: *const u8, bytes: usize) {
    #[cfg(native_registers)]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let ahead = from.wrapping_add(PREFETCH_AHEAD).cast::<i8>();
        let mut line = 0;
        while line < bytes {
            // SAFETY: SSE is part of x86-64, and a prefetch may name any address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(ahead.wrapping_add(line)) }
            line += CACHE_LINE;
        }
    }
    #[cfg(not(native_registers))]
    let _ = (from, bytes);
}
