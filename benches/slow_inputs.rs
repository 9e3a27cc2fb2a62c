//! Are there slow inputs? Slices in which all elements are one number, and such with that number among ordinary
//! ones, each beside the same call on x = 1, for every operation, format, accuracy and engine.
//!
//! What [`sigmoid::Sigmoid`] promises stands in [`promised`]. The program prints the worst slices and fails where a
//! promise is missed by more than a busy machine explains. With `SIGMOID_ALL_SLOW` set it prints every slice that
//! misses one. Behind a backend stands which of [`Kernels::engines`] it is.
//!
//! Left out, and said where the promise is: without fused multiply-add, `f32` next to the negative of what the kernels
//! add to x (`TINY_ROOT` in `src/pair/constants.rs`), whose sum with it has a subnormal square.

use std::fmt::{self, Display};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use sigmoid::ops::{Map, Silu, SiluDerivative, SwiGlu, Zip};
use sigmoid::{Accuracy, Backend, Element, Kernels};

/// Elements of a slice: more than any block holds, few enough for the nearest cache.
const LEN: usize = 1024;

/// How many ordinary elements there are to a strange one, in the slices that mix them.
const ORDINARY: usize = 15;

/// A promise is broken if it is missed by this factor, time and again.
const SLACK: f64 = 1.25;

/// How often a slice that seems to break one is looked at again.
const SECOND_LOOKS: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Forward,
    Derivative,
    ForwardWithDerivative,
    Silu,
    SiluDerivative,
    /// Of the number as a gate, with ones.
    SwiGlu,
}

impl Operation {
    const ALL: [Self; 6] = [
        Self::Forward,
        Self::Derivative,
        Self::ForwardWithDerivative,
        Self::Silu,
        Self::SiluDerivative,
        Self::SwiGlu,
    ];

    fn has(self, accuracy: Accuracy) -> bool {
        accuracy == Accuracy::Fast
            || [Self::Forward, Self::Derivative, Self::ForwardWithDerivative].contains(&self)
    }
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
trait Format: Element + Default + Into<f64> {
    const NAME: &'static str;
    fn from_bits(bits: u64) -> Self;
    fn bits(self) -> u64;
    fn nearest(x: f64) -> Self;
    const FRACTION_BITS: u32;
    const EXPONENTS: u64;
    const SIGN: u64;

    /// Ends of the ranges that the kernels tell apart, and of those in which results differ in kind.
    const EDGES: &'static [f64];

    /// Inputs of s and of s' whose exact results lie next to a middle.
    const HARD_CASES: [&'static str; 2];
}

impl Format for f32 {
    const NAME: &'static str = "f32";
    const FRACTION_BITS: u32 = 23;
    const EXPONENTS: u64 = 255;
    const SIGN: u64 = 1 << 31;
    const EDGES: &'static [f64] = &[
        16.64, 17.33, 40.0, 80.0, 87.33, 87.336_54, 87.337, 87.34, 88.73, 95.0, 103.97, 104.5, 110.0, 200.0,
    ];
    const HARD_CASES: [&'static str; 2] = [
        include_str!("../tests/hard_cases/sigmoid_f32.wc"),
        include_str!("../tests/hard_cases/derivative_f32.wc"),
    ];

    fn from_bits(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }

    fn bits(self) -> u64 {
        self.to_bits().into()
    }

    fn nearest(x: f64) -> f32 {
        x as f32
    }
}

impl Format for f64 {
    const NAME: &'static str = "f64";
    const FRACTION_BITS: u32 = 52;
    const EXPONENTS: u64 = 2047;
    const SIGN: u64 = 1 << 63;
    const EDGES: &'static [f64] =
        &[36.04, 36.74, 40.0, 690.0, 700.0, 708.396_418, 708.397, 708.4, 709.79, 720.0, 745.2, 746.0, 800.0];
    const HARD_CASES: [&'static str; 2] = [
        include_str!("../tests/hard_cases/sigmoid_f64.wc"),
        include_str!("../tests/hard_cases/derivative_f64.wc"),
    ];

    fn from_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }

    fn bits(self) -> u64 {
        self.to_bits()
    }

    fn nearest(x: f64) -> f64 {
        x
    }
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
    let any = bits.into_iter().flat_map(|bits| [bits, bits | T::SIGN]).map(|bits| (bits, Kind::Any));
    let doubtful = T::HARD_CASES.into_iter().flat_map(hard_cases).map(|bits| (bits, Kind::Doubtful));
    any.chain(doubtful).map(|(bits, kind)| (T::from_bits(bits), kind)).collect()
}

/// The bit patterns in a file, of which a few of each kind are enough here.
fn hard_cases(text: &'static str) -> impl Iterator<Item = u64> {
    let words = text.lines().filter_map(|line| line.split_whitespace().next()?.strip_prefix("0x"));
    words.step_by(7).map(|digits| u64::from_str_radix(digits, 16).expect("a bit pattern"))
}

/// How many times as long as on x = 1 a call may take.
fn promised(sigmoid: Kernels, operation: Operation, kind: Kind, format: &str) -> f64 {
    match (sigmoid.selected_accuracy(), operation, kind) {
        (Accuracy::Fast, Operation::Forward | Operation::Derivative, _) => 1.6,
        (Accuracy::Fast, Operation::ForwardWithDerivative | Operation::SiluDerivative, _) => 2.0,
        // (Where half of x is subnormal; elsewhere 2.0.)
        (Accuracy::Fast, Operation::Silu, _) => 2.3,
        // (Where the gate, or its product with u, is subnormal; elsewhere 2.0.)
        (Accuracy::Fast, Operation::SwiGlu, _) => 3.3,
        (_, _, Kind::Any) => 4.0,
        _ if format == "f64" => 300.0,
        _ if sigmoid.selected_backend().has_fma() => 12.0,
        _ => 20.0,
    }
}

struct Bench<T> {
    x: Vec<T>,
    one: Vec<T>,
    outputs: [Vec<T>; 2],
}

impl<T: Format> Bench<T>
where
    Silu: Map<T>,
    SiluDerivative: Map<T>,
    SwiGlu: Zip<T>,
{
    fn new() -> Self {
        let values = || vec![T::nearest(1.0); LEN];
        Self { x: values(), one: values(), outputs: [values(), values()] }
    }

    fn fill(&mut self, x: T, every: usize) {
        self.x.fill(T::nearest(1.0));
        self.x.iter_mut().step_by(every).for_each(|element| *element = x);
    }

    /// How many times as long the slice takes as ones: the least of several, one beside the other.
    fn ratio(&mut self, sigmoid: Kernels, operation: Operation, rounds: usize) -> f64 {
        let [y, dy] = &mut self.outputs;
        let mut time = |x: &[T]| {
            let start = Instant::now();
            match operation {
                Operation::Forward => sigmoid.forward(black_box(x), y),
                Operation::Derivative => sigmoid.derivative(black_box(x), y),
                Operation::ForwardWithDerivative => sigmoid.forward_with_derivative(black_box(x), y, dy),
                Operation::Silu => sigmoid.map(Silu, black_box(x), y),
                Operation::SiluDerivative => sigmoid.map(SiluDerivative, black_box(x), y),
                Operation::SwiGlu => sigmoid.zip(SwiGlu::default(), black_box(x), &self.one, y),
            }
            black_box((&mut *y, &mut *dy));
            start.elapsed().as_secs_f64()
        };
        let (mut least, mut least_of_ones) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..rounds {
            least_of_ones = least_of_ones.min(time(&self.one));
            least = least.min(time(&self.x));
        }
        least / least_of_ones
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
fn sweep<T: Format>() -> Vec<Slow>
where
    Silu: Map<T>,
    SiluDerivative: Map<T>,
    SwiGlu: Zip<T>,
{
    let mut bench = Bench::<T>::new();
    let numbers = numbers::<T>();
    let mut all = Vec::new();
    for accuracy in Accuracy::ALL {
        for (engine, sigmoid) in Kernels::engines().enumerate() {
            let sigmoid = sigmoid.accuracy(accuracy);
            if sigmoid.selected_backend() == Backend::Scalar {
                continue; // The reference promises nothing about time.
            }
            for operation in Operation::ALL.into_iter().filter(|operation| operation.has(accuracy)) {
                let mut worst: Option<Slow> = None;
                for every in [1, ORDINARY + 1] {
                    for &(x, kind) in &numbers {
                        let promised = promised(sigmoid, operation, kind, T::NAME);
                        bench.fill(x, every);
                        let mut ratio = bench.ratio(sigmoid, operation, 5);
                        if ratio > 0.9 * promised {
                            for _ in 0..SECOND_LOOKS {
                                ratio = ratio.min(bench.ratio(sigmoid, operation, 20));
                            }
                        }
                        let slow = Slow {
                            what: format!(
                                "{} {accuracy} {operation:?} {} ({engine})",
                                T::NAME,
                                sigmoid.selected_backend()
                            ),
                            input: format!("{:e} ({:#x}), 1 in {every}", x.into(), x.bits()),
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
    slow.sort_by(|a, b| b.share().total_cmp(&a.share()));
    println!("The slowest slice of each kernel, in times of what x = 1 takes:");
    slow.iter().for_each(|slow| println!("{slow}"));
    let broken = slow.iter().filter(|slow| slow.share() > SLACK).count();
    println!("{broken} promises broken, of {}", slow.len());
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
