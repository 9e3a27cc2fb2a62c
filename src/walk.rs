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
//! 1. Several registers at a time ([`crate::lanes::Beside`]) while there are so many: independent chains beside each
//!    other, one test for far-out lanes.
//! 2. All loads of a block come before its stores, so that input and output may be the same.
//! 3. The tail goes through the same code as the body, as a partial register or, a single element, as one
//!    lane. A lane's result depends on that lane only, and so position never changes a bit.
//! 4. Results too large for the caches are streamed past them, from the first whole cache line
//!    of the output on, while the input is prefetched: see `Walk::stream`.

#[cfg(native_registers)]
use core::mem::MaybeUninit;

use crate::engine::Kernel;
use crate::lanes::{Group, Lanes};
#[cfg(native_registers)]
use crate::slices::BLOCK;
use crate::slices::{Inputs, LastInputs, LastOutputs, Outputs};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// Ordinary stores, which leave the results in the caches.
    Cached,
    /// Past the caches, for results that would not stay in them. Never for in-place work.
    Streaming,
}

/// What is done to lanes. Lane `i` of each result depends on lane `i` of the inputs only.
pub(crate) trait Operation<L: Group> {
    /// What is prepared once a call.
    type Prepared;

    /// The lanes of each input.
    type Inputs: Copy;

    /// The lanes of each output.
    type Outputs: Copy;

    /// Whether registers that are kept on the stack are aligned there, which takes 0.6 ns of a call.
    const ALIGNS_STACK: bool = false;

    /// The results.
    fn apply(prepared: &Self::Prepared, inputs: Self::Inputs) -> Self::Outputs;

    /// The results where no lane needs care.
    #[inline(always)]
    fn apply_common(prepared: &Self::Prepared, inputs: Self::Inputs) -> Option<Self::Outputs> {
        Some(Self::apply(prepared, inputs))
    }

    /// As many whole groups of lanes as there are from `done` on; returns how many elements are done then. With
    /// `STREAM` past the caches, and no further than to a group that needs care, or to the last.
    ///
    /// # Safety
    ///
    /// As for [`Walk::walk`], and for [`Outputs::stream`] if it is used.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn groups<In, Out, const STREAM: bool>(
        prepared: &Self::Prepared,
        inputs: In,
        outputs: Out,
        mut done: usize,
        len: usize,
    ) -> usize
    where
        In: Inputs<L, Lanes = Self::Inputs>,
        Out: Outputs<L, Lanes = Self::Outputs>,
    {
        while len - done >= L::LANES {
            // SAFETY: below `len`, and what a step writes it has read before.
            unsafe {
                let lanes = load::<L, In, STREAM>(inputs, done);
                let results = if STREAM {
                    match Self::apply_common(prepared, lanes) {
                        Some(results) => results,
                        None => break,
                    }
                } else {
                    Self::apply(prepared, lanes)
                };
                write::<L, Out, STREAM>(results, outputs, done);
            }
            done += L::LANES;
        }
        done
    }
}

/// [`Inputs::load`]; with `STREAM` it asks for what will be loaded later on, too.
///
/// # Safety
///
/// As for [`Inputs::load`].
#[inline(always)]
pub(crate) unsafe fn load<L: Group, In: Inputs<L>, const STREAM: bool>(inputs: In, at: usize) -> In::Lanes {
    if STREAM {
        inputs.prefetch(at, L::LANES);
    }
    // SAFETY: as the caller vouches.
    unsafe { inputs.load(at) }
}

/// [`Outputs::store`], or with `STREAM` past the caches.
///
/// # Safety
///
/// As for [`Outputs::store`], or [`Outputs::stream`].
#[inline(always)]
pub(crate) unsafe fn write<L, Out: Outputs<L>, const STREAM: bool>(
    results: Out::Lanes,
    outputs: Out,
    at: usize,
) {
    // SAFETY: as the caller vouches.
    unsafe { if STREAM { outputs.stream(results, at) } else { outputs.store(results, at) } }
}

/// Registers with which `Op` can walk slices of these kinds.
pub(crate) trait Walk<Op, C, In, Out>: Sized {
    /// Applies `Op` to `len` elements of each input, with what was prepared for this call. If results are to be
    /// streamed, `stream` does it, where there is one: `Walk::stream`.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions of these registers. Every input is valid for reads and every output for
    /// writes of `len` elements. An output may be the same memory as an input, and then `stores` is
    /// [`Stores::Cached`]; otherwise no output overlaps anything.
    unsafe fn walk(
        stream: Option<Kernel<C, In, Out>>,
        prepared: &C,
        inputs: In,
        outputs: Out,
        len: usize,
        stores: Stores,
    );

    /// The same past the caches. The ends and what needs care are left to `walk`, which is [`Walk::walk`]: their code
    /// is there once, and the library compiles in two thirds of the time.
    ///
    /// # Safety
    ///
    /// As for [`Walk::walk`], and no output overlaps anything.
    #[cfg(native_registers)]
    unsafe fn stream(walk: Kernel<C, In, Out>, prepared: &C, inputs: In, outputs: Out, len: usize);
}

impl<L, Op, C, In, Out> Walk<Op, C, In, Out> for L
where
    L: Lanes,
    In: Inputs<L> + LastInputs<L::Register> + Inputs<L::One>,
    Out: Outputs<L> + LastOutputs<L::Register> + Outputs<L::One>,
    Op: Walks<L, C, In, Out> + Walks<L::Register, C, In, Out> + Walks<L::One, C, In, Out>,
{
    #[inline(always)]
    unsafe fn walk(
        stream: Option<Kernel<C, In, Out>>,
        prepared: &C,
        inputs: In,
        outputs: Out,
        len: usize,
        stores: Stores,
    ) {
        // SAFETY: every step stays below `len`, and what a step writes it has read before.
        unsafe {
            if L::One::LANES == 1 && len == 1 {
                // Before anything else: what is asked below takes as long as the arithmetic.
                return step::<L::One, Op, C, In, Out>(prepared, inputs, outputs, 0);
            }
            if let Some(stream) = stream
                && stores == Stores::Streaming
            {
                return stream(prepared, inputs, outputs, len, stores);
            }
            if <Op as Operation<L>>::ALIGNS_STACK {
                align_stack::<L::Register>();
            }
            let done = <Op as Operation<L>>::groups::<In, Out, false>(prepared, inputs, outputs, 0, len);
            short::<L, Op, C, In, Out>(prepared, inputs, outputs, done, len);
        }
    }

    #[cfg(native_registers)]
    #[inline(always)]
    unsafe fn stream(walk: Kernel<C, In, Out>, prepared: &C, inputs: In, outputs: Out, len: usize) {
        if <Op as Operation<L>>::ALIGNS_STACK {
            align_stack::<L::Register>();
        }
        let walk_to = |from: usize, to: usize| {
            // SAFETY: as the caller vouches.
            unsafe { walk(prepared, inputs.after(from), outputs.after(from), to - from, Stores::Cached) }
        };
        const { assert!(L::LANES <= BLOCK) }
        let mut block = MaybeUninit::uninit();
        let mut done = 0;
        // From the first cache line of all outputs on, if it is at the same element: from there every register is aligned
        // to its own size, which divides that of a line.
        let head = outputs.to_cache_line();
        if head <= len && outputs.have_the_same_lines() {
            walk_to(0, head);
            done = head;
            loop {
                // SAFETY: as above.
                done = unsafe {
                    <Op as Operation<L>>::groups::<In, Out, true>(prepared, inputs, outputs, done, len)
                };
                if len - done < L::LANES {
                    break;
                }
                // By way of the stack: if of a cache line one part is streamed and one is not, both take four times as
                // long (AVX2, where one number in 200 is far out; Zen 5).
                // SAFETY: as above; a block has room for so many.
                unsafe {
                    let results = Out::within(block.as_mut_ptr());
                    walk(prepared, inputs.after(done), results, L::LANES, Stores::Cached);
                    write::<L, Out, true>(<Out as Outputs<L>>::load_stored(results, 0), outputs, done);
                }
                done += L::LANES;
            }
            fence();
        }
        walk_to(done, len);
    }
}

/// Aligns the stack of its caller for registers of this kind. The compiler does so for a variable, but not for values
/// that it has no register for; and of one that lies in two cache lines, what was written must reach the cache before it
/// can be read again (half as much time again for `SwiGlu` with AVX-512, measured on Zen 4).
#[inline(always)]
fn align_stack<R>() {
    #[cfg(native_registers)]
    {
        let mut variable = MaybeUninit::<R>::uninit();
        // SAFETY: it does nothing. (But the compiler does not know, and so the variable must be there.)
        unsafe {
            core::arch::asm!("/* {0} */", in(reg) variable.as_mut_ptr(), options(nostack, preserves_flags));
        }
    }
}

/// An operation on lanes that come from these slices.
pub(crate) trait Walks<L: Group, C, In: Inputs<L>, Out: Outputs<L>>:
    Operation<L, Prepared = C, Inputs = In::Lanes, Outputs = Out::Lanes>
{
}

impl<L, C, In, Out, Op> Walks<L, C, In, Out> for Op
where
    L: Group,
    In: Inputs<L>,
    Out: Outputs<L>,
    Op: Operation<L, Prepared = C, Inputs = In::Lanes, Outputs = Out::Lanes>,
{
}

/// One group of lanes.
///
/// # Safety
///
/// As for [`Walk::walk`], for the elements from `at` on.
#[cfg_attr(optimised, inline(always))]
unsafe fn step<L, Op, C, In, Out>(prepared: &C, inputs: In, outputs: Out, at: usize)
where
    L: Group,
    In: Inputs<L>,
    Out: Outputs<L>,
    Op: Walks<L, C, In, Out>,
{
    // SAFETY: as the caller vouches.
    unsafe { outputs.store(Op::apply(prepared, inputs.load(at)), at) }
}

/// Register by register, and the last elements, which do not fill one.
///
/// # Safety
///
/// As for [`Walk::walk`], for the elements from `from` to `to`.
#[inline(always)]
unsafe fn short<L, Op, C, In, Out>(prepared: &C, inputs: In, outputs: Out, from: usize, to: usize)
where
    L: Lanes,
    In: LastInputs<L::Register> + Inputs<L::One>,
    Out: LastOutputs<L::Register> + Outputs<L::One>,
    Op: Walks<L::Register, C, In, Out> + Walks<L::One, C, In, Out>,
{
    let mut done = from;
    while to - done >= L::Register::LANES {
        // SAFETY: as the caller vouches; so below.
        unsafe { step::<L::Register, Op, C, In, Out>(prepared, inputs, outputs, done) }
        done += L::Register::LANES;
    }
    let rest = to - done;
    if L::One::LANES == 1 && rest == 1 {
        // SAFETY: one lane takes one element.
        unsafe { step::<L::One, Op, C, In, Out>(prepared, inputs, outputs, done) }
    } else if rest > 0 {
        // SAFETY: fewer than a register has lanes.
        unsafe { partial::<L::Register, Op, C, In, Out>(prepared, inputs, outputs, done, rest) }
    }
}

/// Fewer elements than a register has lanes.
///
/// # Safety
///
/// As for [`Walk::walk`], for the `count < L::LANES` elements from `at` on.
#[cfg_attr(optimised, inline(always))]
unsafe fn partial<L, Op, C, In, Out>(prepared: &C, inputs: In, outputs: Out, at: usize, count: usize)
where
    L: Group,
    In: LastInputs<L>,
    Out: LastOutputs<L>,
    Op: Walks<L, C, In, Out>,
{
    // SAFETY: as the caller vouches.
    unsafe {
        let results = Op::apply(prepared, inputs.load_partial(at, count));
        outputs.store_partial(results, at, count);
    }
}

/// Makes streamed results visible in order, as ordinary stores are.
#[cfg(native_registers)]
#[inline(always)]
fn fence() {
    // SAFETY: SSE is part of x86-64.
    unsafe { core::arch::x86_64::_mm_sfence() }
}
