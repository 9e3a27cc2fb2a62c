//! The kernels of the crate `sigmoid` as NumPy ufuncs: the compiled half of the Python package `sigmoid`.
//!
//! | | |
//! |---|---|
//! | `ufuncs.rs` | which there are, and how NumPy gets to know them |
//! | `loops.rs` | what NumPy calls: slices go to the library, all else by way of a block |
//! | `memory.rs` | elements any number of bytes apart, and conversions |
//! | `floating_point.rs` | no warnings |
//! | `threads.rs` | threads, if they were asked for |
//! | `conformance.rs` | the checker, for anybody's Python function |
//! | `timing.rs` | what the benchmark compares with |
//!
//! There is no mathematics here: all of it is the library's.

mod conformance;
mod floating_point;
mod loops;
mod memory;
mod threads;
mod timing;
mod ufuncs;

use pyo3::prelude::*;

/// The compiled half of `sigmoid`.
#[pymodule]
fn _sigmoid(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    ufuncs::add_to(module)?;
    module.add_function(wrap_pyfunction!(threads::set_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(threads::get_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(conformance::examine, module)?)?;
    module.add_function(wrap_pyfunction!(timing::seconds_of_slices, module)?)?;
    Ok(())
}
