//! s and s' on the lesson's grid through the kernels, held against the reference.

use sigmoid::{Element, Sigmoid, reference};

use crate::plot::grid;
use crate::table::{Align, Table};

pub fn report() -> String {
    let x = grid();
    let single: Vec<f32> = x.iter().map(|&x| x as f32).collect();

    let mut values = Table::new([(Align::Right, "x"), (Align::Right, "s(x)"), (Align::Right, "s'(x)")]);
    let (s, derivative) = through_the_kernels(&x);
    for i in (0..x.len()).step_by(25) {
        values.row([format!("{:.1}", x[i]), format!("{:.9}", s[i]), format!("{:.9}", derivative[i])]);
    }

    let mut differences = Table::new([
        (Align::Left, "largest difference from the reference"),
        (Align::Right, "s(x)"),
        (Align::Right, "s'(x)"),
    ]);
    let row = |name: &str, [s, derivative]: [u64; 2]| {
        [format!("{name}, {} points", x.len()), ulp(s), ulp(derivative)]
    };
    differences.row(row("f32", differences_from_the_reference(&single, |x| x.to_bits().into())));
    differences.row(row("f64", differences_from_the_reference(&x, f64::to_bits)));

    let apart = x
        .iter()
        .map(|&x| (reference::derivative_quotient(x) - reference::derivative_product(x)).abs())
        .fold(0.0, f64::max);
    format!(
        "{}\n{}\ne^-x / (1 + e^-x)^2 and s(x) (1 - s(x)), as written, in f64: at most {apart:.1e} apart\n",
        values.render(),
        differences.render(),
    )
}

fn through_the_kernels<T: Element + Default>(x: &[T]) -> (Vec<T>, Vec<T>) {
    let (mut s, mut derivative) = (vec![T::default(); x.len()], vec![T::default(); x.len()]);
    Sigmoid::new().forward_with_derivative(x, &mut s, &mut derivative);
    (s, derivative)
}

/// The largest differences of s and s', in numbers of the format.
fn differences_from_the_reference<T: Element + Default>(x: &[T], bits: fn(T) -> u64) -> [u64; 2] {
    let (s, derivative) = through_the_kernels(x);
    let largest = |results: &[T], reference: fn(T) -> T| {
        // The results are positive: one number's bits come after another's as the numbers do.
        let difference = |(&x, &result): (&T, &T)| bits(result).abs_diff(bits(reference(x)));
        x.iter().zip(results).map(difference).max().unwrap_or(0)
    };
    [largest(&s, reference::sigmoid), largest(&derivative, reference::sigmoid_derivative)]
}

fn ulp(difference: u64) -> String {
    format!("{difference} ULP")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_keep_their_bounds_on_the_grid() {
        let x: Vec<f32> = grid().iter().map(|&x| x as f32).collect();
        let [s, derivative] = differences_from_the_reference(&x, |x| x.to_bits().into());
        assert!(s <= 3 && derivative <= 5, "{s}, {derivative}");
        let [s, derivative] = differences_from_the_reference(&grid(), f64::to_bits);
        assert!(s <= 5 && derivative <= 9, "{s}, {derivative}");
    }
}
