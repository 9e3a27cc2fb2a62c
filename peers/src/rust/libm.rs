//! The same loop over the exponential of `libm`, in pure Rust: what a build without std has.

use super::formulas;
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::version_of;

/// 1 / (1 + libm::exp(-x))
pub struct Libm;

impl Peer for Libm {
    fn name(&self) -> String {
        "libm".into()
    }

    fn version(&self) -> String {
        version_of!("libm", "VERSION_LIBM")
    }

    fn note(&self) -> String {
        "`1.0 / (1.0 + libm::expf(-x))` over two slices; the derivative is s (1 - s); the others as in the scalar \
         loop"
            .into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        formulas(operation, threads, libm::expf, libm::log1pf)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        formulas(operation, threads, libm::exp, libm::log1p)
    }
}
