//! What the library's call takes by itself, for the benchmark: all that a ufunc adds to it is on top.

use std::time::Instant;

use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;

/// Seconds that `count` calls `sigmoid::sigmoid(x, y)` take.
#[pyfunction]
pub fn seconds_of_slices(
    x: &Bound<'_, PyArray1<f32>>,
    y: &Bound<'_, PyArray1<f32>>,
    count: usize,
) -> PyResult<f64> {
    let (x, mut y) = (x.try_readonly()?, y.try_readwrite()?);
    let (x, y) = (x.as_slice()?, y.as_slice_mut()?);
    let begin = Instant::now();
    for _ in 0..count {
        sigmoid::sigmoid(x, y);
    }
    Ok(begin.elapsed().as_secs_f64())
}
