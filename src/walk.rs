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
//!    of the output on, while the input is prefetched: see [`Stores`].

#[cfg(native_registers)]
use core::mem::MaybeUninit;

use crate::lanes::{Group, Lanes};
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

    /// As many whole groups of lanes as there are from `done` on; returns how many elements are done then. With
    /// `STREAM` past the caches.
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
                let results = Self::apply(prepared, load::<L, In, STREAM>(inputs, done));
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
    /// Applies `Op` to `len` elements of each input, with what was prepared for this call.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions of these registers. Every input is valid for reads and every output for
    /// writes of `len` elements. An output may be the same memory as an input, and then `stores` is
    /// [`Stores::Cached`]; otherwise no output overlaps anything.
    unsafe fn walk(prepared: &C, inputs: In, outputs: Out, len: usize, stores: Stores);
}

impl<L, Op, C, In, Out> Walk<Op, C, In, Out> for L
where
    L: Lanes,
    In: Inputs<L> + LastInputs<L::Register> + Inputs<L::One>,
    Out: Outputs<L> + LastOutputs<L::Register> + Outputs<L::One>,
    Op: Walks<L, C, In, Out> + Walks<L::Register, C, In, Out> + Walks<L::One, C, In, Out>,
{
    #[inline(always)]
    unsafe fn walk(prepared: &C, inputs: In, outputs: Out, len: usize, stores: Stores) {
        let mut done = 0;
        // SAFETY: every step stays below `len`, and what a step writes it has read before.
        unsafe {
            if L::One::LANES == 1 && len == 1 {
                // Before anything else: what is asked below takes as long as the arithmetic.
                return step::<L::One, Op, C, In, Out>(prepared, inputs, outputs, 0);
            }
            if <Op as Operation<L>>::ALIGNS_STACK {
                align_stack::<L::Register>();
            }
            if <Out as Outputs<L>>::STREAMS && stores == Stores::Streaming {
                // From the first cache line of all outputs on, if it is at the same element: from there every register
                // is aligned to its own size, which divides that of a line.
                let head = outputs.to_cache_line();
                if head <= len && outputs.have_the_same_lines() {
                    short::<L, Op, C, In, Out>(prepared, inputs, outputs, 0, head);
                    done =
                        <Op as Operation<L>>::groups::<In, Out, true>(prepared, inputs, outputs, head, len);
                    fence();
                }
            }
            done = <Op as Operation<L>>::groups::<In, Out, false>(prepared, inputs, outputs, done, len);
            short::<L, Op, C, In, Out>(prepared, inputs, outputs, done, len);
        }
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
#[inline(always)]
fn fence() {
    #[cfg(native_registers)]
    // SAFETY: SSE is part of x86-64.
    unsafe {
        core::arch::x86_64::_mm_sfence();
    }
}
