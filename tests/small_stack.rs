//! A call needs little stack, in a debug build too: threads have 2 MiB, those of many hosts far less.
//!
//! In this repository tests are optimised; `.ci/run` runs this one as a user's debug build would be.

mod support;

use std::thread;

use sigmoid::Kernels;
use support::family::{Family, Member, in_every_format};
use support::{Float, Operation, Way, accuracies, engines, mixture, run};

const STACK: usize = 256 << 10;

/// All that a thread does with one way of computing, on whole blocks and tails, ordinary, far-out and doubtful numbers.
fn call_everything<T: Float>(kernels: Kernels) {
    let x = mixture::<T>(3_001, 0x57ac);
    let grad = mixture::<T>(x.len(), 0x9);
    let (mut first, mut second) = (vec![T::default(); x.len()], vec![T::default(); x.len()]);
    for operation in Operation::ALL {
        run(kernels, operation, Way::OutOfPlace, [&x, &grad], [&mut first, &mut second]);
    }
}

fn call_family<T: Family>(kernels: Kernels) {
    let inputs = Member::<T>::mixed(3_001);
    for member in T::members() {
        member.results(kernels, inputs.each_ref().map(Vec::as_slice));
    }
}

fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(work).expect("there are threads");
    thread.join().expect("nothing panics");
}

#[test]
fn calls_need_little_stack() {
    for kernels in engines() {
        for accuracy in accuracies() {
            on_a_small_stack(move || call_everything::<f32>(kernels.accuracy(accuracy)));
            on_a_small_stack(move || call_everything::<f64>(kernels.accuracy(accuracy)));
        }
        on_a_small_stack(move || {
            in_every_format!(call_family(kernels));
        });
    }
}
