//! The inputs in `tests/hard_cases/fast_*.wc`, with the largest errors of Fast that are known: what the errors are on
//! every engine, that they are within the stated bounds, and that these are no larger than they must be.
//!
//! A line of a file: the bits of the inputs; the kind of kernels (fma, no-fma, scalar); the error; where it came from.

use astro_float::{BigFloat, Consts, RoundingMode};
use sigmoid::{Backend, Element, Kernels, bounds};
use sigmoid_conformance::{Format, Function};

const SIGMOID_F32: &str = include_str!("../../tests/hard_cases/fast_sigmoid_f32.wc");
const SIGMOID_F64: &str = include_str!("../../tests/hard_cases/fast_sigmoid_f64.wc");
const DERIVATIVE_F32: &str = include_str!("../../tests/hard_cases/fast_derivative_f32.wc");
const DERIVATIVE_F64: &str = include_str!("../../tests/hard_cases/fast_derivative_f64.wc");
const BACKWARD_F32: &str = include_str!("../../tests/hard_cases/fast_backward_f32.wc");
const BACKWARD_F64: &str = include_str!("../../tests/hard_cases/fast_backward_f64.wc");

/// How far the errors in the files are rounded.
const WRITTEN_TO: f64 = 0.000_06;

/// A stated bound lies less than this above the largest error in its file, or the file or the bound is stale. For s' in
/// `f64` more room is left to the scalar path, where nothing is derived.
const NEAR: f64 = 0.2;
const NEAR_DERIVATIVE_F64: f64 = 0.3;

/// So many of the same, to fill registers of every width, a block of them and a tail.
const COPIES: usize = 131;

/// A line of a file.
struct Case {
    bits: Vec<u64>,
    kind: String,
    error: f64,
}

fn cases(text: &str) -> Vec<Case> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let case = |line: &str| {
        let words: Vec<&str> = line.split('#').next()?.split_whitespace().collect();
        let (error, words) = words.split_last()?;
        let (kind, inputs) = words.split_last()?;
        let bits = inputs.iter().map(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok());
        Some(Case { bits: bits.collect::<Option<_>>()?, kind: (*kind).into(), error: error.parse().ok()? })
    };
    lines.map(|line| case(line).unwrap_or_else(|| panic!("no case in {line:?}"))).collect()
}

fn kind(backend: Backend) -> &'static str {
    match backend {
        Backend::Scalar => "scalar",
        _ if backend.has_fma() => "fma",
        _ => "no-fma",
    }
}

/// The results for copies of the inputs, in every operation that has this one, are all the same: that one.
fn result<T: Format + Element>(kernels: Kernels, function: Function, x: T) -> T {
    let x = vec![x; COPIES];
    let [mut alone, mut s, mut slope] = [(); 3].map(|()| vec![T::default(); COPIES]);
    kernels.forward_with_derivative(&x, &mut s, &mut slope);
    let together = match function {
        Function::Sigmoid => {
            kernels.forward(&x, &mut alone);
            s
        }
        _ => {
            kernels.derivative(&x, &mut alone);
            slope
        }
    };
    assert!(alone.iter().chain(&together).all(|result| *result == alone[0]), "{kernels:?} {:?}", x[0]);
    alone[0]
}

/// Holds each case of a file against every engine of its kind, and the largest against the stated bound.
fn check(text: &str, near: f64, stated: impl Fn(&Kernels) -> f64, error: impl Fn(Kernels, &[u64]) -> f64) {
    let cases = cases(text);
    let mut wrong = Vec::new();
    for kernels in Kernels::engines() {
        let stated = stated(&kernels);
        let kind = kind(kernels.selected_backend());
        let mut largest = 0.0_f64;
        for case in cases.iter().filter(|case| case.kind == kind) {
            let error = error(kernels, &case.bits);
            let (backend, bits, written) = (kernels.selected_backend(), &case.bits, case.error);
            if (error - written).abs() > WRITTEN_TO || error > stated {
                wrong.push(format!("{backend} {bits:x?}: {error:.4}, written {written}, stated {stated}"));
            }
            largest = largest.max(error);
        }
        if largest <= stated - near {
            wrong.push(format!("{kernels:?}: {largest:.4} is the largest in the file, stated {stated}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn worst_cases_of_the_sigmoid() {
    check(SIGMOID_F32, NEAR, bounds::forward::<f32>, |kernels, bits| {
        let x = f32::from_bits(bits[0] as u32);
        error(Function::Sigmoid, x, result(kernels, Function::Sigmoid, x))
    });
    check(SIGMOID_F64, NEAR, bounds::forward::<f64>, |kernels, bits| {
        let x = f64::from_bits(bits[0]);
        error(Function::Sigmoid, x, result(kernels, Function::Sigmoid, x))
    });
}

#[test]
fn worst_cases_of_the_derivative() {
    check(DERIVATIVE_F32, NEAR, bounds::derivative::<f32>, |kernels, bits| {
        let x = f32::from_bits(bits[0] as u32);
        error(Function::Derivative, x, result(kernels, Function::Derivative, x))
    });
    check(DERIVATIVE_F64, NEAR_DERIVATIVE_F64, bounds::derivative::<f64>, |kernels, bits| {
        let x = f64::from_bits(bits[0]);
        error(Function::Derivative, x, result(kernels, Function::Derivative, x))
    });
}

#[test]
fn worst_cases_of_backward() {
    check(BACKWARD_F32, NEAR, bounds::backward::<f32>, |kernels, bits| {
        let [s, grad] = [0, 1].map(|i| f32::from_bits(bits[i] as u32));
        backward_error(kernels, s, grad)
    });
    check(BACKWARD_F64, NEAR, bounds::backward::<f64>, |kernels, bits| {
        let [s, grad] = [0, 1].map(|i| f64::from_bits(bits[i]));
        backward_error(kernels, s, grad)
    });
}

/// The error of a result by the judge's pairs and by arbitrary precision, which must agree.
fn error<T: Format>(function: Function, x: T, result: T) -> f64 {
    let error = function.truth(x.widen()).error_in_ulp(result);
    let one = exactly(1.0);
    let e =
        exactly(-x.widen().abs()).exp(DIGITS, MODE, &mut Consts::new().expect("memory for a few constants"));
    let d = one.add(&e, DIGITS, MODE);
    let truth = match function {
        Function::Sigmoid if x.widen() < 0.0 => e.div(&d, DIGITS, MODE),
        Function::Sigmoid => one.div(&d, DIGITS, MODE),
        _ => e.div(&d, DIGITS, MODE).div(&d, DIGITS, MODE),
    };
    let arbitrary = distance(&truth, result);
    assert!((error - arbitrary).abs() < 1e-9, "{function:?} {:e}: {error} and {arbitrary}", x.widen());
    error
}

fn backward_error<T: Format + Element>(kernels: Kernels, s: T, grad: T) -> f64 {
    let mut results = vec![T::default(); COPIES];
    kernels.backward(&[s; COPIES], &[grad; COPIES], &mut results);
    assert!(results.iter().all(|result| *result == results[0]), "{kernels:?}");
    let [s, grad] = [s, grad].map(|number| exactly(Format::widen(number)));
    let truth = exactly(1.0).sub(&s, DIGITS, MODE).mul(&s, DIGITS, MODE).mul(&grad, DIGITS, MODE);
    distance(&truth, results[0])
}

const DIGITS: usize = 256;
const MODE: RoundingMode = RoundingMode::ToEven;

fn exactly(x: f64) -> BigFloat {
    BigFloat::from_f64(x, DIGITS)
}

/// |result - truth| in units in the last place of a positive normal truth, not next below a power of two.
fn distance<T: Format>(truth: &BigFloat, result: T) -> f64 {
    // The truth is 0.1... 2^exponent.
    let exponent = truth.exponent().expect("a positive number");
    let mut difference = exactly(result.widen()).sub(truth, DIGITS, MODE);
    let of_difference = difference.exponent().expect("a number");
    difference.set_exponent(0);
    let (words, ..) = difference.as_raw_parts().expect("a number");
    let fraction = *words.last().expect("a number has words") as f64 / 2_f64.powi(64);
    fraction * f64::from(of_difference - exponent + T::DIGITS).exp2()
}

/// What the derivation in `src/bounds` leaves to this test: a truth below 2^-j with a quotient above, which is rounded
/// to units twice as large. That takes an error of s of a few units, and so x lies within a few doubles of where
/// s(x) = 2^-j, or s'(x) = 2^-j. (s = 1/2 and s' = 1/4 are left out: at x = 0 the error is so small that no quotient
/// gets further than to the power of two itself.)
#[test]
fn next_to_powers_of_two() {
    const NEXT: u64 = 64;
    for kernels in Kernels::engines() {
        for function in [Function::Sigmoid, Function::Derivative] {
            let stated = match function {
                Function::Sigmoid => bounds::forward::<f64>(&kernels),
                _ => bounds::derivative::<f64>(&kernels),
            };
            let mut x = Vec::new();
            for j in if function == Function::Sigmoid { 2..=1022 } else { 3..=1022 } {
                let power = (-f64::from(j)).exp2();
                let q = match function {
                    Function::Sigmoid => power,
                    _ => 2.0 * power / (1.0 + (1.0 - 4.0 * power).sqrt()),
                };
                let crossing = (q.ln() - (-q).ln_1p()).to_bits();
                x.extend((crossing - NEXT..=crossing + NEXT).map(f64::from_bits));
                let [below, above] =
                    [x[x.len() - 1], x[x.len() - 1 - 2 * NEXT as usize]].map(|x| value(function, x));
                assert!(below < power && power < above, "{function:?} 2^-{j}");
            }
            let mut results = vec![0.0; x.len()];
            match function {
                Function::Sigmoid => kernels.forward(&x, &mut results),
                _ => kernels.derivative(&x, &mut results),
            }
            for (&x, &result) in x.iter().zip(&results) {
                let error = function.truth(x).error_in_ulp(result);
                assert!(error <= stated, "{kernels:?} {function:?} {x:e}: {error}");
            }
        }
    }
}

fn value(function: Function, x: f64) -> f64 {
    let ([high, ..], exponent) = function.truth(x).parts();
    high * f64::from(exponent).exp2()
}
