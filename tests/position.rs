//! An element's result has the same bits wherever it stands: every length to 1100 and every offset
//! to 64 elements, among neighbours of every kind, in place or not, against the same element computed
//! alone. And a call touches nothing outside of its slices.

mod support;

use sigmoid::{Accuracy, Backend, Kernels};
use support::{
    Float, Inputs, Operation, Way, assert_same_bits, assert_same_bits_and_nan, engines, every_f32,
    exact_engines, near_ties, results, results_alone, run, sample_f64, thinned, vector_engines,
};

const LONGEST: usize = 1100;
const OFFSETS: usize = 64;

/// Elements on each side that must stay as they are.
const MARGIN: usize = 64;

fn check<T: Float>(operation: Operation) {
    let inputs = Inputs::<T>::mixed(operation, LONGEST + OFFSETS, 0x905);
    for kernels in engines().chain(exact_engines()) {
        let expected = results_alone(kernels, operation, inputs.slices());
        // The scalar path has no blocks and no tails, and takes fifty times as long. The last phase, which many of
        // these inputs reach here, is almost as slow.
        let scalar = kernels.selected_backend() == Backend::Scalar;
        let last_phase = kernels.selected_accuracy() == Accuracy::Exact
            && (T::NAME, operation) == ("f64", Operation::Backward);
        let (lengths, offsets) = if scalar {
            (61, 9)
        } else if thinned() > 1 {
            (17, 7)
        } else if last_phase {
            (7, 5)
        } else {
            (1, 1)
        };
        for way in Way::ALL {
            for offset in (0..OFFSETS).step_by(offsets) {
                for len in (0..=LONGEST).step_by(lengths) {
                    check_one(kernels, operation, way, &inputs, &expected, offset, len);
                }
            }
        }
    }
}

fn check_one<T: Float>(
    kernels: Kernels,
    operation: Operation,
    way: Way,
    inputs: &Inputs<T>,
    expected: &[Vec<T>; 2],
    offset: usize,
    len: usize,
) {
    // Outputs have offsets of their own: each takes every value as `offset` does.
    let starts = [(5 * offset + 1) % OFFSETS, (11 * offset + 7) % OFFSETS].map(|start| MARGIN + start);
    let untouched = T::of_bits(T::INFINITY_BITS + 0xca4a);
    let mut buffers = [[untouched; LONGEST + OFFSETS + 2 * MARGIN]; 2];
    let [first, second] = &mut buffers;
    let outputs = [&mut first[starts[0]..][..len], &mut second[starts[1]..][..len]];
    run(kernels, operation, way, inputs.part(offset..offset + len), outputs);

    for ((buffer, start), expected) in buffers.iter().zip(starts).zip(expected).take(operation.outputs()) {
        let context = || {
            let backend = kernels.selected_backend();
            format!(
                "{operation:?} {way:?} on {kernels:?} {backend}, length {len}, input from {offset}, output from {start}"
            )
        };
        assert_same_bits(&buffer[start..][..len], &expected[offset..][..len], context);
        let outside = || format!("before or after the output of {}", context());
        assert_same_bits_and_nan(&buffer[start - MARGIN..start], &[untouched; MARGIN], outside);
        assert_same_bits_and_nan(&buffer[start + len..][..MARGIN], &[untouched; MARGIN], outside);
    }
}

#[test]
fn f32_forward() {
    check::<f32>(Operation::Forward);
}

#[test]
fn f64_forward() {
    check::<f64>(Operation::Forward);
}

#[test]
fn f32_derivative() {
    check::<f32>(Operation::Derivative);
}

#[test]
fn f64_derivative() {
    check::<f64>(Operation::Derivative);
}

#[test]
fn f32_forward_with_derivative() {
    check::<f32>(Operation::ForwardWithDerivative);
}

#[test]
fn f64_forward_with_derivative() {
    check::<f64>(Operation::ForwardWithDerivative);
}

#[test]
fn f32_backward() {
    check::<f32>(Operation::Backward);
}

#[test]
fn f64_backward() {
    check::<f64>(Operation::Backward);
}

/// Ordinary inputs among themselves, and each beside one that sends its block down the careful path.
fn check_far_out_neighbours<T: Float>(x: &[T]) {
    let (_, subnormal_from) = T::SUBNORMAL_RESULTS;
    let ordinary = |x: &T| (*x).into().abs() < -0.9 * subnormal_from;
    let x: Vec<T> = x.iter().copied().filter(ordinary).collect();
    let far_out = T::nearest(1e9);
    let beside: Vec<T> = x.iter().flat_map(|&x| [x, far_out]).collect();
    for kernels in vector_engines() {
        for operation in Operation::OF_X {
            let among = results(kernels, operation, Way::OutOfPlace, [&x, &[]]);
            let beside = results(kernels, operation, Way::OutOfPlace, [&beside, &[]]);
            for (among, beside) in among.iter().zip(beside) {
                let beside: Vec<T> = beside.into_iter().step_by(2).collect();
                assert_same_bits(&beside, among, || {
                    format!("{operation:?} on {} beside far-out inputs", kernels.selected_backend())
                });
            }
        }
    }
}

#[test]
fn far_out_neighbours_change_no_f32() {
    check_far_out_neighbours(&near_ties::<f32>());
    // A prime, so that every value of the low bits comes up.
    every_f32(1009, check_far_out_neighbours);
}

#[test]
fn far_out_neighbours_change_no_f64() {
    check_far_out_neighbours(&near_ties::<f64>());
    sample_f64(1 << 20, check_far_out_neighbours);
}

/// A slice of one is computed by other registers than a long one: the same bits, at every `stride`-th pattern.
fn check_alone(stride: u64) {
    for kernels in engines().chain(exact_engines()) {
        if kernels.selected_backend() == Backend::Scalar {
            continue; // It computes all of them alone.
        }
        for low in (0..1_u64 << 32).step_by((stride as usize) << 16) {
            let x: Vec<f32> = (low..(low + (stride << 16)).min(1 << 32))
                .step_by(stride as usize)
                .map(|bits| f32::from_bits(bits as u32))
                .collect();
            for operation in [Operation::Forward, Operation::Derivative, Operation::ForwardWithDerivative] {
                let got = results(kernels, operation, Way::OutOfPlace, [&x, &[]]);
                let alone = results_alone(kernels, operation, [&x, &[]]);
                for (got, alone) in got.iter().zip(&alone).take(operation.outputs()) {
                    assert_same_bits_and_nan(got, alone, || format!("{operation:?} {kernels:?} {low:#x}"));
                }
            }
        }
    }
}

#[test]
fn a_slice_of_one_has_the_bits_of_a_long_one_at_a_stride() {
    check_alone(4099);
}

/// `cargo test --release -p sigmoid --test position -- --ignored`
#[test]
#[ignore = "all 2^32 inputs: half an hour"]
fn a_slice_of_one_has_the_bits_of_a_long_one_everywhere() {
    check_alone(1);
}
