//! What the target `kernels` is made of.

pub mod buffer;
pub mod element;
pub mod subject;
