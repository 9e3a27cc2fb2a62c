//! A contender's call, repeated and timed, on one thread or on several.

use std::hint::black_box;
use std::sync::{Arc, Barrier};
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
    /// So many threads that know nothing of each other, each with its own part of the data.
    Independent(usize),
    /// The caller's call, which cuts its slices for this pool.
    Pool(Arc<ThreadPool>),
}

impl Threads {
    /// The time that so many calls take. Starting threads is no part of it.
    pub fn time<T: Send + Sync>(
        &self,
        calls: &Calls<T>,
        streams: &mut Streams<'_, T>,
        count: u64,
    ) -> Duration {
        match self {
            Self::One => timed(|| calls(streams, count)),
            Self::Pool(pool) => pool.install(|| timed(|| calls(streams, count))),
            Self::Independent(threads) => independent(*threads, calls, streams, count),
        }
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// From the first start to the last end.
fn independent<T: Send + Sync>(
    threads: usize,
    calls: &Calls<T>,
    streams: &mut Streams<'_, T>,
    count: u64,
) -> Duration {
    let parts = streams.split(threads);
    let barrier = Barrier::new(parts.len());
    let spans: Vec<(Instant, Instant)> = std::thread::scope(|scope| {
        let spawn = |mut part| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                let start = Instant::now();
                calls(&mut part, count);
                (start, Instant::now())
            })
        };
        let handles: Vec<_> = parts.into_iter().map(spawn).collect();
        handles.into_iter().map(|handle| handle.join().expect("a loop that does not panic")).collect()
    });
    let start = spans.iter().map(|span| span.0).min();
    let end = spans.iter().map(|span| span.1).max();
    start.zip(end).map_or(Duration::ZERO, |(start, end)| end - start)
}
