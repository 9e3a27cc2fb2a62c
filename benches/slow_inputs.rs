//! Are there slow inputs? Slices in which all elements are one number, and such with that number among ordinary
//! ones, each beside the same call on x = 1, for every operation, format, accuracy and engine.
//!
//! What [`Kernels`] promises stands in [`promised`]. The program prints the worst slices and fails where a
//! promise is missed by more than a busy machine explains. With `SIGMOID_ALL_SLOW` set it prints every slice that
//! misses one. Behind a backend stands which of [`Kernels::engines`] it is.
//!
//! Left out, and said where the promise is: without fused multiply-add, `f32` next to the negative of what the kernels
//! add to x (`TINY_ROOT` in `src/pair/constants.rs`), whose sum with it has a subnormal square.

#[path = "../tests/support/mod.rs"]
mod support;

use std::fmt::{self, Display};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use sigmoid::{Accuracy, Backend, Kernels};
use support::Float;
use support::family::{Family, Inputs, Outputs};

/// Elements of a slice: more than any block holds, few enough for the nearest cache.
const LEN: usize = 1024;

/// How many ordinary elements there are to a strange one, in the slices that mix them.
const ORDINARY: usize = 15;

/// A promise is broken if it is missed by this factor, time and again.
const SLACK: f64 = 1.25;

/// How often a slice that seems to break one is looked at again.
const SECOND_LOOKS: usize = 6;

/// An operation with the strange number as one of its inputs, and ordinary ones as the others.
struct Operation<T> {
    name: &'static str,
    /// How many times as long as on ordinary numbers a Fast call may take.
    promised: f64,
    /// An ordinary number: 1, but for probabilities.
    ordinary: f64,
    has_exact: bool,
    inputs: usize,
    compute: fn(Kernels, Inputs<T>, Outputs<T>),
}

fn operations<T: Format>() -> Vec<Operation<T>> {
    let mut all = vec![Operation {
        name: "sigmoid with its derivative",
        promised: 2.0,
        ordinary: 1.0,
        has_exact: true,
        inputs: 1,
        compute: |kernels, [x, ..], [y, dy]| kernels.forward_with_derivative(x, y, dy),
    }];
    // (One of each kind is enough.)
    for member in T::members() {
        if ["flat", "steep", "falling", "alpha 0", "s(x)", "s(0.01 x)", "s(-100 x)", "s(0 x)"]
            .iter()
            .any(|kind| member.name.contains(kind))
        {
            continue;
        }
        let (promised, has_exact) = match member.name {
            "sigmoid" | "sigmoid'" => (1.6, true),
            "sigmoid backward" => continue, // Its input is a result.
            // What is more than 2 is for factors and results that are tiny or subnormal, and for factors that are huge.
            "silu" | "quick gelu" => (2.6, false),
            "swiglu" | "swiglu of gpt-oss" => (7.0, false),
            "swiglu backward" | "swiglu backward of gpt-oss" => (5.8, false),
            "glu" => (6.0, false),
            "silu backward" => (5.0, false),
            "tanh'" | "softplus" | "log-sigmoid" => (2.4, false),
            "gelu by tanh" | "gelu" => (2.6, false),
            "gelu by tanh backward" => (5.8, false),
            "tanh backward" => (4.0, false),
            "logit" => (3.3, false),
            "bce with logits" => (4.0, false),
            "gradient of bce with logits" => (5.0, false),
            "softplus backward" | "log-sigmoid backward" => (5.8, false),
            _ => (2.0, false),
        };
        let ordinary = if member.name == "logit" { 0.75 } else { 1.0 };
        all.push(Operation {
            name: member.name,
            promised,
            ordinary,
            has_exact,
            inputs: member.inputs,
            compute: member.compute,
        });
    }
    all
}

/// What a number is to the kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Any at all.
    Any,
    /// One of the few whose exact result is so near to the middle between two numbers that a later phase must decide:
    /// in `f32` the second, in `f64` the last.
    Doubtful,
}

/// A format, with the numbers at which something changes.
trait Format: Family + Float {
    const EXPONENTS: u64;

    /// Ends of the ranges that the kernels tell apart, and of those in which results differ in kind.
    const EDGES: &'static [f64];

    /// Inputs of s and of s' whose exact results lie next to a middle.
    const HARD_CASES: [&'static str; 2];
}

impl Format for f32 {
    const EXPONENTS: u64 = 255;
    const EDGES: &'static [f64] = &[
        16.64, 17.33, 40.0, 80.0, 87.33, 87.336_54, 87.337, 87.34, 88.73, 95.0, 103.97, 104.5, 110.0, 200.0,
    ];
    const HARD_CASES: [&'static str; 2] = [
        include_str!("../tests/hard_cases/sigmoid_f32.wc"),
        include_str!("../tests/hard_cases/derivative_f32.wc"),
    ];
}

impl Format for f64 {
    const EXPONENTS: u64 = 2047;
    const EDGES: &'static [f64] =
        &[36.04, 36.74, 40.0, 690.0, 700.0, 708.396_418, 708.397, 708.4, 709.79, 720.0, 745.2, 746.0, 800.0];
    const HARD_CASES: [&'static str; 2] = [
        include_str!("../tests/hard_cases/sigmoid_f64.wc"),
        include_str!("../tests/hard_cases/derivative_f64.wc"),
    ];
}

/// Every exponent with several significands, multiples of what is left when numbers near 1 are subtracted, edges
/// and their neighbours, zero, subnormal numbers, infinities and NaN; both signs.
fn numbers<T: Format>() -> Vec<(T, Kind)> {
    let fraction = 1_u64 << T::FRACTION_BITS;
    let significands = [0, 1, fraction / 2, fraction / 3, fraction - 1];
    let mut bits: Vec<u64> =
        (0..=T::EXPONENTS).flat_map(|exponent| significands.map(|part| exponent * fraction + part)).collect();
    let step = (1.0 / fraction as f64) / 2.0;
    bits.extend([1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 50.0, 1001.0].map(|k| T::nearest(k * step).bits()));
    for &edge in T::EDGES {
        let edge = T::nearest(edge).bits();
        bits.extend(edge - 2..=edge + 2);
    }
    let any = bits.into_iter().flat_map(|bits| [bits, bits | T::SIGN_BIT]).map(|bits| (bits, Kind::Any));
    let doubtful = T::HARD_CASES.into_iter().flat_map(hard_cases).map(|bits| (bits, Kind::Doubtful));
    any.chain(doubtful).map(|(bits, kind)| (T::of_bits(bits), kind)).collect()
}

/// The bit patterns in a file, of which a few of each kind are enough here.
fn hard_cases(text: &'static str) -> impl Iterator<Item = u64> {
    let words = text.lines().filter_map(|line| line.split_whitespace().next()?.strip_prefix("0x"));
    words.step_by(7).map(|digits| u64::from_str_radix(digits, 16).expect("a bit pattern"))
}

/// How many times as long as on x = 1 a call may take.
fn promised<T: Format>(kernels: Kernels, operation: &Operation<T>, kind: Kind) -> f64 {
    match (kernels.selected_accuracy(), kind) {
        (Accuracy::Fast, _) => operation.promised,
        (_, Kind::Any) => 5.0,
        _ if T::NAME == "f64" => 370.0,
        _ if kernels.selected_backend().has_fma() => 15.0,
        _ => 20.0,
    }
}

struct Bench<T> {
    x: Vec<T>,
    ordinary: Vec<T>,
    outputs: [Vec<T>; 2],
}

impl<T: Format> Bench<T> {
    fn new(ordinary: f64) -> Self {
        let values = || vec![T::nearest(ordinary); LEN];
        Self { x: values(), ordinary: values(), outputs: [values(), values()] }
    }

    fn fill(&mut self, x: T, every: usize) {
        self.x.copy_from_slice(&self.ordinary);
        self.x.iter_mut().step_by(every).for_each(|element| *element = x);
    }

    /// How many times as long a call takes that has the slice as its input `at` as one with ordinary numbers only: the
    /// least of several, one beside the other.
    fn ratio(&mut self, kernels: Kernels, operation: &Operation<T>, at: usize, rounds: usize) -> f64 {
        let [y, dy] = &mut self.outputs;
        let mut time = |x: &[T]| {
            let mut inputs: Inputs<T> = [&self.ordinary; 3];
            inputs[at] = x;
            let start = Instant::now();
            (operation.compute)(kernels, black_box(inputs), [&mut *y, &mut *dy]);
            black_box((&mut *y, &mut *dy));
            start.elapsed().as_secs_f64()
        };
        let (mut least, mut least_of_ordinary) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..rounds {
            least_of_ordinary = least_of_ordinary.min(time(&self.ordinary));
            least = least.min(time(&self.x));
        }
        least / least_of_ordinary
    }
}

/// A slice that takes long.
#[derive(Clone)]
struct Slow {
    what: String,
    input: String,
    ratio: f64,
    promised: f64,
}

impl Slow {
    /// How much of what is promised it takes.
    fn share(&self) -> f64 {
        self.ratio / self.promised
    }
}

impl Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:5.2} of {:4.1}  {:<50} {}", self.ratio, self.promised, self.what, self.input)
    }
}

/// The slowest slice of each kernel in each of the two mixtures.
fn sweep<T: Format>() -> Vec<Slow> {
    let numbers = numbers::<T>();
    let operations = operations::<T>();
    let mut all = Vec::new();
    for accuracy in Accuracy::ALL {
        for (engine, kernels) in Kernels::engines().enumerate() {
            let kernels = kernels.accuracy(accuracy);
            if kernels.selected_backend() == Backend::Scalar {
                continue; // The reference promises nothing about time.
            }
            for operation in &operations {
                if accuracy == Accuracy::Exact && !operation.has_exact {
                    continue;
                }
                let mut bench = Bench::<T>::new(operation.ordinary);
                let mut worst: Option<Slow> = None;
                for (at, every) in (0..operation.inputs).flat_map(|at| [(at, 1), (at, ORDINARY + 1)]) {
                    // (The other operations are many: they are tried on a part of the numbers.)
                    let step = if operation.has_exact { 1 } else { 7 };
                    for &(x, kind) in numbers.iter().step_by(step) {
                        let promised = promised(kernels, operation, kind);
                        bench.fill(x, every);
                        let mut ratio = bench.ratio(kernels, operation, at, 5);
                        // (What is no news, or no danger, need not be sure.)
                        let news = worst.as_ref().is_none_or(|worst| ratio / promised > worst.share());
                        if news && ratio > 0.9 * promised {
                            for _ in 0..SECOND_LOOKS {
                                ratio = ratio.min(bench.ratio(kernels, operation, at, 20));
                            }
                        }
                        let slow = Slow {
                            what: format!(
                                "{} {accuracy} {} {} ({engine})",
                                T::NAME,
                                operation.name,
                                kernels.selected_backend()
                            ),
                            input: format!("{:e} ({:#x}) as input {at}, 1 in {every}", x.into(), x.bits()),
                            ratio,
                            promised,
                        };
                        if slow.share() > 1.0 && std::env::var_os("SIGMOID_ALL_SLOW").is_some() {
                            println!("{slow}");
                        }
                        if worst.as_ref().is_none_or(|worst| slow.share() > worst.share()) {
                            worst = Some(slow);
                        }
                    }
                }
                all.extend(worst);
            }
        }
    }
    all
}

fn main() -> ExitCode {
    let mut slow = sweep::<f32>();
    slow.extend(sweep::<f64>());
    slow.sort_by(|a, b| a.share().total_cmp(&b.share()));
    println!("The slowest slice of each kernel, in times of what ordinary numbers take, the worst last:");
    slow.iter().for_each(|slow| println!("{slow}"));
    let broken = slow.iter().filter(|slow| slow.share() > SLACK).count();
    println!("{broken} promises broken, of {}", slow.len());
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
