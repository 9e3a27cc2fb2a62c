//! The report on a kernel with three faults that are seen often: what the README shows.
//!
//! `cargo run -p sigmoid-conformance --example faulty`: it panics, for that is what a test would do.

use sigmoid_conformance::{Claims, Function, Rule, assert_conforms, foreign};

/// Registers of 8 elements; the rest by the formula as one writes it; and results are stored by whole registers.
unsafe extern "C" fn kernel(x: *const f32, y: *mut f32, n: usize) {
    let body = n / 8 * 8;
    for i in 0..n.next_multiple_of(4) {
        // SAFETY: `n` elements of each, and memory beside them.
        unsafe {
            let x = *x.add(i);
            let in_register = (1.0 / (1.0 + f64::from(-x).exp())) as f32;
            *y.add(i) = match () {
                _ if i >= body => 1.0 / (1.0 + (-x).exp()),
                _ if in_register < f32::MIN_POSITIVE => 0.0,
                _ => in_register,
            };
        }
    }
}

/// What a test would do.
pub fn main() {
    // SAFETY: it reads and writes three elements more than it should, and the checker has them to spare.
    let kernel = unsafe { foreign(kernel) };
    assert_conforms(Function::Sigmoid, Claims::within(2.5).without(Rule::Monotone), kernel);
}
