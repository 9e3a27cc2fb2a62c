//! Does a call leave the vector registers clean?
//!
//! Code compiled for SSE runs several times slower on some CPUs while the upper halves of the
//! vector registers hold something. Here a scalar loop is timed before and after a call of each
//! backend, and the program fails if any call slows it down.

use std::hint::black_box;
use std::time::{Duration, Instant};

use sigmoid::{Backend, Kernels};

/// The caller's own code: in a default build, SSE.
fn callers_loop(values: &mut [f32]) -> Duration {
    let start = Instant::now();
    for _ in 0..200 {
        for value in black_box(&mut *values) {
            *value = (*value * 0.75 + 0.5).sqrt();
        }
    }
    start.elapsed()
}

/// The shortest time of several, before and after a call.
fn before_and_after(kernels: Kernels) -> (Duration, Duration) {
    let mut values = [1.0_f32; 1024];
    let (mut x, mut dx) = ([0.5_f32; 1000], [0.0_f32; 1000]);
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..20 {
        best.0 = best.0.min(callers_loop(&mut values));
        kernels.forward_with_derivative_in_place(black_box(&mut x), black_box(&mut dx));
        kernels.derivative_in_place(black_box(&mut x));
        best.1 = best.1.min(callers_loop(&mut values));
    }
    best
}

fn main() {
    for backend in Backend::available() {
        let kernels = Kernels::new().backend(backend).expect("it is available");
        let slowdown = (0..5)
            .map(|_| {
                let (before, after) = before_and_after(kernels);
                let slowdown = after.as_secs_f64() / before.as_secs_f64();
                println!("{backend}: {before:?} before, {after:?} after a call ({slowdown:.3} times)");
                slowdown
            })
            .fold(f64::INFINITY, f64::min);
        assert!(slowdown < 1.2, "a call of {backend} slows the caller's own code");
    }
}
