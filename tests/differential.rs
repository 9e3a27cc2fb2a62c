//! Every backend, operation and format against the scalar reference, within the errors that
//! [`sigmoid::Sigmoid`] states.
//!
//! In `f32` the reference's `f64` value is the truth, for all that can be seen there. In `f64` the
//! bound has the reference's own error on top. (The package `sigmoid-conformance` judges `f64` by
//! more digits, the command `sigmoid verify` runs every `f32`.)

mod support;

use sigmoid::{Backend, Sigmoid, reference};
use support::{
    Float, Operation, Random, Way, every_f32, is_nan, mixture, near_ties, results, sample_f64, sigmoids,
    specials,
};

/// A prime, so that every value of the low bits comes up: seventeen million inputs.
const STRIDE: u64 = 257;

const POINTS_F64: usize = 1 << 22;

/// The reference in `f64`, and how far it may be from the truth in ULP of `T`.
struct Judge {
    truth: fn(f64) -> f64,
    error: f64,
}

fn judge<T: Float>(operation: Operation) -> Judge {
    // Units of f64 are nothing in f32.
    let error = |ulp: f64| if T::NAME == "f32" { 1e-6 } else { ulp };
    match operation {
        Operation::Forward => Judge { truth: reference::sigmoid, error: error(2.0) },
        _ => Judge { truth: reference::sigmoid_derivative, error: error(4.0) },
    }
}

fn bound<T: Float>(operation: Operation, backend: Backend) -> f64 {
    let without_fma = sigmoid::build_info::WIDE.contains("without FMA");
    match (backend, operation) {
        (Backend::Scalar, _) if T::NAME == "f32" => 0.501,
        // The reference itself.
        (Backend::Scalar, _) => 0.0,
        (_, Operation::Derivative) => 5.0,
        (Backend::Wide, _) if without_fma => 2.7,
        _ => 2.5,
    }
}

fn error_in_units<T: Float>(result: T, truth: f64) -> f64 {
    let result: f64 = result.into();
    if result.is_nan() || truth.is_nan() {
        return if result.is_nan() && truth.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if result == truth {
        return 0.0;
    }
    (result - truth).abs() / T::unit(T::nearest(truth).into())
}

fn check_block<T: Float>(x: &[T]) {
    for operation in [Operation::Forward, Operation::Derivative] {
        let judge = judge::<T>(operation);
        let truth: Vec<f64> = x.iter().map(|&x| (judge.truth)(x.into())).collect();
        for sigmoid in sigmoids() {
            let backend = sigmoid.selected_backend();
            let bound = bound::<T>(operation, backend) + judge.error;
            let [got, _] = results(sigmoid, operation, Way::OutOfPlace, [x, &[]]);
            for ((&x, &got), &truth) in x.iter().zip(&got).zip(&truth) {
                let error = error_in_units(got, truth);
                assert!(
                    error <= bound,
                    "{} {operation:?} on {backend} of {x:e} ({:#x}): {got:e} is {error} ULP from {truth:e}",
                    T::NAME,
                    x.bits()
                );
            }
        }
    }
}

#[test]
fn f32_at_a_stride() {
    every_f32(STRIDE, check_block);
}

#[test]
fn f64_sample() {
    sample_f64(POINTS_F64, check_block);
}

#[test]
fn specials_and_boundaries() {
    check_block(&specials::<f32>());
    check_block(&specials::<f64>());
    // Alone, so that no neighbour sends one down another path.
    specials::<f32>().chunks(1).for_each(check_block);
    specials::<f64>().chunks(1).for_each(check_block);
}

#[test]
fn around_ties_of_the_reduction() {
    check_block(&near_ties::<f32>());
    check_block(&near_ties::<f64>());
}

fn check_backward<T: Float>(points: usize, seed: u64) {
    let mut random = Random(seed);
    let grad: Vec<T> = mixture(points, seed);
    let s: Vec<T> = (0..points)
        .map(|i| match i % 4 {
            0 => T::nearest(random.between(0.0, 1.0)),
            1 => T::nearest(1.0 - random.between(-60.0, 0.0).exp2()),
            2 => T::nearest(random.between(-1074.0, 0.0).exp2()),
            _ => reference::sigmoid(T::nearest(random.between(-110.0, 40.0))),
        })
        .collect();
    let smallest_normal = 2_f64.powi(T::SMALLEST_NORMAL_EXPONENT);
    for sigmoid in sigmoids() {
        let backend = sigmoid.selected_backend();
        let [got, _] = results(sigmoid, Operation::Backward, Way::OutOfPlace, [&s, &grad]);
        for ((&s, &grad), &got) in s.iter().zip(&grad).zip(&got) {
            let truth = reference::backward::<f64>(s.into(), grad.into());
            let normal =
                truth.abs() >= smallest_normal && !is_nan(got) && T::nearest(truth).into().is_finite();
            // Three roundings in f64; and s (1 - s) may be subnormal on the way to a subnormal result.
            let own_error = if T::NAME == "f32" { 1e-6 } else { 2.0 };
            let error = if T::nearest(truth).bits() == got.bits() { 0.0 } else { error_in_units(got, truth) };
            let context =
                || format!("{} backward({s:e}, {grad:e}) on {backend}: {got:e}, not {truth:e}", T::NAME);
            assert_eq!(is_nan(got), truth.is_nan(), "{}", context());
            if normal {
                assert!(error <= 2.0 + own_error, "{}: {error} ULP", context());
            }
        }
    }
}

#[test]
fn backward_for_the_given_s() {
    check_backward::<f32>(1 << 18, 3);
    check_backward::<f64>(1 << 18, 4);
}

/// The exact values that every backend promises.
fn check_exact<T: Float>() {
    let exact = [
        (f64::NEG_INFINITY, 0.0, 0.0),
        (f64::INFINITY, 1.0, 0.0),
        (0.0, 0.5, 0.25),
        (-0.0, 0.5, 0.25),
        (-1e9, 0.0, 0.0),
        (1e9, 1.0, 0.0),
    ];
    for sigmoid in sigmoids() {
        for (x, s, derivative) in exact {
            // Alone and among themselves, in a tail and in a block.
            for len in [1, 3, 16, 200] {
                let x = vec![T::nearest(x); len];
                let [got, got_derivative] =
                    results(sigmoid, Operation::ForwardWithDerivative, Way::OutOfPlace, [&x, &[]]);
                assert_exactly(sigmoid, &x, &got, s);
                assert_exactly(sigmoid, &x, &got_derivative, derivative);
                let [got, _] = results(sigmoid, Operation::Forward, Way::OutOfPlace, [&x, &[]]);
                assert_exactly(sigmoid, &x, &got, s);
                let [got, _] = results(sigmoid, Operation::Derivative, Way::OutOfPlace, [&x, &[]]);
                assert_exactly(sigmoid, &x, &got, derivative);
            }
        }
    }
}

fn assert_exactly<T: Float>(sigmoid: Sigmoid, x: &[T], got: &[T], expected: f64) {
    let expected = T::nearest(expected).bits();
    let backend = sigmoid.selected_backend();
    assert!(got.iter().all(|got| got.bits() == expected), "{} at {} on {backend}: {got:?}", T::NAME, x[0]);
}

#[test]
fn exact_values() {
    check_exact::<f32>();
    check_exact::<f64>();
}
