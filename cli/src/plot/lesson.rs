//! The three figures of the lesson: the sigmoid, its derivative, and the derivative in two forms.

use sigmoid::{Sigmoid, reference};

use super::figure::{Axis, BLUE, Curve, Figure, Mark, Panel, VERMILION, plain};

/// In the empty corner above the left end of the curves.
const LEGEND: (i32, i32) = (20, 16);

/// x = -10:0.1:10
pub fn grid() -> Vec<f64> {
    (-100..=100).map(|tenths| f64::from(tenths) / 10.0).collect()
}

pub fn sigmoid() -> Figure {
    let [s, _] = values();
    Figure {
        name: "1-sigmoid",
        panels: vec![Panel {
            title: "The sigmoid",
            x: x_axis(),
            y: y_axis("s(x)", 1.0, 6),
            curves: vec![curve("s(x) = 1 / (1 + e⁻ˣ)", Mark::Line, s)],
            legend: LEGEND,
        }],
    }
}

pub fn sigmoid_with_derivative() -> Figure {
    let [s, derivative] = values();
    let derivative = Curve { colour: VERMILION, ..curve("s′(x)", Mark::Dashes, derivative) };
    Figure {
        name: "2-sigmoid-with-derivative",
        panels: vec![Panel {
            title: "The sigmoid and its derivative",
            x: x_axis(),
            y: y_axis("s(x), s′(x)", 1.0, 6),
            curves: vec![curve("s(x)", Mark::Line, s), derivative],
            legend: LEGEND,
        }],
    }
}

/// Both forms exactly as written. Every fifth point of one has a marker on the curve of the other.
pub fn two_forms() -> Figure {
    let x = grid();
    let quotient = x.iter().map(|&x| (x, reference::derivative_quotient(x))).collect();
    let product = x.iter().step_by(5).map(|&x| (x, reference::derivative_product(x))).collect();
    let product = Curve { colour: VERMILION, ..curve("s(x) (1 − s(x))", Mark::Circles, product) };
    Figure {
        name: "3-derivative-in-two-forms",
        panels: vec![Panel {
            title: "Two forms of the derivative coincide",
            x: x_axis(),
            y: y_axis("s′(x)", 0.25, 6),
            curves: vec![curve("e⁻ˣ / (1 + e⁻ˣ)²", Mark::Line, quotient), product],
            legend: LEGEND,
        }],
    }
}

/// The grid with s and s' of its points, as the kernels compute them.
fn values() -> [Vec<(f64, f64)>; 2] {
    let x = grid();
    let (mut s, mut derivative) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    Sigmoid::new().forward_with_derivative(&x, &mut s, &mut derivative);
    let points = |y: Vec<f64>| x.iter().copied().zip(y).collect();
    [points(s), points(derivative)]
}

fn curve(label: &'static str, mark: Mark, points: Vec<(f64, f64)>) -> Curve {
    Curve { label, colour: BLUE, mark, points }
}

fn x_axis() -> Axis {
    Axis { label: "x", range: -10.0..10.0, numbers: 11, format: plain }
}

/// From 0 to the largest value, with some room.
fn y_axis(label: &'static str, largest: f64, numbers: usize) -> Axis {
    let room = 0.04 * largest;
    Axis { label, range: -room..largest + room, numbers, format: plain }
}
