//! Half precision: all numbers of a format, and what is wrong with them.

#![cfg(feature = "half")]

use half::{bf16, f16};
use sigmoid_conformance::{Claims, Conformance, Function, Report, Rule, Sampled, assert_conforms};

/// What rounds as x does: the digits that `f32` does not hold leave a trace.
fn odd(x: f64) -> f32 {
    let nearest = x as f32;
    if f64::from(nearest) == x || nearest.is_nan() || nearest.is_infinite() {
        return nearest;
    }
    let truncated =
        if f64::from(nearest).abs() > x.abs() { nearest.to_bits() - 1 } else { nearest.to_bits() };
    f32::from_bits(truncated | 1)
}

/// Element by element, by way of `f64`.
fn by<T: Sampled>(f: impl Fn(f64) -> f64) -> impl Fn(&[T], &mut [T]) {
    move |x, y| {
        for (x, y) in x.iter().zip(y) {
            *y = T::narrow(odd(f(x.widen())).into());
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

/// x s(x), of a tiny number a little more than x/2.
fn silu(x: f64) -> f64 {
    match x {
        f64::NEG_INFINITY => -0.0,
        _ if x != 0.0 && x.abs() < 1e-17 => (0.5 * x).next_up(),
        _ => x * sigmoid(x),
    }
}

fn report<T: Sampled>(function: Function, kernel: impl FnMut(&[T], &mut [T])) -> Report {
    Conformance::<T>::new(function).check(kernel)
}

fn right_kernels_have_no_finding<T: Sampled>() {
    for (function, f) in
        [(Function::Sigmoid, sigmoid as fn(f64) -> f64), (Function::Silu, silu), (Function::Tanh, f64::tanh)]
    {
        let report = report::<T>(function, by(f));
        assert_eq!((report.inputs, report.undecided), (1 << 16, 0), "{report}");
        assert_eq!(report.findings(&Claims::correctly_rounded()), [""; 0], "{report}");
        assert_conforms(function, Claims::correctly_rounded(), by::<T>(f));
    }
}

#[test]
fn right_kernels_of_bf16_have_no_finding() {
    right_kernels_have_no_finding::<bf16>();
}

#[test]
fn right_kernels_of_f16_have_no_finding() {
    right_kernels_have_no_finding::<f16>();
}

/// One number of all that is one off.
#[test]
fn one_result_that_is_off() {
    let kernel = |x: &[f16], y: &mut [f16]| {
        by(sigmoid)(x, y);
        for (x, y) in x.iter().zip(y) {
            if x.to_bits() == 0x3c01 {
                *y = f16::from_bits(y.to_bits() + 1);
            }
        }
    };
    let report = report(Function::Sigmoid, kernel);
    assert_eq!(report.not_correctly_rounded, 1, "{report}");
    let worst = report.regions[0].worst.expect("an error");
    assert_eq!(f16::from_f64(worst.x).to_bits(), 0x3c01, "{report}");
    assert!(report.max_ulp() > 0.5 && report.max_ulp() < 1.5, "{report}");
}

/// Digits cut off in place of rounded: thousands of results are not the nearest, and none is more than a unit off.
#[test]
fn digits_that_are_cut_off() {
    let kernel = |x: &[bf16], y: &mut [bf16]| {
        for (x, y) in x.iter().zip(y) {
            *y = bf16::from_bits((((sigmoid(x.to_f64())) as f32).to_bits() >> 16) as u16);
        }
    };
    let report = report(Function::Sigmoid, kernel);
    assert!(report.max_ulp() > 0.99 && report.max_ulp() <= 1.0, "{report}");
    assert!(report.not_correctly_rounded > 1000, "{report}");
}

#[test]
fn subnormal_results_that_are_flushed() {
    let kernel = |x: &[f16], y: &mut [f16]| {
        by(sigmoid)(x, y);
        y.iter_mut().filter(|y| **y < f16::MIN_POSITIVE).for_each(|y| *y = f16::ZERO);
    };
    let report = report(Function::Sigmoid, kernel);
    assert!(!report.law(Rule::SubnormalsKept).holds() && report.law(Rule::Monotone).holds(), "{report}");
}

/// A last element of odd lengths that is not written, where NaN is right, too.
#[test]
fn elements_that_are_not_written() {
    let kernel = |x: &[bf16], y: &mut [bf16]| by(sigmoid)(&x[..x.len() / 2 * 2], y);
    let report = report(Function::Sigmoid, kernel);
    assert!(!report.law(Rule::Written).holds(), "{report}");
}
