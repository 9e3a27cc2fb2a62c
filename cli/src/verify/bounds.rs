//! The error bounds that the library states.

use sigmoid::{Accuracy, Backend, build_info};

use crate::options::{DataType, ElementwiseOperation};

/// The largest error that a result may have, in units in the last place.
pub fn stated(op: ElementwiseOperation, dtype: DataType, accuracy: Accuracy, backend: Backend) -> f64 {
    use ElementwiseOperation::{Derivative, Forward};
    match (backend, dtype, op) {
        // Whatever is more exact than fast is correctly rounded.
        _ if accuracy != Accuracy::Fast => 0.5,
        (Backend::Scalar, DataType::F32, _) => 0.51,
        (Backend::Scalar, DataType::F64, Forward) => 2.5,
        (Backend::Scalar, DataType::F64, Derivative) => 4.0,
        (_, _, Derivative) => 5.0,
        (Backend::Wide, _, Forward) if build_info::WIDE.contains("without FMA") => 2.7,
        (_, _, Forward) => 2.5,
    }
}
