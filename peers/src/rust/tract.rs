//! The kernels of the inference engine tract.

use tract_linalg::routines::Func;

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::version_of;

/// The best element-wise sigmoid that `tract_linalg` has for this machine
pub struct Tract;

impl Peer for Tract {
    fn name(&self) -> String {
        "tract-linalg".into()
    }

    fn version(&self) -> String {
        version_of!("tract-linalg", "VERSION_TRACT_LINALG")
    }

    fn note(&self) -> String {
        "`Func::Sigmoid.ew_f32()` and `Func::Silu.ew_f32()`, its choice for this CPU. In place only: out of place is the copy that its \
         user must make, then the kernel, 2,048 elements at a time so that the copy stays in the cache. \
         None of the others, no f64. It leaves the upper halves of the vector registers dirty"
            .into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        let absolute = 16.0;
        // silu is the same times x, which is 80 in the test.
        let absolute = if operation == Operation::Silu { 80.0 * absolute } else { absolute };
        Tolerance { ulp: 0.0, absolute, why: "a rational approximation with an absolute error only" }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        /// Elements that are copied, then computed.
        const PIECE: usize = 2048;
        let function = if operation == Operation::Silu { Func::Silu } else { Func::Sigmoid };
        let kernel = function.ew_f32().ok()?;
        match operation {
            Operation::Forward | Operation::Silu => Some(threads.slices(move |x: &[f32], y: &mut [f32]| {
                for (x, y) in x.chunks(PIECE).zip(y.chunks_mut(PIECE)) {
                    y.copy_from_slice(x);
                    kernel.run(y).expect("a kernel of this machine");
                }
            })),
            Operation::ForwardInPlace => {
                Some(threads.in_place(move |y| kernel.run(y).expect("a kernel of this machine")))
            }
            _ => None,
        }
    }
}
