//! The checker for anybody's Python function: what the crate `sigmoid-conformance` asks of slices is asked of arrays.

use half::{bf16, f16};
use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PySlice;
use sigmoid_conformance::{Conformance, Function, Report, Sampled};

/// Which inputs are tried.
struct Plan {
    stride: u64,
    points: u64,
    probes: u64,
    longest: usize,
}

/// Examines a function of one array, which must return one of the same dtype and length, contiguous. Gives the report
/// as text and as JSON, whether it is sound, the largest error, and whether all results are correctly rounded.
#[pyfunction]
pub fn examine(
    py: Python<'_>,
    function: Py<PyAny>,
    name: &str,
    dtype: &str,
    plan: (u64, u64, u64, usize),
) -> PyResult<(String, String, bool, f64, bool)> {
    let unknown = |error: sigmoid_conformance::UnknownFunction| PyValueError::new_err(error.to_string());
    let of: Function = name.parse().map_err(unknown)?;
    let (stride, points, probes, longest) = plan;
    if stride == 0 {
        return Err(PyValueError::new_err("a stride of 0 goes nowhere"));
    }
    let plan = Plan { stride, points, probes, longest };
    let report = match dtype {
        "float32" => report::<f32>(py, &function, of, &plan),
        "float64" => report::<f64>(py, &function, of, &plan),
        "float16" => report::<f16>(py, &function, of, &plan),
        "bfloat16" => report::<bf16>(py, &function, of, &plan),
        _ => Err(PyValueError::new_err(format!(
            "dtype must be float32, float64, float16 or bfloat16, and is {dtype}"
        ))),
    }?;
    let json = serde_json::to_string(&report).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let sound = report.is_sound();
    Ok((report.to_string(), json, sound, report.max_ulp(), report.is_correctly_rounded()))
}

/// The examination step by step, so that an exception or Ctrl-C ends it.
fn report<T: Sampled + Element>(
    py: Python<'_>,
    function: &Py<PyAny>,
    of: Function,
    plan: &Plan,
) -> PyResult<Report> {
    let Plan { stride, points, probes, longest } = *plan;
    let conformance = Conformance::<T>::new(of).stride(stride).points(points).probes(probes).longest(longest);
    // Other threads of Python may work while the truth is computed.
    py.detach(|| {
        let mut examiner = conformance.examiner(1);
        for step in 0..conformance.steps() {
            let mut outcome = Ok(());
            let mut kernel = |x: &[T], y: &mut [T]| {
                if outcome.is_ok() {
                    outcome = Python::attach(|py| call(py, function, x, y));
                }
            };
            examiner.step(step, &mut [&mut kernel]);
            outcome?;
            Python::attach(|py| py.check_signals())?;
        }
        Ok(examiner.into_reports().remove(0))
    })
}

/// Calls the function with a copy of `x` that begins as many bytes behind a cache line as `x` does, so that what
/// depends on alignment is seen.
fn call<T: Element + Copy>(py: Python<'_>, function: &Py<PyAny>, x: &[T], y: &mut [T]) -> PyResult<()> {
    /// Bytes of a cache line.
    const LINE: usize = 64;
    let elements = LINE / size_of::<T>();
    let room = PyArray1::<T>::zeros(py, x.len() + elements, false);
    let (wanted, have) = (x.as_ptr().addr() % LINE, room.data().addr() % LINE);
    let start = (wanted + LINE - have) % LINE / size_of::<T>();
    // SAFETY: a new array, contiguous, that nobody else has.
    let copy = unsafe { room.as_slice_mut()? };
    copy[start..start + x.len()].copy_from_slice(x);
    let slice = PySlice::new(py, start as isize, (start + x.len()) as isize, 1);
    let result = function.bind(py).call1((room.get_item(slice)?,))?;
    let result = result.cast_into::<PyArray1<T>>()?;
    let result = result.readonly();
    let result = result.as_slice()?;
    if result.len() != x.len() {
        return Err(PyValueError::new_err(format!("{} results of {} inputs", result.len(), x.len())));
    }
    y.copy_from_slice(result);
    Ok(())
}
