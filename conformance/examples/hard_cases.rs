//! Looks for the `f64` x whose s(x) or s'(x) lies nearest to the middle between two doubles: the
//! hardest to round. Writes the files in `tests/hard_cases`.
//!
//! ```text
//! cargo run --release -p sigmoid-conformance --example hard_cases -- sigmoid 40 > tests/hard_cases/sigmoid_f64.wc
//! ```
//!
//! The second argument is the binary logarithm of how many doubles to search in each binade and on each side
//! of zero.
//!
//! # Method
//!
//! In the manner of V. Lefèvre (New results on the distance between a segment and Z^2, 2005). For
//! i = 0, 1, ... count the value at x + i h, with h the distance of the doubles there, in units in the last place
//! of the result, and write F(i) for what it is modulo 1, less 1/2. A hard case is an i with F(i) next to 0
//! modulo 1.
//!
//! ```text
//! block   up to 2^24 doubles: F(i) is a cubic polynomial to 2^-26, its constant from the true value
//! run     up to 2^17 of them: F(i) = b + a i to 2^-23
//! hit     the least i with b + a i modulo 1 in [-2^-22, 2^-22], if there is one in the run, by a descent
//!         as in Euclid's algorithm: some ten divisions for a run, instead of one evaluation for each double
//! check   the polynomial, then the true value to 95 bits, then arbitrary precision
//! ```
//!
//! The errors of block and run leave room in the windows of hit and check, so that none of the doubles searched
//! that is nearer than 2^-32 of a unit is missed, except in blocks in which the result crosses a
//! power of two. 2^40 doubles take seven seconds.

use std::process::ExitCode;

use astro_float::{BigFloat, Consts, RoundingMode};
use sigmoid_conformance::Function;

/// How near to the middle a hit is, in units in the last place.
const WINDOW: f64 = 1.0 / (1 << 22) as f64;

/// How far from the middle the polynomial of a block may see a case that is to be kept.
const POLYNOMIAL_WINDOW: f64 = 1.0 / (1 << 25) as f64;

/// Cases are kept from here on.
const KEPT: f64 = 1.0 / (1_u64 << 32) as f64;

/// The binades that are searched, by the exponent of their lower end.
const BINADES: [i32; 12] = [-20, -16, -12, -8, -5, -3, -2, -1, 0, 1, 2, 4];

/// How many cases of each binade and side go into the file.
const CASES: [(Function, usize); 2] = [(Function::Sigmoid, 4), (Function::Derivative, 8)];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let function = match arguments.next().as_deref() {
        Some("sigmoid") => Function::Sigmoid,
        Some("derivative") => Function::Derivative,
        _ => return usage(),
    };
    let Some(searched) = arguments.next().and_then(|text| text.parse().ok()).filter(|n| (24..52).contains(n))
    else {
        return usage();
    };

    println!("# {}, f64: inputs whose result lies next to the middle between two doubles.", name(function));
    println!(
        "# From `hard_cases {} {searched}`, see conformance/examples/hard_cases.rs:",
        argument(function)
    );
    println!("# the hardest of 2^{searched} doubles in each of some binades.");
    println!("# The bits of x; x; log2 of the distance from the middle, in units in the last place.");
    let mut precise = Precise(Consts::new().expect("memory for a few constants"));
    let count = CASES.iter().find(|(of, _)| *of == function).expect("both are there").1;
    let sides: &[f64] = if function == Function::Sigmoid { &[-1.0, 1.0] } else { &[1.0] };
    for &side in sides {
        for exponent in BINADES {
            let mut cases = search(function, side, exponent, searched);
            eprintln!("{} 2^{exponent}: {} cases", if side < 0.0 { "-" } else { "+" }, cases.len());
            for case in &mut cases {
                case.1 = precise.distance_from_middle(function, case.0);
            }
            cases.sort_by(|a, b| a.1.total_cmp(&b.1));
            for (x, distance) in cases.into_iter().take(count) {
                println!("0x{:016x} # {x:e} {distance:.2}", x.to_bits());
            }
        }
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: hard_cases sigmoid|derivative LOG2_OF_DOUBLES_PER_BINADE (24 to 51)");
    ExitCode::FAILURE
}

fn name(function: Function) -> &'static str {
    if function == Function::Sigmoid { "s(x)" } else { "s'(x)" }
}

fn argument(function: Function) -> &'static str {
    if function == Function::Sigmoid { "sigmoid" } else { "derivative" }
}

/// The kept cases, with their distances as far as 95 bits tell, among 2^`searched` doubles of a binade.
fn search(function: Function, side: f64, exponent: i32, searched: u32) -> Vec<(f64, f64)> {
    let lower = side * f64::from(exponent).exp2();
    let largest = Block::new(function, lower).size.min(Block::new(function, 1.5 * lower).size);
    // The blocks are spread over the binade: an odd factor takes each to a place of its own.
    let places = (1_u64 << 52) / largest;
    let mut cases = Vec::new();
    for index in 0..(1_u64 << searched) / largest {
        let place = index.wrapping_mul(0x9e37_79b9_7f4a_7c15) % places;
        // The bits count away from zero, and so do the doubles of a block.
        let first = lower.to_bits() + place * largest;
        let middle = f64::from_bits(first + largest / 2);
        Block::new(function, middle).search(largest, &mut cases);
    }
    cases
}

/// F around a double: c0 + c1 t + c2 t^2 + c3 t^3 for the double t places further from zero.
struct Block {
    function: Function,
    middle: f64,
    polynomial: [f64; 4],
    /// How many doubles the polynomial is good for.
    size: u64,
    /// For how many F is linear.
    run: u64,
}

impl Block {
    fn new(function: Function, middle: f64) -> Self {
        let (fraction, unit) = in_units(function, middle);
        // With p = s', w = 1 - 2 s: s'' = p w, then p (1 - 6 p), p w (1 - 12 p), p (1 - 30 p + 120 p^2).
        let p = Function::Derivative.truth(middle).parts();
        let p = p.0[0] * f64::from(p.1).exp2();
        let w = -(middle / 2.0).tanh();
        let slopes =
            [p, p * w, p * (1.0 - 6.0 * p), p * w * (1.0 - 12.0 * p), p * (1.0 - 30.0 * p + 120.0 * p * p)];
        let slopes = if function == Function::Sigmoid { &slopes[..4] } else { &slopes[1..] };
        let step = f64::from_bits(middle.to_bits() + 1) - middle;
        let (mut power, mut factorial) = (1.0, 1.0);
        let mut terms = [0.0; 4];
        for (i, slope) in slopes.iter().enumerate() {
            power *= step;
            factorial *= (i + 1) as f64;
            terms[i] = slope * power / factorial / f64::from(unit).exp2();
        }
        let [first, second, third, fourth] = terms;

        // The polynomial's errors: what it leaves out, and the 51 digits of its first term.
        let mut size = 1_u64 << 24;
        let errors =
            |half: f64| 2.0 * fourth.abs() * half.powi(4) + first.abs() * half / (1_u64 << 51) as f64;
        while errors(size as f64 / 2.0) > 1.0 / (1 << 27) as f64 {
            size /= 2;
        }
        let mut run = size.min(1 << 17);
        let curvature = second.abs() + 3.0 * third.abs() * size as f64 / 2.0;
        while curvature * (run as f64 / 2.0).powi(2) > 1.0 / (1 << 23) as f64 {
            run /= 2;
        }
        Self { function, middle, polynomial: [fraction - 0.5, first, second, third], size, run }
    }

    /// F(t) modulo 1, in [-1/2, 1/2].
    fn value(&self, t: f64) -> f64 {
        let [c0, c1, c2, c3] = self.polynomial;
        let linear = c1 * t;
        let value = (linear - linear.round()) + (c0 + t * t * (c2 + t * c3));
        value - value.round()
    }

    fn slope(&self, t: f64) -> f64 {
        let [_, c1, c2, c3] = self.polynomial;
        c1 + t * (2.0 * c2 + t * 3.0 * c3)
    }

    fn search(&self, size: u64, cases: &mut Vec<(f64, f64)>) {
        let half = (size / 2) as i64;
        let run = self.run.min(size) as i64;
        let mut start = -half;
        while start < half {
            let centre = (start + run / 2) as f64;
            let slope = self.slope(centre);
            let walk = slope * (run / 2) as f64;
            let first = self.value(centre) - (walk - walk.round());
            for_each_hit(slope, first, run as u64, |i| self.check(start + i as i64, cases));
            start += run;
        }
    }

    fn check(&self, t: i64, cases: &mut Vec<(f64, f64)>) {
        if self.value(t as f64).abs() > POLYNOMIAL_WINDOW {
            return;
        }
        let x = f64::from_bits(self.middle.to_bits().wrapping_add_signed(t));
        let distance = (in_units(self.function, x).0.abs() - 0.5).abs();
        if distance < KEPT {
            cases.push((x, distance));
        }
    }
}

/// What the true value is beside its `f64`, in units in the last place, and the exponent of that unit.
fn in_units(function: Function, x: f64) -> (f64, i32) {
    let ([high, low, tail], exponent) = function.truth(x).parts();
    let unit = ((high.to_bits() >> 52) & 0x7ff) as i32 - 1023 - 52;
    ((low + tail) / f64::from(unit).exp2(), unit + exponent)
}

/// 1 in the integers that stand for numbers modulo 1. Small enough for a product with a run's length.
const ONE: u64 = 1 << 44;

/// Calls `hit` with every i below `count` for which `first + slope i` is within [`WINDOW`] of an integer.
fn for_each_hit(slope: f64, first: f64, count: u64, mut hit: impl FnMut(u64)) {
    let fixed = |x: f64| ((x - x.floor()) * ONE as f64) as u64 % ONE;
    let (a, window) = (fixed(slope), fixed(WINDOW));
    let mut passed = 0;
    while passed < count {
        let low = fixed(-first - slope * passed as f64 - WINDOW);
        let high = low + 2 * window;
        let next = if high >= ONE { Some(0) } else { least_in_range(a, ONE, low, high, count - passed) };
        let Some(i) = next.filter(|i| passed + i < count) else {
            return;
        };
        hit(passed + i);
        passed += i + 1;
    }
}

/// The least i with `low <= a i modulo m <= high`, or nothing if it is not below `count`, or only a little.
///
/// For a <= m/2: if no multiple of a lies in the range, a i - m j does with j > 0, and then -m j modulo a lies
/// in the range modulo a: the same question for j, with m modulo a in the place of a.
fn least_in_range(a: u64, m: u64, low: u64, high: u64, count: u64) -> Option<u64> {
    if low == 0 {
        return Some(0);
    }
    if a == 0 || count == 0 {
        return None;
    }
    if 2 * a > m {
        return least_in_range(m - a, m, m - high, m - low, count);
    }
    let i = low.div_ceil(a);
    if i * a <= high {
        return Some(i);
    }
    let turns = a * count / m + 1;
    let j = least_in_range((a - m % a) % a, a, low % a, high % a, turns + 1)?;
    (j <= turns).then(|| (low + m * j).div_ceil(a))
}

/// Arbitrary precision: 256 bits.
struct Precise(Consts);

impl Precise {
    /// log2 of the distance from the middle, in units in the last place.
    fn distance_from_middle(&mut self, function: Function, x: f64) -> f64 {
        const DIGITS: usize = 256;
        const MODE: RoundingMode = RoundingMode::ToEven;
        let one = BigFloat::from_word(1, DIGITS);
        let e = BigFloat::from_f64(-x.abs(), DIGITS).exp(DIGITS, MODE, &mut self.0);
        let d = one.add(&e, DIGITS, MODE);
        let value = match function {
            Function::Sigmoid if x < 0.0 => e.div(&d, DIGITS, MODE),
            Function::Sigmoid => one.div(&d, DIGITS, MODE),
            Function::Derivative => e.div(&d, DIGITS, MODE).div(&d, DIGITS, MODE),
        };
        // The bits behind the 53 of the result, as a fraction: 128 of them are plenty.
        let (words, ..) = value.as_raw_parts().expect("a positive number");
        let word = |i: usize| u128::from(words[words.len() - 1 - i]);
        let (first, second, third) = (word(0), word(1), word(2));
        let rest = (first << 117) | (second << 53) | (third >> 11);
        (rest.abs_diff(1 << 127) as f64).log2() - 128.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The descent finds what trying every i finds.
    #[test]
    fn hits_are_those_of_a_plain_search() {
        let mut state = 1_u64;
        let mut random = move |limit: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 20) % limit
        };
        for _ in 0..20_000 {
            let m = 2 + random(3000);
            let (a, low) = (random(m), random(m));
            let high = low + random((m - low).min(9));
            let count = 1 + random(400);
            let plain = (0..count).find(|i| (low..=high).contains(&(a * i % m)));
            let found = least_in_range(a, m, low, high, count).filter(|&i| i < count);
            assert_eq!(found, plain, "{a} i modulo {m} in {low}..={high}, i < {count}");
        }
    }

    /// Every case that evaluating each double of a block finds is found, and no other.
    #[test]
    fn cases_are_those_of_a_plain_search() {
        let mut seen = 0;
        let middles = [-20.1, -5.5, -1.3, -0.4, 0.01, 0.2, 1.7, 2.9];
        for (function, middle) in middles
            .map(|x| (Function::Sigmoid, x))
            .into_iter()
            .chain(middles.map(|x| (Function::Derivative, x)))
        {
            let block = Block::new(function, middle);
            let mut hits = Vec::new();
            let half = 1 << 20;
            let run = block.run as i64;
            for start in (-half..half).step_by(run as usize) {
                let centre = (start + run / 2) as f64;
                let walk = block.slope(centre) * (run / 2) as f64;
                let first = block.value(centre) - (walk - walk.round());
                for_each_hit(block.slope(centre), first, run as u64, |i| hits.push(start + i as i64));
            }
            let distance = |t: i64| {
                let x = f64::from_bits(middle.to_bits().wrapping_add_signed(t));
                (in_units(function, x).0.abs() - 0.5).abs()
            };
            let near: Vec<_> = (-half..half).filter(|&t| distance(t) < WINDOW / 2.0).collect();
            seen += near.len();
            assert!(near.iter().all(|t| hits.contains(t)), "{function:?} {middle}: {near:?} of {hits:?}");
            assert!(hits.iter().all(|&t| distance(t) < 2.0 * WINDOW), "{function:?} {middle}");
        }
        assert!(seen > 0, "blocks without any case prove nothing");
    }
}
