//! Looks for the inputs with the largest errors of Fast: in `f64`, where nobody can try them all, and of `backward`
//! in both formats, which has two inputs. (`sigmoid verify` tries all of `f32` for the other operations.)
//!
//! ```text
//! nice cargo run --release -p sigmoid-conformance --example worst_cases -- sigmoid 22
//! ```
//!
//! The second argument is the binary logarithm of how many points to try in each slice of x: 22 takes some minutes.
//!
//! # How it looks
//!
//! ```text
//! slices      an eighth wide up to |x| = 4, a half up to 40, binades below 1/8 and above 40: points at random
//! zoom        ten times: the four worst slices of each kind of kernel are cut into eight, and each part gets as many
//! neighbours  of the worst of each kind: all doubles next to it, and at the distances at which others stand
//! ```
//!
//! `edges` does the same for s' in a few narrow slices only, where the derivation is largest.
//!
//! One result of Exact and one of Fast, 2.5 ns together, tell in whole units whether an error may be a new record.
//! Only then the truth to 95 bits is asked.
//!
//! # What it found
//!
//! The files `tests/hard_cases/fast_*.wc`. `src/bounds/derivation.rs` derives what no input can exceed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::process::ExitCode;

use sigmoid::{Accuracy, Backend, Kernels};
use sigmoid_conformance::Function;
use sigmoid_conformance::sample::Random;

/// Points of one call.
const BLOCK: usize = 4096;

/// How often the worst slices are cut, how many of each kind, and into how many parts.
const ZOOMS: usize = 10;
const CUT: usize = 4;
const PARTS: u32 = 8;

/// The reference takes ten times as long, and gets so much less.
const SCALAR_SHARE: u64 = 16;

/// How many of the worst of each kind have their neighbours tried, and how many of these on each side.
const KEPT: usize = 16;
const NEIGHBOURS: i64 = 1 << 15;

/// For `backward`, how many s are tried with gradients, and with how many.
const HARDEST: usize = 1 << 12;
const GRADIENTS: u16 = 1 << 12;

/// s(x) is subnormal below -708.396, and from there on the unit stays the same while s shrinks.
const END: f64 = 708.396_418_532_264;

/// The kernels whose results are the same are one kind.
struct Kind {
    name: &'static str,
    fast: Kernels,
}

fn kinds() -> Vec<Kind> {
    let find = |name, is: fn(Backend) -> bool| {
        let backend = Backend::available().filter(|&backend| is(backend)).last()?;
        Some(Kind { name, fast: Kernels::new().backend(backend).ok()? })
    };
    [
        find("fma", Backend::has_fma),
        find("no-fma", |backend| backend != Backend::Scalar && !backend.has_fma()),
        find("scalar", |backend| backend == Backend::Scalar),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[derive(Clone, Copy, PartialEq)]
struct Worst {
    ulp: f64,
    x: f64,
}

impl Worst {
    const NONE: Self = Self { ulp: 0.0, x: 0.0 };
}

/// A part of the line, and the worst of each kind in it.
struct Slice {
    range: Range<f64>,
    worst: Vec<Worst>,
}

/// The results of a block, and what they are held against.
struct Search<'a> {
    function: Function,
    kinds: &'a [Kind],
    random: Random,
    x: Vec<f64>,
    fast: Vec<f64>,
    exact: Vec<f64>,
    points: u64,
}

fn compute(sigmoid: Kernels, function: Function, x: &[f64], results: &mut [f64]) {
    match function {
        Function::Sigmoid => sigmoid.forward(x, results),
        _ => sigmoid.derivative(x, results),
    }
}

impl<'a> Search<'a> {
    fn new(function: Function, kinds: &'a [Kind]) -> Self {
        let [x, fast, exact] = [(); 3].map(|()| vec![0.0; BLOCK]);
        Self { function, kinds, random: Random(1), x, fast, exact, points: 0 }
    }

    /// Looks at the block, for the kinds in the range.
    fn judge(&mut self, which: Range<usize>, worst: &mut [Worst]) {
        self.points += self.x.len() as u64;
        compute(Kernels::new().accuracy(Accuracy::Exact), self.function, &self.x, &mut self.exact);
        for index in which {
            compute(self.kinds[index].fast, self.function, &self.x, &mut self.fast);
            let worst = &mut worst[index];
            for ((&x, &fast), &exact) in self.x.iter().zip(&self.fast).zip(&self.exact) {
                // The correctly rounded result is within half a unit of the truth.
                if fast.to_bits().abs_diff(exact.to_bits()) as f64 + 0.5 > worst.ulp {
                    let ulp = self.function.truth(x).error_in_ulp(fast);
                    if ulp > worst.ulp {
                        *worst = Worst { ulp, x };
                    }
                }
            }
        }
    }

    fn slice(&mut self, range: Range<f64>, points: u64) -> Slice {
        let mut worst = vec![Worst::NONE; self.kinds.len()];
        for block in 0..points / BLOCK as u64 {
            self.x.fill_with(|| self.random.between(range.start, range.end));
            let scalar = block.is_multiple_of(SCALAR_SHARE);
            let count = self.kinds.len() - usize::from(!scalar);
            self.judge(0..count, &mut worst);
        }
        Slice { range, worst }
    }

    /// Cuts those slices that are the worst of any kind, and searches the parts.
    fn zoom(&mut self, slices: &mut Vec<Slice>, points: u64) {
        for kind in 0..self.kinds.len() {
            slices.sort_by(|a, b| b.worst[kind].ulp.total_cmp(&a.worst[kind].ulp));
            for whole in slices.drain(..CUT).collect::<Vec<_>>() {
                let width = (whole.range.end - whole.range.start) / f64::from(PARTS);
                for part in 0..PARTS {
                    let start = whole.range.start + f64::from(part) * width;
                    let mut slice = self.slice(start..start + width, points);
                    for (worst, known) in slice.worst.iter_mut().zip(&whole.worst) {
                        if slice.range.contains(&known.x) && known.ulp > worst.ulp {
                            *worst = *known;
                        }
                    }
                    slices.push(slice);
                }
            }
        }
    }

    /// The worst among all neighbours of the worst, and among the doubles as far from one of them as another is.
    fn neighbours(&mut self, slices: &[Slice], kind: usize) -> Vec<Worst> {
        let mut all: Vec<Worst> = slices.iter().map(|slice| slice.worst[kind]).collect();
        all.sort_by(|a, b| b.ulp.total_cmp(&a.ulp));
        all.truncate(KEPT);
        let starts = all.clone();
        let at = |from: f64, distance: i64| f64::from_bits(from.to_bits().wrapping_add_signed(distance));
        for start in &starts {
            let mut distances: Vec<i64> = (-NEIGHBOURS..NEIGHBOURS).collect();
            for (a, b) in starts.iter().flat_map(|a| starts.iter().map(move |b| (a, b))) {
                let apart = a.x.to_bits().wrapping_sub(b.x.to_bits()) as i64;
                distances.extend((-64..64).map(|step| apart + step));
            }
            for distances in distances.chunks_exact(BLOCK) {
                for (x, &distance) in self.x.iter_mut().zip(distances) {
                    // What leads out of the line is no neighbour.
                    let moved = at(start.x, distance);
                    *x = if moved.abs() < END { moved } else { start.x };
                }
                let mut worst = vec![Worst::NONE; self.kinds.len()];
                worst[kind].ulp = start.ulp;
                self.judge(kind..kind + 1, &mut worst);
                if worst[kind].ulp > start.ulp {
                    all.push(worst[kind]);
                }
            }
        }
        all.sort_by(|a, b| b.ulp.total_cmp(&a.ulp));
        all.dedup();
        all.truncate(KEPT);
        all
    }
}

/// The line in slices, both sides of zero for s, one for s', which is even.
fn line(function: Function) -> Vec<Range<f64>> {
    let mut edges = vec![0.0];
    edges.extend((-40..-4).step_by(4).chain([-3]).map(|e| f64::from(e).exp2()));
    edges.extend((2..32).map(|i| f64::from(i) / 8.0));
    edges.extend((8..80).map(|i| f64::from(i) / 2.0));
    edges.extend([40.0, 56.0, 80.0, 112.0, 160.0, 224.0, 320.0, 448.0, 512.0, 640.0, END]);
    let negative = edges.windows(2).rev().map(|edge| -edge[1]..-edge[0]);
    let positive = edges.windows(2).map(|edge| edge[0]..edge[1]);
    match function {
        Function::Sigmoid => negative.chain(positive.filter(|range| range.start < 40.0)).collect(),
        _ => negative.collect(),
    }
}

/// Between s(x) = 2^-j and s'(x) = 2^-j. There q = s(x) stands next above a power of two, where its rounding is the
/// largest part of it, and s' = q (1 - q) next below, where the last place weighs most.
fn edges() -> Vec<Range<f64>> {
    let edge = |j: i32| {
        let power = f64::from(-j).exp2();
        let [from, to] =
            [power, 2.0 * power / (1.0 + (1.0 - 4.0 * power).sqrt())].map(|q| q.ln() - (-q).ln_1p());
        from..to
    };
    (3..24).map(edge).collect()
}

fn search(function: Function, line: Vec<Range<f64>>, kinds: &[Kind], points: u64) {
    let mut search = Search::new(function, kinds);
    let mut slices: Vec<Slice> = line.into_iter().map(|range| search.slice(range, points)).collect();
    for _ in 0..ZOOMS {
        search.zoom(&mut slices, points);
    }
    // By binade of x, the largest of each kind. (A slice of several binades has its worst in one of them.)
    println!("# {function}: the worst by binade of x");
    let mut binades: BTreeMap<(bool, i32), Vec<Worst>> = BTreeMap::new();
    for worst in slices.iter().flat_map(|slice| slice.worst.iter().enumerate()) {
        let (kind, worst) = worst;
        let binade = (worst.x > 0.0, worst.x.abs().log2().floor() as i32);
        let entry = binades.entry(binade).or_insert_with(|| vec![Worst::NONE; kinds.len()]);
        if worst.ulp > entry[kind].ulp {
            entry[kind] = *worst;
        }
    }
    for ((positive, binade), worst) in binades {
        let sign = if positive { "+" } else { "-" };
        print!("# {sign}2^{binade}:");
        for (kind, worst) in kinds.iter().zip(worst).filter(|(_, worst)| worst.ulp > 0.0) {
            print!("  {} {:.4} at {:e}", kind.name, worst.ulp, worst.x);
        }
        println!();
    }
    for (index, kind) in kinds.iter().enumerate() {
        for worst in search.neighbours(&slices, index) {
            println!("0x{:016x} {} {:.4} # {:e}", worst.x.to_bits(), kind.name, worst.ulp, worst.x);
        }
    }
    println!("# {} points", search.points);
}

/// The largest errors of grad (s (1 - s)), s in [0, 1], in the format's own arithmetic: the error of s (1 - s) first,
/// then gradients that take the product to a power of two. Next below it the last place weighs most, and a product that
/// gets above it is rounded to places twice as large.
macro_rules! backward {
    ($name:ident, $float:ident, $bits:ident, $digits:literal) => {
        fn $name(points: u64) {
            // Half of the last place next below 2.
            let half_place = (-$digits as $float).exp2();
            // s (1 - s) as it is computed, and what the exact one has beyond it.
            let product = |s: $float| {
                let w = 1.0 - s;
                let p = s * w;
                (p, s.mul_add(w, -p) + s * ((1.0 - w) - s))
            };
            let mut random = Random(1);
            let mut hardest: Vec<($float, $float)> = Vec::new();
            let keep = |hardest: &mut Vec<($float, $float)>| {
                hardest.sort_by(|a, b| b.0.total_cmp(&a.0));
                hardest.truncate(HARDEST);
            };
            for _ in 0..points {
                // A product is rounded most next above a power of two.
                let p = random.between(-6.0, -2.0).floor().exp2() * random.between(1.0, 1.03);
                let s = (0.5 - (0.25 - p.min(0.25)).sqrt()) as $float;
                let (p, rest) = product(s);
                hardest.push(((rest / p).abs(), s));
                if hardest.len() == 1 << 20 {
                    keep(&mut hardest);
                }
            }
            keep(&mut hardest);
            let mut worst = (0.0, 0.0, 0.0);
            for (_, s) in hardest {
                let (p, rest) = product(s);
                let first = (2.0 / p).to_bits() - $bits::from(GRADIENTS / 2);
                for grad in (first..first + $bits::from(GRADIENTS)).map($float::from_bits) {
                    let result = grad * p;
                    let beyond = grad.mul_add(p, -result) + grad * rest;
                    let below = (result - 2.0) + beyond < -half_place;
                    let ulp = beyond.abs() / if below { 2.0 * half_place } else { 4.0 * half_place };
                    if ulp > worst.0 {
                        worst = (ulp, s, grad);
                    }
                }
            }
            let (ulp, s, grad) = worst;
            println!("{:#x} {:#x} all {ulp:.4} # {s:e} {grad:e}", s.to_bits(), grad.to_bits());
            println!("# {} points of {}", points, stringify!($float));
        }
    };
}

backward!(backward_f32, f32, u32, 24);
backward!(backward_f64, f64, u64, 53);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next();
    let exponent = arguments.next().and_then(|text| text.parse::<u32>().ok());
    let Some(points) = exponent.filter(|exponent| (12..40).contains(exponent)).map(|exponent| 1 << exponent)
    else {
        return usage();
    };
    match what.as_deref() {
        Some("sigmoid") => search(Function::Sigmoid, line(Function::Sigmoid), &kinds(), points),
        Some("derivative") => search(Function::Derivative, line(Function::Derivative), &kinds(), points),
        Some("edges") => search(Function::Derivative, edges(), &kinds(), points),
        Some("backward") => {
            backward_f32(points);
            backward_f64(points);
        }
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: worst_cases sigmoid|derivative|edges|backward LOG2_OF_POINTS_PER_SLICE (12 to 39)");
    ExitCode::FAILURE
}
