//! The errors of formulas in single precision over x, each against the truth.

use sigmoid_conformance::Truth;
use sigmoid_conformance::sample::Random;

/// Where inputs are drawn from: bins from one end to the other.
pub struct Bins {
    pub low: f64,
    pub high: f64,
    pub width: f64,
    /// In each bin.
    pub inputs: usize,
}

/// A formula over slices.
pub type Formula<'a> = &'a dyn Fn(&[f32], &mut [f32]);

/// The largest errors of each formula in every bin, in units in the last place, over the middle of the bin: infinite
/// where a result is none, or infinite where the truth is not.
pub fn within<const N: usize>(
    bins: &Bins,
    truth: impl Fn(f64) -> Truth,
    formulas: [Formula<'_>; N],
) -> [Vec<(f64, f64)>; N] {
    let mut random = Random(1);
    let mut curves = [const { Vec::new() }; N];
    let (mut x, mut y) = (vec![0.0_f32; bins.inputs], vec![0.0; bins.inputs]);
    let count = ((bins.high - bins.low) / bins.width).round() as u32;
    for low in (0..count).map(|bin| bins.low + f64::from(bin) * bins.width) {
        x.fill_with(|| random.between(low, low + bins.width) as f32);
        let truths: Vec<_> = x.iter().map(|&x| truth(x.into())).collect();
        for (curve, formula) in curves.iter_mut().zip(formulas) {
            formula(&x, &mut y);
            curve.push((low + bins.width / 2.0, largest(&y, &truths)));
        }
    }
    curves
}

fn largest(results: &[f32], truths: &[Truth]) -> f64 {
    let errors = results.iter().zip(truths).map(|(&result, truth)| truth.error_in_ulp(result));
    errors.fold(0.0, f64::max)
}
