//! What the memory can do at best, beside the contenders: copies.

use sigmoid_measure::yardsticks;

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::compiler;

/// A copy, which is no sigmoid.
pub struct Copy {
    streaming: bool,
}

/// Both of them.
pub fn all() -> Vec<Box<dyn Peer>> {
    [false, true].map(|streaming| Box::new(Copy { streaming }) as Box<dyn Peer>).into()
}

impl Peer for Copy {
    fn name(&self) -> String {
        if self.streaming { "(copy past the caches)" } else { "(copy)" }.into()
    }

    fn version(&self) -> String {
        compiler()
    }

    fn note(&self) -> String {
        match self.streaming {
            true => "no sigmoid: a copy by streaming stores with software prefetch, in the widest registers",
            false => "no sigmoid: `copy_from_slice`, which is memcpy",
        }
        .into()
    }

    fn tolerance(&self, _: Operation) -> Tolerance {
        Tolerance { ulp: 0.0, absolute: 0.0, why: "a copy is no sigmoid, and never judged" }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        let copy = yardsticks::f32().stream_copy;
        (operation == Operation::Forward).then(|| match self.streaming {
            true => threads.slices(copy),
            false => threads.slices(|x: &[f32], y: &mut [f32]| y.copy_from_slice(x)),
        })
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        let copy = yardsticks::f64().stream_copy;
        (operation == Operation::Forward).then(|| match self.streaming {
            true => threads.slices(copy),
            false => threads.slices(|x: &[f64], y: &mut [f64]| y.copy_from_slice(x)),
        })
    }
}
