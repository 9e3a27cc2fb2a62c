//! The loop that one writes without thinking twice, over the exponential of the standard library.

use super::formulas;
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::compiler;

/// 1 / (1 + e^-x)
pub struct Scalar;

impl Peer for Scalar {
    fn name(&self) -> String {
        "scalar loop".into()
    }

    fn version(&self) -> String {
        compiler()
    }

    fn note(&self) -> String {
        "`1.0 / (1.0 + (-x).exp())` over two slices; the derivative is s (1 - s), silu `x / (1.0 + (-x).exp())`, \
         softplus `x.max(0.0) + (-x.abs()).exp().ln_1p()`, the others like it"
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
}
