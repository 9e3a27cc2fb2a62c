//! The library's stated error bounds, in `f64` and with a stride in `f32`, on every backend that
//! this machine has. (The command `sigmoid verify` runs all of `f32`.)

use sigmoid::{Element, Kernels, bounds};
use sigmoid_conformance::{Expected, Function, Judged, Tally, sample};

const BLOCK: usize = 1 << 12;

/// The points of the large sample: 12.6 million.
const LARGE: u64 = 3 << 22;

fn stated<T: Element>(function: Function, kernels: &Kernels) -> f64 {
    match function {
        Function::Sigmoid => bounds::forward::<T>(kernels),
        _ => bounds::derivative::<T>(kernels),
    }
}

fn check<T: Judged + Element>(blocks: u64, fill: impl Fn(u64, &mut [T])) {
    let (mut x, mut results) = (vec![T::default(); BLOCK], vec![T::default(); BLOCK]);
    let mut expected = Expected::default();
    let mut broken = Vec::new();
    for function in [Function::Sigmoid, Function::Derivative] {
        let mut tallies = vec![Tally::default(); Kernels::engines().count()];
        for index in 0..blocks {
            fill(index, &mut x);
            expected.compute(function, &x);
            for (kernels, tally) in Kernels::engines().zip(&mut tallies) {
                match function {
                    Function::Sigmoid => kernels.forward(&x, &mut results),
                    _ => kernels.derivative(&x, &mut results),
                }
                tally.add(function, &x, &results, &expected);
            }
        }
        for (kernels, tally) in Kernels::engines().zip(&tallies) {
            let verdict = format!("{function:?} {} {kernels:?}: {tally:?}", T::NAME);
            println!("{verdict}");
            let within = tally.max_ulp() <= stated::<T>(function, &kernels);
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
