//! The table of the front page: how far each form of the derivative is from the truth in `f32`.

mod support;

use std::fmt::Write;

use sigmoid::reference::{
    derivative_positive_exponent, derivative_product, derivative_quotient, sigmoid_derivative,
};
use sigmoid::{Accuracy, Kernels, bounds};
use support::docs::assert_says;
use support::{Format, engines, vector_engines};

const INPUTS: [f32; 9] = [-100.0, -20.0, -5.0, 0.0, 5.0, 10.0, 17.0, 20.0, 100.0];

/// Where the table stands.
const FRONT_PAGE: &str = include_str!("../src/lib.rs");

/// The judge's own error, far less than a unit of `f32`.
const JUDGE: f64 = 1e-6;

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
        let kernel = vector_engines().map(|kernels| {
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
    for kernels in engines() {
        let mut results = [0.0; INPUTS.len()];
        kernels.derivative(&INPUTS, &mut results);
        for (x, result) in INPUTS.into_iter().zip(results) {
            let error = error(x, result);
            assert!(
                error <= bounds::derivative::<f32>(&kernels) + JUDGE,
                "{x} on {}: {error} ULP",
                kernels.selected_backend()
            );
        }
    }
}

/// The inputs from `from` to 20, in order.
fn upwards(from: f32) -> impl Iterator<Item = f32> {
    (from.to_bits()..=20.0_f32.to_bits()).map(f32::from_bits)
}

/// What the front page says of where s(x) is 1 and where the product form is 0.
#[test]
fn the_front_page_has_the_right_places() {
    if cfg!(not(feature = "exact")) {
        return; // (That is about s rounded correctly.)
    }
    let exact = Kernels::new().accuracy(Accuracy::Exact);
    let x: Vec<f32> = upwards(16.0).collect();
    let mut s = vec![0.0; x.len()];
    exact.forward(&x, &mut s);
    let product: Vec<f32> = x.iter().map(|&x| derivative_product(x)).collect();

    // Each from one place on, and nowhere before.
    let from = |is: &dyn Fn(usize) -> bool| {
        let first = (0..x.len()).find(|&i| is(i)).expect("somewhere up to 20");
        assert!((first..x.len()).all(is), "{}", x[first]);
        x[first]
    };
    let vanishes = from(&|i| product[i] == 0.0);
    let is_one = from(&|i| s[i] == 1.0);
    assert_eq!((format!("{vanishes:.2}"), format!("{is_one:.2}")), ("16.64".into(), "17.33".into()));
    assert_eq!(format!("{:.1e}", sigmoid_derivative(f64::from(vanishes))), "6.0e-8");

    let mut s = [0.0];
    exact.forward(&[17.0_f32], &mut s);
    assert_eq!(1.0 - s[0], (-24_f32).exp2());
    assert_eq!(format!("{:.2e}", s[0] * (1.0 - s[0])), "5.96e-8");
    assert_eq!(format!("{:.2e}", sigmoid_derivative(17.0_f64)), "4.14e-8");
    for said in ["From 16.64 on", "from 17.33 on", "5.96e-8 where s'(x) is 4.14e-8"] {
        assert_says(FRONT_PAGE, said);
    }
}
