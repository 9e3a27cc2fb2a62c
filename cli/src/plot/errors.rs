//! The figure of the errors: how far each way of computing is from the truth in single precision.
//!
//! The axis is divided into short intervals. For each the curves show the largest error among
//! some inputs in it, in units in the last place of the true value.

use sigmoid::{Sigmoid, reference};
use sigmoid_conformance::Function;

use super::figure::{Axis, BLUE, Curve, Figure, GREEN, GREY, Mark, Panel, VERMILION, plain, power_of_ten};

/// Beyond these, s or s' rounds to 0 or 1 in every formula.
const RANGE: std::ops::Range<f64> = -106.0..106.0;

const INTERVALS: usize = 424;
const INPUTS_OF_AN_INTERVAL: usize = 48;

/// The smallest error that the figure tells from 0.
const FLOOR: f64 = 0.1;

/// The error, at least, of a 0 that should be another normal number: 2^23.
const NOTHING_LEFT: f64 = 8_388_608.0;

/// Between the curves on the right.
const LEGEND: (i32, i32) = (425, 115);

pub fn errors() -> Figure {
    let x = inputs();
    let (mut s, mut derivative) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    Sigmoid::new().forward_with_derivative(&x, &mut s, &mut derivative);
    let of = |formula: fn(f32) -> f32| x.iter().map(|&x| formula(x)).collect::<Vec<_>>();

    let (forward_truth, derivative_truth) =
        (Truths::new(Function::Sigmoid, &x), Truths::new(Function::Derivative, &x));
    let forward = vec![
        nothing_left(),
        forward_truth.curve("1 / (1 + e⁻ˣ)", VERMILION, Mark::Line, &of(reference::naive_sigmoid)),
        forward_truth.curve("this crate, Fast", BLUE, Mark::Line, &s),
    ];
    let derivative = vec![
        nothing_left(),
        derivative_truth.curve("s(x) (1 − s(x))", VERMILION, Mark::Line, &of(reference::derivative_product)),
        derivative_truth.curve("e⁻ˣ / (1 + e⁻ˣ)²", GREEN, Mark::Dashes, &of(reference::derivative_quotient)),
        derivative_truth.curve("this crate, Fast", BLUE, Mark::Line, &derivative),
    ];
    Figure {
        name: "4-errors",
        panels: vec![
            panel("Error of s(x) in single precision", forward),
            panel("Error of s′(x) in single precision", derivative),
        ],
    }
}

fn panel(title: &'static str, curves: Vec<Curve>) -> Panel {
    let x = Axis { label: "x", range: RANGE, numbers: 11, format: plain };
    let y = Axis { label: "largest error (ULP)", range: -1.2..8.2, numbers: 10, format: power_of_ten };
    Panel { title, x, y, curves, legend: LEGEND }
}

/// Those of the first interval, of the second, and so on.
fn inputs() -> Vec<f32> {
    let count = INTERVALS * INPUTS_OF_AN_INTERVAL;
    let width = (RANGE.end - RANGE.start) / count as f64;
    (0..count).map(|i| (RANGE.start + (i as f64 + 0.5) * width) as f32).collect()
}

/// The true values for the inputs.
struct Truths<'a> {
    x: &'a [f32],
    truths: Vec<sigmoid_conformance::Truth>,
}

impl<'a> Truths<'a> {
    fn new(function: Function, x: &'a [f32]) -> Self {
        Self { x, truths: x.iter().map(|&x| function.truth(x.into())).collect() }
    }

    /// The errors of these results, as powers of ten.
    fn curve(
        &self,
        label: &'static str,
        colour: plotters::style::RGBColor,
        mark: Mark,
        results: &[f32],
    ) -> Curve {
        let errors: Vec<f64> =
            self.truths.iter().zip(results).map(|(truth, &result)| truth.error_in_ulp(result)).collect();
        let points = self
            .x
            .chunks(INPUTS_OF_AN_INTERVAL)
            .zip(errors.chunks(INPUTS_OF_AN_INTERVAL))
            .map(|(x, errors)| {
                let middle = f64::from(x[x.len() / 2]);
                (middle, errors.iter().copied().fold(FLOOR, f64::max).log10())
            })
            .collect();
        Curve { label, colour, mark, points }
    }
}

fn nothing_left() -> Curve {
    let points = [RANGE.start, RANGE.end].map(|x| (x, NOTHING_LEFT.log10())).to_vec();
    Curve { label: "all digits lost", colour: GREY, mark: Mark::Dashes, points }
}
