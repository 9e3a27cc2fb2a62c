//! Every backend, operation and format against the scalar reference, within the errors that
//! [`sigmoid::Sigmoid`] states.
//!
//! In `f32` the reference's `f64` value is the truth, for all that can be seen there. In `f64` the
//! bound has the reference's own error on top. (The package `sigmoid-conformance` judges `f64` by
//! more digits, the command `sigmoid verify` runs every `f32`.)

mod support;

use sigmoid::{Backend, Kernels, bounds, reference};
use support::{
    Float, Operation, Random, Way, engines, every_f32, is_nan, mixture, near_ties, results, sample_f64,
    specials,
};

/// A prime, so that every value of the low bits comes up: seventeen million inputs.
const STRIDE: u64 = 257;

const POINTS_F64: usize = 1 << 22;

/// The reference in `f64`.
fn truth(operation: Operation) -> fn(f64) -> f64 {
    match operation {
        Operation::Forward => reference::sigmoid,
        _ => reference::sigmoid_derivative,
    }
}

fn stated<T: Float>(operation: Operation, kernels: &Kernels) -> f64 {
    match operation {
        Operation::Forward => bounds::forward::<T>(kernels),
        Operation::Backward => bounds::backward::<T>(kernels),
        _ => bounds::derivative::<T>(kernels),
    }
}

/// How far a result may be from the reference in `f64`, in ULP of `T`: by its own bound and by the reference's.
fn bound<T: Float>(operation: Operation, kernels: &Kernels) -> f64 {
    let reference = Kernels::new().backend(Backend::Scalar).expect("it is there on any CPU");
    match (T::NAME, kernels.selected_backend()) {
        // Units of f64 are nothing in f32.
        ("f32", _) => stated::<T>(operation, kernels) + 1e-6,
        // The reference itself.
        (_, Backend::Scalar) => 0.0,
        _ => stated::<T>(operation, kernels) + stated::<T>(operation, &reference),
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
        let truth: Vec<f64> = x.iter().map(|&x| truth(operation)(x.into())).collect();
        for kernels in engines() {
            let backend = kernels.selected_backend();
            let bound = bound::<T>(operation, &kernels);
            let [got, _] = results(kernels, operation, Way::OutOfPlace, [x, &[]]);
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
    for kernels in engines() {
        let backend = kernels.selected_backend();
        // s (1 - s) may be subnormal on the way to a subnormal result.
        let bound = bound::<T>(Operation::Backward, &kernels);
        let [got, _] = results(kernels, Operation::Backward, Way::OutOfPlace, [&s, &grad]);
        for ((&s, &grad), &got) in s.iter().zip(&grad).zip(&got) {
            let truth = reference::backward::<f64>(s.into(), grad.into());
            let normal =
                truth.abs() >= smallest_normal && !is_nan(got) && T::nearest(truth).into().is_finite();
            let error = if T::nearest(truth).bits() == got.bits() { 0.0 } else { error_in_units(got, truth) };
            let context =
                || format!("{} backward({s:e}, {grad:e}) on {backend}: {got:e}, not {truth:e}", T::NAME);
            assert_eq!(is_nan(got), truth.is_nan(), "{}", context());
            if normal {
                assert!(error <= bound, "{}: {error} ULP", context());
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
    for kernels in engines() {
        for (x, s, derivative) in exact {
            // Alone and among themselves, in a tail and in a block.
            for len in [1, 3, 16, 200] {
                let x = vec![T::nearest(x); len];
                let [got, got_derivative] =
                    results(kernels, Operation::ForwardWithDerivative, Way::OutOfPlace, [&x, &[]]);
                assert_exactly(kernels, &x, &got, s);
                assert_exactly(kernels, &x, &got_derivative, derivative);
                let [got, _] = results(kernels, Operation::Forward, Way::OutOfPlace, [&x, &[]]);
                assert_exactly(kernels, &x, &got, s);
                let [got, _] = results(kernels, Operation::Derivative, Way::OutOfPlace, [&x, &[]]);
                assert_exactly(kernels, &x, &got, derivative);
            }
        }
    }
}

fn assert_exactly<T: Float>(kernels: Kernels, x: &[T], got: &[T], expected: f64) {
    let expected = T::nearest(expected).bits();
    let backend = kernels.selected_backend();
    assert!(got.iter().all(|got| got.bits() == expected), "{} at {} on {backend}: {got:?}", T::NAME, x[0]);
}

#[test]
fn exact_values() {
    check_exact::<f32>();
    check_exact::<f64>();
}
