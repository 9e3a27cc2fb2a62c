//! The inputs in `tests/hard_cases`, whose results lie next to the middle between two numbers: what
//! [`Accuracy::Exact`] makes of them, and what the judge does.

use sigmoid::{Accuracy, Kernels};
use sigmoid_conformance::{Expected, Format, Function, Judged, Tally};

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
        _ => hard.flat_map(|x| [x, -x]).collect(),
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

/// With a number beside each that sends its register to the kernels' careful path.
fn with_far_ones<T: Copy>(hard: &[T], far: T) -> Vec<T> {
    hard.iter().flat_map(|&x| [x, far]).collect()
}

/// In lanes of every width, and at every place in a register, alone and with the other function.
fn check<T: Format + sigmoid::Element>(function: Function, x: &[T]) {
    let round = |&x: &T| function.round_arbitrarily(x).expect("16,384 digits tell");
    let expected: Vec<T> = x.iter().map(round).collect();
    for kernels in Kernels::engines().map(|kernels| kernels.accuracy(Accuracy::Exact)) {
        for offset in 0..64 / size_of::<T>() {
            let x = &x[offset..];
            let [mut alone, mut s, mut slope] = [(); 3].map(|()| vec![T::default(); x.len()]);
            kernels.forward_with_derivative(x, &mut s, &mut slope);
            let together = match function {
                Function::Sigmoid => {
                    kernels.forward(x, &mut alone);
                    s
                }
                _ => {
                    kernels.derivative(x, &mut alone);
                    slope
                }
            };
            for (results, how) in [(alone, "alone"), (together, "with the other")] {
                for ((x, result), expected) in x.iter().zip(results).zip(&expected[offset..]) {
                    assert_eq!(result, *expected, "{function:?} {} {kernels:?} {how} x = {x:?}", T::NAME);
                }
            }
        }
    }
}

#[test]
fn hard_cases_are_correctly_rounded_on_every_backend() {
    for (function, text) in DOUBLES {
        let hard = doubles(function, text);
        assert!(hard.len() >= 120, "{function:?}: {} cases", hard.len());
        let hard = with_neighbours(&hard);
        check(function, &hard);
        check(function, &with_far_ones(&hard, -720.0));
    }
}

#[test]
fn hard_cases_of_f32_are_correctly_rounded_on_every_backend() {
    for (function, text) in SINGLES {
        let hard = singles(function, text);
        assert!(hard.len() >= 120, "{function:?}: {} cases", hard.len());
        let hard = with_neighbours(&hard);
        check(function, &hard);
        check(function, &with_far_ones(&hard, -100.0));
    }
}

/// How far a true value is from the middle between two numbers, in units in the last place: 2^-1074 if it is
/// subnormal, and below a power of two half of the power's.
fn distance_from_middle(function: Function, x: f64) -> f64 {
    let ([high, low, tail], exponent) = function.truth(x).parts();
    let unit = if low < 0.0 { high - high.next_down() } else { high.next_up() - high };
    let unit = unit.log2().max(f64::from(-1074 - exponent)).exp2();
    let whole = (high / unit).round();
    (((high / unit - whole) + (low + tail) / unit).abs() - 0.5).abs()
}

/// What makes them hard: an error of 2^-33 of a unit either way can round each of them wrongly.
#[test]
fn hard_cases_are_hard() {
    for (function, text) in DOUBLES {
        for x in doubles(function, text) {
            let distance = distance_from_middle(function, x);
            assert!(distance < 1.0 / (1_u64 << 33) as f64, "{function:?} x = {x:e}: {distance:e}");
        }
    }
}

/// The files reach to where results stop to change, on every side.
#[test]
fn hard_cases_are_of_every_kind() {
    for (function, text) in DOUBLES {
        let hard = doubles(function, text);
        let last = if function == Function::Sigmoid { 37.5 } else { 745.2 };
        for [from, to] in
            [[-745.2, -735.0], [-735.0, -708.4], [-708.4, -512.0], [-1e-7, 0.0], [0.0, 1e-7], [32.0, last]]
        {
            let count = hard.iter().filter(|&&x| (from..to).contains(&x)).count();
            assert!(count >= 3, "{function:?}: {count} of x in {from:e}..{to:e}");
        }
    }
}

/// The judge's first way comes to the results of arbitrary precision, or hands on; and a result on the other side of
/// the middle is wrong to it, though its error is half a unit like that of the right one.
fn judge<T: Judged>(function: Function, x: &[T]) {
    let mut expected = Expected::default();
    expected.compute(function, x);
    let rounded = expected.rounded().to_vec();
    for (&x, &rounded) in x.iter().zip(&rounded) {
        let arbitrarily = function.round_arbitrarily(x).map(T::bits);
        assert_eq!(Some(rounded.bits()), arbitrarily, "{function} {} x = {:e}", T::NAME, x.widen());
        let truth = function.truth(x.widen());
        let neighbours = [rounded.next_up(), rounded.next_down()];
        let [above, below] = neighbours.map(|neighbour| truth.error_in_ulp(neighbour));
        let other = if above < below { neighbours[0] } else { neighbours[1] };
        let mut of_one = Expected::default();
        of_one.compute(function, &[x]);
        for (result, wrong) in [(rounded, 0), (other, 1)] {
            let mut tally = Tally::default();
            tally.add(function, &[x], &[result], &of_one);
            assert_eq!(tally.not_correctly_rounded, wrong, "{function} {} x = {:e}", T::NAME, x.widen());
        }
    }
    let mut tally = Tally::default();
    tally.add(function, x, &rounded, &expected);
    assert_eq!((tally.not_correctly_rounded, tally.undecided), (0, 0), "{function} {}", T::NAME);
}

#[test]
fn the_judge_is_right_about_hard_cases() {
    for (function, text) in DOUBLES {
        judge(function, &with_neighbours(&doubles(function, text)));
    }
}

#[test]
fn the_judge_is_right_about_hard_cases_of_f32() {
    for (function, text) in SINGLES {
        let x = singles(function, text);
        assert!(x.len() >= 120, "{function}");
        judge(function, &with_neighbours(&x));
    }
}
