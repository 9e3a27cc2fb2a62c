//! Where no thread can be started, `parallel` computes on the caller's; where the threads of a pool are there
//! already, it uses them.
//!
//! Each test is a process of its own, for rayon starts its global pool once. A thread's stack of 2^60 bytes is more
//! than any address space has: with it as the default no thread can be started, whoever the user is.

#![cfg(all(feature = "rayon", target_pointer_width = "64", not(target_family = "wasm")))]

mod support;

use std::process::Command;
use std::sync::{Barrier, mpsc};
use std::time::Duration;
use std::{env, panic, thread};

use rayon::ThreadPoolBuilder;
use sigmoid::{Kernels, thresholds};
use support::{Float, Inputs, Operation, Way, assert_same_bits, results};

/// No thread can be started, unless the size of its stack is asked for.
const NO_THREADS: (&str, &str) = ("RUST_MIN_STACK", "1152921504606846976");

/// The stack of a thread that can be started nevertheless.
const STACK: usize = 1 << 20;

/// Tells the test that it is in a process of its own.
const ALONE: &str = "SIGMOID_TEST_ALONE";

/// Runs the test `name`, of which `work` is the body, in a process with this environment.
fn alone(name: &str, (variable, value): (&str, &str), work: impl FnOnce()) {
    if env::var_os(ALONE).is_some() {
        return work();
    }
    let program = env::current_exe().expect("a test knows its binary");
    let mut command = Command::new(program);
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]);
    command.env_remove("RAYON_NUM_THREADS").env(variable, value).env(ALONE, "1");
    /// What Unix says of a program for another machine.
    const NOT_EXECUTABLE: Option<i32> = Some(8);
    let output = match command.output() {
        Err(error) if cfg!(unix) && error.raw_os_error() == NOT_EXECUTABLE => {
            eprintln!("SKIPPED {name}: in this emulator a program cannot start itself");
            return;
        }
        output => output.expect("a test can start its binary"),
    };
    // (What a C library's `posix_spawn` makes of the same.)
    if support::thinned() > 1 && output.status.code() == Some(127) {
        eprintln!("SKIPPED {name}: in this emulator a program cannot start itself");
        return;
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let passed = output.status.success() && stdout.contains("test result: ok. 1 passed");
    assert!(passed, "{}\n{stdout}\n{stderr}", output.status);
    println!("{stdout}{stderr}");
}

/// Long enough for a caller from outside of any pool.
const LONG: usize = thresholds::PARALLEL_FROM_OUTSIDE_BYTES / size_of::<f32>() + 3;

/// Every operation, long and longer, has the bits of a plain call.
fn check<T: Float>() {
    for operation in Operation::ALL {
        let inputs = Inputs::<T>::mixed(operation, 2 * LONG, 0x70);
        for len in [LONG, 2 * LONG] {
            let of = |parallel| {
                let kernels = Kernels::new().parallel(parallel);
                results(kernels, operation, Way::OutOfPlace, inputs.part(0..len))
            };
            for (got, expected) in of(true).iter().zip(&of(false)) {
                assert_same_bits(got, expected, || format!("{operation:?} of {len} elements"));
            }
        }
    }
}

/// Or the tests here show nothing.
fn assert_no_thread_can_be_started() {
    assert!(thread::Builder::new().spawn(|| ()).is_err());
}

/// No panic, caught or not: its message would be on the host's terminal.
fn without_panic(work: impl FnOnce()) {
    panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        std::process::abort();
    }));
    work();
    drop(panic::take_hook());
}

#[test]
fn the_caller_computes() {
    alone("the_caller_computes", NO_THREADS, || {
        assert_no_thread_can_be_started();
        without_panic(|| {
            check::<f32>();
            check::<f64>();
        });
    });
}

#[test]
fn the_caller_computes_where_the_host_has_failed_before() {
    alone("the_caller_computes_where_the_host_has_failed_before", NO_THREADS, || {
        let built = ThreadPoolBuilder::new().num_threads(2).build_global();
        assert!(built.is_err(), "no thread can be started");
        check::<f32>();
        // The message of rayon's panic, which is caught, comes once.
        without_panic(check::<f64>);
    });
}

/// Work that keeps every thread of the global pool from others, and what `call` does meanwhile: whether it comes
/// back.
fn comes_back_beside_a_busy_pool(threads: usize, call: impl FnOnce() + Send) -> bool {
    let (started, free) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    rayon::in_place_scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| {
                started.wait();
                free.wait();
            });
        }
        started.wait();
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            let caller = thread::Builder::new().stack_size(STACK);
            caller
                .spawn_scoped(scope, move || {
                    call();
                    sender.send(()).expect("someone listens");
                })
                .expect("a thread with a small stack can be started");
            let came_back = receiver.recv_timeout(Duration::from_millis(300)).is_ok();
            free.wait();
            came_back
        })
    })
}

fn call() {
    let mut x = vec![0.0_f32; LONG];
    Kernels::new().parallel(true).forward_in_place(&mut x);
    assert!(x.iter().all(|&s| s == 0.5));
}

#[test]
fn the_threads_that_are_there_work() {
    alone("the_threads_that_are_there_work", NO_THREADS, || {
        without_panic(|| {
            let pool = || ThreadPoolBuilder::new().num_threads(2).stack_size(STACK);
            pool().build_global().expect("threads with a small stack can be started");
            assert_no_thread_can_be_started();
            assert!(!comes_back_beside_a_busy_pool(2, call), "the pool is not used");
            check::<f32>();
            let other = pool().build().expect("as above");
            assert!(comes_back_beside_a_busy_pool(2, || other.install(call)), "the wrong pool is used");
        });
    });
}

/// The pool that a call starts is the one that rayon would start.
#[test]
fn the_environment_says_how_many_threads_there_are() {
    alone("the_environment_says_how_many_threads_there_are", ("RAYON_NUM_THREADS", "3"), || {
        call();
        assert_eq!(rayon::current_num_threads(), 3);
        assert!(!comes_back_beside_a_busy_pool(3, call), "the pool is not used");
        assert!(ThreadPoolBuilder::new().build_global().is_err(), "the global pool is there");
    });
}
