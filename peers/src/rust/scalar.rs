//! The loop that one writes without thinking twice, over the exponential of the standard library.

use super::each;
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::compiler;

/// 1 / (1 + e^-x)
pub struct Scalar;

macro_rules! kernel {
    ($number:ty, $operation:expr, $threads:expr) => {{
        let sigmoid = |x: $number| 1.0 / (1.0 + (-x).exp());
        each($operation, $threads, sigmoid, move |x| {
            let s = sigmoid(x);
            s * (1.0 - s)
        })
    }};
}

impl Peer for Scalar {
    fn name(&self) -> String {
        "scalar loop".into()
    }

    fn version(&self) -> String {
        compiler()
    }

    fn note(&self) -> String {
        "`1.0 / (1.0 + (-x).exp())` over two slices; the derivative is s (1 - s)".into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        kernel!(f32, operation, threads)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        kernel!(f64, operation, threads)
    }
}
