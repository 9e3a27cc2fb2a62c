//! What the figures show.

use sigmoid::{Kernels, reference};
use sigmoid_conformance::Function;

use super::errors::{self, Bins, Formula};
use super::family;
use super::text::{number, power_of_ten};

/// A colour. These four are told apart by colour-blind readers too (Okabe and Ito's palette).
pub type Colour = (u8, u8, u8);
pub const BLUE: Colour = (0, 114, 178);
pub const VERMILION: Colour = (213, 94, 0);
const GREEN: Colour = (0, 158, 115);
const PURPLE: Colour = (170, 68, 153);

/// A figure, before anything is drawn.
pub struct Figure {
    /// The name of its files.
    pub name: &'static str,
    pub title: String,
    /// One, or several row by row. Those have the curves of the first one, whose labels stand under the title.
    pub panels: Vec<Panel>,
    /// How many panels stand beside each other.
    pub columns: usize,
}

/// Axes and what is between them.
pub struct Panel {
    /// A name and a formula, of one among others.
    pub heading: Option<[String; 2]>,
    pub horizontal: Axis,
    pub vertical: Axis,
    pub curves: Vec<Curve>,
    pub notes: Vec<Note>,
    /// Where the upper left corner of its own legend stands.
    pub legend: Option<(f64, f64)>,
}

impl Figure {
    fn of_one(name: &'static str, title: &str, panel: Panel) -> Self {
        Self { name, title: title.into(), panels: vec![panel], columns: 1 }
    }
}

/// An axis with its ticks, in ascending order. It reaches from `low` to `high`.
#[derive(Clone)]
pub struct Axis {
    pub label: String,
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<(f64, String)>,
}

pub struct Curve {
    pub label: String,
    pub colour: Colour,
    pub look: Look,
    pub points: Vec<(f64, f64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A line, so many tenths of a point wide.
    Line(u32),
    /// Rings, one on every so manieth point.
    Rings(usize),
}

/// A line of text in the figure, centred on a point.
pub struct Note {
    pub text: String,
    pub at: (f64, f64),
    pub colour: Colour,
}

pub fn all() -> Vec<Figure> {
    vec![
        the_sigmoid(),
        with_its_derivative(),
        the_two_forms(),
        the_errors(),
        family::functions(),
        family::errors(),
    ]
}

/// -10:0.1:10
pub fn grid() -> impl Iterator<Item = f64> {
    (-100..=100).map(|tenths| f64::from(tenths) / 10.0)
}

/// The points (x, f(x)) on the grid.
fn points(f: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    grid().map(|x| (x, f(x))).collect()
}

/// s and s' on the grid, by the kernels.
fn computed() -> [Vec<(f64, f64)>; 2] {
    let x: Vec<f64> = grid().collect();
    let (mut y, mut dy) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    Kernels::new().forward_with_derivative(&x, &mut y, &mut dy);
    [y, dy].map(|values| x.iter().copied().zip(values).collect())
}

fn axis_of_x() -> Axis {
    let ticks = (-5..=5).map(|tick| f64::from(2 * tick)).map(|x| (x, number(x, 0)));
    Axis { label: "x".into(), low: -10.0, high: 10.0, ticks: ticks.collect() }
}

/// From 0 to the last tick and a little beyond.
fn axis_from_0(label: &str, step: f64, steps: u32, digits: usize) -> Axis {
    let ticks = (0..=steps).map(|tick| f64::from(tick) * step).map(|y| (y, number(y, digits)));
    let high = f64::from(steps) * step;
    Axis { label: label.into(), low: -0.02 * high, high: 1.04 * high, ticks: ticks.collect() }
}

fn the_sigmoid() -> Figure {
    let [s, _] = computed();
    let panel = Panel {
        heading: None,
        horizontal: axis_of_x(),
        vertical: axis_from_0("s(x)", 0.2, 5, 1),
        curves: vec![Curve {
            label: "s(x) = 1 / (1 + e⁻ˣ)".into(),
            colour: BLUE,
            look: Look::Line(30),
            points: s,
        }],
        notes: vec![],
        legend: Some((-9.5, 0.97)),
    };
    Figure::of_one("sigmoid", "The sigmoid", panel)
}

fn with_its_derivative() -> Figure {
    let [s, slope] = computed();
    let panel = Panel {
        heading: None,
        horizontal: axis_of_x(),
        vertical: axis_from_0("s(x), s′(x)", 0.2, 5, 1),
        curves: vec![
            Curve { label: "s(x) = 1 / (1 + e⁻ˣ)".into(), colour: BLUE, look: Look::Line(30), points: s },
            Curve {
                label: "s′(x) = s(x) (1 − s(x))".into(),
                colour: VERMILION,
                look: Look::Line(30),
                points: slope,
            },
        ],
        notes: vec![],
        legend: Some((-9.5, 0.97)),
    };
    Figure::of_one("sigmoid-and-derivative", "The sigmoid and its derivative", panel)
}

fn the_two_forms() -> Figure {
    let panel = Panel {
        heading: None,
        horizontal: axis_of_x(),
        vertical: axis_from_0("s′(x)", 0.05, 5, 2),
        curves: vec![
            Curve {
                label: "quotient form  e⁻ˣ / (1 + e⁻ˣ)²".into(),
                colour: BLUE,
                look: Look::Line(30),
                points: points(reference::derivative_quotient),
            },
            Curve {
                label: "product form  s(x) (1 − s(x))".into(),
                colour: VERMILION,
                look: Look::Rings(5),
                points: points(reference::derivative_product),
            },
        ],
        notes: vec![],
        legend: Some((-9.5, 0.2425)),
    };
    Figure::of_one("derivative-forms", "Two forms of the derivative, one curve", panel)
}

/// The smallest error that the scale shows, as a power of ten.
const FLOOR: i32 = -1;
/// The largest.
const CEILING: i32 = 8;

/// Errors as powers of ten, from [`FLOOR`] on.
pub fn powers(errors: &[(f64, f64)]) -> Vec<(f64, f64)> {
    errors.iter().map(|&(x, error)| (x, error.log10().max(FLOOR.into()))).collect()
}

/// An axis of powers of ten up to the highest.
pub fn axis_of_errors(label: &str, ceiling: i32) -> Axis {
    let powers = (FLOOR..=ceiling).map(|power| match power {
        FLOOR => (power.into(), format!("≤ {}", power_of_ten(power))),
        _ => (power.into(), power_of_ten(power)),
    });
    Axis { label: label.into(), low: FLOOR.into(), high: f64::from(ceiling) + 0.4, ticks: powers.collect() }
}

fn the_errors() -> Figure {
    let bins = Bins { low: -110.0, high: 40.0, width: 0.25, inputs: 128 };
    let kernels = Kernels::new();
    let elementwise = |formula: fn(f32) -> f32| {
        move |x: &[f32], y: &mut [f32]| x.iter().zip(y).for_each(|(&x, y)| *y = formula(x))
    };
    let s: Formula<'_> = &|x, y| kernels.forward(x, y);
    let naive = elementwise(reference::naive_sigmoid);
    let slope: Formula<'_> = &|x, y| kernels.derivative(x, y);
    let product = elementwise(reference::derivative_product);
    let [s, naive] = errors::within(&bins, |x| Function::Sigmoid.truth(x), [s, &naive]);
    let [slope, product] = errors::within(&bins, |x| Function::Derivative.truth(x), [slope, &product]);
    let curve = |label: &str, colour, errors: &[(f64, f64)]| Curve {
        label: label.into(),
        colour,
        look: Look::Line(24),
        points: powers(errors),
    };
    let ticks = (-11..=4).map(|tick| f64::from(10 * tick)).map(|x| (x, number(x, 0)));
    let panel = Panel {
        heading: None,
        horizontal: Axis { label: "x".into(), low: bins.low, high: bins.high, ticks: ticks.collect() },
        vertical: axis_of_errors("largest error, in units in the last place", CEILING),
        curves: vec![
            curve("s′ as s(x) (1 − s(x))", VERMILION, &product),
            curve("s as 1 / (1 + e⁻ˣ)", PURPLE, &naive),
            curve("s′ by this crate", GREEN, &slope),
            curve("s by this crate", BLUE, &s),
        ],
        notes: vec![
            Note { text: "e⁻ˣ overflows".into(), at: (-97.0, 6.6), colour: PURPLE },
            Note { text: "1 − s(x) is 0".into(), at: (29.0, 7.6), colour: VERMILION },
        ],
        legend: Some((-75.0, 6.6)),
    };
    Figure::of_one("errors", "How far from the truth, in single precision", panel)
}
