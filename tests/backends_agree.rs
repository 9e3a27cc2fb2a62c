//! Every backend with fused multiply-add gives the same bits.
//!
//! All 2^32 inputs: `cargo test --release --test backends_agree -- --ignored`

mod support;

use support::{Float, Operation, Way, assert_same_bits, every_f32, fused_engines, results, sample_f64};

/// A prime, so that every value of the low bits comes up: seventeen million inputs.
const STRIDE: u64 = 257;

const POINTS_F64: usize = 1 << 22;

fn check_block<T: Float>(x: &[T]) {
    let grad: Vec<T> = x.iter().rev().copied().collect();
    let of_x = |kernels, operation| results(kernels, operation, Way::OutOfPlace, [x, &grad]);
    let mut engines = fused_engines();
    let Some(first) = engines.next() else { return };
    let expected = Operation::ALL.map(|operation| of_x(first, operation));
    for kernels in engines {
        for (operation, expected) in Operation::ALL.into_iter().zip(&expected) {
            for (got, expected) in of_x(kernels, operation).iter().zip(expected) {
                assert_same_bits(got, expected, || {
                    let [one, other] = [kernels, first].map(|kernels| kernels.selected_backend());
                    format!("{operation:?} on {one} and not on {other}, block from {:e}", x[0])
                });
            }
        }
    }
}

#[test]
fn f32_at_a_stride() {
    every_f32(STRIDE, check_block);
}

#[test]
#[ignore = "all 2^32 inputs: half a minute and more in a release build"]
fn every_f32_there_is() {
    every_f32(1, check_block);
}

#[test]
fn f64_sample() {
    sample_f64(POINTS_F64, check_block);
}
