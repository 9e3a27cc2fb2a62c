//! The command's readers of headers, as they stand in its folder, between stand-ins for what they ask of the rest of
//! it: inputs lie in memory here.

pub mod apply;
mod error;
mod operations;

pub use error::Error;
pub use operations::DataType;
