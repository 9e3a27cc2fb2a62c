//! Threads, if they were asked for: a pool of this module's own, and never one that the process was forked with.
//!
//! NumPy calls a loop from a thread outside of the pool, whose threads sleep. The library would hand all the work to
//! them and wait, which pays from 8 MiB of output on. Here the caller works too, and takes whatever piece is left; who
//! wakes up late finds nothing to do, and nobody waits for it. Only where the library writes past the caches, for which
//! it must see the whole, it is the library that cuts.

use std::ops::Range;
use std::process;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use sigmoid::{Accuracy, Kernels, thresholds};

/// Bytes of output from which a call is shared: as in the library for a caller whose other threads are awake. Where
/// they sleep, to wake them is all that it costs.
const SHARED_FROM_BYTES: usize = thresholds::PARALLEL_FROM_BYTES;

/// Bytes of a piece at the least, and how many there are for each thread at the most.
const PIECE_BYTES: usize = 64 << 10;
const PIECES_A_THREAD: usize = 4;

/// Elements that no piece divides: whole cache lines, of any type.
const TOGETHER: usize = 64;

/// How many threads were asked for.
static THREADS: AtomicUsize = AtomicUsize::new(1);

/// The process that asked, or 0.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// The threads, if there are more than one.
static POOL: Mutex<Option<Arc<ThreadPool>>> = Mutex::new(None);

/// Whether this process was forked from one that has a pool: the threads are not here, and the lock may be held by one
/// of them for ever.
fn was_forked() -> bool {
    let asked = PROCESS.load(Ordering::Acquire);
    asked != 0 && asked != process::id()
}

/// The pool for a call with so much of output, if it is to use one.
#[inline]
fn pool_for(bytes: usize) -> Option<Arc<ThreadPool>> {
    #[cold]
    fn pool() -> Option<Arc<ThreadPool>> {
        // (Whoever holds the lock is about to change the number: this call need not wait for it.)
        if was_forked() { None } else { POOL.try_lock().ok()?.clone() }
    }
    if bytes < SHARED_FROM_BYTES || THREADS.load(Ordering::Relaxed) == 1 { None } else { pool() }
}

/// Does the work on `0..len` with such kernels: on this thread, or in parts on several, if that was asked for and there
/// is so much of it.
#[inline(always)]
pub fn compute<T>(accuracy: Accuracy, len: usize, work: impl Fn(&Kernels, Range<usize>) + Sync) {
    let kernels = Kernels::new().accuracy(accuracy);
    match pool_for(len * size_of::<T>()) {
        None => work(&kernels, 0..len),
        Some(pool) => shared(&pool, kernels, len, size_of::<T>(), &work),
    }
}

/// On several threads.
#[cold]
fn shared(
    pool: &ThreadPool,
    kernels: Kernels,
    len: usize,
    bytes: usize,
    work: &(dyn Fn(&Kernels, Range<usize>) + Sync),
) {
    if len * bytes >= thresholds::STREAM_FROM_BYTES {
        return pool.install(|| work(&kernels.parallel(true), 0..len));
    }
    let threads = pool.current_num_threads();
    let count = (len * bytes / PIECE_BYTES).clamp(1, PIECES_A_THREAD * threads);
    let length = len.div_ceil(count).next_multiple_of(TOGETHER);
    let pieces = len.div_ceil(length);
    let work = |piece: usize| work(&kernels, piece * length..len.min((piece + 1) * length));
    share(pool, threads - 1, pieces, &work);
}

/// What is to be done in pieces.
struct Shared {
    /// # Safety
    ///
    /// It is there as long as a piece is not done.
    work: *const (dyn Fn(usize) + Sync),
    pieces: usize,
    next: AtomicUsize,
    not_done: AtomicUsize,
    caller: Thread,
}

// SAFETY: the work may be done by several threads; all else is for them.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// Does what nobody else has begun.
    fn take_pieces(&self) {
        loop {
            let piece = self.next.fetch_add(1, Ordering::Relaxed);
            if piece >= self.pieces {
                return;
            }
            // SAFETY: this piece is not done.
            unsafe { (*self.work)(piece) };
            if self.not_done.fetch_sub(1, Ordering::AcqRel) == 1 {
                self.caller.unpark();
            }
        }
    }
}

/// Does all pieces of the work, on this thread and as many others of the pool as come in time.
fn share(pool: &ThreadPool, others: usize, pieces: usize, work: &(dyn Fn(usize) + Sync)) {
    let work: *const (dyn Fn(usize) + Sync + '_) = work;
    let shared = Arc::new(Shared {
        // SAFETY: the lifetime is that of this call, which does not end before all pieces are done. (It does not unwind
        // either: the loop that calls it would abort.)
        work: unsafe {
            std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), *const (dyn Fn(usize) + Sync + 'static)>(
                work,
            )
        },
        pieces,
        next: AtomicUsize::new(0),
        not_done: AtomicUsize::new(pieces),
        caller: thread::current(),
    });
    for _ in 0..others {
        let shared = Arc::clone(&shared);
        pool.spawn(move || shared.take_pieces());
    }
    shared.take_pieces();
    while shared.not_done.load(Ordering::Acquire) != 0 {
        thread::park();
    }
}

/// set_num_threads(n, /)
/// --
///
/// Lets calls with 256 KiB of contiguous output or more use n threads, which are started here; 1, as at first, ends
/// them.
///
/// Results have the same bits on any number of threads. A child that a process with such threads forks has none of
/// them: calls stay on one thread there, get_num_threads() is 1, and to ask for more is a RuntimeError.
///
/// Raises ValueError if n is 0, RuntimeError if the threads cannot be started.
#[pyfunction]
#[pyo3(signature = (n, /), text_signature = "(n, /)")]
pub fn set_num_threads(py: Python<'_>, n: usize) -> PyResult<()> {
    if n == 0 {
        return Err(PyValueError::new_err("there must be at least one thread"));
    }
    if was_forked() {
        return if n == 1 {
            Ok(())
        } else {
            Err(PyRuntimeError::new_err("this process was forked from one with threads, and stays on one"))
        };
    }
    let pool = if n == 1 {
        None
    } else {
        let builder = ThreadPoolBuilder::new().num_threads(n).thread_name(|i| format!("sigmoid {i}"));
        let pool = builder.build();
        Some(Arc::new(pool.map_err(|error| PyRuntimeError::new_err(format!("no threads: {error}")))?))
    };
    let shared = pool.is_some();
    let old = std::mem::replace(&mut *POOL.lock().unwrap_or_else(PoisonError::into_inner), pool);
    PROCESS.store(if shared { process::id() } else { 0 }, Ordering::Release);
    THREADS.store(n, Ordering::Release);
    // The last call that uses the old ones ends them.
    py.detach(|| drop(old));
    Ok(())
}

/// get_num_threads()
/// --
///
/// How many threads long calls use.
#[pyfunction]
pub fn get_num_threads() -> usize {
    if was_forked() { 1 } else { THREADS.load(Ordering::Acquire) }
}
