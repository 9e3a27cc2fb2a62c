//! The error bounds that the library states, by the command's words.

use sigmoid::{Kernels, bounds};

use crate::options::{DataType, ElementwiseOperation};

/// The largest error that a result may have, in units in the last place.
pub fn stated(op: ElementwiseOperation, dtype: DataType, sigmoid: &Kernels) -> f64 {
    match (op, dtype) {
        (ElementwiseOperation::Forward, DataType::F32) => bounds::forward::<f32>(sigmoid),
        (ElementwiseOperation::Forward, DataType::F64) => bounds::forward::<f64>(sigmoid),
        (ElementwiseOperation::Derivative, DataType::F32) => bounds::derivative::<f32>(sigmoid),
        (ElementwiseOperation::Derivative, DataType::F64) => bounds::derivative::<f64>(sigmoid),
    }
}
