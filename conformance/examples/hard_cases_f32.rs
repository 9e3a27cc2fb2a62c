//! Looks through all `f32` for the x whose s(x) or s'(x) lies nearest to the middle between two floats.
//! Writes the files in `tests/hard_cases`.
//!
//! ```text
//! cargo run --release -p sigmoid-conformance --example hard_cases_f32 -- sigmoid > tests/hard_cases/sigmoid_f32.wc
//! ```
//!
//! A formula in `f64`, to a few of its last places, leaves one input in a million; the true value to 95 bits says
//! how hard these are. It takes a minute or two.

use std::process::ExitCode;

use sigmoid_conformance::Function;

/// How near to the middle the formula may see a case that is looked at, in units in the last place of `f32`: its
/// error, 2^-50 of the value, is below 2^-26.
const WINDOW: f64 = 1.0 / (1 << 18) as f64;

/// How many cases go into the file from each region.
const CASES: usize = 40;

/// Below this 1/2 + x/4 may be the very middle, and there are many hard cases of that one kind.
const NEAR_ZERO: f32 = 1.0 / 4096.0;

/// Below this results are subnormal.
const TAIL: f32 = -87.33;

fn main() -> ExitCode {
    let function = match std::env::args().nth(1).as_deref() {
        Some("sigmoid") => Function::Sigmoid,
        Some("derivative") => Function::Derivative,
        _ => {
            eprintln!("usage: hard_cases_f32 sigmoid|derivative");
            return ExitCode::FAILURE;
        }
    };
    // Near zero, the tail, the negative rest, the positive rest.
    let mut regions: [Vec<(f64, f32)>; 4] = Default::default();
    for bits in 0..=u32::MAX {
        let x = f32::from_bits(bits);
        // Farther out s is 0 or 1. (NaN is not inside.)
        let inside = x.abs() > 1e-8 && x.abs() < 105.0;
        if !inside || function == Function::Derivative && x > 0.0 {
            continue;
        }
        if from_middle(formula(function, x.into()), 0.0) < WINDOW {
            let ([high, low, _], exponent) = function.truth(x.into()).parts();
            assert_eq!(exponent, 0, "in the range of f64");
            let region = match x {
                _ if x.abs() < NEAR_ZERO => 0,
                _ if x < TAIL => 1,
                _ if x < 0.0 => 2,
                _ => 3,
            };
            regions[region].push((from_middle(high, low), x));
        }
    }
    println!("# {function:?}, f32: inputs whose result lies next to the middle between two floats.");
    println!(
        "# From conformance/examples/hard_cases_f32.rs: the hardest near 0, with subnormal results, and of"
    );
    println!("# the negative and positive rest.");
    println!("# The bits of x; x; log2 of the distance from the middle, in units in the last place.");
    for region in &mut regions {
        region.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (distance, x) in region.iter().take(CASES) {
            println!("0x{:08x} # {x:?} {:.2}", x.to_bits(), distance.log2());
        }
    }
    ExitCode::SUCCESS
}

fn formula(function: Function, x: f64) -> f64 {
    let e = (-x.abs()).exp();
    let lower = e / (1.0 + e);
    match function {
        Function::Derivative => lower * (1.0 - lower),
        Function::Sigmoid if x < 0.0 => lower,
        _ => 1.0 / (1.0 + e),
    }
}

/// How far a value is from the middle between two floats, in units in the last place.
fn from_middle(high: f64, low: f64) -> f64 {
    let exponent = ((high.to_bits() >> 52) as i32 - 1023).max(-126);
    let per_unit = f64::from_bits(((1023 + 23 - exponent) as u64) << 52);
    let in_units = high * per_unit;
    ((in_units - in_units.floor() - 0.5) + low * per_unit).abs()
}
