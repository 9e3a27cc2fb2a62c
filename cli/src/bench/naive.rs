//! The loops that one writes without thinking twice.

use super::memory::Streams;
use super::number::Number;
use crate::options::Operation;

/// The loop for an operation, over the exponential of the standard library; for the derivative, the
/// product form.
pub fn with_std<T: Number>(op: Operation, in_place: bool) -> fn(&mut Streams<'_, T>) {
    match (op, in_place) {
        (Operation::Forward, false) => |s| each(s.x, s.y, sigmoid),
        (Operation::Forward, true) => |s| s.y.iter_mut().for_each(|y| *y = sigmoid(*y)),
        (Operation::Derivative, false) => |s| each(s.x, s.y, |x| slope(sigmoid(x))),
        (Operation::Derivative, true) => |s| s.y.iter_mut().for_each(|y| *y = slope(sigmoid(*y))),
        (Operation::ForwardWithDerivative, false) => |s| {
            for ((&x, y), dy) in s.x.iter().zip(&mut *s.y).zip(&mut *s.slope) {
                *y = sigmoid(x);
                *dy = slope(*y);
            }
        },
        (Operation::ForwardWithDerivative, true) => |s| {
            for (y, dy) in s.y.iter_mut().zip(&mut *s.slope) {
                *y = sigmoid(*y);
                *dy = slope(*y);
            }
        },
        (Operation::Backward, false) => |s| {
            for ((&x, &gradient), y) in s.x.iter().zip(s.gradient).zip(&mut *s.y) {
                *y = gradient * slope(x);
            }
        },
        (Operation::Backward, true) => |s| {
            for (&x, y) in s.x.iter().zip(&mut *s.y) {
                *y = *y * slope(x);
            }
        },
    }
}

/// The loop for an operation, over the exponential of `wide`; `backward` has none, and is left to
/// the compiler. What does not fill a register goes through a padded one.
pub fn with_wide<T: Number + Default>(op: Operation, in_place: bool) -> fn(&mut Streams<'_, T>) {
    match (op, in_place) {
        (Operation::Backward, _) => with_std(op, in_place),
        (Operation::Forward, false) => |s| wide(s.x, s.y),
        (Operation::Forward, true) => |s| wide_in_place(s.y),
        (Operation::Derivative, false) => |s| {
            wide(s.x, s.y);
            s.y.iter_mut().for_each(|y| *y = slope(*y));
        },
        (Operation::Derivative, true) => |s| {
            wide_in_place(s.y);
            s.y.iter_mut().for_each(|y| *y = slope(*y));
        },
        (Operation::ForwardWithDerivative, false) => |s| {
            wide(s.x, s.y);
            each(s.y, s.slope, slope);
        },
        (Operation::ForwardWithDerivative, true) => |s| {
            wide_in_place(s.y);
            each(s.y, s.slope, slope);
        },
    }
}

#[inline(always)]
fn each<T: Number>(x: &[T], y: &mut [T], function: impl Fn(T) -> T) {
    for (&x, y) in x.iter().zip(y) {
        *y = function(x);
    }
}

#[inline(always)]
fn sigmoid<T: Number>(x: T) -> T {
    let one = T::from_f64(1.0);
    one / (one + (-x).std_exp())
}

#[inline(always)]
fn slope<T: Number>(s: T) -> T {
    s * (T::from_f64(1.0) - s)
}

#[inline(always)]
fn wide<T: Number + Default>(x: &[T], y: &mut [T]) {
    let whole = x.len() - x.len() % T::WIDE_LANES;
    T::wide_sigmoid(&x[..whole], &mut y[..whole]);
    if whole < x.len() {
        let (mut padded, mut results) = ([T::default(); 16], [T::default(); 16]);
        padded[..x.len() - whole].copy_from_slice(&x[whole..]);
        T::wide_sigmoid(&padded, &mut results);
        y[whole..].copy_from_slice(&results[..x.len() - whole]);
    }
}

/// Register by register: through memory of its own, which the compiler sees through.
#[inline(always)]
fn wide_in_place<T: Number + Default>(y: &mut [T]) {
    for chunk in y.chunks_mut(T::WIDE_LANES) {
        let mut x = [T::default(); 16];
        x[..chunk.len()].copy_from_slice(chunk);
        wide(&x[..chunk.len()], chunk);
    }
}
