//! A contender's call, repeated and timed, on one thread or on several.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::ThreadPool;

use super::memory::Streams;

/// Calls so many times. The loop is inside, so that only one call that the compiler cannot see
/// through is made for all of them.
pub type Calls<T> = Box<dyn Fn(&mut Streams<'_, T>, u64) + Sync>;

/// Repeats a call, and keeps the compiler from knowing its arguments or leaving out its stores.
pub fn repeated<T>(call: impl Fn(&mut Streams<'_, T>) + Sync + 'static) -> Calls<T> {
    Box::new(move |streams, calls| {
        for _ in 0..calls {
            call(black_box(&mut *streams));
        }
    })
}

/// Who makes the calls.
#[derive(Clone)]
pub enum Threads {
    /// The caller.
    One,
    /// The threads of this pool, which know nothing of each other, each with its own part of the data.
    Independent(Arc<ThreadPool>),
    /// The caller's call, which cuts its slices for this pool.
    Pool(Arc<ThreadPool>),
}

impl Threads {
    /// The time that so many calls take, after one that is not timed if `warm` is set. Starting
    /// threads is no part of it.
    pub fn time<T: Send + Sync>(
        &self,
        calls: &Calls<T>,
        streams: &mut Streams<'_, T>,
        count: u64,
        warm: bool,
    ) -> Duration {
        let warm = u64::from(warm);
        let mut timed = || {
            calls(streams, warm);
            let start = Instant::now();
            calls(streams, count);
            start.elapsed()
        };
        match self {
            Self::One => timed(),
            // On a thread of the pool: waking it is no part of the time.
            Self::Pool(pool) => pool.install(timed),
            Self::Independent(pool) => independent(pool, calls, streams, count, warm),
        }
    }
}

/// From the first start to the last end.
fn independent<T: Send + Sync>(
    pool: &ThreadPool,
    calls: &Calls<T>,
    streams: &mut Streams<'_, T>,
    count: u64,
    warm: u64,
) -> Duration {
    let parts = streams.split(pool.current_num_threads());
    let gate = Gate { expected: parts.len(), arrived: AtomicUsize::new(0) };
    let parts: Vec<_> = parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
    // A thread has the same part each time. Short slices have fewer parts than there are threads.
    let spans: Vec<Option<(Instant, Instant)>> = pool.broadcast(|thread| {
        let part = parts.get(thread.index())?;
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        calls(&mut part, warm);
        gate.pass();
        let start = Instant::now();
        calls(&mut part, count);
        Some((start, Instant::now()))
    });
    let start = spans.iter().flatten().map(|span| span.0).min();
    let end = spans.iter().flatten().map(|span| span.1).max();
    start.zip(end).map_or(Duration::ZERO, |(start, end)| end - start)
}

/// Lets threads through when all are there: awake, so that they leave within a microsecond, where a
/// thread that must be woken leaves 50 later.
struct Gate {
    expected: usize,
    arrived: AtomicUsize,
}

impl Gate {
    fn pass(&self) {
        self.arrived.fetch_add(1, Ordering::AcqRel);
        let mut spins = 0_u32;
        while self.arrived.load(Ordering::Acquire) < self.expected {
            spins += 1;
            if spins.is_multiple_of(1 << 12) {
                // There may be more threads than cores.
                std::thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
    }
}
