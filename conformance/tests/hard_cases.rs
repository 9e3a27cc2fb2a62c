//! The inputs in `tests/hard_cases`, whose results lie next to the middle between two numbers: what
//! [`Accuracy::Exact`] makes of them, and what the judge does.

use sigmoid::{Accuracy, Backend, Sigmoid};
use sigmoid_conformance::{Expected, Format, Function};

const SINGLES: [(Function, &str); 2] = [
    (Function::Sigmoid, include_str!("../../tests/hard_cases/sigmoid_f32.wc")),
    (Function::Derivative, include_str!("../../tests/hard_cases/derivative_f32.wc")),
];

const DOUBLES: [(Function, &str); 2] = [
    (Function::Sigmoid, include_str!("../../tests/hard_cases/sigmoid_f64.wc")),
    (Function::Derivative, include_str!("../../tests/hard_cases/derivative_f64.wc")),
];

/// The bit patterns in a file.
fn patterns(text: &str) -> impl Iterator<Item = u64> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let bits = line.split_whitespace().next().and_then(|word| word.strip_prefix("0x"));
        let bits = bits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        bits.unwrap_or_else(|| panic!("no bits in {line:?}"))
    })
}

/// The inputs, for s on the side of zero that the file gives, for s' on both.
fn sides<T: Copy + std::ops::Neg<Output = T>>(function: Function, hard: impl Iterator<Item = T>) -> Vec<T> {
    match function {
        Function::Sigmoid => hard.collect(),
        Function::Derivative => hard.flat_map(|x| [x, -x]).collect(),
    }
}

/// With both neighbours of each.
fn with_neighbours<T: Format>(hard: &[T]) -> Vec<T> {
    hard.iter().flat_map(|&x| [x, x.next_up(), x.next_down()]).collect()
}

fn singles(function: Function, text: &str) -> Vec<f32> {
    sides(function, patterns(text).map(|bits| f32::from_bits(bits as u32)))
}

fn doubles(function: Function, text: &str) -> Vec<f64> {
    sides(function, patterns(text).map(f64::from_bits))
}

/// In lanes of every width, and at every place in a register.
fn check<T: Format + sigmoid::Element>(function: Function, x: &[T]) {
    let round = |&x: &T| function.round_arbitrarily(x).expect("16,384 digits tell");
    let expected: Vec<T> = x.iter().map(round).collect();
    for backend in Backend::available() {
        let sigmoid = Sigmoid::new().accuracy(Accuracy::Exact).backend(backend).expect("it is available");
        for offset in 0..64 / size_of::<T>() {
            let mut results = vec![T::default(); x.len() - offset];
            match function {
                Function::Sigmoid => sigmoid.forward(&x[offset..], &mut results),
                Function::Derivative => sigmoid.derivative(&x[offset..], &mut results),
            }
            for ((x, result), expected) in x[offset..].iter().zip(results).zip(&expected[offset..]) {
                assert_eq!(result, *expected, "{function:?} {} {backend} x = {x:?}", T::NAME);
            }
        }
    }
}

#[test]
fn hard_cases_are_correctly_rounded_on_every_backend() {
    for (function, text) in DOUBLES {
        let hard = doubles(function, text);
        assert!(hard.len() >= 80, "{function:?}: {} cases", hard.len());
        check(function, &with_neighbours(&hard));
    }
}

#[test]
fn hard_cases_of_f32_are_correctly_rounded_on_every_backend() {
    for (function, text) in SINGLES {
        let hard = singles(function, text);
        assert!(hard.len() >= 120, "{function:?}: {} cases", hard.len());
        check(function, &with_neighbours(&hard));
    }
}

/// What makes them hard: an error of 2^-33 of a unit either way can round each of them wrongly.
#[test]
fn hard_cases_are_hard() {
    for (function, text) in DOUBLES {
        for x in doubles(function, text) {
            let ([high, low, tail], _) = function.truth(x).parts();
            let unit = high.next_up() - high;
            let from_middle = ((low + tail).abs() / unit - 0.5).abs();
            assert!(from_middle < 1.0 / (1_u64 << 33) as f64, "{function:?} x = {x:e}: {from_middle:e}");
        }
    }
}

/// The judge's first way comes to the results of arbitrary precision, or hands on.
#[test]
fn the_judge_is_right_about_hard_cases() {
    for (function, text) in DOUBLES {
        let x = with_neighbours(&doubles(function, text));
        let mut expected = Expected::default();
        expected.compute(function, &x);
        for (x, rounded) in x.iter().zip(expected.rounded()) {
            assert_eq!(Some(*rounded), function.round_arbitrarily(*x), "{function:?} x = {x:e}");
        }
    }
}
