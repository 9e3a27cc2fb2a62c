//! Where a CPU's vendor decides between two ways of dividing, both give the same bits, for every `f32` and in any
//! company: [`Kernels::engines`] has both on any CPU with the instructions.
//!
//! All 2^32 inputs: `cargo test --release -p sigmoid --test divisions -- --ignored`

mod support;

use sigmoid::{Accuracy, Kernels};
use support::{
    Operation, Way, accuracies, assert_same_bits, assert_same_bits_and_nan, engines, every_f32, mixture,
    results,
};

/// A prime, so that every value of the low bits comes up.
const STRIDE: u64 = 251;

/// The engines that have the backend of the one before them, with it.
fn pairs(accuracy: Accuracy) -> Vec<[Kernels; 2]> {
    let all: Vec<Kernels> = engines().map(|kernels| kernels.accuracy(accuracy)).collect();
    all.windows(2)
        .filter(|pair| pair[0].selected_backend() == pair[1].selected_backend())
        .map(|pair| [pair[0], pair[1]])
        .collect()
}

fn check_block(x: &[f32]) {
    for accuracy in accuracies() {
        for [one, other] in pairs(accuracy) {
            for operation in Operation::OF_X {
                let of = |kernels| results(kernels, operation, Way::OutOfPlace, [x, &[]]);
                for (got, expected) in of(one).iter().zip(&of(other)).take(operation.outputs()) {
                    let context =
                        || format!("{operation:?} {accuracy} from {:e}: {one:?} and {other:?}", x[0]);
                    // Which NaN a NaN gives is left open under Exact.
                    match accuracy {
                        Accuracy::Fast => assert_same_bits_and_nan(got, expected, context),
                        _ => assert_same_bits(got, expected, context),
                    }
                }
            }
        }
    }
}

/// In the order of their bit patterns, so that like stands beside like: blocks without far-out lanes, and with
/// nothing else.
#[test]
fn both_ways_have_the_same_bits_at_a_stride() {
    every_f32(STRIDE, check_block);
}

/// Among far-out numbers, infinities and NaN.
#[test]
fn both_ways_have_the_same_bits_in_mixed_company() {
    for seed in 0..100 {
        check_block(&mixture(20_000, seed));
    }
}

#[test]
#[ignore = "all 2^32 inputs: minutes in a release build"]
fn both_ways_have_the_same_bits_everywhere() {
    every_f32(1, check_block);
}
