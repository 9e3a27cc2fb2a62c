//! The errors of formulas in single precision over x, each against the truth.

use sigmoid::{Kernels, reference};
use sigmoid_conformance::sample::Random;
use sigmoid_conformance::{Function, Truth};

/// How wide a bin is, and how many inputs are tried in each.
const WIDTH: f64 = 0.25;
const INPUTS: usize = 128;

/// The largest errors in a bin, in units in the last place.
pub struct Errors {
    /// Its middle.
    pub x: f64,
    /// s(x) by this crate.
    pub sigmoid: f64,
    /// s'(x) by this crate.
    pub derivative: f64,
    /// s(x) by 1 / (1 + e^-x).
    pub naive: f64,
    /// s'(x) by s(x) (1 - s(x)).
    pub product: f64,
}

/// The errors in every bin from `low` to `high`.
pub fn between(low: f64, high: f64) -> Vec<Errors> {
    let mut random = Random(1);
    let bins = ((high - low) / WIDTH).round() as u32;
    (0..bins).map(|bin| of_bin(low + f64::from(bin) * WIDTH, &mut random)).collect()
}

fn of_bin(low: f64, random: &mut Random) -> Errors {
    let mut x = [0.0_f32; INPUTS];
    x.fill_with(|| random.between(low, low + WIDTH) as f32);
    let (mut y, mut dy) = ([0.0; INPUTS], [0.0; INPUTS]);
    Kernels::new().forward_with_derivative(&x, &mut y, &mut dy);

    let truths = |function: Function| x.map(|x| function.truth(x.into()));
    let (sigmoid, derivative) = (truths(Function::Sigmoid), truths(Function::Derivative));
    Errors {
        x: low + WIDTH / 2.0,
        sigmoid: largest(&y, &sigmoid),
        derivative: largest(&dy, &derivative),
        naive: largest(&x.map(reference::naive_sigmoid), &sigmoid),
        product: largest(&x.map(reference::derivative_product), &derivative),
    }
}

fn largest(results: &[f32], truths: &[Truth]) -> f64 {
    let errors = results.iter().zip(truths).map(|(&result, truth)| truth.error_in_ulp(result));
    errors.fold(0.0, f64::max)
}
