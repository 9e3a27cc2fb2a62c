//! A call that does not ask for `parallel` starts no thread, and neither does one that asks and is
//! short.
//!
//! Alone in its binary: a thread that another test starts would count.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::ffi::OsString;

use sigmoid::{Kernels, thresholds};

/// The threads of this process.
fn threads() -> BTreeSet<OsString> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux lists the threads of a process there");
    tasks.map(|task| task.expect("an entry can be read").file_name()).collect()
}

#[test]
fn plain_and_short_calls_start_no_thread() {
    let before = threads();

    let long = thresholds::STREAM_FROM_BYTES / size_of::<f32>() + 1;
    let x = vec![1.0_f32; long];
    let (mut first, mut second) = (vec![0.0; long], vec![0.0; long]);
    let plain = Kernels::new();
    sigmoid::sigmoid(&x, &mut first);
    sigmoid::sigmoid_derivative(&x, &mut first);
    plain.forward_with_derivative(&x, &mut first, &mut second);
    plain.backward(&first, &x, &mut second);
    plain.forward_in_place(&mut first);
    plain.forward(&vec![1.0_f64; long], &mut vec![0.0; long]);
    assert_eq!(threads(), before, "a plain call");

    #[cfg(feature = "rayon")]
    {
        let parallel = Kernels::new().parallel(true);
        let below = thresholds::PARALLEL_FROM_OUTSIDE_BYTES / size_of::<f32>() - 1;
        parallel.forward(&x[..below], &mut first[..below]);
        parallel.derivative_in_place(&mut first[..below]);
        parallel.forward_with_derivative(&x[..below], &mut first[..below], &mut second[..below]);
        parallel.backward(&x[..below], &x[..below], &mut second[..below]);
        assert_eq!(threads(), before, "a short call");

        parallel.forward(&x, &mut first);
        assert_ne!(threads(), before, "a long call does, or this test sees nothing");
    }
}
