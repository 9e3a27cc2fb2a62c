//! The loop that one writes without thinking twice, over the exponential of the standard library.

use half::{bf16, f16};

use super::{formulas, map};
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::compiler;

/// 1 / (1 + e^-x)
pub struct Scalar;

/// In half precision: each number converted, and the result back.
fn in_half<T: Copy + Send + Sync + 'static>(
    operation: Operation,
    threads: Threads,
    widen: fn(T) -> f32,
    round: fn(f32) -> T,
) -> Option<Box<dyn Kernel<T>>> {
    match operation {
        Operation::Forward => Some(threads.slices(move |x, y| {
            map(x, y, |x| round(1.0 / (1.0 + (-widen(x)).exp())));
        })),
        Operation::Silu => Some(threads.slices(move |x, y| {
            map(x, y, |x| {
                let x = widen(x);
                round(x / (1.0 + (-x).exp()))
            });
        })),
        _ => None,
    }
}

impl Peer for Scalar {
    fn name(&self) -> String {
        "scalar loop".into()
    }

    fn version(&self) -> String {
        compiler()
    }

    fn note(&self) -> String {
        "`1.0 / (1.0 + (-x).exp())` over two slices; the derivative is s (1 - s), silu `x / (1.0 + (-x).exp())`, \
         softplus `x.max(0.0) + (-x.abs()).exp().ln_1p()`, the others like it; in half precision, numbers converted one by one by the crate `half`"
            .into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        formulas(operation, threads, f32::exp, f32::ln_1p)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        formulas(operation, threads, f64::exp, f64::ln_1p)
    }

    fn bfloat16(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<bf16>>> {
        in_half(operation, threads, bf16::to_f32, bf16::from_f32)
    }

    fn float16(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f16>>> {
        in_half(operation, threads, f16::to_f32, f16::from_f32)
    }
}
