//! Cuts a long slice for rayon, or does not.

#[cfg(feature = "rayon")]
use core::ops::Range;

use crate::engine::Kernel;
use crate::slices::{Slices, Targets};
use crate::walk::Stores;

/// The bytes of one output from which a call that is made on a thread of a pool shares its work.
/// Measured at this size, on two threads: 0.58 of the time of one, if the other thread is awake, as it is between
/// calls that follow each other; 1.2 times as long, if it sleeps; up to 2.4 times, if threads of other libraries
/// spin on its core. With half of this size the first two are 0.64 and 1.35.
pub(crate) const PARALLEL_FROM_BYTES: usize = 256 << 10;

/// The same for a call from outside of any pool, which hands all its work to the global one and
/// waits. Measured: waking sleeping threads takes 20 to 50 microseconds, and now and then much more.
pub(crate) const PARALLEL_FROM_OUTSIDE_BYTES: usize = 8 << 20;

/// rayon's global pool, which is started once in a process or never: where its threads could not be had, rayon panics
/// whenever it is used.
#[cfg(feature = "rayon")]
mod global_pool {
    use std::error::Error;
    use std::sync::OnceLock;
    use std::{panic, thread};

    use rayon::ThreadPoolBuilder;

    /// Whether the pool can be used; the first question starts it, if nobody has.
    pub(super) fn is_there() -> bool {
        static IS_THERE: OnceLock<bool> = OnceLock::new();
        *IS_THERE.get_or_init(start)
    }

    #[cold]
    fn start() -> bool {
        // Where there are no threads at all (wasm32) they are not counted either, and rayon makes a pool of the
        // caller's thread, unless it is told to start one.
        if thread::available_parallelism().is_err() {
            return is_usable();
        }
        // As rayon does it by itself, environment variables included.
        match ThreadPoolBuilder::new().build_global() {
            Ok(()) => true,
            // The operating system refused.
            Err(error) if error.source().is_some() => false,
            // Someone was earlier, with success or without.
            Err(_) => is_usable(),
        }
    }

    /// Asks by using it: there is no other way to know.
    fn is_usable() -> bool {
        panic::catch_unwind(rayon::current_num_threads).is_ok()
    }
}

/// Whether a call with so much of output is worth a pool, and there is one.
#[cfg(feature = "rayon")]
pub(crate) fn shares(bytes: usize) -> bool {
    // This asks for the thread's own pool only: a short call must not start the global one.
    let inside = rayon::current_thread_index().is_some();
    let from = if inside { PARALLEL_FROM_BYTES } else { PARALLEL_FROM_OUTSIDE_BYTES };
    bytes >= from && (inside || global_pool::is_there())
}

/// A kernel with what it is to work on.
pub(crate) struct Job<'c, C, In, Out> {
    pub(crate) kernel: Kernel<C, In, Out>,
    pub(crate) prepared: &'c C,
    pub(crate) inputs: In,
    pub(crate) outputs: Out,
    pub(crate) len: usize,
    pub(crate) stores: Stores,
}

impl<C, In: Copy, Out: Copy> Clone for Job<'_, C, In, Out> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, In: Copy, Out: Copy> Copy for Job<'_, C, In, Out> {}

// SAFETY: a job stands for the slices it was made from, shared inputs and exclusive outputs of elements that any thread
// may have ([`crate::ops::Compute`] is for such only), and no two jobs have an output in common.
unsafe impl<C: Sync, In, Out> Send for Job<'_, C, In, Out> {}

// SAFETY: as above: what several threads do with one job is their own affair, and unsafe.
unsafe impl<C: Sync, In, Out> Sync for Job<'_, C, In, Out> {}

impl<C: Sync, In: Slices, Out: Targets> Job<'_, C, In, Out> {
    /// Does the work on the caller's thread.
    ///
    /// # Safety
    ///
    /// As for [`Kernel`].
    #[inline(always)]
    pub(crate) unsafe fn run(self) {
        // SAFETY: as the caller vouches.
        unsafe { (self.kernel)(self.prepared, self.inputs, self.outputs, self.len, self.stores) }
    }

    /// Does the work on the rayon pool that the caller is in, if it is long enough.
    ///
    /// # Safety
    ///
    /// As for [`Kernel`].
    #[cfg(feature = "rayon")]
    pub(crate) unsafe fn run_parallel(self) {
        share(self.len, self.len * Out::BYTES, &|at| self.to_cache_line(at), &|part| {
            let job = Self { len: part.len(), ..self.after(part.start, part.start) };
            // SAFETY: each part works on its own part of what the caller vouches for.
            unsafe { job.run() }
        });
    }

    /// The first element from `at` on at which a cache line of the first output begins, or the last.
    #[cfg(feature = "rayon")]
    fn to_cache_line(self, at: usize) -> usize {
        at.saturating_add(self.outputs.after(at).to_cache_line()).min(self.len)
    }

    /// The same work on what is behind so many elements of the inputs and of the outputs.
    pub(crate) fn after(self, of_inputs: usize, of_outputs: usize) -> Self {
        Self { inputs: self.inputs.after(of_inputs), outputs: self.outputs.after(of_outputs), ..self }
    }
}

/// Hands `work` all of `0..len`: in parts to the threads of the rayon pool that the caller is in, if the work has so
/// many bytes of one output that it pays. A part ends at a `boundary`, which is near the number that it is asked for.
#[cfg(feature = "rayon")]
pub(crate) fn share(
    len: usize,
    bytes: usize,
    boundary: &(impl Fn(usize) -> usize + Sync),
    work: &(impl Fn(Range<usize>) + Sync),
) {
    if !shares(bytes) {
        return work(0..len);
    }
    // Two pieces a thread: a thread that comes late leaves one to the others.
    let pieces = (2 * rayon::current_num_threads()).min(bytes / (PARALLEL_FROM_BYTES / 2));
    share_pieces(0..len, pieces, boundary, work);
}

/// Halves the work until there are as many pieces as asked for.
#[cfg(feature = "rayon")]
fn share_pieces(
    range: Range<usize>,
    pieces: usize,
    boundary: &(impl Fn(usize) -> usize + Sync),
    work: &(impl Fn(Range<usize>) + Sync),
) {
    if pieces <= 1 {
        return work(range);
    }
    let left = pieces / 2;
    // (So that a few rows are shared too.)
    let [whole, rest] = [range.len() / pieces * left, range.len() % pieces * left / pieces];
    let middle = boundary(range.start + whole + rest).min(range.end);
    rayon::join(
        || share_pieces(range.start..middle, left, boundary, work),
        || share_pieces(middle..range.end, pieces - left, boundary, work),
    );
}
