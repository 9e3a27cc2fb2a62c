//! The sigmoid of burn, on its CPU backend Flex.
//!
//! The backend is called as burn's own tensors call it, without the layer that picks one of several
//! backends at run time: `burn::tensor::activation::sigmoid` ends in this very function, and its
//! layer, which costs a hundred packages more, can only add to the time.

use burn_backend::ops::ActivationOps;
use burn_backend::{Element, TensorData};
use burn_flex::{Flex, FlexTensor};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, tensors};
use crate::versions::version_of;

/// `Flex::sigmoid`
pub struct Burn;

/// Tensor in, tensor out. The input is shared with the caller, as it is in a model that uses it again,
/// so that the backend must allocate.
fn kernel<T: Element + Copy>() -> Box<dyn Kernel<T>> {
    tensors(
        |x: &[T]| FlexTensor::from_data(TensorData::new(x.to_vec(), [x.len()])),
        |x: &FlexTensor| Flex::sigmoid(x.clone()),
        |result, y: &mut [T]| {
            let data = result.clone().into_data();
            y.copy_from_slice(data.as_slice::<T>().expect("the format that went in"));
        },
    )
}

/// The function is a serial loop, and cannot be cut without new tensors.
fn can(operation: Operation, threads: Threads) -> bool {
    operation == Operation::Forward && threads == Threads::One
}

impl Peer for Burn {
    fn name(&self) -> String {
        "burn-flex".into()
    }

    fn version(&self) -> String {
        version_of!("burn-flex", "VERSION_BURN_FLEX")
    }

    fn note(&self) -> String {
        "`Flex::sigmoid(tensor)`, burn's CPU backend (burn-ndarray is deprecated in its favour; burn-cpu \
         downloads an LLVM): allocates its result, serial; in place only if nobody else holds the tensor, \
         which is not timed here; a derivative only through its autodiff graph"
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
