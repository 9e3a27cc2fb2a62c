//! On a pool of any size the results have the bits of one thread, and the work stays in the pool that
//! the caller is in.

#![cfg(feature = "rayon")]

mod support;

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, Once};
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};
use sigmoid::ops::SigmoidBackward;
use sigmoid::{Backend, Kernels, thresholds};
use support::{Float, Inputs, Operation, Way, assert_same_bits, engines, results};

/// Far more than anything here takes.
const FOREVER: Duration = Duration::from_secs(60);

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of some threads can be had")
}

/// Keeps the global pool's only thread busy for as long as the guard lives, so that work that strays
/// there does not come back.
struct GlobalPoolOccupied {
    release: Sender<()>,
    _only_one: MutexGuard<'static, ()>,
}

impl GlobalPoolOccupied {
    fn new() -> Self {
        static BUILD: Once = Once::new();
        static ONLY_ONE: Mutex<()> = Mutex::new(());
        BUILD.call_once(|| {
            ThreadPoolBuilder::new().num_threads(1).build_global().expect("no one has used it before");
        });
        let only_one = ONLY_ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (release, released) = mpsc::channel::<()>();
        let (started, has_started) = mpsc::channel();
        rayon::spawn(move || {
            started.send(()).expect("someone waits");
            // Ends with a message or with the guard.
            let _ = released.recv();
        });
        has_started.recv_timeout(FOREVER).expect("the pool's thread is free");
        Self { release, _only_one: only_one }
    }

    fn release(&self) {
        self.release.send(()).expect("the pool's thread waits");
    }
}

/// Runs work on a thread of its own, so that one can give up waiting for it.
fn beside<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Receiver<R> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver
}

fn lengths<T>() -> [usize; 7] {
    let from = thresholds::PARALLEL_FROM_BYTES / size_of::<T>();
    [0, 1001, from - 1, from, from + 1, from * 3 / 2 + 7, from * 4 + 13]
}

fn check<T: Float>() {
    let pools = [1, 2, 3, 8].map(pool);
    for operation in Operation::ALL {
        let [.., longest] = lengths::<T>();
        let inputs = Inputs::<T>::mixed(operation, longest + 1, 0x9a);
        for kernels in engines() {
            for len in lengths::<T>() {
                // From the second element, so that the pieces' ends are aligned to nothing.
                let inputs = inputs.part(1..1 + len);
                let expected = results(kernels, operation, Way::OutOfPlace, inputs);
                // The reference path is cut as the others are, and takes fifty times as long.
                let ways = if kernels.selected_backend() == Backend::Scalar { 1 } else { 3 };
                for way in &Way::ALL[..ways] {
                    for pool in &pools {
                        let got = pool.install(|| results(kernels.parallel(true), operation, *way, inputs));
                        for (got, expected) in got.iter().zip(&expected) {
                            assert_same_bits(got, expected, || {
                                let threads = pool.current_num_threads();
                                let backend = kernels.selected_backend();
                                format!("{operation:?} {way:?} on {backend} and {threads} threads")
                            });
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn f32_has_the_bits_of_one_thread() {
    check::<f32>();
}

#[test]
fn f64_has_the_bits_of_one_thread() {
    check::<f64>();
}

/// Long enough to be streamed, each piece.
#[test]
fn streamed_pieces_have_the_bits_of_one_thread() {
    let len = thresholds::STREAM_FROM_BYTES / size_of::<f32>() + 77;
    let inputs = Inputs::<f32>::mixed(Operation::Forward, len, 0x9b);
    let of = |kernels| results(kernels, Operation::Forward, Way::OutOfPlace, inputs.slices());
    let [got, _] = pool(3).install(|| of(Kernels::new().parallel(true)));
    assert_same_bits(&got, &of(Kernels::new())[0], || "streamed on 3 threads".into());
}

/// Long enough for the threads of a pool, but not for a caller from outside of any.
const LONG: usize = thresholds::PARALLEL_FROM_BYTES / size_of::<f32>() * 5;

/// Long enough for anyone.
const LONGER: usize = thresholds::PARALLEL_FROM_OUTSIDE_BYTES / size_of::<f32>() + 1;

fn call(len: usize) -> Vec<f32> {
    let mut y = vec![0.0; len];
    Kernels::new().parallel(true).forward(&vec![0.0; len], &mut y);
    y
}

#[test]
fn install_governs() {
    let _occupied = GlobalPoolOccupied::new();
    for threads in [1, 2, 3] {
        let done = beside(move || pool(threads).install(|| call(LONG)));
        let y = done.recv_timeout(FOREVER).expect("the work is done in the pool, and nowhere else");
        assert!(y.iter().all(|&s| s == 0.5));
    }
}

/// And so it does use a pool.
#[test]
fn outside_of_any_pool_the_global_one_works() {
    let occupied = GlobalPoolOccupied::new();
    let done = beside(|| call(LONGER));
    let waits = done.recv_timeout(Duration::from_millis(200));
    assert_eq!(waits.map(drop), Err(RecvTimeoutError::Timeout), "done without the global pool");
    occupied.release();
    done.recv_timeout(FOREVER).expect("the global pool is free");
}

#[test]
fn short_calls_and_plain_ones_need_no_pool() {
    let _occupied = GlobalPoolOccupied::new();
    let done = beside(|| {
        let parallel = Kernels::new().parallel(true);
        parallel.forward_in_place(&mut vec![0.0_f32; LONGER - 2]);
        parallel.parallel(false).forward_in_place(&mut vec![0.0_f32; LONGER]);
        Kernels::new().forward_in_place(&mut vec![0.0_f32; LONGER]);
    });
    done.recv_timeout(FOREVER).expect("the work is done on the caller's thread");
}

#[test]
fn nested_in_other_work_it_ends() {
    fn tree(depth: usize) -> usize {
        if depth == 0 {
            return call(LONG).iter().filter(|&&s| s == 0.5).count();
        }
        let (a, b) = rayon::join(|| tree(depth - 1), || tree(depth - 1));
        let mut own = vec![0.0_f32; LONG];
        Kernels::new().parallel(true).derivative_in_place(&mut own);
        a + b + own.iter().filter(|&&derivative| derivative == 0.25).count()
    }
    let _occupied = GlobalPoolOccupied::new();
    for threads in [1, 2, 8] {
        let done = beside(move || {
            let pool = pool(threads);
            // Four at once from outside, each a tree of calls inside.
            std::thread::scope(|scope| {
                let calls = [(); 4].map(|()| scope.spawn(|| pool.install(|| tree(2))));
                calls.map(|call| call.join().expect("no panic"))
            })
        });
        let counts = done.recv_timeout(FOREVER).expect("no deadlock, and no work outside of the pool");
        assert_eq!(counts, [7 * LONG; 4]);
    }
}

/// Rows of halves are shared by rows: the bits are those of one thread.
#[test]
fn rows_of_halves_have_the_same_bits() {
    let elements = (2 * thresholds::PARALLEL_FROM_OUTSIDE_BYTES + 1000) / size_of::<f32>();
    let x: Vec<f32> = support::mixture(10_007, 0x40).into_iter().cycle().take(2 * elements).collect();
    let op = SigmoidBackward;
    for n in [7, 64, 1000, elements / 5, elements / 2, elements] {
        let count = elements / n;
        let rows = &x[..2 * n * count];
        let mut expected = vec![0.0; n * count];
        Kernels::new().zip_halves(op, n, rows, &mut expected);
        for threads in 1..4 {
            let mut got = vec![f32::NAN; n * count];
            pool(threads).install(|| Kernels::new().parallel(true).zip_halves(op, n, rows, &mut got));
            assert_same_bits(&got, &expected, || format!("rows of {n} on {threads} threads"));
        }
    }
}
