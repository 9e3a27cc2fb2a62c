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

/// Errors in ULP. The last column is the kernels': the largest of the backends in registers, which
/// here give the same with FMA and without.
const TABLE: &str = "\
| x | s'(x) | quotient | product | positive exponent | reference | `derivative` |
|---|---|---|---|---|---|---|
| -100 | 3.78e-44 | NaN | 27 | 0.45 | 0.45 | 0.45 |
| -20 | 2.06e-9 | 0.35 | 0.35 | 0.35 | 0.35 | 0.35 |
| -5 | 6.65e-3 | 0.01 | 0.01 | 0.01 | 0.01 | 0.99 |
| 0 | 2.50e-1 | 0 | 0 | 0 | 0 | 0 |
| 5 | 6.65e-3 | 0.01 | 51 | 0.01 | 0.01 | 0.99 |
| 10 | 4.54e-5 | 0.39 | 5,736 | 0.39 | 0.39 | 1.61 |
| 17 | 4.14e-8 | 1.24 | 11,652,888 | 1.24 | 0.24 | 1.76 |
| 20 | 2.06e-9 | 0.35 | 9,282,611 | 0.35 | 0.35 | 0.35 |
| 100 | 3.78e-44 | 0.45 | 27 | NaN | 0.45 | 0.45 |
";

/// Distance from the truth in units in the last place; the judge in `f64` is the truth here.
fn error(x: f32, result: f32) -> f64 {
    let truth = sigmoid_derivative(f64::from(x));
    (f64::from(result) - truth).abs() / f32::unit(f64::from(truth as f32))
}

fn cell(x: f32, result: f32) -> String {
    let error = error(x, result);
    match error {
        _ if result.is_nan() => "NaN".into(),
        0.0 => "0".into(),
        _ if error < 9.995 => format!("{error:.2}"),
        _ => thousands(error.round() as u64),
    }
}

fn thousands(number: u64) -> String {
    if number < 1000 {
        return number.to_string();
    }
    format!("{},{:03}", thousands(number / 1000), number % 1000)
}

fn table() -> String {
    let mut table = String::from(
        "| x | s'(x) | quotient | product | positive exponent | reference | `derivative` |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for x in INPUTS {
        let truth = sigmoid_derivative(x);
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
        let fast = cell(x, worst.expect("there is always the wide backend"));
        writeln!(
            table,
            "| {x} | {truth:.2e} | {quotient} | {product} | {positive_exponent} | {reference} | {fast} |"
        )
        .expect("a string takes anything");
    }
    table
}

#[test]
fn the_table_is_the_pinned_one() {
    let table = table();
    assert!(table == TABLE, "the table has become\n\n{table}\n");
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
