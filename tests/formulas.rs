//! The lesson's claims, by formula: the forms of the derivative are one function, it is the slope of
//! the sigmoid, and s(x) + s(-x) = 1.

mod support;

use approx::assert_abs_diff_eq;

use sigmoid::reference::{
    derivative_positive_exponent, derivative_product, derivative_quotient, naive_sigmoid, sigmoid,
    sigmoid_derivative,
};
use support::engines;

/// x = -10:0.1:10
fn grid() -> impl Iterator<Item = f64> {
    (-100..=100).map(|tenths| f64::from(tenths) / 10.0)
}

#[test]
fn the_forms_of_the_derivative_coincide() {
    for x in grid() {
        let expected = sigmoid_derivative(x);
        assert_abs_diff_eq!(derivative_quotient(x), expected, epsilon = 1e-15);
        assert_abs_diff_eq!(derivative_product(x), expected, epsilon = 1e-15);
        assert_abs_diff_eq!(derivative_positive_exponent(x), expected, epsilon = 1e-15);
        assert_abs_diff_eq!(naive_sigmoid(x), sigmoid(x), epsilon = 1e-15);
    }
}

#[test]
fn the_derivative_is_the_slope() {
    // Halfway between the error of the difference, h^2 / 6 times s''', and that of the rounding.
    const H: f64 = 1e-5;
    for x in grid() {
        let slope = (sigmoid(x + H) - sigmoid(x - H)) / (2.0 * H);
        assert_abs_diff_eq!(sigmoid_derivative(x), slope, epsilon = 3e-11);
    }
}

#[test]
fn the_sigmoid_is_symmetric_about_a_half() {
    for x in grid() {
        assert_abs_diff_eq!(sigmoid(x) + sigmoid(-x), 1.0, epsilon = 3e-16);
        assert_abs_diff_eq!(sigmoid(x as f32) + sigmoid(-x as f32), 1.0, epsilon = 1.2e-7);
    }
}

#[test]
fn the_kernels_compute_these_formulas() {
    let x: Vec<f64> = grid().collect();
    for kernels in engines() {
        let (mut s, mut derivative) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        kernels.forward_with_derivative(&x, &mut s, &mut derivative);
        for ((&x, &s), &derivative) in x.iter().zip(&s).zip(&derivative) {
            assert_abs_diff_eq!(s, naive_sigmoid(x), epsilon = 1e-15);
            assert_abs_diff_eq!(derivative, derivative_quotient(x), epsilon = 1e-15);
            assert_abs_diff_eq!(derivative, derivative_product(x), epsilon = 1e-15);
        }
    }
}
