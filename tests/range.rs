//! s lies in \[0, 1\] and s' in \[0, 1/4\], for every `f32`; NaN is NaN and nothing else is.
//!
//! All 2^32 inputs: `cargo test --release --test range -- --ignored`

mod support;

use sigmoid::{Backend, Kernels};
use support::{Float, Operation, Way, every_f32, results, sample_f64, vector_engines};

/// A prime, so that every value of the low bits comes up: seventeen million inputs.
const STRIDE: u64 = 257;

const POINTS_F64: usize = 1 << 22;

fn check_block<T: Float>(x: &[T]) {
    check_block_on(x, vector_engines());
}

fn check_block_on<T: Float>(x: &[T], engines: impl Iterator<Item = Kernels>) {
    for kernels in engines {
        let results = results(kernels, Operation::ForwardWithDerivative, Way::OutOfPlace, [x, &[]]);
        for (results, largest) in results.iter().zip([1.0, 0.25]) {
            // The sign bit too: -0 is no result.
            let good = |(x, result): (&T, &T)| {
                let (x, result): (f64, f64) = ((*x).into(), (*result).into());
                (result >= 0.0) & (result <= largest) & result.is_sign_positive()
                    | x.is_nan() & result.is_nan()
            };
            // Whole blocks first: this way the loop has no way out, and is fast.
            if x.iter().zip(results).fold(true, |all, pair| all & good(pair)) {
                continue;
            }
            let (x, result) = x.iter().zip(results).find(|&pair| !good(pair)).expect("one is not good");
            panic!("{} on {}: {result:e} of {x:e}", T::NAME, kernels.selected_backend());
        }
    }
}

#[test]
fn f32_at_a_stride() {
    every_f32(STRIDE, check_block);
}

#[test]
#[ignore = "all 2^32 inputs: a minute and more in a release build"]
fn every_f32_there_is() {
    every_f32(1, check_block);
}

#[test]
fn f64_sample() {
    sample_f64(POINTS_F64, check_block);
}

fn scalar() -> impl Iterator<Item = Kernels> {
    Kernels::new().backend(Backend::Scalar).into_iter()
}

#[test]
fn f32_of_the_reference() {
    every_f32(256 * STRIDE, |x| check_block_on(x, scalar()));
}

#[test]
fn f64_of_the_reference() {
    // e / (d d) would be above 1/4 here.
    check_block_on(&[4.529344121984025e-10_f64], scalar());
    sample_f64(POINTS_F64 / 16, |x| check_block_on(x, scalar()));
}
