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

use num_traits::Float;

use crate::peer::{Kernel, Operation, Threads};

/// The kernel of a loop over the formula that one writes, with these for e^x and ln (1 + x).
fn formulas<T: Float + Send + Sync + 'static>(
    operation: Operation,
    threads: Threads,
    exp: impl Fn(T) -> T + Copy + Send + Sync + 'static,
    ln_1p: impl Fn(T) -> T + Copy + Send + Sync + 'static,
) -> Option<Box<dyn Kernel<T>>> {
    let (zero, one) = (T::zero(), T::one());
    let sigmoid = move |x: T| one / (one + exp(-x));
    let silu = move |x: T| x / (one + exp(-x));
    let softplus_of_minus = move |magnitude: T| ln_1p(exp(-magnitude));
    Some(match operation {
        Operation::Forward => threads.slices(move |x, y| map(x, y, sigmoid)),
        Operation::ForwardInPlace => {
            threads.in_place(move |y: &mut [T]| y.iter_mut().for_each(|y| *y = sigmoid(*y)))
        }
        Operation::Derivative => threads.slices(move |x, y| {
            map(x, y, |x| {
                let s = sigmoid(x);
                s * (one - s)
            });
        }),
        Operation::Silu => threads.slices(move |x, y| map(x, y, silu)),
        Operation::Swiglu => return threads.pairs(move |g, u, y| zip(g, u, y, |g, u| silu(g) * u)),
        Operation::Softplus => {
            threads.slices(move |x, y| map(x, y, |x: T| x.max(zero) + softplus_of_minus(x.abs())))
        }
        Operation::LogSigmoid => {
            threads.slices(move |x, y| map(x, y, |x: T| x.min(zero) - softplus_of_minus(x.abs())))
        }
        Operation::BceWithLogits => {
            return threads.pairs(move |x, labels, y| {
                zip(x, labels, y, |x: T, label| x.max(zero) - x * label + softplus_of_minus(x.abs()));
            });
        }
    })
}

#[inline(always)]
fn map<T: Copy>(x: &[T], y: &mut [T], function: impl Fn(T) -> T) {
    for (&x, y) in x.iter().zip(y) {
        *y = function(x);
    }
}

#[inline(always)]
fn zip<T: Copy>(a: &[T], b: &[T], y: &mut [T], function: impl Fn(T, T) -> T) {
    for ((&a, &b), y) in a.iter().zip(b).zip(y) {
        *y = function(a, b);
    }
}
