//! The library's stated error bounds, in `f64` and with a stride in `f32`, on every backend that
//! this machine has. (The command `sigmoid verify` runs all of `f32`.)

use sigmoid::{Backend, Sigmoid};
use sigmoid_conformance::{Expected, Function, Judged, Tally, sample};

const BLOCK: usize = 1 << 12;

/// The points of the large sample: 12.6 million.
const LARGE: u64 = 3 << 22;

fn bound(function: Function, backend: Backend, format: &str) -> f64 {
    match (function, backend, format) {
        (_, Backend::Scalar, "f32") => 0.501,
        (Function::Sigmoid, Backend::Scalar, _) => 2.5,
        (Function::Derivative, Backend::Scalar, _) => 4.0,
        (Function::Derivative, ..) => 5.0,
        (_, Backend::Wide, _) if sigmoid::build_info::WIDE.contains("without FMA") => 2.7,
        _ => 2.5,
    }
}

fn check<T: Judged + sigmoid::Element>(blocks: u64, fill: impl Fn(u64, &mut [T])) {
    let (mut x, mut results) = (vec![T::default(); BLOCK], vec![T::default(); BLOCK]);
    let mut expected = Expected::default();
    let mut broken = Vec::new();
    for function in [Function::Sigmoid, Function::Derivative] {
        let mut tallies = vec![Tally::default(); Sigmoid::engines().count()];
        for index in 0..blocks {
            fill(index, &mut x);
            expected.compute(function, &x);
            for (sigmoid, tally) in Sigmoid::engines().zip(&mut tallies) {
                match function {
                    Function::Sigmoid => sigmoid.forward(&x, &mut results),
                    Function::Derivative => sigmoid.derivative(&x, &mut results),
                }
                tally.add(function, &x, &results, &expected);
            }
        }
        for (sigmoid, tally) in Sigmoid::engines().zip(&tallies) {
            let backend = sigmoid.selected_backend();
            let verdict = format!("{function:?} {} {sigmoid:?}: {tally:?}", T::NAME);
            println!("{verdict}");
            let within = tally.max_ulp() <= bound(function, backend, T::NAME);
            if !within || !tally.is_sound() || tally.undecided > 0 {
                broken.push(verdict);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn f64_errors_are_within_the_stated_bounds() {
    check(64, sample::double);
}

#[test]
#[ignore = "takes half a minute in a release build"]
fn f64_errors_are_within_the_stated_bounds_on_twelve_million_points() {
    check(LARGE / BLOCK as u64, sample::double);
}

#[test]
fn f32_errors_are_within_the_stated_bounds() {
    const STRIDE: u64 = 16411;
    check(sample::SINGLES / STRIDE / BLOCK as u64, |index, block| {
        sample::single(index * BLOCK as u64 * STRIDE, STRIDE, block);
    });
}
