//! Threads, if they were asked for: a pool of this module's own, and never one that the process was forked with.

use std::process;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use sigmoid::{Accuracy, Kernels};

/// Bytes of output from which a call is handed to the pool, whose threads must be woken first.
const SHARED_FROM_BYTES: usize = 2 << 20;

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

/// Does the work with such kernels: on this thread, or on the pool if that was asked for and the output is so long.
#[inline(always)]
pub fn compute(accuracy: Accuracy, bytes: usize, work: impl FnOnce(&Kernels) + Send) {
    let kernels = Kernels::new().accuracy(accuracy);
    match pool_for(bytes) {
        None => work(&kernels),
        Some(pool) => pool.install(|| work(&kernels.parallel(true))),
    }
}

/// set_num_threads(n, /)
/// --
///
/// Lets calls with 2 MiB of output or more use n threads, which are started here; 1, as at first, ends them.
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
