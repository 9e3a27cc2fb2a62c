//! The inputs in `tests/hard_cases`, whose results lie next to the middle between two doubles: what
//! [`Accuracy::Exact`] makes of them, and what the judge does.

use sigmoid::{Accuracy, Backend, Sigmoid};
use sigmoid_conformance::{Expected, Function};

const FILES: [(Function, &str); 2] = [
    (Function::Sigmoid, include_str!("../../tests/hard_cases/sigmoid_f64.wc")),
    (Function::Derivative, include_str!("../../tests/hard_cases/derivative_f64.wc")),
];

/// The inputs and their neighbours, for s on the side of zero that the file gives, for s' on both; and the inputs
/// alone.
fn inputs(function: Function, text: &str) -> (Vec<f64>, Vec<f64>) {
    let mut hard = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let bits = line.split_whitespace().next().and_then(|word| word.strip_prefix("0x"));
        let bits = bits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        hard.push(f64::from_bits(bits.unwrap_or_else(|| panic!("no bits in {line:?}"))));
    }
    if function == Function::Derivative {
        hard = hard.iter().flat_map(|&x| [x, -x]).collect();
    }
    (hard.iter().flat_map(|&x| [x, x.next_up(), x.next_down()]).collect(), hard)
}

/// In lanes of every width, and at every place in a register.
#[test]
fn hard_cases_are_correctly_rounded_on_every_backend() {
    for (function, text) in FILES {
        let (x, hard) = inputs(function, text);
        assert!(hard.len() >= 80, "{function:?}: {} cases", hard.len());
        let round = |&x: &f64| function.round_arbitrarily(x).expect("16,384 digits tell");
        let expected: Vec<f64> = x.iter().map(round).collect();
        for backend in Backend::available() {
            let sigmoid = Sigmoid::new().accuracy(Accuracy::Exact).backend(backend).expect("it is available");
            for offset in 0..8 {
                let mut results = vec![0.0; x.len() - offset];
                match function {
                    Function::Sigmoid => sigmoid.forward(&x[offset..], &mut results),
                    Function::Derivative => sigmoid.derivative(&x[offset..], &mut results),
                }
                for ((x, result), expected) in x[offset..].iter().zip(results).zip(&expected[offset..]) {
                    assert_eq!(result, *expected, "{function:?} {backend} x = {x:e}");
                }
            }
        }
    }
}

/// What makes them hard: an error of 2^-33 of a unit either way can round each of them wrongly.
#[test]
fn hard_cases_are_hard() {
    for (function, text) in FILES {
        for x in inputs(function, text).1 {
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
    for (function, text) in FILES {
        let (x, _) = inputs(function, text);
        let mut expected = Expected::default();
        expected.compute(function, &x);
        for (x, rounded) in x.iter().zip(expected.rounded()) {
            assert_eq!(Some(*rounded), function.round_arbitrarily(*x), "{function:?} x = {x:e}");
        }
    }
}
