//! The sigmoid of candle, on its CPU device.

use candle_core::{Device, Tensor, WithDType};
use half::{bf16, f16};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, tensors};
use crate::versions::version_of;

/// `candle_nn::ops::sigmoid`
pub struct Candle;

/// Tensor in, tensor out. Two inputs are the halves of one tensor, as `swiglu` wants them.
fn kernel<T: WithDType>(operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<T>>> {
    let function: fn(&Tensor) -> candle_core::Result<Tensor> = match operation {
        Operation::Forward => candle_nn::ops::sigmoid,
        Operation::Silu => candle_nn::ops::silu,
        Operation::Swiglu => candle_nn::ops::swiglu,
        Operation::Softplus => |x| (x.exp()? + 1.0)?.log(),
        _ => return None,
    };
    // It has no threads here and cannot be cut without new tensors.
    (threads == Threads::One).then(|| {
        tensors(
            |x: &[T]| Tensor::from_slice(x, x.len(), &Device::Cpu).expect("a vector"),
            move |x| function(x).expect("an operation of the CPU"),
            |result, y: &mut [T]| y.copy_from_slice(&result.to_vec1::<T>().expect("a vector")),
        )
    })
}

impl Peer for Candle {
    fn name(&self) -> String {
        "candle-nn".into()
    }

    fn version(&self) -> String {
        version_of!("candle-nn", "VERSION_CANDLE_NN")
    }

    fn note(&self) -> String {
        "`ops::sigmoid(&tensor)`, `silu`, `swiglu`; softplus as its models write it, `(x.exp()? + 1.0)?.log()?`: \
         allocates its results; one thread, not in place; a derivative only through its autograd graph; the cross \
         entropy only as a mean"
            .into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        kernel(operation, threads)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        kernel(operation, threads)
    }

    fn bfloat16(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<bf16>>> {
        kernel(operation, threads)
    }

    fn float16(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f16>>> {
        kernel(operation, threads)
    }
}
