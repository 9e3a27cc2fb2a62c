//! The sigmoid of candle, on its CPU device.

use candle_core::{Device, Tensor, WithDType};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, tensors};
use crate::versions::version_of;

/// `candle_nn::ops::sigmoid`
pub struct Candle;

/// Tensor in, tensor out.
fn kernel<T: WithDType>() -> Box<dyn Kernel<T>> {
    tensors(
        |x: &[T]| Tensor::from_slice(x, x.len(), &Device::Cpu).expect("a vector"),
        |x| candle_nn::ops::sigmoid(x).expect("an operation of the CPU"),
        |result, y: &mut [T]| y.copy_from_slice(&result.to_vec1::<T>().expect("a vector")),
    )
}

/// It has no threads here and cannot be cut without new tensors.
fn can(operation: Operation, threads: Threads) -> bool {
    operation == Operation::Forward && threads == Threads::One
}

impl Peer for Candle {
    fn name(&self) -> String {
        "candle-nn".into()
    }

    fn version(&self) -> String {
        version_of!("candle-nn", "VERSION_CANDLE_NN")
    }

    fn note(&self) -> String {
        "`ops::sigmoid(&tensor)`: allocates its result; one thread, not in place; a derivative only through \
         its autograd graph"
            .into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        can(operation, threads).then(kernel::<f32>)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        can(operation, threads).then(kernel::<f64>)
    }
}
