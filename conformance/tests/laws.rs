//! Which laws the library keeps, by accuracy, on every backend that this machine has: every f32 at a
//! stride, a sample of f64, runs of consecutive numbers in both.
//!
//! All of `f32`: `cargo test --release -p sigmoid-conformance --test laws -- --ignored --nocapture`

use sigmoid::{Accuracy, Element, Kernels};
use sigmoid_conformance::report::Law;
use sigmoid_conformance::{Conformance, Function, Report, Sampled};

/// What there is to choose from, and what each promises.
const ACCURACIES: [(Accuracy, Promise); 2] =
    [(Accuracy::Fast, Promise::Sound), (Accuracy::Exact, Promise::CorrectlyRounded)];

/// What an accuracy promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Promise {
    /// Everything but that results are monotone: two neighbours may be in the wrong order.
    Sound,
    /// Correctly rounded, and so every law that there is.
    CorrectlyRounded,
}

fn reports<T: Sampled + Element>(
    plan: impl Fn(Function) -> Conformance<T>,
) -> Vec<(String, Promise, Report)> {
    let threads = std::thread::available_parallelism().unwrap();
    let mut reports = Vec::new();
    for (accuracy, promise) in ACCURACIES {
        for kernels in Kernels::engines().map(|kernels| kernels.accuracy(accuracy)) {
            for function in [Function::Sigmoid, Function::Derivative] {
                let report = plan(function).check_on(threads, |x, y| match function {
                    Function::Sigmoid => kernels.forward(x, y),
                    _ => kernels.derivative(x, y),
                });
                let who = format!("{kernels:?}");
                println!("{who}: {report}");
                reports.push((who, promise, report));
            }
        }
    }
    reports
}

fn check<T: Sampled + Element>(plan: impl Fn(Function) -> Conformance<T>) {
    for (who, promise, report) in reports(plan) {
        assert!(report.is_sound(), "{who}: {report}");
        let kept: &[&Law] = match promise {
            Promise::Sound => &[&report.even, &report.sign, &report.subnormals_kept, &report.zero],
            Promise::CorrectlyRounded => {
                assert!(report.is_correctly_rounded(), "{who}: {report}");
                &report.laws().map(|(_, law)| law)
            }
        };
        for law in kept {
            assert!(law.holds(), "{who}: {report}");
        }
    }
}

#[test]
fn f32_at_a_stride() {
    check::<f32>(|function| Conformance::new(function).stride(1009));
}

#[test]
fn f64_sample() {
    check::<f64>(|function| Conformance::new(function).points(1 << 20));
}

#[test]
#[ignore = "all 2^32 inputs: minutes in a release build"]
fn every_f32_there_is() {
    check::<f32>(Conformance::new);
}
