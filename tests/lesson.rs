//! The table of the front page: how far each form of the derivative is from the truth in `f32`.

mod support;

use std::fmt::Write;

use sigmoid::reference::{
    derivative_positive_exponent, derivative_product, derivative_quotient, sigmoid_derivative,
};
use support::{Float, sigmoids, vector_sigmoids};

const INPUTS: [f32; 9] = [-100.0, -20.0, -5.0, 0.0, 5.0, 10.0, 17.0, 20.0, 100.0];

/// What `derivative` promises.
const BOUND: f64 = 5.0;

/// Where the table stands.
const FRONT_PAGE: &str = include_str!("../src/lib.rs");

/// Distance from the truth in units in the last place; the judge in `f64` is the truth here.
fn error(x: f32, result: f32) -> f64 {
    let truth = sigmoid_derivative(f64::from(x));
    (f64::from(result) - truth).abs() / f32::unit(f64::from(truth as f32))
}

/// The error in ULP.
fn cell(x: f32, result: f32) -> String {
    match error(x, result) {
        _ if result.is_nan() => "NaN".into(),
        error if result == 0.0 => format!("{error:.1} (it is 0)"),
        error => format!("{error:.1}"),
    }
}

/// The rows. The last column is the kernels': the largest error of the backends in registers, which
/// here have the same with FMA and without.
fn table() -> String {
    let mut table = String::new();
    for x in INPUTS {
        let truth = sigmoid_derivative(f64::from(x));
        let truth = if x == 0.0 { truth.to_string() } else { format!("{truth:.6e}") };
        let [quotient, product, positive_exponent, reference] = [
            derivative_quotient(x),
            derivative_product(x),
            derivative_positive_exponent(x),
            sigmoid_derivative(x),
        ]
        .map(|result| cell(x, result));
        let kernel = vector_sigmoids().map(|kernels| {
            let mut result = [0.0];
            kernels.derivative(&[x], &mut result);
            result[0]
        });
        let worst = kernel.max_by(|&a, &b| error(x, a).total_cmp(&error(x, b)));
        let kernel = cell(x, worst.expect("there is always the wide backend"));
        writeln!(
            table,
            "//! | {x} | {truth} | {quotient} | {product} | {positive_exponent} | {reference} | {kernel} |"
        )
        .expect("a string takes anything");
    }
    table
}

#[test]
fn the_front_page_has_the_table() {
    let table = table();
    assert!(FRONT_PAGE.contains(&table), "src/lib.rs must say\n\n{table}\n");
}

#[test]
fn the_kernels_keep_their_promise_here() {
    for kernels in sigmoids() {
        let mut results = [0.0; INPUTS.len()];
        kernels.derivative(&INPUTS, &mut results);
        for (x, result) in INPUTS.into_iter().zip(results) {
            let error = error(x, result);
            assert!(error <= BOUND, "{x} on {}: {error} ULP", kernels.selected_backend());
        }
    }
}
