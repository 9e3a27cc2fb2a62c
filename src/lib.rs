//! Batched slice kernels for the logistic sigmoid and its derivative.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

mod accuracy;
mod backend;
pub mod build_info;
mod dispatch;
mod drive;
mod element;
mod lanes;
mod logistic;
mod parallel;
pub mod reference;
mod scalar;
mod sigmoid;

pub use accuracy::{Accuracy, UnknownAccuracy};
pub use backend::{Backend, UnavailableBackend, UnknownBackend};
pub use element::Element;
pub use sigmoid::{Sigmoid, sigmoid, sigmoid_derivative};

/// The lengths at which a call changes its way, all chosen by measurement.
pub mod thresholds {
    /// Bytes of one output from which a call with [`Sigmoid::parallel`](crate::Sigmoid::parallel)
    /// on a thread of a rayon pool uses the others.
    pub const PARALLEL_FROM_BYTES: usize = crate::parallel::PARALLEL_FROM_BYTES;

    /// Bytes of one output from which such a call from outside of any pool uses the global one.
    pub const PARALLEL_FROM_OUTSIDE_BYTES: usize = crate::parallel::PARALLEL_FROM_OUTSIDE_BYTES;

    /// Bytes of one output from which an out-of-place call writes past the caches.
    pub const STREAM_FROM_BYTES: usize = crate::sigmoid::STREAM_FROM_BYTES;
}
