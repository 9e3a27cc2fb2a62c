//! The kernels of the inference engine rten.

use rten_simd::SimdUnaryOp;
use rten_vecmath::{Sigmoid, Silu};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, uninitialised};
use crate::versions::version_of;

/// `rten_vecmath::Sigmoid`
pub struct Rten;

impl Peer for Rten {
    fn name(&self) -> String {
        "rten-vecmath".into()
    }

    fn version(&self) -> String {
        version_of!("rten-vecmath", "VERSION_RTEN_VECMATH")
    }

    fn note(&self) -> String {
        "`Sigmoid {}.map(x, y)` and `.map_mut(x)`; registers found at run time; `Silu {}` too, \
         none of the others, no f64"
            .into()
    }

    fn tolerance(&self, _: Operation) -> Tolerance {
        Tolerance {
            ulp: 5.0,
            absolute: 1e-30,
            why: "it promises 4 ULP, against a formula with an error of its own",
        }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        match operation {
            Operation::Forward => Some(threads.slices(|x, y| {
                Sigmoid {}.map(x, uninitialised(y));
            })),
            Operation::ForwardInPlace => Some(threads.in_place(|y| Sigmoid {}.map_mut(y))),
            Operation::Silu => Some(threads.slices(|x, y| {
                Silu {}.map(x, uninitialised(y));
            })),
            _ => None,
        }
    }
}
