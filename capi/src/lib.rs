//! The crate `sigmoid` for C and C++: `include/sigmoid.h` is what this is about, `README.md` how to get and link it.
//!
//! A call goes from a function of `functions.rs`, a table of all signatures, through `call.rs`, which checks what C
//! cannot promise and lets no panic out, to the methods of [`sigmoid::Kernels`]. There is no mathematics here.
//!
//! The header is made of the same table by cbindgen; `header.rs` fails when it no longer fits.

mod call;
mod exact;
mod functions;
#[cfg(test)]
mod header;
mod memory;
mod options;
mod status;

pub use options::{Accuracy, Backend, Options, SwigluParameters};
pub use status::Status;
