//! [`crate::Backend::Scalar`]: the reference, element by element, behind the kernels' face.

use crate::drive::Stores;
use crate::element::Element;
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

/// # Safety
///
/// As for [`crate::dispatch::Kernel`]; so for the functions below.
pub(crate) unsafe fn forward<T: Element>(x: [*const T; 1], s: [*mut T; 1], len: usize, _: Stores) {
    // SAFETY: as the caller vouches.
    unsafe { each(x, s, len, |[x]| [reference::sigmoid(x)]) }
}

/// # Safety
///
/// As for [`forward`].
pub(crate) unsafe fn derivative<T: Element>(x: [*const T; 1], ds: [*mut T; 1], len: usize, _: Stores) {
    // SAFETY: as the caller vouches.
    unsafe { each(x, ds, len, |[x]| [reference::sigmoid_derivative(x)]) }
}

/// # Safety
///
/// As for [`forward`].
pub(crate) unsafe fn forward_with_derivative<T: Element>(
    x: [*const T; 1],
    outputs: [*mut T; 2],
    len: usize,
    _: Stores,
) {
    let both = |[x]: [T; 1]| [reference::sigmoid(x), reference::sigmoid_derivative(x)];
    // SAFETY: as the caller vouches.
    unsafe { each(x, outputs, len, both) }
}

/// # Safety
///
/// As for [`forward`].
pub(crate) unsafe fn backward<T: Element>(
    inputs: [*const T; 2],
    grad_in: [*mut T; 1],
    len: usize,
    _: Stores,
) {
    // SAFETY: as the caller vouches.
    unsafe { each(inputs, grad_in, len, |[s, grad]| [reference::backward(s, grad)]) }
}
