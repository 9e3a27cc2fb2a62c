//! The same loop over the exponential of `libm`, in pure Rust: what a build without std has.

use super::each;
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::version_of;

/// 1 / (1 + libm::exp(-x))
pub struct Libm;

macro_rules! kernel {
    ($exp:path, $number:ty, $operation:expr, $threads:expr) => {{
        let sigmoid = |x: $number| 1.0 / (1.0 + $exp(-x));
        each($operation, $threads, sigmoid, move |x| {
            let s = sigmoid(x);
            s * (1.0 - s)
        })
    }};
}

impl Peer for Libm {
    fn name(&self) -> String {
        "libm".into()
    }

    fn version(&self) -> String {
        version_of!("libm", "VERSION_LIBM")
    }

    fn note(&self) -> String {
        "`1.0 / (1.0 + libm::expf(-x))` over two slices; the derivative is s (1 - s)".into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        kernel!(libm::expf, f32, operation, threads)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        kernel!(libm::exp, f64, operation, threads)
    }
}
