//! The figures of what is made of the sigmoid: eight functions in small, and what the textbook forms of three lose.

use sigmoid::ops::{
    self, GeluTanh, GeluTanhBackward, LogSigmoid, LogSigmoidBackward, Logit, Map, QuickGelu, Silu,
    SiluDerivative, Softplus, SoftplusBackward, Tanh, TanhDerivative, Zip,
};
use sigmoid::{Kernels, reference};
use sigmoid_conformance::{Function, FunctionOfTwo, Truth};

use super::errors::{self, Bins, Formula};
use super::figures::{Axis, BLUE, Curve, Figure, Look, Note, Panel, VERMILION, axis_of_errors, powers};
use super::text::number;

/// How many intervals a curve is drawn with.
const STEPS: u32 = 300;

pub fn functions() -> Figure {
    // Where the gates turn.
    let gates = || [axis("x", -6.0, 3.0, 3), axis("", -0.5, 3.0, 1)];
    let panels = vec![
        panel("SiLU", "x s(x)", gates(), map(Silu), Some(map(SiluDerivative))),
        panel("quick GELU", "x s(1.702 x)", gates(), map(QuickGelu), None),
        panel("GELU", "x Φ(x)", gates(), gelu, None),
        panel(
            "GELU, tanh form",
            "x s(1.596 x + 0.0714 x³)",
            gates(),
            map(GeluTanh),
            Some(slope(GeluTanhBackward)),
        ),
        panel(
            "softplus",
            "ln(1 + eˣ)",
            [axis("x", -6.0, 6.0, 3), axis("", 0.0, 6.0, 1)],
            map(Softplus),
            Some(slope(SoftplusBackward)),
        ),
        panel(
            "log-sigmoid",
            "ln s(x)",
            [axis("x", -6.0, 6.0, 3), axis("", -6.0, 1.0, 1)],
            map(LogSigmoid),
            Some(slope(LogSigmoidBackward)),
        ),
        panel(
            "tanh",
            "2 s(2 x) − 1",
            [axis("x", -4.0, 4.0, 2), tenths("", -1.0, 1.0, 5)],
            map(Tanh),
            Some(map(TanhDerivative)),
        ),
        panel(
            "logit",
            "ln(p / (1 − p))",
            [tenths("p", 0.0, 1.0, 2), axis("", -6.0, 6.0, 2)],
            map(Logit),
            None,
        ),
    ];
    Figure { name: "family", title: "What is made of the sigmoid".into(), panels, columns: 4 }
}

/// The results for these inputs.
type Values = Box<dyn Fn(&[f64]) -> Vec<f64>>;

fn map(op: impl Map<f64> + 'static) -> Values {
    Box::new(move |x| Kernels::new().map_to_vec(op, x))
}

/// The derivative, as the way back takes it to a gradient of 1.
fn slope(op: impl Zip<f64> + 'static) -> Values {
    Box::new(move |x| Kernels::new().zip_to_vec(op, x, &vec![1.0; x.len()]))
}

/// In single precision, for there is no other.
fn gelu(x: &[f64]) -> Vec<f64> {
    let x: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    Kernels::new().map_to_vec(ops::Gelu, &x).into_iter().map(f64::from).collect()
}

fn panel(
    name: &str,
    formula: &str,
    [horizontal, vertical]: [Axis; 2],
    function: impl Fn(&[f64]) -> Vec<f64>,
    derivative: Option<Values>,
) -> Panel {
    let width = horizontal.high - horizontal.low;
    let x: Vec<f64> =
        (0..=STEPS).map(|step| horizontal.low + width * f64::from(step) / f64::from(STEPS)).collect();
    let inside = vertical.low..=vertical.high;
    let curve = |label: &str, colour, values: Vec<f64>| Curve {
        label: label.into(),
        colour,
        look: Look::Line(30),
        points: x.iter().copied().zip(values).filter(|(_, y)| inside.contains(y)).collect(),
    };
    let mut curves = vec![curve("the function", BLUE, function(&x))];
    if let Some(derivative) = derivative {
        curves.push(curve("its derivative, where this crate has it", VERMILION, derivative(&x)));
    }
    let heading = Some([name.into(), formula.into()]);
    Panel { heading, horizontal, vertical, curves, notes: vec![], legend: None }
}

/// An axis with a tick at every so manieth whole number.
fn axis(label: &str, low: f64, high: f64, step: u32) -> Axis {
    ticked(label, [low, high], f64::from(step), 0)
}

/// At every so manieth tenth.
fn tenths(label: &str, low: f64, high: f64, step: u32) -> Axis {
    ticked(label, [low, high], f64::from(step) / 10.0, 1)
}

/// From the first end to the second, and a little beyond.
fn ticked(label: &str, [low, high]: [f64; 2], step: f64, digits: usize) -> Axis {
    let (first, last) = ((low / step).ceil() as i32, (high / step + 1e-9).floor() as i32);
    let ticks = (first..=last).map(|tick| f64::from(tick) * step).map(|at| (at, number(at, digits)));
    let beyond = 0.03 * (high - low);
    Axis { label: label.into(), low: low - beyond, high: high + beyond, ticks: ticks.collect() }
}

/// Where errors that are infinite stand, as a power of ten.
const INFINITE: f64 = 9.0;

pub fn errors() -> Figure {
    let kernels = Kernels::new();
    let panels = vec![
        lost(
            ["SiLU", "as x / (1 + e⁻ˣ)"],
            "largest error, in units in the last place",
            |x| Function::Silu.truth(x),
            [&|x, y| each(x, y, |x| x / (1.0 + (-x).exp())), &|x, y| kernels.map(Silu, x, y)],
            &[("e⁻ˣ overflows", -38.0, 7.2)],
        ),
        lost(
            ["softplus", "as ln(1 + eˣ)"],
            "",
            |x| Function::Softplus.truth(x),
            [&|x, y| each(x, y, reference::naive_softplus), &|x, y| kernels.map(Softplus, x, y)],
            &[("1 + eˣ is 1", -52.0, 7.7), ("eˣ overflows", 46.0, 8.6)],
        ),
        lost(
            ["cross entropy, label z = 1", "as −z ln s − (1 − z) ln(1 − s)"],
            "",
            |x| FunctionOfTwo::BceWithLogits.truth(x, 1.0),
            [&|x, y| each(x, y, |x| reference::naive_bce_with_logits(x, 1.0)), &|x, y| {
                kernels.zip(ops::BceWithLogits, x, &vec![1.0; x.len()], y)
            }],
            &[("s is 0", -62.0, 8.6), ("0 ln 0 is NaN", 57.0, 8.6)],
        ),
    ];
    Figure {
        name: "family-errors",
        title: "What textbook forms lose, in single precision".into(),
        panels,
        columns: 3,
    }
}

fn each(x: &[f32], y: &mut [f32], formula: impl Fn(f32) -> f32) {
    x.iter().zip(y).for_each(|(&x, y)| *y = formula(x));
}

/// The errors of the form as written and of the kernel.
fn lost(
    [name, formula]: [&str; 2],
    label: &str,
    truth: impl Fn(f64) -> Truth,
    formulas: [Formula<'_>; 2],
    notes: &[(&str, f64, f64)],
) -> Panel {
    let bins = Bins { low: -110.0, high: 100.0, width: 1.0, inputs: 512 };
    let [written, kernel] = errors::within(&bins, truth, formulas);
    let curve = |label: &str, colour, errors: &[(f64, f64)]| Curve {
        label: label.into(),
        colour,
        look: Look::Line(24),
        points: powers(errors).into_iter().map(|(x, power)| (x, power.min(INFINITE))).collect(),
    };
    let mut vertical = axis_of_errors(label, 8);
    vertical.ticks.push((INFINITE, "∞".into()));
    vertical.high = INFINITE + 0.4;
    let ticks = (-2..=2).map(|tick| f64::from(50 * tick)).map(|x| (x, number(x, 0)));
    Panel {
        heading: Some([name.into(), formula.into()]),
        horizontal: Axis { label: "x".into(), low: bins.low, high: bins.high, ticks: ticks.collect() },
        vertical,
        curves: vec![curve("the form as written", VERMILION, &written), curve("this crate", BLUE, &kernel)],
        notes: notes
            .iter()
            .map(|&(text, x, y)| Note { text: text.into(), at: (x, y), colour: VERMILION })
            .collect(),
        legend: None,
    }
}
