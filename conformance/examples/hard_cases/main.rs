//! Looks for the `f64` x whose s(x) or s'(x) lies nearest to the middle between two doubles: the
//! hardest to round. Writes the files in `tests/hard_cases`.
//!
//! ```text
//! cargo run --release -p sigmoid-conformance --example hard_cases -- sigmoid 40 > tests/hard_cases/sigmoid_f64.wc
//! ```
//!
//! The second argument is the binary logarithm of how many doubles to search in each region and on each side
//! of zero: 40 takes five minutes.
//!
//! # Where it looks
//!
//! ```text
//! |x| < 2^-19           s: 1/2 + x/4 is a middle, or nearly one.  s': each middle below 1/4     none missed
//! 2^-16 ... 708.4       binades                                                                 searched
//! 708.4 ... 735         subnormal results: the unit is 2^-1074 throughout                       searched
//! 735 ... 745.13        each middle between the smallest numbers                                none missed
//! x in 32 ... 37.43     s: each middle below 1, where no binade of s is searched                none missed
//! ```

mod middles;
mod search;
mod value;

use std::process::ExitCode;

use sigmoid_conformance::Function;

use self::middles::{nearest_to_each, next_to_ties, ties};
use self::search::search;
use self::value::{Precise, SMALLEST};

/// The binades that are searched, by the exponent of their lower end.
const BINADES: [i32; 15] = [-16, -12, -8, -5, -3, -2, -1, 0, 1, 2, 4, 5, 6, 7, 8];

/// From this binade on s(x) > 0 has few middles left.
const SATURATING: i32 = 5;

/// s(x) = 1 after the last middle, 1 - 2^-54, which is passed before this.
const SATURATED: f64 = 38.0;

/// The ends of what is searched in the last binade: results are subnormal from the second on.
const TAIL: [f64; 4] = [512.0, 708.396_418_532_264_2, 722.0, 735.0];

/// Results are 0 after the last middle, 2^-1075, which is passed before this.
const VANISHED: f64 = 746.0;

/// From one to the other s' passes 2^13 middles, the first of them at 2^-26.
const NEAR_QUARTER: [f64; 2] = [1.0 / (1 << 27) as f64, 1.0 / (1 << 19) as f64];

/// The binades in which s has cases of the kind that [`next_to_ties`] finds, as far as no search goes.
const NEXT_TO_TIES: std::ops::RangeInclusive<i32> = -25..=-20;

/// What `src/exact/second_phase` calls `NEAR`: a tie on either side of it tries both of its ways.
const SECOND_PHASE_NEAR: f64 = 1.0 / (1_u64 << 35) as f64;

/// How many cases of each region and side go into the file.
const CASES: [(Function, usize); 2] = [(Function::Sigmoid, 4), (Function::Derivative, 8)];

/// How many of the last middles before results stay the same, and how many of the others, the hardest.
const LAST: usize = 3;

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
    println!("# From `hard_cases {function} {searched}`, see conformance/examples/hard_cases.");
    println!("# The bits of x; x; log2 of the distance from the middle, in units in the last place.");
    let mut file = File { function, precise: Precise::new() };
    let sides: &[f64] = if function == Function::Sigmoid { &[-1.0, 1.0] } else { &[1.0] };
    for &side in sides {
        file.near_zero(side);
        file.searched(side, searched);
        file.towards_infinity(side);
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: hard_cases sigmoid|derivative LOG2_OF_DOUBLES_PER_REGION (24 to 51)");
    ExitCode::FAILURE
}

fn name(function: Function) -> &'static str {
    if function == Function::Sigmoid { "s(x)" } else { "s'(x)" }
}

/// What goes into the file, with its headings.
struct File {
    function: Function,
    precise: Precise,
}

impl File {
    fn near_zero(&mut self, side: f64) {
        if self.function == Function::Derivative {
            println!("# Near 0: the first middles below 1/4; the hardest up to |x| = 2^-19.");
            return self.print_first_and_hardest(&nearest_to_each(self.function, side, NEAR_QUARTER, -55));
        }
        println!("# Near 0: 1/2 + x/4 is the very middle, for the least |x|, and next to |x| = 2^-35.");
        self.print(ties(side).take(LAST));
        let after = ties(side).position(|x| x.abs() > SECOND_PHASE_NEAR).expect("they go on");
        self.print(ties(side).skip(after - 1).take(2));
        println!(
            "# 1/2 + x/4 is a few last places of x beside the middle, and x^3/48 too: the hardest by binade."
        );
        for exponent in NEXT_TO_TIES {
            self.print_hardest(&next_to_ties(side, exponent), 1);
        }
    }

    fn searched(&mut self, side: f64, searched: u32) {
        let saturates = self.function == Function::Sigmoid && side > 0.0;
        let count = CASES.iter().find(|(of, _)| *of == self.function).expect("both are there").1;
        println!("# The hardest of 2^{searched} doubles in each of some binades.");
        for exponent in BINADES.into_iter().filter(|exponent| !saturates || *exponent < SATURATING) {
            self.search(side, [exponent, exponent + 1].map(|e| f64::from(e).exp2()), searched, count);
        }
        if saturates {
            return;
        }
        let [normal, subnormal, ..] = TAIL;
        self.search(side, [normal, subnormal], searched, count);
        println!("# Likewise, with subnormal results.");
        for region in TAIL[1..].windows(2) {
            self.search(side, [region[0], region[1]], searched, count);
        }
    }

    fn search(&mut self, side: f64, region: [f64; 2], searched: u32, count: usize) {
        let cases = search(self.function, side, region, searched);
        eprintln!("{region:?} {}: {} cases", if side < 0.0 { "below 0" } else { "above 0" }, cases.len());
        self.print_hardest(&cases, count);
    }

    fn towards_infinity(&mut self, side: f64) {
        let cases = if self.function == Function::Sigmoid && side > 0.0 {
            println!("# The last middles before 1; the hardest from x = 32 on.");
            nearest_to_each(self.function, side, [f64::from(SATURATING).exp2(), SATURATED], -53)
        } else {
            println!("# The last middles before 0; the hardest from |x| = 735 on.");
            nearest_to_each(self.function, side, [TAIL[3], VANISHED], SMALLEST)
        };
        let outwards: Vec<_> = cases.into_iter().rev().collect();
        self.print_first_and_hardest(&outwards);
    }

    fn print_first_and_hardest(&mut self, cases: &[f64]) {
        let (first, others) = cases.split_at(LAST);
        self.print(first.iter().copied());
        self.print_hardest(others, LAST);
    }

    fn print_hardest(&mut self, cases: &[f64], count: usize) {
        let mut cases: Vec<_> =
            cases.iter().map(|&x| (self.precise.distance_from_middle(self.function, x), x)).collect();
        cases.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.print(cases.into_iter().take(count).map(|(_, x)| x));
    }

    fn print(&mut self, cases: impl Iterator<Item = f64>) {
        for x in cases {
            let distance = self.precise.distance_from_middle(self.function, x);
            println!("0x{:016x} # {x:e} {distance:.2}", x.to_bits());
        }
    }
}
