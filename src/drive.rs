//! Walks slices register by register.
//!
//! # The plain loop
//!
//! ```text
//! for each register of the slice: load, compute, store
//! the rest: load what there is, compute, store what there is
//! ```
//!
//! # What the code does beyond it
//!
//! 1. Several registers at a time ([`Block`]) while there are so many: independent chains beside each
//!    other, one test for far-out lanes.
//! 2. All loads of a block come before its stores, so that input and output may be the same.
//! 3. The tail goes through the same code as the body, as a partial register or, a single element, as one
//!    lane. A lane's result depends on that lane only, and so position never changes a bit.
//! 4. Operations with a long chain begin a block before they finish the one before it
//!    ([`Operation::OVERLAPS`]).
//! 5. Results too large for the caches are streamed past them, from the first whole cache line
//!    of the output on, while the input is prefetched: see [`Stores`].
//!
//! The loops over registers count with an index: iterators that are not inlined whole keep the
//! registers in memory (five times slower, measured on `backward`).

#![allow(clippy::needless_range_loop)]

use crate::lanes::{Block, Lanes, Register};
use crate::operation::{Inputs, Operation};

/// Bytes in a cache line, and the alignment of streaming stores.
pub(crate) const CACHE_LINE: usize = 64;

/// How far ahead of the loads the input is prefetched in a streaming walk, in bytes. Measured: 4 KiB
/// (a page) is as good as anything from 2 to 8 KiB.
const PREFETCH_AHEAD: usize = 4096;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// Ordinary stores, which leave the results in the caches.
    Cached,
    /// Past the caches, for results that would not stay in them. Never for in-place work.
    Streaming,
}

/// Applies `Op` to `len` elements of each input, `BLOCK` registers at a time.
///
/// # Safety
///
/// The CPU has the instructions of `L`. Every input is valid for reads and every output for
/// writes of `len` elements. An output may be the same memory as an input, and then `stores` is
/// [`Stores::Cached`]; otherwise no output overlaps anything.
#[inline(always)]
pub(crate) unsafe fn drive<L, Op, const I: usize, const O: usize, const BLOCK: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    len: usize,
    stores: Stores,
) where
    L: Register,
    Op: Operation<L, I, O> + Operation<L::One, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    let mut done = 0;
    // SAFETY: every step stays below `len`, and what a step writes it has read before.
    unsafe {
        if L::One::LANES == 1 && len == 1 {
            // Before anything else: what is asked below takes as long as the arithmetic.
            return partial::<L, Op, I, O>(inputs, outputs, 0, 1);
        }
        if L::STREAMS && stores == Stores::Streaming {
            done = drive_streaming::<L, Op, I, O, BLOCK>(inputs, outputs, len);
        }
        done = blocks::<Block<L, BLOCK>, Op, I, O, false>(inputs, outputs, done, len);
        let whole = (len - done) / L::LANES;
        registers::<L, Op, I, O>(inputs, outputs, done, whole);
        done += whole * L::LANES;
        if done < len {
            partial::<L, Op, I, O>(inputs, outputs, done, len - done);
        }
    }
}

/// The body of a streaming walk, in whole blocks; returns how many elements are done.
///
/// # Safety
///
/// As for [`drive`].
#[inline(always)]
unsafe fn drive_streaming<L, Op, const I: usize, const O: usize, const BLOCK: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    len: usize,
) -> usize
where
    L: Register,
    Op: Operation<L, I, O> + Operation<L::One, I, O> + Operation<Block<L, BLOCK>, I, O>,
{
    // All outputs must reach a cache line at the same element.
    let head = outputs[0].align_offset(CACHE_LINE);
    let aligned = |output: &*mut L::Element| output.align_offset(CACHE_LINE) == head;
    if head > len || !outputs.iter().all(aligned) {
        return 0;
    }
    let mut done = 0;
    // SAFETY: as in `drive`; after the head every output is aligned to a cache line, and so
    // every register from there on to its own size, which divides that.
    unsafe {
        let whole = head / L::LANES;
        registers::<L, Op, I, O>(inputs, outputs, done, whole);
        done += whole * L::LANES;
        if done < head {
            partial::<L, Op, I, O>(inputs, outputs, done, head - done);
            done = head;
        }
        done = blocks::<Block<L, BLOCK>, Op, I, O, true>(inputs, outputs, done, len);
    }
    fence();
    done
}

/// Whole blocks, from `done` on; returns how many elements are done then. With `STREAM` past the caches.
///
/// # Safety
///
/// As for [`drive`], and for [`Lanes::stream`] if it is used.
#[inline(always)]
unsafe fn blocks<L, Op, const I: usize, const O: usize, const STREAM: bool>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    mut done: usize,
    len: usize,
) -> usize
where
    L: Lanes,
    Op: Operation<L, I, O>,
{
    // SAFETY: every step stays below `len`, and what a step writes it has read before.
    unsafe {
        if !Op::OVERLAPS {
            while len - done >= L::LANES {
                let results = Op::apply(load_ahead::<L, I, STREAM>(inputs, done));
                write::<L, O, STREAM>(results, outputs, done);
                done += L::LANES;
            }
        } else if len - done >= L::LANES {
            let (mut begun, mut far) = begin::<L, Op, I, O, STREAM>(inputs, done);
            while len - done >= 2 * L::LANES {
                let (next, next_far) = begin::<L, Op, I, O, STREAM>(inputs, done + L::LANES);
                write::<L, O, STREAM>(Op::finish(begun, Unloaded::new(inputs, done), far), outputs, done);
                (begun, far) = (next, next_far);
                done += L::LANES;
            }
            write::<L, O, STREAM>(Op::finish(begun, Unloaded::new(inputs, done), far), outputs, done);
            done += L::LANES;
        }
    }
    done
}

/// Begins the lanes at `offset`, and tells whether they are far out.
///
/// # Safety
///
/// As for [`load_ahead`].
#[inline(always)]
unsafe fn begin<L, Op, const I: usize, const O: usize, const STREAM: bool>(
    inputs: [*const L::Element; I],
    offset: usize,
) -> (Op::Begun, bool)
where
    L: Lanes,
    Op: Operation<L, I, O>,
{
    // SAFETY: as the caller vouches.
    let inputs = unsafe { load_ahead::<L, I, STREAM>(inputs, offset) };
    let far = Op::is_far(inputs);
    (Op::begin(inputs, far), far)
}

/// Inputs in memory: what is loaded only when a block is finished takes no register meanwhile.
#[derive(Clone, Copy)]
struct Unloaded<T, const I: usize> {
    inputs: [*const T; I],
    offset: usize,
}

impl<T, const I: usize> Unloaded<T, I> {
    /// # Safety
    ///
    /// As for [`load`] of whichever lanes are asked for, and until then nothing is written there.
    #[inline(always)]
    unsafe fn new(inputs: [*const T; I], offset: usize) -> Self {
        Self { inputs, offset }
    }
}

impl<L: Lanes, const I: usize> Inputs<L, I> for Unloaded<L::Element, I> {
    #[inline(always)]
    fn lanes(self) -> [L; I] {
        // SAFETY: as the caller of `new` vouched.
        unsafe { load(self.inputs, self.offset) }
    }
}

/// [`load`]; with `STREAM` it asks for what will be loaded later on, too.
///
/// # Safety
///
/// As for [`Lanes::load`] at each input plus `offset`.
#[inline(always)]
unsafe fn load_ahead<L: Lanes, const I: usize, const STREAM: bool>(
    inputs: [*const L::Element; I],
    offset: usize,
) -> [L; I] {
    if STREAM {
        prefetch::<L, I>(inputs, offset);
    }
    // SAFETY: as the caller vouches.
    unsafe { load(inputs, offset) }
}

/// [`store`], or with `STREAM` past the caches.
///
/// # Safety
///
/// As for [`Lanes::store`], or [`Lanes::stream`], at each output plus `offset`.
#[inline(always)]
unsafe fn write<L: Lanes, const O: usize, const STREAM: bool>(
    results: [L; O],
    outputs: [*mut L::Element; O],
    offset: usize,
) {
    if STREAM {
        for i in 0..O {
            // SAFETY: as the caller vouches.
            unsafe { results[i].stream(outputs[i].add(offset)) }
        }
    } else {
        // SAFETY: as the caller vouches.
        unsafe { store(results, outputs, offset) }
    }
}

/// # Safety
///
/// As for [`Lanes::load`] at each input plus `offset`.
#[inline(always)]
unsafe fn load<L: Lanes, const I: usize>(inputs: [*const L::Element; I], offset: usize) -> [L; I] {
    // SAFETY: as the caller vouches.
    unsafe {
        let mut registers = [L::load(inputs[0].add(offset)); I];
        for i in 1..I {
            registers[i] = L::load(inputs[i].add(offset));
        }
        registers
    }
}

/// # Safety
///
/// As for [`Lanes::store`] at each output plus `offset`.
#[inline(always)]
unsafe fn store<L: Lanes, const O: usize>(results: [L; O], outputs: [*mut L::Element; O], offset: usize) {
    for i in 0..O {
        // SAFETY: as the caller vouches.
        unsafe { results[i].store(outputs[i].add(offset)) }
    }
}

/// Whole registers, one by one.
///
/// # Safety
///
/// As for [`drive`], for `count` registers from `offset` on.
#[inline(always)]
unsafe fn registers<L, Op, const I: usize, const O: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    offset: usize,
    count: usize,
) where
    L: Register,
    Op: Operation<L, I, O>,
{
    for register in 0..count {
        let at = offset + register * L::LANES;
        // SAFETY: as the caller vouches.
        unsafe { store(Op::apply(load(inputs, at)), outputs, at) }
    }
}

/// Fewer elements than a register has lanes.
///
/// # Safety
///
/// As for [`drive`], for the `count < L::LANES` elements from `offset` on.
#[inline(always)]
unsafe fn partial<L, Op, const I: usize, const O: usize>(
    inputs: [*const L::Element; I],
    outputs: [*mut L::Element; O],
    offset: usize,
    count: usize,
) where
    L: Register,
    Op: Operation<L, I, O> + Operation<L::One, I, O>,
{
    // SAFETY: as the caller vouches; one lane takes one element.
    unsafe {
        if L::One::LANES == 1 && count == 1 {
            return store(Op::apply(load::<L::One, I>(inputs, offset)), outputs, offset);
        }
        let mut registers = [L::load_partial(inputs[0].add(offset), count); I];
        for i in 1..I {
            registers[i] = L::load_partial(inputs[i].add(offset), count);
        }
        let results = Op::apply(registers);
        for i in 0..O {
            results[i].store_partial(outputs[i].add(offset), count);
        }
    }
}

/// Asks for the cache lines that a block will read later on. Reading past the end is harmless: a
/// prefetch is a hint and never faults.
#[inline(always)]
fn prefetch<L: Lanes, const I: usize>(inputs: [*const L::Element; I], offset: usize) {
    #[cfg(native_registers)]
    for input in inputs {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let ahead = input.wrapping_add(offset).wrapping_byte_add(PREFETCH_AHEAD).cast::<i8>();
        for line in (0..size_of::<L>()).step_by(CACHE_LINE) {
            // SAFETY: SSE is part of x86-64, and a prefetch may name any address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(ahead.wrapping_add(line)) }
        }
    }
    #[cfg(not(native_registers))]
    let _ = (inputs, offset, PREFETCH_AHEAD);
}

/// Makes streamed results visible in order, as ordinary stores are.
#[inline(always)]
fn fence() {
    #[cfg(native_registers)]
    // SAFETY: SSE is part of x86-64.
    unsafe {
        core::arch::x86_64::_mm_sfence();
    }
}
