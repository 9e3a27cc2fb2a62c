//! The front door: a value that says how to compute, with a method for each thing to compute. They check the lengths,
//! and nothing else.

#[cfg(feature = "activations")]
mod activations;
mod any;
mod everyday;
mod named;
#[cfg(feature = "activations")]
mod sums;

#[cfg(feature = "activations")]
pub use activations::*;
pub use everyday::{sigmoid, sigmoid_derivative};

use core::fmt;
use core::mem::MaybeUninit;

use crate::accuracy::Accuracy;
use crate::backend::{Backend, UnavailableBackend};
use crate::build_info;
use crate::engine::Engine;
use crate::ops::Compute;
use crate::parallel::Job;
use crate::slices::{Slices, Targets};
use crate::walk::Stores;

/// The bytes of one output from which the results of an out-of-place call are streamed past the
/// caches.
pub(crate) const STREAM_FROM_BYTES: usize = 32 << 20;

/// Whether the results may be streamed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The outputs are memory of their own.
    New,
    /// An output is an input too, and so its cache lines are there already.
    In,
}

/// How to compute: the accuracy, the backend, on one thread or on a pool. Its methods say what.
///
/// The value is three bytes. Making one asks the standard library what the CPU has, which
/// costs about a nanosecond; keep one if you make very many very short calls.
///
/// # What every method promises
///
/// - Slices of different lengths: a panic at the caller's line, before anything is written; and so if
///   [`Accuracy::Exact`] is asked of one of [`ops`](crate::ops) that has no proof for it. There is no other panic.
/// - NaN gives NaN, s(-inf) = 0, s(+inf) = 1, s(0) = 1/2, s'(0) = 1/4 and s'(±inf) = 0 exactly; s
///   lies in [0, 1], s' in [0, 1/4]; subnormal results are kept.
/// - An element's result has the same bits at any offset, length, alignment, number of threads and
///   among any neighbours, in place or not. `forward_with_derivative` has the bits of `forward` and
///   `derivative`. (This is about numbers. A NaN gives some NaN: its sign is left open when it is a derivative
///   and under Exact, and so is which of two NaN `backward` passes on.)
/// - No slow inputs, even if a slice holds nothing else: in registers any number, infinity or NaN takes at most 1.6
///   times as long as x = 1, and 2 times in `forward_with_derivative`. (The operations made of the sigmoid take up to
///   2.6 times as long on most numbers, and up to 7 times where a factor, a gradient or a result is tiny or huge:
///   `benches/slow_inputs.rs` has a number for each.) Under Exact it is at most 5 times, but for the
///   few numbers whose results lie so near to the middle between two others that more digits must be computed: in
///   `f32` one in 2^18, 15 times (20 without fused multiply-add); in `f64` one in 2^36, half a microsecond each.
///   (Without fused multiply-add, Fast takes up to 3 times as long in `f32` on x within a part in 20,000 of
///   -2.7182818e-15.) (`benches/slow_inputs.rs` looks for the slowest; measured on Zen 4 and 5.
///   [`backward`](Kernels::backward) under Exact takes up to 2.5 times as long for zeros, infinities and, in `f32`,
///   subnormal results, up to 13 times in `f32` for results in the very middle, and 10 to 40 ns in `f64` for such and
///   for results below 2^-946.)
/// - No allocation, no locks; no thread but the caller's unless [`Kernels::parallel`] asks for it, which says what
///   it starts and allocates. The upper halves of the vector registers are clean after it.
///
/// The file PROMISES.md names the test behind each.
///
/// # The floating-point environment
///
/// All this is promised in the default environment, which Rust takes for granted: rounding to nearest, nothing
/// flushed. In a host that has changed it no call panics or hangs, a NaN stays one, and no result leaves its range by
/// more than the rounding explains. Where subnormal numbers are flushed to zero (FTZ, DAZ), as audio hosts and
/// `-ffast-math` do, results that would be subnormal are that, zero, or the smallest normal number, and all others
/// are within 8 units of theirs. In other rounding directions Fast is off by up to 200 units in `f32` and 12,000 in
/// `f64` (its polynomials are made for a reduction to nearest), Exact by up to 12, and bits may differ between
/// backends. No number raises INVALID, OVERFLOW or DIVISION BY ZERO, an infinity included; a quiet NaN raises
/// INVALID, for x86's minimum and maximum do.
///
/// # Errors of the results
///
/// Largest error in units in the last place (ULP):
///
/// | | | Fast, with FMA | Fast, without | Fast, scalar | Exact |
/// |---|---|---:|---:|---:|---:|
/// | [`forward`](Kernels::forward) | `f32` | 2.5 | 2.7 | 0.501 | 0.5 |
/// | | `f64` | 2.65 | 2.85 | 2.6 | 0.5 |
/// | [`derivative`](Kernels::derivative) | `f32` | 3.4 | 3.4 | 0.501 | 0.5 |
/// | | `f64` | 3.75 | 3.75 | 4.2 | 0.5 |
/// | [`backward`](Kernels::backward) | `f32` | 2.6 | 2.6 | 0.501 | 0.5 |
/// | | `f64` | 2.6 | 2.6 | 2.6 | 0.5 |
///
/// In `f32` all 2^32 inputs have been tried for the first two, and the command `sigmoid verify` tries them again. The
/// others count the roundings and add them up, but for [`Backend::Scalar`] in `f64`, where it is a search.
/// [`bounds`](crate::bounds) says what each rests on, and hands the one for a call to your program.
///
/// Exact is *correctly rounded*: every result is the number nearest to the exact value. For `forward` and
/// `derivative` in `f32` that is proved by trying all 2^32 inputs on every backend; in `f64` it rests on a proved
/// bound of 2^-67 for the values that are rounded, where this is sure, of 2^-90 where it is not (one in 2^13), and of
/// 2^-166 for what that leaves (one in 2^36), and no case has been found that would need more. For `backward` it
/// rests on a proved bound, and on exact arithmetic where the lanes are not sure.
///
/// # Laws
///
/// Of Exact in `f32`, because the true functions have them and rounding keeps them: s never falls, s' rises
/// up to 0 and falls from there, s'(x) = s'(-x), and s(x) > 0 wherever the true value rounds to a positive number.
/// Fast promises s'(x) = s'(-x) and the ranges above, and not that neighbours are in order.
///
/// # Example
///
/// ```
/// use sigmoid::Kernels;
///
/// let x = [-2.0_f32, 0.0, 2.0];
/// let mut y = [0.0; 3];
/// Kernels::new().forward(&x, &mut y);
/// assert_eq!(y[1], 0.5);
/// approx::assert_ulps_eq!(y[2], 1.0 - y[0], max_ulps = 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kernels {
    accuracy: Accuracy,
    engine: Engine,
    parallel: bool,
}

impl Default for Kernels {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Kernels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernels")
            .field("accuracy", &self.accuracy)
            .field("engine", &self.engine)
            .field("parallel", &self.parallel)
            .field("wide", &build_info::WIDE)
            .finish()
    }
}

/// How to compute.
impl Kernels {
    /// Fast, on this thread, with the fastest backend that the CPU has.
    #[inline]
    pub fn new() -> Self {
        Self { accuracy: Accuracy::Fast, engine: Engine::of(Backend::fastest()), parallel: false }
    }

    /// The same with another accuracy.
    ///
    /// ```
    /// use sigmoid::{Accuracy, Kernels};
    ///
    /// let mut y = [0.0_f32];
    /// Kernels::new().accuracy(Accuracy::Exact).forward(&[-1.7881393e-7], &mut y); // -3 2^-24
    /// // 1/2 + x/4 is the middle between this and 0.49999994: what decides is -x^3/48 = 1.2e-22.
    /// assert_eq!(y, [0.49999997]);
    /// ```
    #[must_use]
    pub const fn accuracy(mut self, accuracy: Accuracy) -> Self {
        self.accuracy = accuracy;
        self
    }

    /// The same on one backend and no other.
    ///
    /// # Errors
    ///
    /// [`UnavailableBackend`] if this CPU does not have the backend's instructions.
    ///
    /// ```
    /// use sigmoid::{Backend, Kernels};
    ///
    /// let mut x = [0.0_f64; 8];
    /// match Kernels::new().backend(Backend::Avx512) {
    ///     Ok(sigmoid) => sigmoid.forward_in_place(&mut x),
    ///     Err(error) => println!("{error}"),
    /// }
    /// ```
    pub fn backend(mut self, backend: Backend) -> Result<Self, UnavailableBackend> {
        if !backend.is_available() {
            return Err(UnavailableBackend(backend));
        }
        self.engine = Engine::of(backend);
        Ok(self)
    }

    /// The same on the threads of the rayon pool that the caller is in (the global one outside of
    /// any), so that `ThreadPool::install` governs it.
    ///
    /// A call with less than 256 KiB of output stays on the caller's thread; outside of any pool,
    /// where threads must be woken first, one with less than 8 MiB
    /// ([`thresholds`](crate::thresholds)). Results have the same bits in any case.
    ///
    /// - The first call that needs the global pool starts it, unless the program has done so: one thread for each
    ///   CPU, or as many as `RAYON_NUM_THREADS` says, which stay. On the heap this takes 7 to 10 KB a thread. From
    ///   then on a call starts nothing, and one in sixty or so allocates 1.5 KB. A program that configures the global
    ///   pool must do so before.
    /// - Where no thread can be started, the call computes on the caller's thread. rayon tries to start its global
    ///   pool once in a process: where that failed, every call from outside of a pool computes so from then on.
    /// - After a fork the child has none of the threads: if its parent had the pool, a call that is long enough to
    ///   use it waits for ever. Leave `parallel` off in such a child.
    /// - While a thread of a pool waits for its call, it may run other jobs of the pool. Hold no lock over a call, and
    ///   no borrow of a thread-local value, that such a job takes too: the job would wait for the thread that it
    ///   runs on, or find the value borrowed. From outside of a pool the caller's thread only waits, for jobs that
    ///   must not wait for its locks.
    ///
    /// ```
    /// let x = vec![0.0_f32; 1 << 20];
    /// let mut y = vec![0.0; x.len()];
    /// sigmoid::Kernels::new().parallel(true).forward(&x, &mut y);
    /// assert!(y.iter().all(|&s| s == 0.5));
    /// ```
    #[cfg(feature = "rayon")]
    #[must_use]
    pub const fn parallel(mut self, parallel: bool) -> Self {
        self.parallel = parallel;
        self
    }

    /// The accuracy that results will have.
    pub const fn selected_accuracy(&self) -> Accuracy {
        self.accuracy
    }

    /// The backend that will compute.
    pub const fn selected_backend(&self) -> Backend {
        self.engine.backend()
    }

    /// Whether long slices are cut for a thread pool.
    pub const fn is_parallel(&self) -> bool {
        self.parallel
    }

    /// Every way in which this CPU can compute, for tests: each backend, and on those that have two ways of
    /// dividing, of which [`Kernels::new`] takes one by the CPU's vendor, both. No part of the promised interface.
    #[doc(hidden)]
    pub fn engines() -> impl Iterator<Item = Self> + Clone {
        let available = |engine: &Engine| engine.backend().is_available();
        Engine::ALL.into_iter().filter(available).map(|engine| Self { engine, ..Self::new() })
    }
}

/// How all of it is done.
impl Kernels {
    /// Prepares an operation, and runs a kernel of `self.engine`.
    ///
    /// # Safety
    ///
    /// Inputs are valid for reads and outputs for writes of `len` elements. If an output is an
    /// input too, `place` is [`Place::In`]; otherwise no output overlaps anything.
    #[track_caller]
    #[inline]
    unsafe fn run<In, Out, Op>(&self, op: Op, inputs: In, outputs: Out, len: usize, place: Place)
    where
        In: Slices + 'static,
        Out: Targets + 'static,
        Op: Compute<In, Out>,
    {
        let prepared = op.prepare();
        let job = self.job(op, &prepared, inputs, outputs, len, place);
        // SAFETY: the caller vouches for the memory; the backend of `self.engine` was found available.
        unsafe {
            #[cfg(feature = "rayon")]
            if self.parallel {
                return job.run_parallel();
            }
            job.run();
        }
    }

    /// The kernel of `self.engine`, with what it is to work on.
    #[track_caller]
    #[inline]
    fn job<'c, In, Out, Op>(
        &self,
        op: Op,
        prepared: &'c Op::Prepared,
        inputs: In,
        outputs: Out,
        len: usize,
        place: Place,
    ) -> Job<'c, Op::Prepared, In, Out>
    where
        In: Slices + 'static,
        Out: Targets + 'static,
        Op: Compute<In, Out>,
    {
        let rows = op.rows();
        let row = match self.accuracy {
            Accuracy::Fast => rows.fast,
            Accuracy::Exact => match rows.exact {
                Some(row) => row,
                None => not_exact(),
            },
        };
        let streams = place == Place::New && len >= STREAM_FROM_BYTES / Out::BYTES;
        let stores = if streams { Stores::Streaming } else { Stores::Cached };
        Job { kernel: row.kernel(self.engine), prepared, inputs, outputs, len, stores }
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn not_exact() -> ! {
    if cfg!(feature = "exact") {
        panic!("there is no proof for this operation, and so it cannot be Exact")
    }
    panic!("the crate `sigmoid` was built without its feature `exact`")
}
#[track_caller]
#[inline]
fn same_length(name: &str, len: usize, other: &str, other_len: usize) {
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn differ(name: &str, len: usize, other: &str, other_len: usize) -> ! {
        panic!("the slices must have one length, but {name} has {len} elements and {other} has {other_len}")
    }
    if len != other_len {
        differ(name, len, other, other_len);
    }
}

/// Of an odd number neither half will do.
#[track_caller]
#[inline]
fn same_as_half(half: &str, len: usize, other: &str, other_len: usize) {
    same_length(half, len.div_ceil(2), other, other_len);
    same_length(half, len / 2, other, other_len);
}

/// # Safety
///
/// All of `slice` is initialised.
unsafe fn initialised<T>(slice: &mut [MaybeUninit<T>]) -> &mut [T] {
    // SAFETY: as the caller vouches; `MaybeUninit<T>` has the layout of `T`.
    unsafe { &mut *(slice as *mut [MaybeUninit<T>] as *mut [T]) }
}
