//! The errors of formulas in single precision over x, each against the truth.

use sigmoid_conformance::Truth;
use sigmoid_conformance::sample::Random;

/// How wide a bin is, and how many inputs are tried in each.
const WIDTH: f64 = 0.25;
const INPUTS: usize = 128;

/// A formula over slices.
pub type Formula<'a> = &'a dyn Fn(&[f32], &mut [f32]);

/// The largest errors of each formula in every bin from `low` to `high`, in units in the last place, over the middle of
/// the bin: infinite where a result is none, or infinite where the truth is not.
pub fn between<const N: usize>(
    [low, high]: [f64; 2],
    truth: impl Fn(f64) -> Truth,
    formulas: [Formula<'_>; N],
) -> [Vec<(f64, f64)>; N] {
    let mut random = Random(1);
    let bins = ((high - low) / WIDTH).round() as u32;
    let mut curves = [const { Vec::new() }; N];
    for low in (0..bins).map(|bin| low + f64::from(bin) * WIDTH) {
        let mut x = [0.0_f32; INPUTS];
        x.fill_with(|| random.between(low, low + WIDTH) as f32);
        let truths = x.map(|x| truth(x.into()));
        for (curve, formula) in curves.iter_mut().zip(formulas) {
            let mut y = [0.0; INPUTS];
            formula(&x, &mut y);
            curve.push((low + WIDTH / 2.0, largest(&y, &truths)));
        }
    }
    curves
}

fn largest(results: &[f32], truths: &[Truth]) -> f64 {
    let errors = results.iter().zip(truths).map(|(&result, truth)| truth.error_in_ulp(result));
    errors.fold(0.0, f64::max)
}
