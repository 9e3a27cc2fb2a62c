//! The sigmoid of burn, on its CPU backend Flex.
//!
//! The backend is called as burn's own tensors call it, without the layer that picks one of several
//! backends at run time: `burn::tensor::activation::sigmoid` ends in this very function, and its
//! layer, which costs a hundred packages more, can only add to the time.

use burn_backend::ops::{ActivationOps, FloatTensorOps};
use burn_backend::{Element, TensorData};
use burn_flex::{Flex, FlexTensor};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, tensors};
use crate::versions::version_of;

/// `Flex::sigmoid`
pub struct Burn;

/// Tensors in, tensor out. The inputs are shared with the caller, as they are in a model that uses them again,
/// so that the backend must allocate.
fn kernel<T: Element + Copy>(operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<T>>> {
    fn silu(x: &FlexTensor) -> FlexTensor {
        Flex::float_mul(x.clone(), Flex::sigmoid(x.clone()))
    }
    let function: fn(&[FlexTensor]) -> FlexTensor = match operation {
        Operation::Forward => |inputs| Flex::sigmoid(inputs[0].clone()),
        Operation::LogSigmoid => |inputs| Flex::log_sigmoid(inputs[0].clone()),
        Operation::Silu => |inputs| silu(&inputs[0]),
        Operation::Swiglu => |inputs| Flex::float_mul(silu(&inputs[0]), inputs[1].clone()),
        _ => return None,
    };
    // The functions are serial loops, and cannot be cut without new tensors.
    (threads == Threads::One).then(|| {
        tensors(
            move |x: &[T]| {
                let length = x.len() / operation.inputs();
                let tensor = |x: &[T]| FlexTensor::from_data(TensorData::new(x.to_vec(), [x.len()]));
                (0..operation.inputs()).map(|i| tensor(&x[i * length..][..length])).collect::<Vec<_>>()
            },
            move |inputs| vec![function(inputs)],
            |results, y: &mut [T]| {
                let data = results[0].clone().into_data();
                y.copy_from_slice(data.as_slice::<T>().expect("the format that went in"));
            },
        )
    })
}

impl Peer for Burn {
    fn name(&self) -> String {
        "burn-flex".into()
    }

    fn version(&self) -> String {
        version_of!("burn-flex", "VERSION_BURN_FLEX")
    }

    fn note(&self) -> String {
        "`Flex::sigmoid(tensor)` and `log_sigmoid`; silu as burn has it, a product of two tensors; burn's CPU \
         backend (burn-ndarray is deprecated in its favour; burn-cpu downloads an LLVM): allocates its result, serial; in place only if nobody else holds the tensor, \
         which is not timed here; a derivative only through its autodiff graph"
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
}
