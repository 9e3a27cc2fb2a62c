//! [`crate::Backend::Scalar`]: scalar functions, element by element, behind the kernels' face.

use crate::dispatch::Kernels;
use crate::drive::Stores;
use crate::element::Element;
use crate::exact::scalar::Exact;
use crate::reference;

/// Applies `function` to each element.
///
/// # Safety
///
/// As for [`crate::dispatch::Kernel`].
unsafe fn each<T: Copy, const I: usize, const O: usize>(
    inputs: [*const T; I],
    outputs: [*mut T; O],
    len: usize,
    function: impl Fn([T; I]) -> [T; O],
) {
    for i in 0..len {
        // SAFETY: `i < len`, and an element is read before it is written.
        unsafe {
            let results = function(inputs.map(|input| *input.add(i)));
            for (result, output) in results.into_iter().zip(outputs) {
                output.add(i).write(result);
            }
        }
    }
}

/// The kernels of a set of scalar functions.
pub(crate) const fn kernels<T: Copy, F: Functions<T>>() -> Kernels<T> {
    Kernels {
        forward: forward::<T, F>,
        derivative: derivative::<T, F>,
        forward_with_derivative: forward_with_derivative::<T, F>,
        backward: backward::<T, F>,
    }
}

/// What is computed for one element.
pub(crate) trait Functions<T> {
    fn sigmoid(x: T) -> T;
    fn derivative(x: T) -> T;
    fn backward(s: T, grad: T) -> T;
}

/// [`crate::reference`]
pub(crate) struct Reference;

impl<T: Element> Functions<T> for Reference {
    fn sigmoid(x: T) -> T {
        reference::sigmoid(x)
    }

    fn derivative(x: T) -> T {
        reference::sigmoid_derivative(x)
    }

    fn backward(s: T, grad: T) -> T {
        reference::backward(s, grad)
    }
}

/// [`crate::exact::scalar`]
pub(crate) struct Exactly;

impl<T: Exact> Functions<T> for Exactly {
    fn sigmoid(x: T) -> T {
        x.sigmoid()
    }

    fn derivative(x: T) -> T {
        x.derivative()
    }

    fn backward(s: T, grad: T) -> T {
        s.backward(grad)
    }
}

/// # Safety
///
/// As for [`crate::dispatch::Kernel`]; so for the functions below.
unsafe fn forward<T: Copy, F: Functions<T>>(x: [*const T; 1], s: [*mut T; 1], len: usize, _: Stores) {
    // SAFETY: as the caller vouches.
    unsafe { each(x, s, len, |[x]| [F::sigmoid(x)]) }
}

/// # Safety
///
/// As for [`forward`].
unsafe fn derivative<T: Copy, F: Functions<T>>(x: [*const T; 1], ds: [*mut T; 1], len: usize, _: Stores) {
    // SAFETY: as the caller vouches.
    unsafe { each(x, ds, len, |[x]| [F::derivative(x)]) }
}

/// # Safety
///
/// As for [`forward`].
unsafe fn forward_with_derivative<T: Copy, F: Functions<T>>(
    x: [*const T; 1],
    outputs: [*mut T; 2],
    len: usize,
    _: Stores,
) {
    // SAFETY: as the caller vouches.
    unsafe { each(x, outputs, len, |[x]| [F::sigmoid(x), F::derivative(x)]) }
}

/// # Safety
///
/// As for [`forward`].
unsafe fn backward<T: Copy, F: Functions<T>>(
    inputs: [*const T; 2],
    grad_in: [*mut T; 1],
    len: usize,
    _: Stores,
) {
    // SAFETY: as the caller vouches.
    unsafe { each(inputs, grad_in, len, |[s, grad]| [F::backward(s, grad)]) }
}
