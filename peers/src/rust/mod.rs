//! The contenders written in Rust, a file for each.

pub mod burn;
pub mod candle;
pub mod libm;
pub mod ndarray;
pub mod ours;
pub mod rten;
pub mod scalar;
pub mod tract;
pub mod wide;

use crate::peer::{Kernel, Operation, Threads};

/// The kernel of a loop over a function of one number. In place, every number is replaced by its result.
fn each<T: Copy + Send + Sync + 'static>(
    operation: Operation,
    threads: Threads,
    sigmoid: impl Fn(T) -> T + Send + Sync + 'static,
    derivative: impl Fn(T) -> T + Send + Sync + 'static,
) -> Option<Box<dyn Kernel<T>>> {
    Some(match operation {
        Operation::Forward => threads.slices(move |x, y| map(x, y, &sigmoid)),
        Operation::Derivative => threads.slices(move |x, y| map(x, y, &derivative)),
        Operation::ForwardInPlace => {
            threads.in_place(move |y: &mut [T]| y.iter_mut().for_each(|y| *y = sigmoid(*y)))
        }
    })
}

#[inline(always)]
fn map<T: Copy>(x: &[T], y: &mut [T], function: impl Fn(T) -> T) {
    for (&x, y) in x.iter().zip(y) {
        *y = function(x);
    }
}
