//! The correctly rounded sigmoid and its derivative under names of their own.

use sigmoid::ops::{Sigmoid, SigmoidDerivative};

use crate::call::{Offers, map};
use crate::options::{Accuracy, Options};
use crate::status::Status;

const EXACT: Options =
    Options { size: size_of::<Options>() as u32, accuracy: Accuracy::Exact as u32, backend: 0, parallel: 0 };

/// y[i] = the number nearest to s(x[i]), with the same bits on every machine.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigmoid_forward_exact_f32(x: *const f32, y: *mut f32, n: usize) -> Status {
    // SAFETY: as the caller vouches; so below.
    unsafe { map::<f32, _>(x, y, n, &EXACT, Offers::Exact, || Ok(Sigmoid)) }
}

/// y[i] = the number nearest to s(x[i]), with the same bits on every machine.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigmoid_forward_exact_f64(x: *const f64, y: *mut f64, n: usize) -> Status {
    // SAFETY: as above.
    unsafe { map::<f64, _>(x, y, n, &EXACT, Offers::Exact, || Ok(Sigmoid)) }
}

/// dy[i] = the number nearest to s'(x[i]), with the same bits on every machine.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigmoid_derivative_exact_f32(x: *const f32, dy: *mut f32, n: usize) -> Status {
    // SAFETY: as above.
    unsafe { map::<f32, _>(x, dy, n, &EXACT, Offers::Exact, || Ok(SigmoidDerivative)) }
}

/// dy[i] = the number nearest to s'(x[i]), with the same bits on every machine.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigmoid_derivative_exact_f64(x: *const f64, dy: *mut f64, n: usize) -> Status {
    // SAFETY: as above.
    unsafe { map::<f64, _>(x, dy, n, &EXACT, Offers::Exact, || Ok(SigmoidDerivative)) }
}
